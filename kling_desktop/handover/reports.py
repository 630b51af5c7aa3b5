"""What the owner tells its guest: that it heard, what changed, and what keeps a task waiting.

Rows do not travel: the guest reads them from the ledger, where they stand before they are told.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.facts import Fact, Notice, TaskChanged, TaskRejected
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.engine.troubles import Trouble, TroubleKind
from kling_desktop.handover.frames import VERSION, Json, MalformedError

WELCOME: Json = {"say": "welcome", "version": VERSION}
REFUSED: Json = {"say": "refused"}
DONE: Json = {"say": "done"}
BYE: Json = {"say": "bye"}


def hello(token: str) -> Json:
    """The first message of a guest."""
    return {"version": VERSION, "token": token}


def fact_to_json(fact: Fact, ids: set[str]) -> Json | None:
    """A fact for the guest that follows `ids`; None where it does not concern it."""
    match fact:
        case TaskChanged(task) if task.id in ids:
            return {"say": "task", "id": task.id}
        case TaskRejected() if fact.id in ids:
            return {"say": "rejected"} | asdict(fact)
        case Notice() if _concerns(fact.subject, ids):
            return {"say": "notice"} | asdict(fact)
        case _:
            return None


def rejected_from_json(values: Mapping[str, Any]) -> TaskRejected:
    """The fact as it was told. Raises MalformedError."""
    try:
        problems = (
            Problem(each["field"], Rule(each["rule"]), str(each["limit"]), str(each["value"]))
            for each in values["problems"]
        )
        return TaskRejected(
            str(values["id"]),
            tuple(problems),
            _error(values["error"]),
            twin=values["twin"],
            is_storage=values["is_storage"] is True,
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise MalformedError("not a rejection") from problem


def notice_from_json(values: Mapping[str, Any]) -> Notice:
    """The fact as it was told. Raises MalformedError."""
    try:
        error = values["error"]
        return Notice(str(values["subject"]), None if error is None else _error(error))
    except (KeyError, TypeError, ValueError) as problem:
        raise MalformedError("not a notice") from problem


def troubles_to_json(troubles: Mapping[str, Trouble], now_s: float) -> Json:
    """A sign of life, and what keeps the followed tasks waiting; times as they lasted so far."""
    told = {
        id: {
            "kind": trouble.kind.value,
            "lasting_s": now_s - trouble.since_s,
            "error": asdict(trouble.error),
        }
        for id, trouble in troubles.items()
    }
    return {"say": "alive", "troubles": told}


def troubles_from_json(values: Mapping[str, Any], now_s: float) -> dict[str, Trouble]:
    """The same on the guest's own clock. Raises MalformedError."""
    try:
        return {
            str(id): Trouble(
                TroubleKind(told["kind"]), now_s - float(told["lasting_s"]), _error(told["error"])
            )
            for id, told in values["troubles"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise MalformedError("not troubles") from problem


def _error(values: Mapping[str, Any]) -> ErrorRecord:
    code = values["code"]
    return ErrorRecord(
        str(values["title"]),
        str(values["detail"]),
        Remedy(values["remedy"]),
        None if code is None else str(code),
    )


def _concerns(subject: str, ids: set[str]) -> bool:
    """Whether a notice is about all of the app or about one of these tasks."""
    kind, _, id = subject.partition(" ")
    return kind not in ("task", "twin") or id in ids
