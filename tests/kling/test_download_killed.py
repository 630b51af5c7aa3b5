"""A download whose process is killed: nothing half is taken for a result, and it goes on."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from tests.fakes.raw_server import Line, http, raw_server
from tests.kling.test_containers import FTYP, box
from tests.kling.test_download import ETAG, assert_whole, fetch, ranged

pytestmark = pytest.mark.anyio
VIDEO = FTYP + box(b"moov", bytes(200)) + box(b"mdat", bytes(range(256)) * 80_000)

CHILD = """
import asyncio, pathlib, sys
from kling_desktop.kling.download import DownloadLimits
from tests.kling.test_download import downloads, nothing
url, part = sys.argv[1:]
patient = DownloadLimits(connect_s=60, read_s=60, total_s=60)
asyncio.run(downloads(patient).fetch(url, pathlib.Path(part), nothing))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
async def test_c17_a_killed_download_goes_on_at_the_last_sync(tmp_path: Path) -> None:
    part = tmp_path / "result.part"
    record = part.with_name(part.name + ".json")

    async def stalls(line: Line) -> None:
        await line.request()
        await line.say(http(200, VIDEO, ETag=ETAG)[:-1_000_000])
        await asyncio.Event().wait()

    async with raw_server(stalls) as server:
        command = [sys.executable, "-c", CHILD, f"{server.url}/a", str(part)]
        child = await asyncio.create_subprocess_exec(*command)
        async with asyncio.timeout(30):
            while not record.exists():
                await asyncio.sleep(0.02)  # another process writes it
        child.send_signal(signal.SIGKILL)
        assert await child.wait() == -signal.SIGKILL
    synced = json.loads(record.read_text())["synced_bytes"]
    assert 0 < synced <= part.stat().st_size < len(VIDEO)
    assert [path.name for path in tmp_path.iterdir() if ".part" not in path.name] == []
    answer, server = await fetch(part, ranged(VIDEO))
    assert server.seen[0].headers["range"] == f"bytes={synced}-"
    assert_whole(answer, part, VIDEO, "mp4")
