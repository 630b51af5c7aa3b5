"""What is printed: JSON Lines with stable keys, or plain lines. Talk goes to standard error."""

import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.fitting import mending_edits
from kling_desktop.domain.media import NO_EDIT
from kling_desktop.domain.money import NO_COST, Cost
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.sentences import sentence
from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.text import t

Json = dict[str, Any]


class Voice:
    """Speaks to a person or to a program, never both on one stream."""

    def __init__(self, *, is_json: bool, out: TextIO, err: TextIO) -> None:
        self.is_json = is_json
        self._out = out
        self._err = err

    def tell(self, sentence: str) -> None:
        """A line for people, beside the results."""
        self._write(self._err, sentence)

    def error(self, error: ErrorRecord) -> None:
        """What went wrong, for people."""
        self.tell(f"{error.title}. {error.detail}")

    def print(self, values: Json, *lines: str) -> None:
        """A result: `values` as one line of JSON, or `lines` for people."""
        if self.is_json:
            self._write(self._out, json.dumps(values, ensure_ascii=False))
        else:
            for line in lines:
                self._write(self._out, line)

    def _write(self, stream: TextIO, line: str) -> None:
        stream.write(line + "\n")
        stream.flush()


def voice(*, is_json: bool) -> Voice:
    """The process's own streams, in UTF-8 whatever the locale is."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    return Voice(is_json=is_json, out=sys.stdout, err=sys.stderr)


def task_values(task: Task, library: Path) -> Json:
    """A task with the keys that scripts rely on: always all of them, never renamed."""
    return {
        "id": task.id,
        "kind": task.kind.value,
        "external_task_id": task.external_task_id,
        "task_id": task.task_id,
        "provider": task.provider,
        "base_url": task.base_url or _own_address(task.provider),
        "state": task.state.value,
        "files": [str(library / output.file) for output in task.saved if output.file],
        "cost": _cost(task.cost),
        "error": _error(task.error),
        "problems": [],
    }


def refused_values(
    kind: str | None,
    provider: str | None,
    base_url: str | None,
    problems: Sequence[Problem],
    error: ErrorRecord,
) -> Json:
    """A request that was refused here: the same keys, and no id because there is no task."""
    return {
        "id": None,
        "kind": kind,
        "external_task_id": None,
        "task_id": None,
        "provider": provider,
        "base_url": base_url or _own_address(provider),
        "state": None,
        "files": [],
        "cost": _cost(NO_COST),
        "error": _error(error),
        "problems": [_problem(problem) for problem in problems],
    }


def usage_values(message: str, error: ErrorRecord) -> Json:
    """A command line that was not understood."""
    values = refused_values(None, None, None, (), error)
    problem = {"field": "arguments", "rule": "usage", "limit": None, "value": message}
    return values | {"problems": [problem]}


def say_problems(voice: Voice, problems: Sequence[Problem], *, mends: bool = True) -> None:
    """Each broken rule in a sentence, with its field as a program knows it, and what would help.

    Without `mends` the person forbade to change pictures.
    """
    for problem in problems:
        voice.tell(f"{sentence(problem)} [{problem.field}: {problem.rule.value}]")
        if advice := _advice(problem) if mends else _why_not_mended(problem):
            voice.tell(f"  {advice}")


def _advice(problem: Problem) -> str:
    """The options that would mend it, "" where none does."""
    edits = mending_edits(problem.rule, NO_EDIT)
    options = ["--enlarge" if edit.enlarges else f"--fit {edit.fit.value}" for edit in edits]
    if not options:
        return ""
    return t("What would mend it: {options}", options=", ".join(options))


def _why_not_mended(problem: Problem) -> str:
    if problem.rule not in (Rule.FORMAT, Rule.SIZE, Rule.RATIO, Rule.SIDE):
        return ""
    return t("“--no-repair” forbids to mend it.")


def state_words(state: TaskState) -> str:
    """A state in words."""
    words: Mapping[TaskState, str] = {
        TaskState.DRAFT: t("not sent"),
        TaskState.FROZEN: t("waiting to be sent"),
        TaskState.SENDING: t("sending"),
        TaskState.UNKNOWN: t("checking whether it arrived"),
        TaskState.NEEDS_DECISION: t("needs your decision"),
        TaskState.REFUSED: t("refused"),
        TaskState.ACCEPTED: t("accepted"),
        TaskState.RUNNING: t("being made"),
        TaskState.REMOTE_OK: t("made"),
        TaskState.FETCHING: t("downloading"),
        TaskState.FETCH_PAUSED: t("download waits"),
        TaskState.DONE: t("done"),
        TaskState.DONE_PARTIAL: t("partly done"),
        TaskState.REMOTE_FAILED: t("failed at the provider"),
        TaskState.MISSING: t("not known to the provider at present"),
        TaskState.EXPIRED: t("results are gone"),
    }
    return words[state]


def _own_address(provider: str | None) -> str | None:
    profile = PROFILES.get(provider or "")
    return profile.home_url if profile else None


def _cost(cost: Cost) -> Json:
    return {"units": _number(cost.units), "basis": cost.basis.value}


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _error(error: ErrorRecord | None) -> Json | None:
    if error is None:
        return None
    return {
        "title": error.title,
        "detail": error.detail,
        "remedy": error.remedy.value,
        "code": error.code,
    }


def _problem(problem: Problem) -> Json:
    return {
        "field": problem.field,
        "rule": problem.rule.value,
        "limit": problem.limit,
        "value": problem.value,
    }
