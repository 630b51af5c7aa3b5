"""A picture from the web that is fetched before it is sent."""

from pathlib import Path

import pytest

from kling_desktop.domain.errors import AppError
from kling_desktop.kling.addresses import AddressPolicy
from kling_desktop.kling.download import DownloadLimits
from kling_desktop.kling.web_picture import fetch_picture
from tests.fakes.raw_server import Script, http, raw_server, says
from tests.kling.test_containers import WHOLE

pytestmark = pytest.mark.anyio
LIMITS = DownloadLimits(image_bytes=len(WHOLE["png"]) + 1000, connect_s=2, read_s=0.5, total_s=5)


async def fetch(part: Path, *scripts: Script):
    async with raw_server(*scripts) as server:
        return await fetch_picture(
            f"{server.url}/vase.png",
            part,
            policy=AddressPolicy(allows_loopback=True),
            limits=LIMITS,
            proxy_of=lambda _parts: None,
        ), server


async def test_a_picture_comes_whole_and_without_credentials(tmp_path: Path) -> None:
    part = tmp_path / "brought.part"
    answer, server = await fetch(part, says(http(200, WHOLE["png"])))
    assert answer.extension == "png"
    assert part.read_bytes() == WHOLE["png"]
    (seen,) = server.seen
    assert not {"authorization", "cookie", "referer"} & seen.headers.keys()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            http(200, b"<html>Sign in to see this picture, please and thank you</html>" * 3),
            "neither",
        ),
        (http(200, WHOLE["mp4"]), "It is a video."),
        (http(404, b"gone"), "no longer valid"),
        (http(200, WHOLE["png"] + b"\0" * 9000), "larger"),
        (http(500, b""), "status 500"),
    ],
)
async def test_what_is_no_picture_is_said_and_nothing_stays(
    tmp_path: Path, answer: bytes, words: str
) -> None:
    with pytest.raises(AppError) as refused:
        await fetch(tmp_path / "brought.part", says(answer))
    assert words in refused.value.record.detail
    assert "result" not in refused.value.record.title
    assert "provider" not in refused.value.record.detail
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/a.png", "https://127.0.0.1:9/a.png", "https://localhost/a.png",
     "http://example.org/a.png", "file:///etc/passwd"],
)  # fmt: skip
async def test_e12_nothing_is_fetched_from_inside_or_in_the_clear(tmp_path: Path, url: str) -> None:
    with pytest.raises(AppError) as refused:
        await fetch_picture(url, tmp_path / "brought.part", proxy_of=lambda _parts: None)
    assert "The picture could not be fetched" in refused.value.record.title
    assert list(tmp_path.iterdir()) == []
