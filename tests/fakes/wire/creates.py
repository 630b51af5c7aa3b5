"""What may become of a create: makings and endings, to be put together.

A making settles whether a task exists; an ending what the caller hears of it. `both(made, reset)`
is a task that exists behind a connection that was reset, `reset` alone is none.
"""

import asyncio
import json
from typing import Any

from tests.fakes.wire.line import Call
from tests.fakes.wire.records import Fields, Story, envelope, refusal
from tests.fakes.wire.service import Behaviour, Service, accept
from tests.fakes.wire.service import tell as tell

MOVED = (301, 302, 303, 307, 308)


def both(*parts: Behaviour) -> Behaviour:
    """One after the other."""

    async def run(service: Service, call: Call) -> None:
        for part in parts:
            await part(service, call)

    return run


# Makings


async def made(service: Service, call: Call) -> None:
    """The task exists from here on, unless its id is taken."""
    body = json.loads(await call.read())
    account = service.account(call)
    if not service.book.is_taken(account, body.get("external_task_id")):
        service.book.make(account, call.path, body)


def made_later(seconds: float) -> Behaviour:
    """Held somewhere on the way, and delivered after all, whatever the caller does meanwhile."""

    async def hold(service: Service, call: Call) -> None:
        await call.read()

        async def deliver() -> None:
            await asyncio.sleep(seconds)
            await made(service, call)

        service.held.add(held := asyncio.create_task(deliver()))
        held.add_done_callback(service.held.discard)

    return hold


async def made_twice(service: Service, call: Call) -> None:
    """Two tasks of one create: the second is the provider's own mistake, and nobody's purchase."""
    body = json.loads(await call.read())
    account = service.account(call)
    service.book.make(account, call.path, body)
    service.book.strange(account, call.path, **body)


def made_racing(seconds: float) -> Behaviour:
    """Looks whether the id is taken, takes its time, and then makes it whatever came between."""

    async def race(service: Service, call: Call) -> None:
        body = json.loads(await call.read())
        account = service.account(call)
        if service.book.is_taken(account, body.get("external_task_id")):
            await call.answer(400, refusal(1201, "External_task_id already exists"))
            return
        await asyncio.sleep(seconds)
        service.book.make(account, call.path, body)

    return race


async def burnt(service: Service, call: Call) -> None:
    """No task, and the id counts as used all the same."""
    service.book.burns.add(json.loads(await call.read())["external_task_id"])


def with_story(story: Story) -> Behaviour:
    """What is made next by this create goes on like this."""

    async def tell_so(service: Service, call: Call) -> None:
        service.stories[json.loads(await call.read()).get("prompt", "")] = story

    return tell_so


# Endings


def said(status: int, content: Any, **headers: str) -> Behaviour:
    """Any whole answer."""

    async def say(service: Service, call: Call) -> None:
        await call.read()
        await call.answer(status, content, **headers)

    return say


def refused(code: Any, status: int = 400, message: str = "refused", **headers: str) -> Behaviour:
    """The provider's own envelope with a code and no task."""
    return said(status, refusal(code, message), **headers)


def page(status: int) -> Behaviour:
    """A page of HTML from whoever stands in between."""
    return said(status, b"<html><title>Error</title><body>try later</body></html>")


def broken_down(status: int) -> Behaviour:
    """A server error with nothing to read."""
    return said(status, b"")


async def hang(service: Service, call: Call) -> None:
    await call.read()
    await asyncio.Event().wait()


async def hang_up(service: Service, call: Call) -> None:
    await call.read()
    call.hang_up()


async def reset(service: Service, call: Call) -> None:
    await call.read()
    call.reset()


async def half_a_header(service: Service, call: Call) -> None:
    await call.read()
    await call.say(b"HTTP/1.1 200 OK\r\nContent-Ty")
    call.hang_up()


def cut_json(at: int) -> Behaviour:
    """The answer to an accepted create, of which so many bytes of the body arrive."""

    async def cut(service: Service, call: Call) -> None:
        await call.read()
        document = envelope(service.record(service.book.made[-1])) if service.book.made else {}
        whole = call.whole(200, document)
        head = whole.index(b"\r\n\r\n") + 4
        await call.say(whole[: head + at])
        call.hang_up()

    return cut


def names(task_id: Any) -> Behaviour:
    """An answer of success that names this task."""
    return said(200, envelope({"task_id": task_id, "task_status": "submitted"}))


def record_in(wrap: Any) -> Behaviour:
    """An answer about the newest task in other wrapping; `wrap` makes it from the record."""

    async def say(service: Service, call: Call) -> None:
        document: Fields = wrap(service.record(service.book.made[-1]))
        await call.answer(200, document)

    return say


# What happens before anything is read


async def never_reads(service: Service, call: Call) -> None:
    await asyncio.Event().wait()


async def reset_in_the_body(service: Service, call: Call) -> None:
    await call.reader.readexactly(1000)
    call.reset()


async def too_large(service: Service, call: Call) -> None:
    """Says so before the body is through, and is gone."""
    await call.answer(413, b"<html>too large</html>")
    call.hang_up()


def later(seconds: float, then: Behaviour = accept) -> Behaviour:
    """Takes its time."""

    async def wait(service: Service, call: Call) -> None:
        await call.read()
        await asyncio.sleep(seconds)
        await then(service, call)

    return wait
