"""Six 10 MB pictures in one create: `python -m tests.benchmarks.bench_bodies [ROUNDS]`.

The app's own body beside two others, taking turns: the whole JSON built in memory, and a bare
streamed floor, which is httpx with the same Base64 pieces and nothing else. Every sending has a
process of its own; the server that reads it all has another. Linux only: peaks come from /proc.
"""

import asyncio
import base64
import binascii
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx

PICTURES = 6
PICTURE_BYTES = 10 * 1024 * 1024
PIECE_BYTES = 3 * 2**18
ENCODED_MB = PICTURE_BYTES / 3 * 4 / 2**20
PATH = "/v1/images/multi-image2image"
ANSWER = b'{"code":0,"data":{"task_id":"1","task_status":"submitted"}}'

Way = Callable[[str, Path], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Sending:
    """One create: how long it took, and by how much memory peaked above what was there before."""

    ms: float
    peak_mb: float


async def send_as_the_app_does(url: str, folder: Path) -> None:
    """Through the client itself."""
    from kling_desktop.domain.answers import Accepted, Outgoing
    from kling_desktop.domain.keys import ApiKey, Secret
    from kling_desktop.domain.media import StoredImage
    from kling_desktop.domain.requests import MultiImageToImage
    from kling_desktop.kling.client import KlingClient
    from kling_desktop.kling.profiles import PROFILES

    names = [path.name for path in sorted(folder.iterdir())]
    stored = [StoredImage(name, "png", name, "png", name, 4000, 3000) for name in names]
    request = MultiImageToImage(
        model="kling-v2-1", subjects=tuple(stored[:4]), scene=stored[4], style=stored[5]
    )
    files = {name: folder / name for name in names}
    key = ApiKey(Secret("a-key-for-nothing"))
    client = KlingClient(PROFILES["kling"], url, key, now_ms=lambda: 0)
    await measured(
        lambda: client.create(Outgoing(request, "kd-1", files), lambda _done, _total: None),
        lambda outcome: isinstance(outcome, Accepted),
    )


async def send_from_memory(url: str, folder: Path) -> None:
    """What everybody writes first."""
    async with httpx.AsyncClient(timeout=60) as client:

        async def send() -> httpx.Response:
            texts = [base64.b64encode(path.read_bytes()).decode() for path in folder.iterdir()]
            subjects = [{"subject_image": text} for text in texts[:4]]
            document = {
                "model_name": "kling-v2-1",
                "subject_image_list": subjects,
                "scene_image": texts[4],
                "style_image": texts[5],
            }
            return await client.post(url + PATH, content=json.dumps(document).encode())

        await measured(send, lambda response: response.status_code == 200)


async def send_as_barely_as_possible(url: str, folder: Path) -> None:
    """The floor: the same pieces, no client around them."""
    length = sum(4 * -(-path.stat().st_size // 3) for path in folder.iterdir())

    async def pieces() -> AsyncIterator[bytes]:
        for path in folder.iterdir():
            with path.open("rb") as file:
                while piece := file.read(PIECE_BYTES):
                    yield binascii.b2a_base64(piece, newline=False)

    headers = {"Content-Length": str(length)}
    async with httpx.AsyncClient(timeout=60) as client:
        await measured(
            lambda: client.post(url + PATH, content=pieces(), headers=headers),
            lambda response: response.status_code == 200,
        )


WAYS: dict[str, Way] = {
    "app": send_as_the_app_does,
    "memory": send_from_memory,
    "floor": send_as_barely_as_possible,
}


async def measured(send: Callable[[], Awaitable[object]], is_good: Callable[..., bool]) -> None:
    """Send once and print what it took."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts from here
    before_mb, begun = peak_mb(), time.perf_counter()
    outcome = await send()
    ms = (time.perf_counter() - begun) * 1000
    if not is_good(outcome):
        raise RuntimeError(f"not accepted: {outcome}")
    print(json.dumps({"ms": ms, "peak_mb": peak_mb() - before_mb}))


def peak_mb() -> float:
    """The most memory this process ever had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


async def serve() -> None:
    """Read everything, keep nothing, accept it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        found = re.search(r"content-length: (\d+)", head)
        left = int(found[1]) if found else 0
        while left > 0:
            left -= len(await reader.read(min(left, 2**18)))
        start = f"HTTP/1.1 200 OK\r\nContent-Length: {len(ANSWER)}\r\nConnection: close\r\n\r\n"
        writer.write(start.encode() + ANSWER)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=2**18)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def send_in_a_process(way: str, url: str, folder: Path) -> Sending:
    """One sending by itself."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_bodies", way, url, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Sending(**json.loads(done.stdout))


def compare(rounds: int) -> list[str]:
    """The table: medians of each way, and the app's ratio to the others."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_bodies", "serve"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        url = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as name:
            for number in range(PICTURES):
                (Path(name) / f"{number}.png").write_bytes(os.urandom(PICTURE_BYTES))
            sendings = [
                {way: send_in_a_process(way, url, Path(name)) for way in WAYS}
                for _ in range(rounds)
            ]
    finally:
        server.terminate()
        server.wait(timeout=10)
        server.stdout.close()
    ms = {way: median(each[way].ms for each in sendings) for way in WAYS}
    peak = {way: median(each[way].peak_mb for each in sendings) for way in WAYS}
    names = {"app": "the app", "memory": "JSON in memory", "floor": "bare stream"}
    lines = [f"{PICTURES} pictures of 10 MB, {rounds} rounds{'time':>16}{'memory grew':>14}"]
    lines += [f"  {names[way]:30}{ms[way]:>13.0f} ms{peak[way]:>11.1f} MB" for way in WAYS]
    for other in ("memory", "floor"):
        ratios = f"{ms['app'] / ms[other]:>14.2f} ×{peak['app'] / max(peak[other], 0.1):>12.2f} ×"
        lines.append(f"  the app / {names[other]:20}{ratios}")
    lines.append(f"  one encoded picture is {ENCODED_MB:.1f} MB")
    return lines


def main() -> None:
    """Compare, or play one of the parts."""
    match sys.argv[1:]:
        case ["serve"]:
            asyncio.run(serve())
        case [way, url, folder]:
            asyncio.run(WAYS[way](url, Path(folder)))
        case rest:
            print("\n".join(compare(int(rest[0]) if rest else 7)))


if __name__ == "__main__":
    main()
