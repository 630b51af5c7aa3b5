"""The samples as the provider documents print them, run by curl and requests as a stranger would.

Nothing but host and key is replaced, and the id where a sample asks for one.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from kling_desktop.sandbox import DOCUMENT_NAMES, Sandbox

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
IMAGES, VIDEOS, LEGACY = (
    "images/multi-image2image",
    "videos/multi-image2video",
    "images/generations",
)
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")
# What a stranger writes after the sample: ask until it is there, then fetch it without a key.
FETCH = """
import os, sys, time, requests
headers = {"Authorization": "Bearer " + os.environ["COMETAPI_KEY"]}
for _ in range(100):
    task = requests.get(sys.argv[1], headers=headers, timeout=30).json()["data"]
    if task["task_status"] == "succeed":
        break
    time.sleep(0.1)
(results,) = task["task_result"].values()
for result in results:
    answer = requests.get(result["url"], timeout=30)
    answer.raise_for_status()
    sys.stdout.buffer.write(answer.content)
"""


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Sandbox]]:
    """One strict world for each document."""
    running: dict[str, Sandbox] = {}
    for name in DOCUMENT_NAMES:
        folder = tmp_path_factory.mktemp(name)
        running[name] = Sandbox(folder, pace_s=(0, 0), document=name, strict=True)
        running[name].start()
    yield running
    for world in running.values():
        world.stop()


def typed(name: str, world: Sandbox, **fields: str) -> str:
    text = (SAMPLES / name).read_text(encoding="utf-8")
    text, hosts = re.subn(r"https://api[\w.-]+\.(com|ai)(?=/)", world.base_url, text)
    assert hosts == 1
    for field, value in {"<token>": world.key, **fields}.items():
        text = text.replace(field, value)
    return text


def stranger(command: list[str], world: Sandbox) -> bytes:
    environment = {"PATH": os.environ["PATH"], "COMETAPI_KEY": world.key}
    ended = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout


def curl(sample: str, world: Sandbox, **fields: str) -> dict:
    answer = stranger(["sh", "-c", typed(sample, world, **fields)], world)
    return json.loads(answer)


def curl_result(task: dict, world: Sandbox) -> list[bytes]:
    (results,) = task["task_result"].values()
    return [stranger(["curl", "--fail", result["url"]], world) for result in results]


def is_result(data: bytes, kind: str) -> bool:
    if kind.startswith("videos"):
        return data[4:8] == b"ftyp"
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
    return True


@needs_curl
def test_klings_own_samples_make_find_and_list_their_pictures(worlds):
    world = worlds["kling"]
    created = curl("kling-create.sh", world)
    assert (created["code"], created["message"]) == (0, "SUCCEED")
    found = curl("kling-query.sh", world, **{"{id}": created["data"]["task_id"]})
    assert found["data"]["task_status"] == "succeed"
    assert curl("kling-list.sh", world)["data"] == [found["data"]]
    pictures = curl_result(found["data"], world)
    assert len(pictures) == 2
    for data in pictures:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            assert picture.width * 16 == picture.height * 9


@needs_curl
@pytest.mark.parametrize(
    ("sample", "route"),
    [
        ("cometapi-image.sh", IMAGES),
        ("cometapi-video.sh", VIDEOS),
        ("cometapi-legacy.sh", LEGACY),
    ],
)
def test_cometapis_curl_samples_get_their_results(worlds, sample, route):
    world = worlds["cometapi"]
    created = curl(sample, world)
    assert created["code"] == 0, created
    address = f"{world.base_url}/kling/v1/{route}/{created['data']['task_id']}"
    key = ["--header", f"Authorization: Bearer {world.key}"]
    found = json.loads(stranger(["curl", *key, address], world))
    (data,) = curl_result(found["data"], world)
    assert is_result(data, route)


@pytest.mark.parametrize(
    ("sample", "route"), [("cometapi-image.py", IMAGES), ("cometapi-video.py", VIDEOS)]
)
def test_cometapis_python_samples_get_their_results(worlds, sample, route):
    world = worlds["cometapi"]
    printed = stranger([sys.executable, "-c", typed(sample, world)], world)
    code, task_id = printed.decode().split()
    assert code == "0"
    address = f"{world.base_url}/kling/v1/{route}/{task_id}"
    data = stranger([sys.executable, "-c", FETCH, address], world)
    assert is_result(data, route)


@needs_curl
def test_s4_powertokens_own_sample_is_refused_as_its_document_requires(worlds):
    world = worlds["powertokens"]
    refused = curl("powertokens.sh", world)
    assert refused["code"] == 1201
    assert refused["message"] == "subject_image_list must not be empty"
    assert "data" not in refused
    assert world.world.creations() == 0
    subject = '"subject_image_list": [{"subject_image": "https://your-image-host/a.png"}],\n'
    mended = curl("powertokens.sh", world, **{'"prompt"': subject + '"prompt"'})
    assert mended["code"] == 0, mended


def test_there_is_a_sample_of_every_document():
    names = {file.name.split("-")[0].split(".")[0] for file in SAMPLES.iterdir()}
    assert set(DOCUMENT_NAMES) <= names
