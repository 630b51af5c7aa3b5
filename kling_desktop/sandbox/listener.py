"""The HTTP server under the sandbox: uvicorn without signals, output or waiting around."""

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

HangUp = Callable[[tuple[str, int]], None]
"""Closes the connection of the client at this host and port."""

_FINISH_REQUESTS_S = 1
_LOOK_S = 0.005


class Listener:
    """Answers at a listening socket, which it owns, from `serve` until `end`."""

    def __init__(self, listening: socket.socket) -> None:
        self._socket = listening
        self._is_ready = threading.Event()
        self._server: _Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_told = False

    async def serve(self, app: ASGIApp) -> None:
        """Answer with `app`; returns when `end` was called."""
        self._loop = asyncio.get_running_loop()
        self._server = _Server(_config(app), self._is_ready)
        if not self._is_told:
            await self._server.serve(sockets=[self._socket])

    def wait_until_ready(self, limit_s: float) -> bool:
        """Whether it came to answer; False as well when it closed instead."""
        return self._is_ready.wait(limit_s) and not self._is_told

    def end(self) -> None:
        """From any thread: finish what is asked, within a second, and return from `serve`."""
        self._is_told = True
        if self._loop is not None and self._server is not None:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._server.tell_to_end)

    def hang_up(self, client: tuple[str, int]) -> None:
        """On the loop's thread: see HangUp."""
        connections = self._server.server_state.connections if self._server else ()
        for connection in connections:
            if isinstance(connection, H11Protocol) and connection.client == client:
                connection.transport.close()

    def close(self) -> None:
        """Give the port back; whoever waits for readiness waits no longer."""
        self._is_told = True
        self._is_ready.set()
        self._socket.close()


class _Server(uvicorn.Server):
    """Ends when told so, not at the next tenth of a second."""

    def __init__(self, config: uvicorn.Config, is_ready: threading.Event) -> None:
        super().__init__(config)
        self._is_ready = is_ready
        self._told = asyncio.Event()

    def tell_to_end(self) -> None:
        self.should_exit = True
        self._told.set()

    async def main_loop(self) -> None:
        """Renew the Date header every second, until told to end."""
        self._is_ready.set()
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), 1)

    async def shutdown(self, sockets: Sequence[socket.socket] | None = None) -> None:
        """Take no more, let answers under way end within the limit, close the rest."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(_FINISH_REQUESTS_S):
                while self.server_state.connections or self.server_state.tasks:
                    await asyncio.sleep(_LOOK_S)
        for task in self.server_state.tasks:
            task.cancel()


def _config(app: ASGIApp) -> uvicorn.Config:
    """No output, h11 alone, nothing believed that a proxy would say."""
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
