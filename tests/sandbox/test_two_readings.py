"""The app's client and the sandbox were written from the same documents, apart. They must meet."""

import hashlib
import time
from dataclasses import replace

import pytest

from kling_desktop.domain.answers import (
    Accepted,
    Deferred,
    Downloaded,
    DownloadFailed,
    Found,
    NoAnswer,
    NotFound,
    Outgoing,
    RemoteState,
    Unclear,
)
from kling_desktop.domain.keys import ApiKey, Secret
from kling_desktop.domain.media import StoredImage, UrlImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage, MultiImageToVideo
from kling_desktop.kling.client import KlingClient
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.sandbox import Fault, Faults

pytestmark = pytest.mark.anyio


def client_of(account, provider="sandbox") -> KlingClient:
    return KlingClient(
        PROFILES[provider],
        account.sandbox.base_url,
        ApiKey(Secret(account.sandbox.key)),
        now_ms=lambda: time.time_ns() // 1_000_000,
    )


@pytest.fixture
def pictures(tmp_path, make_pattern):
    """Two stored pictures, and where their bytes are."""
    stored, files = [], {}
    for seed in (1, 2):
        file = tmp_path / f"{seed}.png"
        make_pattern(seed).save(file)
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        stored.append(StoredImage(sha256, "png", sha256, "png", file.name, 400, 400))
        files[sha256] = file
    return tuple(stored), files


def image_request(subjects, model="kling-v2-1", **fields):
    return MultiImageToImage(model=model, subjects=subjects, **fields)


@pytest.mark.parametrize("provider", ["sandbox", "cometapi", "cometapi-legacy", "powertokens"])
async def test_every_provider_sends_pictures_that_arrive(account, pictures, tmp_path, provider):
    stored, files = pictures
    capabilities = PROFILES[provider].routes[TaskKind.IMAGE].capabilities
    request = image_request(
        stored, capabilities.default_model, scene=stored[0], prompt="A pear", aspect_ratio="1:1"
    )
    client = client_of(account, provider)
    answer = await client.create(Outgoing(request, "kd-a", files), lambda done, all_: None)
    assert isinstance(answer, Accepted)
    found = await client.get(TaskKind.IMAGE, answer.task.task_id)
    assert isinstance(found, Found)
    assert found.task.state is RemoteState.SUCCEEDED
    part = tmp_path / "result.part"
    result = await client.download(found.task.outputs[0].url, part, lambda done, all_: None)
    assert isinstance(result, Downloaded)
    assert result.extension == "png"
    await client.aclose()


async def test_a_video_is_made_found_and_fetched(account, tmp_path):
    request = MultiImageToVideo(model="kling-v1-6", pictures=(UrlImage("https://example.com/a"),))
    client = client_of(account)
    answer = await client.create(Outgoing(request, "kd-v", {}), lambda done, all_: None)
    assert isinstance(answer, Accepted)
    found = await client.find(TaskKind.VIDEO, "kd-v")
    assert isinstance(found, Found)
    assert (found.task.task_id, found.task.units) == (answer.task.task_id, 0)
    url = found.task.outputs[0].url
    result = await client.download(url, tmp_path / "v.part", lambda done, all_: None)
    assert isinstance(result, Downloaded)
    assert result.extension == "mp4"
    await client.aclose()


async def test_unclear_creates_are_settled_by_asking(open_account, pictures):
    account = open_account(faults=Faults(Fault(), None, Fault(creates=False, code=1303)))
    stored, files = pictures
    client = client_of(account)
    outgoing = Outgoing(image_request(stored), "kd-lost", files)
    lost = await client.create(outgoing, lambda done, all_: None)
    assert isinstance(lost, Unclear)
    assert isinstance(await client.find(TaskKind.IMAGE, "kd-lost"), Found)
    again = await client.create(outgoing, lambda done, all_: None)
    assert isinstance(again, Unclear)
    assert again.exists
    full = await client.create(replace(outgoing, external_task_id="b"), lambda done, all_: None)
    assert isinstance(full, Deferred)
    assert isinstance(await client.find(TaskKind.IMAGE, "b"), NotFound)
    page = await client.page(TaskKind.IMAGE, 1, 500)
    assert not isinstance(page, NoAnswer)
    assert [task.external_task_id for task in page] == ["kd-lost"]
    await client.aclose()


async def test_a_failed_task_tells_why_and_an_old_address_is_dead(open_account, tmp_path):
    account = open_account()
    port = int(account.sandbox.base_url.rsplit(":", 1)[1])
    failing = image_request((UrlImage("https://example.com/a.png"),), prompt="sandbox fail")
    client = client_of(account)
    await client.create(Outgoing(failing, "kd-f", {}), lambda done, all_: None)
    failed = await client.find(TaskKind.IMAGE, "kd-f")
    assert isinstance(failed, Found)
    assert failed.task.state is RemoteState.FAILED
    assert "asked" in failed.task.reason
    good = image_request((UrlImage("https://example.com/a.png"),))
    await client.create(Outgoing(good, "kd-g", {}), lambda done, all_: None)
    done = await client.find(TaskKind.IMAGE, "kd-g")
    assert isinstance(done, Found)
    account.sandbox.stop()
    open_account(port=port)
    url = done.task.outputs[0].url
    result = await client.download(url, tmp_path / "x.part", lambda done, all_: None)
    assert isinstance(result, DownloadFailed)
    assert result.url_is_dead
    await client.aclose()
