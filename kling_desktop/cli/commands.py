"""The commands that need the home's owner: image, video, resume, decide.

Where another process owns it, that one is asked to do the work, and the outcome is told here.
"""

import argparse
from collections.abc import Awaitable, Callable, Mapping, Sequence

from kling_desktop.assembly import Home
from kling_desktop.cli.exits import Exit, combined
from kling_desktop.cli.following import DECIDE_AFTER_S, Following
from kling_desktop.cli.output import (
    Voice,
    refused_values,
    say_problems,
    task_values,
)
from kling_desktop.cli.wishes import Wish, seconds
from kling_desktop.cli.worker import Worker, left_behind, unheard
from kling_desktop.domain.commands import Submission
from kling_desktop.domain.errors import ErrorRecord, HomeInUseError, Remedy
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.handover.guest import Farewell, Guest, NobodyAnswersError
from kling_desktop.paths import AppPaths
from kling_desktop.text import t

# Which states a decision is about. What is still being looked up is not sent again.
_UNCLEAR = (TaskState.UNKNOWN, TaskState.NEEDS_DECISION)
_SENT_AGAIN = (TaskState.NEEDS_DECISION, TaskState.REFUSED)


class Session:
    """One command on one home, from opening to the exit code."""

    def __init__(
        self,
        options: argparse.Namespace,
        paths: AppPaths,
        environment: Mapping[str, str],
        voice: Voice,
    ) -> None:
        self._options = options
        self._voice = voice
        self._paths = paths
        self._farewell: Farewell | None = None
        self._following = Following(voice)
        self._home = Home(
            paths,
            environment,
            self._following.hear,
            who=f"kling-desktop {options.command}",
            decide_after_s=DECIDE_AFTER_S,
        )

    async def generate(self, wish: Wish) -> Exit:
        """`image` and `video`: buy once and follow that one task. Raises StorageError."""
        assert wish.submission is not None
        submission, following = wish.submission, self._following

        async def work(worker: Worker) -> None:
            if submission.id in following.rows:
                worker.look_again(submission.id)  # an owner that has left began it
            else:
                worker.submit(submission)
            await following.rest(
                worker,
                [submission.id],
                timeout_s=wish.timeout_s,
                ends_when_accepted=self._options.no_wait,
            )

        await self._do(work, resumes=False)
        rejected = following.rejected.get(submission.id)
        if rejected is not None:
            kind, address = submission.request.kind.value, submission.base_url
            problems, error = rejected.problems, rejected.error
            mends = not submission.as_it_stands
            refuse(self._voice, kind, submission.provider, address, problems, error, mends=mends)
        elif submission.id in following.rows:
            self._report(following.rows[submission.id])
        elif self._farewell is not None:
            return self._say_unheard(submission, self._farewell)
        return following.code(submission.id)

    async def resume(self) -> Exit:
        """`resume`: go on with everything outstanding. Raises StorageError."""
        problems: list[Problem] = []
        timeout_s = seconds(self._options.timeout, problems)
        if problems:
            return refuse(self._voice, None, None, None, problems, _not_understood())
        following = self._following
        ids: list[str] = []

        async def work(worker: Worker) -> None:
            known = following.rows.values()
            ids.extend(task.id for task in known if task.is_outstanding and task.id not in ids)
            # Another owner may be paused, or have left alone what it was not asked for.
            is_guest = isinstance(worker, Guest)
            if is_guest:
                worker.resume()
            for id in ids:
                if is_guest or following.rows[id].state is TaskState.NEEDS_DECISION:
                    worker.look_again(id)
            await following.rest(worker, ids, timeout_s=timeout_s)

        await self._do(work, resumes=True)
        for id in ids:
            self._report(following.rows[id])
        return combined(following.code(id) for id in ids)

    async def decide(self) -> Exit:
        """`decide`: what a person knows about an unclear task. Raises StorageError."""
        problems: list[Problem] = []
        timeout_s = seconds(self._options.timeout, problems)
        following = self._following
        named: list[str] = []

        async def work(worker: Worker) -> None:
            task = self._named(problems)
            if task is not None and not problems:
                named.append(task.id)
                self._decide(worker, task)
                await following.rest(worker, named, timeout_s=timeout_s)

        await self._do(work, resumes=False, is_repeatable=False)
        if not named:
            return refuse(self._voice, None, None, None, problems, _not_understood())
        self._report(following.rows[named[0]])
        return following.code(named[0])

    async def _do(
        self,
        work: Callable[[Worker], Awaitable[None]],
        *,
        resumes: bool,
        is_repeatable: bool = True,
    ) -> None:
        """Have `work` done here, or by the process that owns the home. Raises StorageError.

        An owner that ends in order, as a command does that is done, leaves the rest to be done
        here: what it began is in the ledger and is not begun again.
        """
        while True:
            self._following.begin()
            self._farewell = None
            try:
                async with self._home as home:
                    await home.start(resumes=resumes)
                    await work(home.engine)
            except HomeInUseError as problem:
                self._farewell = await self._hand_over(work, problem)
            is_left = self._farewell is Farewell.LEFT and self._following.is_cut_off
            if not is_left or not is_repeatable:
                return

    async def _hand_over(
        self, work: Callable[[Worker], Awaitable[None]], problem: HomeInUseError
    ) -> Farewell | None:
        following, account_of = self._following, self._home.accounts.asked_with
        try:
            async with Guest(self._paths, following.hear, following.give_up, account_of) as guest:
                await work(guest)
        except NobodyAnswersError:
            raise problem from None
        return guest.farewell

    def _say_unheard(self, submission: Submission, farewell: Farewell) -> Exit:
        error, code = unheard(farewell)
        kind = submission.request.kind.value
        refuse(self._voice, kind, submission.provider, submission.base_url, (), error)
        return code

    def _named(self, problems: list[Problem]) -> Task | None:
        given = self._options.id
        rows = self._following.rows
        named = [task for id, task in rows.items() if given and id.startswith(given)]
        if len(named) != 1:
            problems.append(Problem("id", Rule.CHOICE, t("one of your tasks"), given))
            return None
        task = named[0]
        able = _SENT_AGAIN if self._options.send_again else _UNCLEAR
        if task.state not in able:
            problems.append(Problem("state", Rule.CHOICE, ", ".join(able), task.state.value))
        return task

    def _decide(self, worker: Worker, task: Task) -> None:
        if self._options.keep_looking:
            worker.look_again(task.id)
        elif self._options.link is not None:
            worker.link(task.id, self._options.link)
        elif self._options.close:
            worker.close(task.id)
        else:
            worker.send_again(task.id)

    def _report(self, task: Task) -> None:
        values = task_values(task, self._home.library)
        self._voice.print(values, *values["files"])
        if task.error is not None:
            self._voice.error(task.error)
        if self._farewell is not None and task.is_outstanding:
            self._voice.tell(left_behind(self._farewell))


async def accept(paths: AppPaths, environment: Mapping[str, str], voice: Voice) -> Exit:
    """`library --accept`: library and tasks are in order as they are. Raises StorageError."""
    home = Home(paths, environment, lambda fact: None, who="kling-desktop library", accepts=True)
    async with home:
        await home.accept()
    voice.tell(t("“{path}” is your library now. Nothing was sent.", path=home.library))
    return Exit.DONE


def refuse(
    voice: Voice,
    kind: str | None,
    provider: str | None,
    base_url: str | None,
    problems: Sequence[Problem],
    error: ErrorRecord,
    *,
    mends: bool = True,
) -> Exit:
    """Say why nothing was sent. Without `mends` the person forbade to change pictures."""
    voice.print(refused_values(kind, provider, base_url, problems, error))
    say_problems(voice, problems, mends=mends)
    if not problems:
        voice.error(error)
    return Exit.NOT_SENT


def _not_understood() -> ErrorRecord:
    return ErrorRecord(
        t("Not done: an option needs a change"),
        t("Nothing was sent and nothing was changed."),
        Remedy.EDIT_REQUEST,
    )


def refuse_wish(options: argparse.Namespace, wanted: Wish, voice: Voice) -> Exit:
    """Say what is wrong with the options themselves."""
    kind, address = options.command, options.base_url
    problems, mends = wanted.problems, not options.no_repair
    return refuse(
        *(voice, kind, wanted.provider, address, problems, _not_understood()), mends=mends
    )
