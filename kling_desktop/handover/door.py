"""The owner's side: takes orders of other processes of the same person, and tells what came of it.

It lives on the engine's loop. Whoever cannot say the word of the note, or says anything outside
the grammar, is not listened to any longer; nothing of what they sent is kept or logged.
"""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.facts import Fact, TaskChanged, TaskRejected, WindowWanted
from kling_desktop.domain.findings import StrayAnswer
from kling_desktop.engine.engine import Engine
from kling_desktop.engine.ports import Emit
from kling_desktop.handover import place
from kling_desktop.handover.frames import VERSION, Json, MalformedError, packed, receive
from kling_desktop.handover.orders import Order, Verb, order_from_json
from kling_desktop.handover.reports import (
    BYE,
    DONE,
    REFUSED,
    WELCOME,
    fact_to_json,
    troubles_to_json,
)

_log = logging.getLogger(__name__)
_HELLO_LIMIT_S = 5.0
_HELLO_BYTES = 1024
_MOST_GUESTS = 64
_UNREAD_BYTES = 4 * 1024 * 1024  # a guest that reads nothing is let go
ALIVE_INTERVAL_S = 0.5
_ANSWERS = {Verb.TAKE: StrayAnswer.TAKEN, Verb.LEAVE: StrayAnswer.LEFT}

Objection = Callable[[Order], Awaitable[ErrorRecord | None]]


class Door:
    """Open from `open` to `close`, held by whoever holds the home's lock.

    `objection` says why a submission must not be bought here. `has_window` is whether there is
    a window to raise; it is asked for by the fact WindowWanted.
    """

    def __init__(
        self, note: Path, engine: Engine, emit: Emit, objection: Objection, *, has_window: bool
    ) -> None:
        self._note_path = note
        self._engine = engine
        self._emit = emit
        self._objection = objection
        self._has_window = has_window
        self._guests: dict[asyncio.Task[None], _Guest] = {}
        self._server: asyncio.Server | None = None
        self._token = ""

    async def open(self) -> None:
        """Let guests in. Where that cannot be, they are told who owns the home, as ever."""
        try:
            self._server, note = await place.listen(self._note_path, self._serve)
        except OSError as problem:
            _log.warning("no door: %s", type(problem).__name__)
            return
        self._token = note.token

    def shut(self) -> None:
        """Let nobody in any more; who is inside stays."""
        if self._server is not None:
            self._server.close()
            self._server = None
            place.close(self._note_path)

    async def close(self) -> None:
        """Say that this is an orderly end, and let everybody go."""
        self.shut()
        for task, guest in list(self._guests.items()):
            guest.say(BYE)
            task.cancel()
        await asyncio.gather(*self._guests, return_exceptions=True)

    def tell(self, fact: Fact) -> None:
        """Pass a fact of the engine on to whom it concerns."""
        for guest in self._guests.values():
            if isinstance(fact, TaskChanged) and fact.task.task_id in guest.taken:
                guest.ids.add(fact.task.id)
            values = fact_to_json(fact, guest.ids)
            if values is not None:
                guest.say(values)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if self._server is None or len(self._guests) >= _MOST_GUESTS:
            writer.close()
            return
        guest = self._guests[task] = _Guest(writer)
        try:
            await self._welcome(reader, guest)
            while (values := await receive(reader)) is not None:
                await self._take(order_from_json(values), guest)
        except (MalformedError, TimeoutError) as problem:
            _log.info("a guest was refused: %s", problem)
            guest.say(REFUSED)
        except asyncio.CancelledError:
            pass  # the home closes
        except Exception:
            _log.exception("the door broke")
        finally:
            guest.leave()
            del self._guests[task]

    async def _welcome(self, reader: asyncio.StreamReader, guest: "_Guest") -> None:
        async with asyncio.timeout(_HELLO_LIMIT_S):
            values = await receive(reader, _HELLO_BYTES) or {}
        token = values.get("token")
        is_known = isinstance(token, str) and hmac.compare_digest(
            token.encode("utf-8", "replace"), self._token.encode()
        )
        if not is_known or values != {"version": VERSION, "token": token}:
            raise MalformedError("no hello")
        guest.say(WELCOME)
        guest.alive = asyncio.create_task(self._stay_alive(guest))

    async def _take(self, order: Order, guest: "_Guest") -> None:
        if order.verb is Verb.RAISE:
            if not self._has_window:
                raise MalformedError("no window here")
            self._emit(WindowWanted())
        else:
            (guest.ids if order.stray is None else guest.taken).add(order.id)
            await self._perform(order, guest)
            await self._engine.commands_done()
            guest.say(self._alive(guest))
        guest.say(DONE)

    async def _perform(self, order: Order, guest: "_Guest") -> None:
        engine = self._engine
        match order.verb:
            case Verb.SUBMIT:
                await self._submit(order, guest)
            case Verb.RESUME:
                engine.resume()
            case Verb.LOOK_AGAIN:
                engine.look_again(order.id)
            case Verb.LINK:
                engine.link(order.id, order.task_id)
            case Verb.CLOSE:
                engine.close(order.id)
            case Verb.TAKE | Verb.LEAVE:
                assert order.stray is not None
                engine.answer_stray(order.stray, _ANSWERS[order.verb])
            case _:
                engine.send_again(order.id)

    async def _submit(self, order: Order, guest: "_Guest") -> None:
        assert order.submission is not None
        if error := await self._objection(order):
            guest.say(fact_to_json(TaskRejected(order.id, (), error), guest.ids) or DONE)
        elif not self._engine.knows(order.id):
            self._engine.submit(order.submission)

    async def _stay_alive(self, guest: "_Guest") -> None:
        while True:
            await asyncio.sleep(ALIVE_INTERVAL_S)
            guest.say(self._alive(guest))

    def _alive(self, guest: "_Guest") -> Json:
        found = ((id, self._engine.trouble(id)) for id in guest.ids)
        troubles = {id: trouble for id, trouble in found if trouble is not None}
        return troubles_to_json(troubles, asyncio.get_running_loop().time())


class _Guest:
    """One that is inside, and the tasks it follows; `taken` has the provider's ids of strays."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.ids: set[str] = set()
        self.taken: set[str] = set()
        self.alive: asyncio.Task[None] | None = None
        self._writer = writer

    def say(self, values: Json) -> None:
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > _UNREAD_BYTES:
            self._writer.transport.abort()
            return
        with suppress(MalformedError):  # longer than anything a guest could use
            self._writer.write(packed(values))

    def leave(self) -> None:
        if self.alive is not None:
            self.alive.cancel()
        self._writer.close()
