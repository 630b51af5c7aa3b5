"""The eight toxics of toxiproxy, between a client and a host on loopback."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from tests.fakes.wire.line import Call, Host, stop_listening


@dataclass
class Way:
    """One direction of one connection."""

    source: asyncio.StreamReader
    sink: asyncio.StreamWriter
    both: tuple[asyncio.StreamWriter, asyncio.StreamWriter]

    async def pass_on(self, data: bytes) -> None:
        self.sink.write(data)
        await self.sink.drain()

    def reset(self) -> None:
        """Both ends of the connection get a RST."""
        for writer in self.both:
            Call.reset(_Plug(writer))  # type: ignore[arg-type]


@dataclass
class _Plug:
    writer: asyncio.StreamWriter


Toxic = Callable[[Way], Awaitable[None]]
_PIECE = 16 * 1024


async def clean(way: Way) -> None:
    while data := await way.source.read(_PIECE):
        await way.pass_on(data)


def latency(seconds: float) -> Toxic:
    """Everything comes later."""

    async def run(way: Way) -> None:
        while data := await way.source.read(_PIECE):
            await asyncio.sleep(seconds)
            await way.pass_on(data)

    return run


def bandwidth(bytes_per_s: int) -> Toxic:
    """Everything comes slowly."""

    async def run(way: Way) -> None:
        while data := await way.source.read(bytes_per_s):
            await asyncio.sleep(len(data) / bytes_per_s)
            await way.pass_on(data)

    return run


def slow_close(seconds: float) -> Toxic:
    """The end of a connection is heard of late."""

    async def run(way: Way) -> None:
        await clean(way)
        await asyncio.sleep(seconds)

    return run


def timeout(seconds: float) -> Toxic:
    """Nothing gets through, and after a while the connection closes; never when 0."""

    async def run(way: Way) -> None:
        if not seconds:
            await asyncio.Event().wait()
        await asyncio.sleep(seconds)

    return run


def reset_peer(seconds: float) -> Toxic:
    """Goes well, until both ends get a RST."""

    async def run(way: Way) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await clean(way)
                return
        way.reset()

    return run


def slicer(size: int, every_s: float) -> Toxic:
    """In small slices."""

    async def run(way: Way) -> None:
        while data := await way.source.read(size):
            await way.pass_on(data)
            await asyncio.sleep(every_s)

    return run


def limit_data(count: int) -> Toxic:
    """The connection closes after so many bytes."""

    async def run(way: Way) -> None:
        left = count
        while left > 0 and (data := await way.source.read(min(left, _PIECE))):
            left -= len(data)
            await way.pass_on(data)

    return run


@dataclass
class Proxy:
    """In front of `host`: `there` poisons what goes to it, `back` what comes from it."""

    host: Host
    there: Toxic = clean
    back: Toxic = clean
    port: int = 0
    _server: asyncio.Server | None = None
    _ways: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def up(self) -> None:
        self._server = await asyncio.start_server(self._arrived, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """The eighth: nobody answers."""
        server, self._server = self._server, None
        if server is None:
            return
        await stop_listening(server)
        for way in list(self._ways):
            way.cancel()
        await asyncio.gather(*self._ways, return_exceptions=True)
        await server.wait_closed()

    def _arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:
            writer.transport.abort()  # accepted at the last moment
            return
        self._ways.add(task := asyncio.ensure_future(self._join(reader, writer)))
        task.add_done_callback(self._ways.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.host.port)
        except OSError:
            writer.close()
            return
        both = writer, far_writer
        ways = (
            self._run(self.there, Way(reader, far_writer, both)),
            self._run(self.back, Way(far_reader, writer, both)),
        )
        try:
            await asyncio.gather(*ways)
        except asyncio.CancelledError:
            for end in both:
                end.transport.abort()
        for end in both:
            end.close()

    async def _run(self, toxic: Toxic, way: Way) -> None:
        with suppress(OSError):
            await toxic(way)
        with suppress(OSError, RuntimeError):
            if way.sink.can_write_eof() and not way.sink.is_closing():
                way.sink.write_eof()
