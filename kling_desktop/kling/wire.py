"""Requests to JSON, JSON to records. The only place that knows the providers' field names.

Reading is tolerant, because gateways differ (facts.md section 5): codes and ids as number or
text, records bare, enveloped or nested, times in seconds or milliseconds. Nothing that arrives
makes it raise. Writing is strict: what the route documents, explicitly, and nothing else.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from kling_desktop.domain.answers import Outgoing, Pack, RemoteOutput, RemoteState, RemoteTask
from kling_desktop.domain.errors import BugError
from kling_desktop.domain.media import ImageSource, MediaKind, StoredImage, UrlImage
from kling_desktop.domain.providers import Route
from kling_desktop.domain.requests import MultiImageToImage, MultiImageToVideo
from kling_desktop.kling.body import Json, JsonBody, json_body
from kling_desktop.kling.values import (
    code_of,
    dict_of,
    folded,
    id_of,
    list_of,
    plain,
    time_ms_of,
    units_of,
    words_of,
)

LARGEST_LIST_PAGE, LAST_LIST_PAGE = 500, 1000  # S1: the ranges of pageSize and pageNum
_DEEPEST_NESTING = 6  # one gateway nests the official record three `data` deep

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


# Every name that a body of ours may hold, for those who want one spelled differently.
FIELD_NAMES = frozenset(
    {
        *("model_name", "prompt", "n", "aspect_ratio", "mode", "duration", "enabled"),
        *("subject_image_list", "subject_image", "image_list", "image"),
        *_OPTIONAL,
    }
)


def create_body(outgoing: Outgoing, route: Route) -> JsonBody:
    """The body of a create. Explicit values always, each under the name that `route` gives it; a
    field that the route lacks is left out."""
    request = outgoing.request
    if isinstance(request, MultiImageToImage):
        document = _image_document(request, outgoing.files)
    else:
        document = _video_document(request, outgoing.files)
    document["external_task_id"] = outgoing.external_task_id
    offered = route.capabilities.optional_fields
    sent: dict[str, Json] = {
        name: value
        for name, value in document.items()
        if value is not None and (name not in _OPTIONAL or _OPTIONAL[name] in offered)
    }
    return json_body(_spelled(sent, route.field_names) if route.field_names else sent)


def _spelled(document: Mapping[str, Json], names: Mapping[str, str]) -> dict[str, Json]:
    def spell(value: Json) -> Json:
        if isinstance(value, Mapping):
            return _spelled(value, names)
        return value if isinstance(value, (str, int, Path)) else [spell(item) for item in value]

    return {names.get(name, name): spell(value) for name, value in document.items()}


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


def list_path(path: str, number: int = 1, size: int = LARGEST_LIST_PAGE) -> str:
    """The path of one page of a list. Pages count from 1, the newest tasks stand on the first."""
    number = min(max(number, 1), LAST_LIST_PAGE)
    return f"{path}?pageNum={number}&pageSize={min(max(size, 1), LARGEST_LIST_PAGE)}"


def costs_path(path: str, start_ms: int, end_ms: int) -> str:
    """The path that asks what an account had bought in a time (facts.md section 7)."""
    return f"{path}?start_time={start_ms}&end_time={end_ms}"


class Family(StrEnum):
    """How an answer is wrapped, which says whose words it holds."""

    ENVELOPE = "envelope"  # code, message, data: Kling's own, and gateways that speak like it
    ERROR_OBJECT = "error_object"  # {"error": {...}}: a gateway's own
    RECORD = "record"  # a bare task
    UNRECOGNISED = "unrecognised"  # a page, a text, nothing


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as read. `code` is normalised text: "0", "1201", "task_not_exist", "" if none.

    `task` is the one record of an answer, `tasks` those of a list (`has_list` for an empty one
    too). The words are plain text of the other side, shortened.
    """

    family: Family
    code: str = ""
    message: str = ""
    task: RemoteTask | None = None
    tasks: tuple[RemoteTask, ...] = ()
    has_list: bool = False

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
        for item in list_of(layers[-1].get("data"))
        if (found := _task(list(_layers(dict_of(item))), media))
    )
    error: object = layers[0].get("error")
    told = dict_of(error)
    if told or words_of(error):
        message = words_of(told.get("message")) or words_of(error)
        return Answer(Family.ERROR_OBJECT, code_of(told.get("code")), message, task, tasks)
    if "code" in layers[0]:
        message = words_of(layers[0].get("message"))
        has_list = isinstance(layers[-1].get("data"), list)
        return Answer(Family.ENVELOPE, code_of(layers[0]["code"]), message, task, tasks, has_list)
    family = Family.RECORD if task or tasks else Family.UNRECOGNISED
    return Answer(family, "", words_of(layers[0].get("message")), task, tasks)


def read_packs(body: bytes) -> tuple[Answer, tuple[Pack, ...]]:
    """What `body` says of an account's packs; the list is not there when there is none.

    Two envelopes stand one in the other, and either may refuse. Never raises.
    """
    answer = read_answer(body, MediaKind.IMAGE)
    try:
        root: object = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return answer, ()
    data = dict_of(dict_of(root).get("data"))
    if answer.is_success and "code" in data:
        answer = replace(answer, code=code_of(data["code"]), message=words_of(data.get("msg")))
    items = map(dict_of, list_of(data.get("resource_pack_subscribe_infos")))
    return answer, tuple(_pack(item) for item in items if item)


def _pack(item: dict[str, Any]) -> Pack:
    return Pack(
        name=words_of(item.get("resource_pack_name")),
        status=words_of(item.get("status")),
        total=units_of(item.get("total_quantity")),
        remaining=units_of(item.get("remaining_quantity")),
        ends_at_ms=time_ms_of(item.get("invalid_time")),
    )


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
    state = _STATES.get(folded(status), RemoteState.RUNNING)
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
            (
                u
                for layer in inner
                if (u := units_of(layer.get("final_unit_deduction"))) is not None
            ),
            None,
        ),
        outputs=next((o for layer in inner if (o := _outputs(layer, media))), ()),
    )


def _task_id(layer: dict[str, Any]) -> str | None:
    found = id_of(layer.get("task_id"))
    if found is None and folded(_status(layer)) in _STATES:
        # A bare `id` may be a request's; only beside a task's status it is a task's.
        found = id_of(layer.get("id"))
    return found


def _external_id(layer: dict[str, Any]) -> str | None:
    return id_of(dict_of(layer.get("task_info")).get("external_task_id")) or id_of(
        layer.get("external_task_id")
    )


def _task_in_cut_text(text: str) -> RemoteTask | None:
    """The task of an answer that was cut off: its id is worth money, so it is looked for."""
    found = _ID_IN_TEXT.search(text) if text.lstrip().startswith("{") else None
    task_id = id_of(found.group(1) or found.group(2)) if found else None
    return RemoteTask(task_id, RemoteState.SUBMITTED, "") if task_id else None


def _status(layer: dict[str, Any]) -> str:
    for name in ("task_status", "status"):
        if isinstance(value := layer.get(name), str) and value.strip():
            return words_of(value)
    return ""


def _reason(layer: dict[str, Any]) -> str:
    error: object = layer.get("error")
    told = dict_of(error).get("message")
    for value in (layer.get("task_status_msg"), layer.get("fail_reason"), told, error):
        if words := words_of(value):
            return words
    return ""


def _outputs(layer: dict[str, Any], media: MediaKind) -> tuple[RemoteOutput, ...]:
    result = dict_of(layer.get("task_result"))
    items = [(MediaKind.IMAGE, item) for item in list_of(result.get("images"))]
    items += [(MediaKind.VIDEO, item) for item in list_of(result.get("videos"))]
    if not items:
        items = [(media, layer.get("url"))]
    found: dict[str, RemoteOutput] = {}
    for kind, item in items:
        fields = dict_of(item) or {"url": item}
        url = plain(fields.get("url"))
        if url and url not in found:
            index = fields.get("index")
            number = index if isinstance(index, int) and not isinstance(index, bool) else -1
            found[url] = RemoteOutput(number, kind, url, plain(fields.get("watermark_url")))
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
            if (time := time_ms_of(layer.get(name))) is not None:
                return time
    return None
