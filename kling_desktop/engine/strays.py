"""Tasks on a person's account that carry an id of ours and that no row speaks of (A19, A55, A56).

They are offered, never taken silently; only what was made twice for a task of this ledger comes
home by itself, because it was paid for here (A61).
"""

import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from kling_desktop.domain.answers import RemoteTask
from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.facts import StraysFound
from kling_desktop.domain.findings import RouteKey, Stray, StrayAnswer, Trait
from kling_desktop.domain.providers import Evidence, TaskKind
from kling_desktop.domain.requests import GenerationRequest, MultiImageToImage, MultiImageToVideo
from kling_desktop.domain.tasks import IN_DOUBT, Task, TaskState, is_minted, new_id
from kling_desktop.engine.book import OvertakenError
from kling_desktop.engine.linking import linked
from kling_desktop.engine.ports import Provider
from kling_desktop.text import t

if TYPE_CHECKING:
    from kling_desktop.engine.context import Context

_log = logging.getLogger(__name__)
NOT_SENT = (TaskState.FROZEN, TaskState.DRAFT, TaskState.REFUSED)


async def notice_strays(
    ctx: "Context",
    provider: Provider,
    route: RouteKey,
    remotes: Collection[RemoteTask],
) -> None:
    """Keep every record that is ours and that no row knows; have each row that moved walk on.

    These are twins, new rows already, and tasks that stand here as not sent and exist all the
    same. A twin is one only beside its fellow: some lists have ids of their own. Raises
    StorageError.
    """
    listed = {remote.task_id for remote in remotes}
    rows = {row.external_task_id: row for row in ctx.book.rows.values() if _is_at(row, route)}
    strays: list[Stray] = []
    for remote in remotes:
        if remote.external_task_id is None or not is_minted(remote.external_task_id):
            continue
        stray = _stray(route, provider.account, remote)
        row = rows.get(remote.external_task_id)
        row = row and ctx.book.row(row)
        is_known = row is not None and row.task_id == remote.task_id
        where = route if row is None else row.route
        if is_known or await _is_linked(ctx, where, remote.task_id):
            continue
        if row is None:
            strays.append(stray)
        elif row.task_id in listed:
            ctx.walk((await take_twin(ctx, row, remote)).id)
        elif row.state in NOT_SENT or (row.state in IN_DOUBT and row.account != provider.account):
            with suppress(OvertakenError):  # it moved on by itself
                if row.state in NOT_SENT:
                    await was_sent(ctx, row)
                else:  # sent with an earlier key of the account, which nothing is asked with now
                    await ctx.book.write(row, linked(remote))
                ctx.walk(row.id)
    if strays:
        await ctx.threads.in_order(ctx.notebook.keep_strays, strays)
        await tell_strays(ctx)


async def tell_strays(ctx: "Context") -> None:
    """Tell all that nobody has decided about. Raises StorageError."""
    ctx.emit(StraysFound(tuple(await ctx.threads.in_order(ctx.notebook.strays))))


async def take_stray(ctx: "Context", stray: Stray) -> Task:
    """A row of its own for a stray, as accepted: what can be known of it is asked. StorageError."""
    # Two addresses of one provider may show the same task.
    task = _row_of(ctx, stray)
    if task is None:
        task = await ctx.book.add(_row(ctx, stray, _unknown_request(stray.route.kind)))
    await ctx.threads.in_order(ctx.notebook.answer_stray, stray, StrayAnswer.TAKEN)
    return task


async def take_twin(ctx: "Context", row: Task, remote: RemoteTask) -> Task:
    """The same for what was made once more for `row`. The provider does not keep ids unique."""
    _log.error("task %s: made twice there, %s too", row.id, remote.task_id)
    stray = replace(_stray(row.route, row.account, remote), twin_of=row.id)
    words = f"task {row.id[:8]} was made twice under one id"
    await ctx.known.learn(row.route, Trait.UNIQUENESS, Evidence.DISPROVEN, words)
    ctx.troubles.alarm(f"twin {row.id}", _made_twice(ctx.profile(row).title, row))
    return await ctx.book.add(_row(ctx, stray, row.request))


def _row_of(ctx: "Context", stray: Stray) -> Task | None:
    """The row that an id of ours stands for: under whatever key, since we minted it."""
    rows = (row for row in ctx.book.rows.values() if _is_at(row, stray.route))
    return next((row for row in rows if row.external_task_id == stray.external_task_id), None)


def _is_at(row: Task, route: RouteKey) -> bool:
    return row.provider == route.provider


async def _is_linked(ctx: "Context", route: RouteKey, task_id: str) -> bool:
    holder = await ctx.threads.in_order(
        ctx.book.ledger.by_task_id, route.provider, route.base_url, task_id
    )
    return holder is not None


async def was_sent(ctx: "Context", row: Task) -> Task:
    """It stands here as not sent, and exists: this ledger is older than what was done.

    From here on it is looked for like any unclear task. Raises StorageError.
    """
    _log.warning("task %s: exists there, though it stands here as not sent", row.id)
    now_ms = ctx.clock.now_ms()

    def unknown(now: Task) -> Task:
        return replace(
            now,
            state=TaskState.UNKNOWN,
            first_sent_at_ms=now.first_sent_at_ms or now.created_at_ms,
            unclear_since_ms=now_ms,
            error=_exists_already(),
        )

    return await ctx.book.write(row, unknown)


def _stray(route: RouteKey, account: str, remote: RemoteTask) -> Stray:
    return Stray(
        route=route,
        account=account,
        task_id=remote.task_id,
        external_task_id=remote.external_task_id or "",
        created_at_ms=remote.created_at_ms,
        status=remote.status,
    )


def _row(ctx: "Context", stray: Stray, request: GenerationRequest) -> Task:
    now_ms = ctx.clock.now_ms()
    # An id stands for one row; the second row of a pair is never looked for by it.
    suffix = "" if stray.twin_of is None else f"/{stray.task_id}"
    return Task(
        id=new_id(),
        kind=stray.route.kind,
        provider=stray.route.provider,
        base_url=stray.route.base_url,
        account=stray.account,
        external_task_id=stray.external_task_id + suffix,
        task_id=stray.task_id,
        state=TaskState.ACCEPTED,
        request=request,
        request_sha256="",
        body_sha256="",
        created_at_ms=now_ms,
        updated_at_ms=now_ms,
        remote_created_at_ms=stray.created_at_ms,
        remote_status=stray.status,
        twin_of=stray.twin_of,
    )


def _unknown_request(kind: TaskKind) -> GenerationRequest:
    """What it was made from is in no list."""
    if kind is TaskKind.IMAGE:
        return MultiImageToImage(model="", subjects=())
    return MultiImageToVideo(model="", pictures=())


def _made_twice(provider: str, row: Task) -> ErrorRecord:
    return ErrorRecord(
        t("A task was made twice"),
        t(
            "{provider} made task {id} twice, and may have charged it twice. Both results are "
            "brought home; from here on nothing is sent to it again by itself.",
            provider=provider,
            id=row.id[:8],
        ),
        Remedy.NONE,
    )


def _exists_already() -> ErrorRecord:
    return ErrorRecord(
        t("It was sent already"),
        t(
            "This list is older than what was done: the provider has the task. It is being "
            "looked up, and not sent again."
        ),
        Remedy.WAIT,
    )
