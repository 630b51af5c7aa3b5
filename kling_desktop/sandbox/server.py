"""The sandbox as a whole: a folder, a thread with its own loop, a port on loopback."""

import asyncio
import signal
import socket
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kling_desktop.domain.errors import AppError, BugError, ErrorRecord, Remedy
from kling_desktop.sandbox.documents import DOCUMENTS, Reading
from kling_desktop.sandbox.door import Door
from kling_desktop.sandbox.faults import Faults
from kling_desktop.sandbox.key import SandboxKeys, sandbox_keys, storage_error
from kling_desktop.sandbox.world import World
from kling_desktop.text import t

if TYPE_CHECKING:
    from kling_desktop.sandbox.listener import HangUp
    from kling_desktop.sandbox.service import Service

HOST = "127.0.0.1"
DEFAULT_PACE_S = (3.0, 5.0)
DOCUMENT_NAMES = tuple(DOCUMENTS)
_START_LIMIT_S = 10
_REMEMBERED_REFUSALS = 200


def _wall_clock_ms() -> int:
    return time.time_ns() // 1_000_000


class Sandbox:
    """A free Kling on loopback, its world kept in `folder`.

    `pace_s` is how long a picture task and a video task take; `port` 0 takes a free one. Several
    sandboxes, in one process or many, may share a folder: they are one account. `document` and
    `strict` say how requests are read, see `Reading`. Making one mints the keys and raises
    StorageError if it cannot.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        pace_s: tuple[float, float] = DEFAULT_PACE_S,
        now_ms: Callable[[], int] = _wall_clock_ms,
        faults: Faults | None = None,
        document: str | None = None,
        strict: bool = False,
    ) -> None:
        self._folder = folder
        self._port = port
        self._pace_s = pace_s
        self._now_ms = now_ms
        self._faults = faults or Faults()
        self._reading = Reading(document, is_strict=strict)
        self._run: _Run | None = None
        self._refused: deque[str] = deque(maxlen=_REMEMBERED_REFUSALS)
        self.keys = sandbox_keys(folder)

    @property
    def key(self) -> str:
        """The API key alone."""
        return self.keys.key

    @property
    def base_url(self) -> str:
        """Scheme, host and port of the present run."""
        return self._running.service.base_url

    @property
    def world(self) -> World:
        """The book of accepted tasks, while it runs."""
        return self._running.service.world

    @property
    def refused(self) -> list[str]:
        """A line for each of the latest requests that were refused, the newest last."""
        return list(self._refused)

    @property
    def is_running(self) -> bool:
        """Whether requests are answered."""
        return self._run is not None and self._run.is_alive

    def start(self) -> None:
        """Listen; returns when requests are answered. Raises AppError, StorageError."""
        if self._run is not None:
            raise BugError("The sandbox runs already")
        listener = _listen(self._port)
        try:
            port = listener.getsockname()[1]
            self._run = _Run(listener, lambda hang_up: self._service(port, hang_up))
        except (OSError, sqlite3.Error) as error:
            listener.close()
            raise storage_error(error) from error

    def stop(self) -> None:
        """End the run; returns when its thread has ended. Without a run nothing happens."""
        if self._run is not None:
            self._run.end()
            self._run = None

    @property
    def _running(self) -> "_Run":
        if self._run is None:
            raise BugError("The sandbox does not run")
        return self._run

    def _service(self, port: int, hang_up: "HangUp") -> "Service":
        from kling_desktop.sandbox.service import Service  # heavy: Starlette and Pillow
        from kling_desktop.sandbox.studio import Studio

        world = World(self._folder, self._now_ms)
        try:
            studio = Studio(world, self._folder / "results")
            studio.clear(world.clear())
        except BaseException:
            world.close()
            raise
        return Service(
            world=world,
            studio=studio,
            door=Door(self.keys, self._now_ms, takes_pairs=self._reading.is_kling),
            reading=self._reading,
            port=port,
            pace_s=self._pace_s,
            now_ms=self._now_ms,
            faults=self._faults,
            hang_up=hang_up,
            refused=self._refused,
        )


class _Run:
    """One thread that answers at one port, from its making until `end`."""

    def __init__(
        self, listener: socket.socket, make_service: "Callable[[HangUp], Service]"
    ) -> None:
        from kling_desktop.sandbox.listener import Listener

        self._answering = Listener(listener)
        self.service = make_service(self._answering.hang_up)
        self._thread = threading.Thread(target=self._answer, name="sandbox", daemon=True)
        self._thread.start()
        if not self._answering.wait_until_ready(_START_LIMIT_S):
            self.end()
            raise OSError("its server did not start")

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def end(self) -> None:
        self._answering.end()
        self.service.studio.close()
        self._thread.join()

    def _answer(self) -> None:
        try:
            asyncio.run(self._answering.serve(self.service.app()))
        finally:
            self._answering.close()
            self.service.studio.close()
            self.service.world.close()


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        raise AppError(
            ErrorRecord(
                title=t("The sandbox cannot listen on port {port}", port=port),
                detail=t("The operating system says: {reason}. Nothing was sent.", reason=error),
                remedy=Remedy.FIX_SETTINGS,
            )
        ) from error


def serve_forever(sandbox: Sandbox, announce: Callable[[str, SandboxKeys], None]) -> None:
    """Run `sandbox` alone until the process is told to end (Ctrl+C, SIGTERM).

    `announce` gets the base URL and the keys once it listens. Call from the main thread. Raises
    AppError, StorageError.
    """
    told = threading.Event()

    def tell(_signal: int, _frame: object) -> None:
        told.set()

    before = signal.signal(signal.SIGTERM, tell)
    try:
        sandbox.start()
        announce(sandbox.base_url, sandbox.keys)
        while sandbox.is_running and not told.wait(0.2):
            pass
    except KeyboardInterrupt:
        pass
    finally:
        sandbox.stop()
        signal.signal(signal.SIGTERM, before)
