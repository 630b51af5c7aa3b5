"""What a person orders about a task that exists, each as one function of the newest row."""

import asyncio
from dataclasses import replace

from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.facts import Notice
from kling_desktop.domain.findings import Stray, StrayAnswer
from kling_desktop.domain.tasks import IN_DOUBT, SETTLED, OutputState, Task, TaskState
from kling_desktop.engine.context import Context
from kling_desktop.engine.outcome import to_draft
from kling_desktop.engine.reconcile import keep_looking, link_by_hand
from kling_desktop.engine.strays import take_stray, tell_strays
from kling_desktop.text import t


class Orders:
    """Carries orders out on rows. Each raises what the ledger raises, OvertakenError included."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._strays_at_once = asyncio.Lock()

    async def stop_following(self, id: str) -> None:
        """Before sending it becomes a draft, later it goes on quietly."""
        task = self._row(id)
        if task is None:
            return
        if task.state is TaskState.FROZEN:
            # Nothing was sent, or it was certainly refused: it never happened.
            await self._ctx.book.write(task, to_draft)
            self._ctx.wake(id)
        elif task.state not in SETTLED:
            await self._ctx.book.write(task, lambda now: replace(now, is_watched=True))

    async def look_again(self, id: str) -> None:
        """Look now; with a decision due, look closely before asking again."""
        task = self._row(id)
        if task is None:
            return
        if task.is_watched:
            task = await self._ctx.book.write(task, lambda now: replace(now, is_watched=False))
        if task.state is TaskState.NEEDS_DECISION:
            await keep_looking(self._ctx, task)
        elif task.state is TaskState.FROZEN:
            await self._ctx.book.write(task, _to_frozen)
        self._ctx.look_now(task)
        self._ctx.walk(id)

    async def download_again(self, id: str) -> None:
        """Fetch what is not here yet."""
        task = self._row(id)
        if task is None:
            return
        if task.state is TaskState.DONE_PARTIAL:
            await self._ctx.book.write(task, _to_fetching)
        self._ctx.look_now(task)
        self._ctx.walk(id)

    async def send_again(self, id: str) -> None:
        """Send with the same id: after a refusal, or knowing that it may cost twice."""
        task = self._row(id)
        if task is None:
            return
        if task.state in (TaskState.REFUSED, TaskState.FROZEN):
            await self._ctx.book.write(task, _to_frozen)
            self._ctx.gate.release(task.account)
        elif task.state is TaskState.NEEDS_DECISION:
            await keep_looking(self._ctx, task)
            self._ctx.consents.add(id)
        else:
            self._ctx.emit(Notice(f"task {id}", _not_now()))
            return
        self._ctx.look_now(task)
        self._ctx.walk(id)

    async def link(self, id: str, task_id: str) -> None:
        """Tie an unclear task to what a person found there, once a GET confirms it."""
        task = self._row(id)
        if task is None or task.state not in IN_DOUBT:
            self._ctx.emit(Notice(f"task {id}", _not_now()))
            return
        self._ctx.lane(task.provider, task.base_url).relieve()
        await link_by_hand(self._ctx, task, task_id)
        self._ctx.walk(id)  # or the ladder goes on without it

    async def answer_stray(self, stray: Stray, answer: StrayAnswer) -> None:
        """Bring a stray in as a task, or leave it where it is. What was answered stays so."""
        async with self._strays_at_once:
            kept = await self._ctx.threads.in_order(self._ctx.notebook.strays)
            same = (each for each in kept if _place(each) == _place(stray))
            found = next(same, None)
            if found is None:
                pass  # answered by now, here or in another window
            elif answer is StrayAnswer.TAKEN:
                self._ctx.walk((await take_stray(self._ctx, found)).id)
            else:
                await self._ctx.threads.in_order(self._ctx.notebook.answer_stray, found, answer)
        await tell_strays(self._ctx)

    def _row(self, id: str) -> Task | None:
        task = self._ctx.book.rows.get(id)
        if task is None:
            self._ctx.emit(Notice(f"task {id}", _no_such_task(id)))
        return task


def _place(stray: Stray) -> tuple[str, str | None, str]:
    return stray.route.provider, stray.route.base_url, stray.task_id


def _to_fetching(now: Task) -> Task:
    """Results that were given up are tried again."""
    outputs = (
        replace(output, state=OutputState.LISTED) if output.state is OutputState.EXPIRED else output
        for output in now.outputs
    )
    return replace(now, state=TaskState.FETCHING, outputs=tuple(outputs))


def _to_frozen(now: Task) -> Task:
    return replace(now, state=TaskState.FROZEN, not_before_ms=None, finished_at_ms=None, error=None)


def _not_now() -> ErrorRecord:
    return ErrorRecord(
        t("Not possible now"),
        t("The task is in another state by now. Nothing was changed."),
        Remedy.NONE,
    )


def _no_such_task(id: str) -> ErrorRecord:
    return ErrorRecord(t("No such task"), t("There is no task {id}.", id=id), Remedy.NONE)
