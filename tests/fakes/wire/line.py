"""HTTP/1.1 by hand on loopback: a host, and one request on it in a script's hands."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

_LINGER_OFF = struct.pack("ii", 1, 0)
_HEAD_LIMIT = 256 * 1024


@dataclass
class Call:
    """One request whose head has arrived; the body is read when somebody asks for it.

    `number` counts the requests on its connection from 1, `at_s` is when it came by the loop's
    time. Header names are in lower case.
    """

    host: "Host"
    number: int
    method: str
    target: str
    headers: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    at_s: float
    body: bytes | None = None

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    async def read(self) -> bytes:
        """The whole body."""
        if self.body is None:
            length = int(self.headers.get("content-length", 0))
            self.body = await self.reader.readexactly(length)
        return self.body

    async def say(self, *pieces: bytes) -> None:
        self.writer.writelines(pieces)
        await self.writer.drain()

    async def answer(self, status: int, content: Any = b"", **headers: str) -> None:
        """A whole answer; anything but bytes goes as JSON."""
        await self.say(self.whole(status, content, **headers))

    def whole(self, status: int, content: Any = b"", **headers: str) -> bytes:
        """The bytes of an answer. Underscores in header names become hyphens."""
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        kind = "text/html" if data.startswith(b"<") else "application/json"
        lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(data)}"]
        for name, value in {"Content_Type": kind, **self.host.headers(), **headers}.items():
            lines.append(f"{name.replace('_', '-')}: {value}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + data

    async def drip(self, data: bytes, *, size: int, every_s: float) -> None:
        """A few bytes, a pause, and so on."""
        for start in range(0, len(data), size):
            await self.say(data[start : start + size])
            await asyncio.sleep(every_s)

    def hang_up(self) -> None:
        """Close the connection with FIN."""
        self.writer.close()

    def reset(self) -> None:
        """Close the connection with RST."""
        plug = self.writer.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_OFF)
        self.writer.transport.abort()


async def stop_listening(server: asyncio.Server) -> None:
    """Close what listens, once those that are just being let in are in."""
    for listening in server.sockets:
        asyncio.get_running_loop().remove_reader(listening.fileno())
    await asyncio.sleep(0.001)
    server.close()


async def silence(_call: Call) -> None:
    """Say nothing, ever."""
    await asyncio.Event().wait()


@dataclass
class Host:
    """A host that hands each request to `handle`. It can go down, and come back at its port.

    `seen` holds every request in the order of arrival, with all its headers; `mistakes` what went
    wrong in the scripts themselves. `receives` is how many bytes the system takes unread.
    """

    handle: Callable[[Call], Awaitable[None]]
    headers: Callable[[], dict[str, str]] = dict
    receives: int | None = None
    seen: list[Call] = field(default_factory=list)
    mistakes: list[BaseException] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _open: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def up(self) -> None:
        """Listen, at the same port as before."""
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if self.receives is not None:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receives)
        listening.bind(("127.0.0.1", self.port))
        self._server = await asyncio.start_server(self._arrived, sock=listening, limit=_HEAD_LIMIT)
        self.port = listening.getsockname()[1]

    async def down(self) -> None:
        """Refuse connections, and drop those that are open."""
        server, self._server = self._server, None
        if server is None:
            return
        await stop_listening(server)
        for task, writer in list(self._open.items()):
            task.cancel()
            writer.transport.abort()  # it may have had no chance to begin
        await asyncio.gather(*self._open, return_exceptions=True)
        await server.wait_closed()

    def _arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:
            writer.transport.abort()  # accepted at the last moment
            return
        self.connections += 1
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._open[task] = writer
        task.add_done_callback(self._open.pop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            number = 0
            while not writer.is_closing():
                number += 1
                call = await self._head(reader, writer, number)
                self.seen.append(call)
                await self.handle(call)
                await call.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other end left first
        except asyncio.CancelledError:
            pass  # the host goes down
        except Exception as mistake:
            self.mistakes.append(mistake)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _head(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> Call:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *rest = head.removesuffix("\r\n\r\n").split("\r\n")
        method, target, _ = first.split(" ")
        headers: dict[str, str] = {}
        for name, value in (line.split(":", 1) for line in rest):
            headers[name.strip().lower()] = value.strip()
        at_s = asyncio.get_running_loop().time()
        return Call(self, number, method, target, headers, reader, writer, at_s)
