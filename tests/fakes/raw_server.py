"""A server on loopback that answers byte for byte as a test tells it to."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Seen:
    """One request as it arrived. Header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Line:
    """One connection, in a script's hands."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    server: "RawServer"

    async def request(self) -> Seen:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        first, *rest = head.rstrip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
        seen = Seen(method, target, headers)
        self.server.seen.append(seen)
        seen.body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return seen

    async def say(self, *pieces: bytes) -> None:
        self.writer.writelines(pieces)
        await self.writer.drain()

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self.writer.transport.abort()


Script = Callable[[Line], Awaitable[None]]


@dataclass
class RawServer:
    """Each new connection gets the next script; the last one serves all further ones."""

    scripts: list[Script] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def secure_url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = self.scripts[min(self.connections, len(self.scripts) - 1)]
        self.connections += 1
        try:
            await script(Line(reader, writer, self))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left first
        finally:
            writer.close()


@asynccontextmanager
async def raw_server(
    *scripts: Script, context: ssl.SSLContext | None = None
) -> AsyncIterator[RawServer]:
    """A running server, stopped with all that hangs on it."""
    state = RawServer(list(scripts))
    tasks: set[asyncio.Task[None]] = set()

    def arrived(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(state.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(arrived, "127.0.0.1", 0, ssl=context)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer. Underscores in header names become hyphens."""
    lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answers(status: int, document: Any, **headers: str) -> Script:
    """Every request on the connection gets this JSON document."""
    return says(http(status, json.dumps(document).encode(), **headers))


def says(whole: bytes) -> Script:
    """Every request on the connection gets these bytes."""

    async def script(line: Line) -> None:
        while True:
            await line.request()
            await line.say(whole)

    return script
