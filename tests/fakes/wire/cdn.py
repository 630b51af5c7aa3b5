"""Where results lie: a host that serves ranges, and every way in which one does not."""

import asyncio
import gzip
import hashlib
import re
import struct
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.fakes.wire.line import Call, Host

_RANGE = re.compile(r"bytes=(\d+)-")
Serving = Callable[["Cdn", Call], Awaitable[None]]


def picture(seed: str, side: int = 16, level: int = 6) -> bytes:
    """A whole PNG that no other seed gives; `level` 0 packs nothing."""
    digest = hashlib.sha256(seed.encode()).digest()
    row = b"\0" + (digest * side)[: side * 3]
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"tEXt", b"Comment\0" + seed.encode("latin-1", "replace")),
        (b"IDAT", zlib.compress(row * side, level)),
        (b"IEND", b""),
    ]
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@dataclass
class Cdn:
    """`files` by path. `script` holds one serving per request; when it is empty, `usual`."""

    files: dict[str, bytes] = field(default_factory=dict)
    script: list[Serving] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.host = Host(self._handle)
        self.usual: Serving = serve

    @property
    def url(self) -> str:
        return self.host.url

    def publish(self, path: str) -> str:
        """The address of a result that lies here from now on."""
        self.files.setdefault(f"/{path}", picture(path))
        return f"{self.url}/{path}?sign=secret"

    async def _handle(self, call: Call) -> None:
        behave = self.script.pop(0) if self.script else self.usual
        await behave(self, call)


def _etag(data: bytes) -> str:
    return f'"{hashlib.sha256(data).hexdigest()[:12]}"'


async def serve(cdn: Cdn, call: Call) -> None:
    """An honest server: ranges, validators, lengths."""
    data = cdn.files.get(call.path)
    if data is None:
        await call.answer(404, b"<html>gone</html>")
        return
    etag = _etag(data)
    found = _RANGE.fullmatch(call.headers.get("range", ""))
    if found is None or call.headers.get("if-range", etag) != etag:
        await call.answer(200, data, ETag=etag, Accept_Ranges="bytes", Content_Type="image/png")
        return
    start = int(found[1])
    if start >= len(data):
        await call.answer(416, Content_Range=f"bytes */{len(data)}")
        return
    span = f"bytes {start}-{len(data) - 1}/{len(data)}"
    await call.answer(206, data[start:], ETag=etag, Content_Range=span, Content_Type="image/png")


def dead(status: int) -> Serving:
    """The address is no longer valid."""

    async def say(cdn: Cdn, call: Call) -> None:
        await call.answer(status, b"<Error><Code>AccessDenied</Code></Error>")

    return say


def cut(share: float, *, has_length: bool = True) -> Serving:
    """Announces everything, or nothing, and hangs up after a share of it."""

    async def say(cdn: Cdn, call: Call) -> None:
        data = cdn.files[call.path]
        part = data[: int(len(data) * share)]
        if has_length:
            whole = call.whole(200, data, ETag=_etag(data), Content_Type="image/png")
            await call.say(whole[: len(whole) - len(data)], part)
        else:
            await call.say(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", part)
        call.hang_up()

    return say


def elsewhere(url: str, status: int = 302) -> Serving:
    """A redirect."""

    async def say(cdn: Cdn, call: Call) -> None:
        await call.answer(status, Location=url, Set_Cookie="track=me; Path=/")

    return say


def instead(content: bytes, **headers: str) -> Serving:
    """Something else, under the name of a picture."""

    async def say(cdn: Cdn, call: Call) -> None:
        await call.answer(200, content, **({"Content_Type": "image/png"} | headers))

    return say


async def bomb(cdn: Cdn, call: Call) -> None:
    """Thirty megabytes in thirty kilobytes."""
    await call.answer(200, gzip.compress(bytes(30_000_000)), Content_Encoding="gzip")


async def ignore_range(cdn: Cdn, call: Call) -> None:
    call.headers.pop("range", None)
    await serve(cdn, call)


def wrong_range(span: str) -> Serving:
    """Answers a range with another one."""

    async def say(cdn: Cdn, call: Call) -> None:
        if "range" not in call.headers:
            await serve(cdn, call)
            return
        await call.answer(206, cdn.files[call.path], Content_Range=span)

    return say


async def hang(cdn: Cdn, call: Call) -> None:
    await asyncio.Event().wait()


def drips(every_s: float) -> Serving:
    """A byte now and then."""

    async def say(cdn: Cdn, call: Call) -> None:
        await call.drip(call.whole(200, cdn.files[call.path]), size=1, every_s=every_s)

    return say
