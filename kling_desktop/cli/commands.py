"""The commands that own the home: image, video, resume, decide."""

import argparse
from collections.abc import Mapping, Sequence

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
from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.engine.engine import Engine
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
        async with self._home as home:
            await home.start(resumes=False)
            home.engine.submit(submission)
            await following.rest(
                home.engine,
                [submission.id],
                timeout_s=wish.timeout_s,
                ends_when_accepted=self._options.no_wait,
            )
        rejected = following.rejected.get(submission.id)
        if rejected is not None:
            kind, address = submission.request.kind.value, submission.base_url
            problems, error = rejected.problems, rejected.error
            refuse(self._voice, kind, submission.provider, address, problems, error)
        elif submission.id in following.rows:
            self._report(following.rows[submission.id])
        return following.code(submission.id)

    async def resume(self) -> Exit:
        """`resume`: go on with everything outstanding. Raises StorageError."""
        problems: list[Problem] = []
        timeout_s = seconds(self._options.timeout, problems)
        if problems:
            return refuse(self._voice, None, None, None, problems, _not_understood())
        following = self._following
        async with self._home as home:
            await home.start()
            ids = [task.id for task in following.rows.values() if task.is_outstanding]
            for id in ids:
                if following.rows[id].state is TaskState.NEEDS_DECISION:
                    home.engine.look_again(id)
            await following.rest(home.engine, ids, timeout_s=timeout_s)
        for id in ids:
            self._report(following.rows[id])
        return combined(following.code(id) for id in ids)

    async def decide(self) -> Exit:
        """`decide`: what a person knows about an unclear task. Raises StorageError."""
        problems: list[Problem] = []
        timeout_s = seconds(self._options.timeout, problems)
        following = self._following
        async with self._home as home:
            await home.start(resumes=False)
            task = self._named(problems)
            if task is None or problems:
                return refuse(self._voice, None, None, None, problems, _not_understood())
            self._decide(home.engine, task)
            await following.rest(home.engine, [task.id], timeout_s=timeout_s)
        self._report(following.rows[task.id])
        return following.code(task.id)

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

    def _decide(self, engine: Engine, task: Task) -> None:
        if self._options.keep_looking:
            engine.look_again(task.id)
        elif self._options.link is not None:
            engine.link(task.id, self._options.link)
        elif self._options.close:
            engine.close(task.id)
        else:
            engine.send_again(task.id)

    def _report(self, task: Task) -> None:
        values = task_values(task, self._home.library)
        self._voice.print(values, *values["files"])
        if task.error is not None:
            self._voice.error(task.error)


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
) -> Exit:
    """Say why nothing was sent."""
    voice.print(refused_values(kind, provider, base_url, problems, error))
    say_problems(voice, problems)
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
    return refuse(voice, kind, wanted.provider, address, wanted.problems, _not_understood())
