"""A gateway in front of Kling: ids of its own, a key of its own upstream, and it may post twice."""

import json
from collections.abc import Callable

from tests.fakes.wire.line import Call
from tests.fakes.wire.records import Fields, envelope, refusal
from tests.fakes.wire.service import Behaviour, Service


def posts_upstream(times: int = 1, *, says_exists: bool = False) -> Behaviour:
    """Passes the create on, `times` over when its upstream does not answer at first.

    A provider upstream that keeps ids unique makes one of it; the gateway answers for the first,
    or passes on what the second was told.
    """

    async def post(service: Service, call: Call) -> None:
        body = json.loads(await call.read())
        account = service.account(call)
        own = body.get("external_task_id")
        task = None
        for _ in range(times):
            if not service.book.is_taken(account, own):
                task = service.book.make(account, call.path, body)
        if says_exists or task is None:
            await call.answer(400, refusal(1201, f"External_task_id {own} already exists"))
            return
        await call.answer(200, renamed(envelope(service.record(task))))

    return post


async def asks_upstream(service: Service, call: Call) -> None:
    """Knows a task by the gateway's own id alone, and complains in its own words."""
    id = call.path.rsplit("/", 1)[-1]
    known = (task for task in service.book.made if id == _own(task.task_id))
    task = next(known, None)
    if task is None:
        await call.answer(
            400, {"code": "task_not_exist", "message": "task not exist", "data": None}
        )
    else:
        await call.answer(200, renamed(envelope(service.record(task))))


def renamed(document: Fields, own: Callable[[str], str] | None = None) -> Fields:
    """The provider's envelope with the gateway's id outside and the provider's own inside."""
    inner = document["data"]
    outer = {"task_id": (own or _own)(inner["task_id"]), "data": inner}
    return document | {"data": outer}


def _own(task_id: str) -> str:
    return f"gw-{task_id}"
