"""Requests to JSON, JSON to records. The only place that knows the providers' field names.

Reading is tolerant, because gateways differ (facts.md section 5): codes and ids as number or
text, records bare, enveloped or nested, times in seconds or milliseconds. Nothing that arrives
makes it raise. Writing is strict: what the route documents, explicitly, and nothing else.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from kling_desktop.domain.answers import Outgoing, RemoteOutput, RemoteState, RemoteTask
from kling_desktop.domain.errors import BugError
from kling_desktop.domain.media import ImageSource, MediaKind, StoredImage, UrlImage
from kling_desktop.domain.providers import Capabilities
from kling_desktop.domain.requests import MultiImageToImage, MultiImageToVideo
from kling_desktop.kling.body import Json, JsonBody, json_body

LARGEST_LIST_PAGE = 500  # S1: pageSize goes from 1 to 500
LONGEST_ID = 512
LONGEST_WORDS = 1000
_DEEPEST_NESTING = 6  # one gateway nests the official record three `data` deep
_FIRST_MILLISECOND_TIME = 10**11  # below it a time is in seconds (facts.md section 5)
_LAST_TIME_MS = 10**14
_MOST_UNITS = 10**9

_STATES = {
    word: state
    for state, words in {
        RemoteState.SUBMITTED: ("submitted", "queued", "queuing", "pending", "not_start"),
        RemoteState.RUNNING: ("processing", "in_progress", "running"),
        RemoteState.SUCCEEDED: ("succeed", "succeeded", "success", "completed"),
        RemoteState.FAILED: ("failed", "failure", "fail"),
    }.items()
    for word in words
}
# Fields that not every route documents, with the attribute of the request they come from.
_OPTIONAL = {
    "negative_prompt": "negative_prompt",
    "scene_image": "scene",
    "style_image": "style",
    "watermark_info": "watermark",
    "callback_url": "callback_url",
    "external_task_id": "external_task_id",
}
_ID_IN_TEXT = re.compile(r'"task_id"\s*:\s*(?:"([^"\\]+)"|(\d+))')


def create_body(outgoing: Outgoing, can: Capabilities) -> JsonBody:
    """The body of a create. Explicit values always; a field that `can` lacks is left out."""
    request = outgoing.request
    if isinstance(request, MultiImageToImage):
        document = _image_document(request, outgoing.files)
    else:
        document = _video_document(request, outgoing.files)
    document["external_task_id"] = outgoing.external_task_id
    sent = {
        name: value
        for name, value in document.items()
        if value is not None and _is_offered(name, can)
    }
    return json_body(sent)


def _is_offered(name: str, can: Capabilities) -> bool:
    return name not in _OPTIONAL or _OPTIONAL[name] in can.optional_fields


def _image_document(
    request: MultiImageToImage, files: Mapping[str, Path]
) -> dict[str, Json | None]:
    return {
        "model_name": request.model,
        "prompt": request.prompt or None,
        "negative_prompt": request.negative_prompt or None,
        "subject_image_list": [
            {"subject_image": _picture(image, files)} for image in request.subjects
        ],
        "scene_image": _picture(request.scene, files) if request.scene else None,
        "style_image": _picture(request.style, files) if request.style else None,
        "n": request.n,
        "aspect_ratio": request.aspect_ratio,
        "watermark_info": {"enabled": True} if request.watermark else None,
        "callback_url": request.callback_url,
    }


def _video_document(
    request: MultiImageToVideo, files: Mapping[str, Path]
) -> dict[str, Json | None]:
    return {
        "model_name": request.model,
        "image_list": [{"image": _picture(image, files)} for image in request.pictures],
        "prompt": request.prompt or None,
        "negative_prompt": request.negative_prompt or None,
        "mode": request.mode,
        "duration": str(request.duration_s),  # S2: a string, though it counts seconds
        "aspect_ratio": request.aspect_ratio,
        "watermark_info": {"enabled": True} if request.watermark else None,
        "callback_url": request.callback_url,
    }


def _picture(image: ImageSource, files: Mapping[str, Path]) -> str | Path:
    if isinstance(image, UrlImage):
        return image.url
    if isinstance(image, StoredImage):
        return files[image.sent_sha256]
    raise BugError("a picture is sent from the library's inputs, never from a person's folder")


def query_path(template: str, id: str) -> str:
    """The path that asks for one task. Any id is safe in it."""
    quoted = quote(id, safe="")
    if not quoted.strip("."):  # "." and ".." would be taken for folders
        quoted = quoted.replace(".", "%2E")
    return template.replace("{id}", quoted)


def list_path(path: str) -> str:
    """The path of the largest first page of a list."""
    return f"{path}?pageNum=1&pageSize={LARGEST_LIST_PAGE}"


class Family(StrEnum):
    """How an answer is wrapped, which says whose words it holds."""

    ENVELOPE = "envelope"  # code, message, data: Kling's own, and gateways that speak like it
    ERROR_OBJECT = "error_object"  # {"error": {...}}: a gateway's own
    RECORD = "record"  # a bare task
    UNRECOGNISED = "unrecognised"  # a page, a text, nothing


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as read. `code` is normalised text: "0", "1201", "task_not_exist", "" if none.

    `task` is the one record of an answer, `tasks` those of a list. The words are plain text of
    the other side, shortened.
    """

    family: Family
    code: str = ""
    message: str = ""
    task: RemoteTask | None = None
    tasks: tuple[RemoteTask, ...] = ()

    @property
    def is_success(self) -> bool:
        """Whether the code is one of the forms that mean success (facts.md section 5)."""
        return self.code in ("", "0", "success")


def read_answer(body: bytes, media: MediaKind) -> Answer:
    """What `body` says, of results that are `media`. Never raises."""
    text = body.decode("utf-8-sig", "replace")
    try:
        root = json.loads(text)
    except (ValueError, RecursionError):
        return Answer(Family.UNRECOGNISED, task=_task_in_cut_text(text))
    if not isinstance(root, dict):
        return Answer(Family.UNRECOGNISED)
    layers = list(_layers(cast(dict[str, Any], root)))
    task = _task(layers, media)
    tasks = tuple(
        found
        for item in _list(layers[-1].get("data"))
        if (found := _task(list(_layers(_dict(item))), media))
    )
    error: object = layers[0].get("error")
    words = _dict(error)
    if words or _words(error):
        message = _words(words.get("message")) or _words(error)
        return Answer(Family.ERROR_OBJECT, _code(words.get("code")), message, task, tasks)
    if "code" in layers[0]:
        message = _words(layers[0].get("message"))
        return Answer(Family.ENVELOPE, _code(layers[0]["code"]), message, task, tasks)
    family = Family.RECORD if task or tasks else Family.UNRECOGNISED
    return Answer(family, "", _words(layers[0].get("message")), task, tasks)


def _layers(root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answer and the records nested in it by `data`, from the outside in."""
    for _ in range(_DEEPEST_NESTING):
        yield root
        inner = root.get("data")
        if not isinstance(inner, dict):
            return
        root = cast(dict[str, Any], inner)


def _task(layers: Sequence[dict[str, Any]], media: MediaKind) -> RemoteTask | None:
    """The record in nested layers: the outermost id, for a gateway knows only its own; the
    innermost of everything else, for that is the provider's word."""
    inner = list(reversed(layers))
    status = next((s for layer in inner if (s := _status(layer))), "")
    state = _STATES.get(_folded(status), RemoteState.RUNNING)
    task_id = next((i for layer in layers if (i := _task_id(layer))), None)
    if task_id is None:
        return None
    return RemoteTask(
        task_id=task_id,
        state=state,
        status=status,
        external_task_id=next((i for layer in inner if (i := _external_id(layer))), None),
        reason=next((r for layer in inner if (r := _reason(layer))), ""),
        created_at_ms=_first_time(inner, "created_at", "create_time", "submit_time"),
        updated_at_ms=_first_time(inner, "updated_at", "update_time", "finish_time"),
        units=next(
            (u for layer in inner if (u := _units(layer.get("final_unit_deduction"))) is not None),
            None,
        ),
        outputs=next((o for layer in inner if (o := _outputs(layer, media))), ()),
    )


def _task_id(layer: dict[str, Any]) -> str | None:
    found = _id(layer.get("task_id"))
    if found is None and _folded(_status(layer)) in _STATES:
        # A bare `id` may be a request's; only beside a task's status it is a task's.
        found = _id(layer.get("id"))
    return found


def _external_id(layer: dict[str, Any]) -> str | None:
    return _id(_dict(layer.get("task_info")).get("external_task_id")) or _id(
        layer.get("external_task_id")
    )


def _task_in_cut_text(text: str) -> RemoteTask | None:
    """The task of an answer that was cut off: its id is worth money, so it is looked for."""
    found = _ID_IN_TEXT.search(text) if text.lstrip().startswith("{") else None
    task_id = _id(found.group(1) or found.group(2)) if found else None
    return RemoteTask(task_id, RemoteState.SUBMITTED, "") if task_id else None


def _status(layer: dict[str, Any]) -> str:
    for name in ("task_status", "status"):
        if isinstance(value := layer.get(name), str) and value.strip():
            return _words(value)
    return ""


def _reason(layer: dict[str, Any]) -> str:
    error: object = layer.get("error")
    told = _dict(error).get("message")
    for value in (layer.get("task_status_msg"), layer.get("fail_reason"), told, error):
        if words := _words(value):
            return words
    return ""


def _outputs(layer: dict[str, Any], media: MediaKind) -> tuple[RemoteOutput, ...]:
    result = _dict(layer.get("task_result"))
    items = [(MediaKind.IMAGE, item) for item in _list(result.get("images"))]
    items += [(MediaKind.VIDEO, item) for item in _list(result.get("videos"))]
    if not items:
        items = [(media, layer.get("url"))]
    found: dict[str, RemoteOutput] = {}
    for kind, item in items:
        fields = _dict(item) or {"url": item}
        url = _plain(fields.get("url"))
        if url and url not in found:
            index = fields.get("index")
            number = index if isinstance(index, int) and not isinstance(index, bool) else -1
            found[url] = RemoteOutput(number, kind, url, _plain(fields.get("watermark_url")))
    return _numbered(list(found.values()))


def _numbered(outputs: list[RemoteOutput]) -> tuple[RemoteOutput, ...]:
    """In the provider's order where its indexes make one, else in the order of arrival."""
    indexes = [output.index for output in outputs]
    if len(set(indexes)) == len(indexes) and all(0 <= index < 1000 for index in indexes):
        return tuple(sorted(outputs, key=lambda output: output.index))
    return tuple(
        RemoteOutput(number, output.media, output.url, output.watermark_url)
        for number, output in enumerate(outputs)
    )


def _first_time(layers: Sequence[dict[str, Any]], *names: str) -> int | None:
    for layer in layers:
        for name in names:
            if (time := _time_ms(layer.get(name))) is not None:
                return time
    return None


def _time_ms(value: object) -> int | None:
    number = _number(value)
    if number is None or number < 1:
        return None
    if number < _FIRST_MILLISECOND_TIME:
        number *= 1000
    return int(number) if number < _LAST_TIME_MS else None


def _units(value: object) -> Decimal | None:
    number = _number(value)
    return number if number is not None and 0 <= number < _MOST_UNITS else None


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def _code(value: object) -> str:
    number = _number(value)
    if number is not None and -(10**9) < number < 10**9 and number == int(number):
        return str(int(number))
    return _folded(value) if isinstance(value, str) else ""


def _id(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            value = str(value)
        except ValueError:  # longer than Python writes out
            return None
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_ID:
        return None
    return value.strip() if value.strip().isprintable() else None


def _plain(value: object) -> str:
    """Text that can be stored and compared: no half characters, no control signs."""
    if not isinstance(value, str):
        return ""
    whole = value.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else " " for c in whole).strip()


def _words(value: object) -> str:
    return _plain(value[: 2 * LONGEST_WORDS] if isinstance(value, str) else value)[:LONGEST_WORDS]


def _folded(value: str) -> str:
    return _words(value).casefold()


def _dict(value: object) -> dict[str, Any]:
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast(list[object], value) if isinstance(value, list) else []
