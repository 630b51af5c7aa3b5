"""What may be asked of the owner of a home. The grammar is fixed: these orders, these fields."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.media import NO_EDIT, FileImage, ImageSource, UrlImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.recipes import edit_from_json, edit_to_json
from kling_desktop.domain.requests import (
    GenerationRequest,
    MultiImageToImage,
    MultiImageToVideo,
)
from kling_desktop.handover.frames import Json, MalformedError

_REQUESTS = {TaskKind.IMAGE: MultiImageToImage, TaskKind.VIDEO: MultiImageToVideo}
_LONGEST_ID = 256  # a provider's task id as a person typed it


class Verb(StrEnum):
    """The orders, by the engine's own words."""

    RAISE = "raise"
    SUBMIT = "submit"
    RESUME = "resume"
    LOOK_AGAIN = "look_again"
    LINK = "link"
    CLOSE = "close"
    SEND_AGAIN = "send_again"


@dataclass(frozen=True, slots=True)
class Order:
    """One order. `id` is the task's; `task_id` is there for LINK, `submission` for SUBMIT.

    `account` is the fingerprint of the key that the asker's environment names, if it names one.
    """

    verb: Verb
    id: str = ""
    task_id: str = ""
    submission: Submission | None = None
    account: str | None = None


_FIELDS: Mapping[Verb, frozenset[str]] = {
    Verb.RAISE: frozenset(),
    Verb.SUBMIT: frozenset({"submission", "account"}),
    Verb.RESUME: frozenset(),
    Verb.LOOK_AGAIN: frozenset({"id"}),
    Verb.LINK: frozenset({"id", "task_id"}),
    Verb.CLOSE: frozenset({"id"}),
    Verb.SEND_AGAIN: frozenset({"id"}),
}


def order_to_json(order: Order) -> Json:
    """An order as it travels."""
    values: Json = {name: getattr(order, name) for name in _FIELDS[order.verb]}
    if order.submission is not None:
        values["submission"] = _submission_to_json(order.submission)
    return {"do": order.verb.value} | values


def order_from_json(values: Json) -> Order:
    """The order that `order_to_json` wrote. Raises MalformedError for anything else."""
    try:
        verb = Verb(values["do"])
        given = {name: value for name, value in values.items() if name != "do"}
        if given.keys() != _FIELDS[verb]:
            raise MalformedError("other fields")
        if verb is Verb.SUBMIT:
            submission = _submission_from_json(given["submission"])
            account = cast(str | None, _typed(given["account"], str | None))
            return Order(verb, submission.id, submission=submission, account=account)
        ids = {name: _id(value) for name, value in given.items()}
        return Order(verb, ids.get("id", ""), ids.get("task_id", ""))
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise MalformedError("not an order") from problem


def _submission_to_json(submission: Submission) -> Json:
    request = submission.request
    values = {field.name: getattr(request, field.name) for field in fields(request)}
    asked: Json = {name: _image_to_json(value) for name, value in values.items()}
    plain = {
        field.name: getattr(submission, field.name)
        for field in fields(submission)
        if field.name != "request"
    }
    return plain | {"request": {"kind": request.kind.value} | asked}


def _submission_from_json(values: Mapping[str, Any]) -> Submission:
    request = _request_from_json(values["request"])
    plain = _checked(Submission, {**values, "request": None}, {"request": request})
    _id(plain["id"])
    return Submission(**plain)


def _request_from_json(values: Mapping[str, Any]) -> GenerationRequest:
    made = _REQUESTS[TaskKind(values["kind"])]
    given = {name: value for name, value in values.items() if name != "kind"}
    pictures: Json = {}
    for name in ("subjects", "pictures"):
        if name in given:
            pictures[name] = tuple(
                _image(value) for value in cast(list[Any], _typed(given[name], list))
            )
    for name in ("scene", "style"):
        if name in given:
            pictures[name] = None if given[name] is None else _image(given[name])
    return made(**_checked(made, given, pictures))


def _checked(kind: type, given: Mapping[str, Any], read: Mapping[str, Any]) -> Json:
    """Exactly the fields of a dataclass; those in `read` are judged already."""
    types = {field.name: field.type for field in fields(kind)}
    if given.keys() != types.keys():
        raise MalformedError("other fields")
    plain = {name: _typed(given[name], types[name]) for name in types if name not in read}
    return plain | dict(read)


def _typed(value: object, kind: Any) -> object:  # noqa: ANN401 - a class or a union of them
    # JSON's true is no number, though Python's is.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise MalformedError("another type")
    return value


def _id(value: object) -> str:
    text = cast(str, _typed(value, str))
    if not 0 < len(text) <= _LONGEST_ID or not text.isprintable():
        raise MalformedError("not an id")
    return text


def _image_to_json(value: object) -> object:
    match value:
        case FileImage(path, edit):
            return {"file": str(path)} | ({} if edit == NO_EDIT else {"edit": edit_to_json(edit)})
        case UrlImage(url):
            return {"url": url}
        case tuple():
            return [_image_to_json(each) for each in cast(tuple[object, ...], value)]
        case _:
            return value


def _image(value: Mapping[str, Any]) -> ImageSource:
    others = dict(value)
    edit = edit_from_json(others.pop("edit")) if "edit" in others else NO_EDIT
    ((name, text),) = others.items()
    _typed(text, str)
    if name == "url" and "edit" not in value:
        return UrlImage(text)
    path = Path(text)
    if name != "file" or not path.is_absolute() or "\0" in text:
        raise MalformedError("not a picture")
    return FileImage(path, edit)
