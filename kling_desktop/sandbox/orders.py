"""What one create asks for, read from its JSON by the provider documents alone.

Sources: S1 for images, S2 and the official column of facts.md section 3 for videos, S3 for the
older route. Unknown fields are ignored unless the reading is strict. Addresses are never fetched.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast
from urllib.parse import urlsplit

from kling_desktop.sandbox.documents import Kind, Reading, Rules
from kling_desktop.sandbox.refusals import Refusal, parameter_invalid
from kling_desktop.sandbox.strictness import check_documented, once_each

_IMAGE_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9")
_VIDEO_RATIOS = ("16:9", "9:16", "1:1")
_LONGEST_TEXT_CHARACTERS = 2500
_LARGEST_PICTURE_BYTES = 10 * 1024 * 1024
_JPEG_MAGIC = b"\xff\xd8\xff"
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


class Role(StrEnum):
    """What a picture is for. A video has subjects only."""

    SUBJECT = "subject"
    SCENE = "scene"
    STYLE = "style"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as sent: either its bytes, or the host of an address that is never fetched."""

    role: Role
    data: bytes | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A valid create. `count`, `mode` and `duration_s` mean something for their kind only."""

    kind: Kind
    pictures: tuple[Picture, ...]
    aspect_ratio: str
    prompt: str = ""
    external_task_id: str | None = None
    is_watermarked: bool = False
    count: int = 1
    mode: str = "std"
    duration_s: int = 5


Fields = dict[str, Any]


def read_order(body: bytes, rules: Rules, reading: Reading) -> Order:
    """A create at one route. Raises Refusal."""
    fields = _read_json(body, reading)
    if reading.is_strict:
        check_documented(fields, rules)
    if reading.is_demanding:
        _check_required(fields, rules)
    _one_of(fields, "model_name", rules.models, rules.models[0], code=1203)
    if "watermark_info" not in rules.fields:
        fields["watermark_info"] = None
    if rules.kind is Kind.VIDEO:
        return _video_order(fields)
    if "scence_image" in rules.fields:  # a slip of S3, which the world reads both ways
        fields.setdefault("scene_image", fields.get("scence_image"))
    return _image_order(fields, fewest=rules.fewest)


def _check_required(fields: Fields, rules: Rules) -> None:
    for name in sorted(rules.required):
        if not fields.get(name):
            raise parameter_invalid(f"{name} must not be empty")


def _read_json(body: bytes, reading: Reading) -> Fields:
    try:
        fields = json.loads(body, object_pairs_hook=once_each if reading.is_strict else None)
    except (ValueError, RecursionError) as error:
        raise Refusal(1200, f"request body is not valid JSON: {error}") from error
    if not isinstance(fields, dict):
        raise Refusal(1200, "request body must be a JSON object")
    return cast("Fields", fields)


def _video_order(fields: Fields) -> Order:
    _text(fields, "negative_prompt")
    return Order(
        kind=Kind.VIDEO,
        pictures=_pictures(fields, "image_list", "image", fewest=1),
        aspect_ratio=_one_of(fields, "aspect_ratio", _VIDEO_RATIOS, "16:9"),
        prompt=_text(fields, "prompt"),
        external_task_id=_external_task_id(fields),
        is_watermarked=_is_watermarked(fields),
        mode=_one_of(fields, "mode", ("std", "pro"), "std"),
        duration_s=int(_one_of(fields, "duration", ("5", "10"), "5")),
    )


def _image_order(fields: Fields, *, fewest: int) -> Order:
    _text(fields, "negative_prompt")
    subjects = _pictures(fields, "subject_image_list", "subject_image", fewest=fewest)
    references = (_reference(fields, "scene_image", Role.SCENE),)
    references += (_reference(fields, "style_image", Role.STYLE),)
    return Order(
        kind=Kind.IMAGE,
        pictures=subjects + tuple(picture for picture in references if picture),
        aspect_ratio=_one_of(fields, "aspect_ratio", _IMAGE_RATIOS, "16:9"),
        prompt=_text(fields, "prompt"),
        external_task_id=_external_task_id(fields),
        is_watermarked=_is_watermarked(fields),
        count=_count(fields),
    )


def _one_of(
    fields: Fields, name: str, allowed: tuple[str, ...], default: str, *, code: int = 1201
) -> str:
    value = fields.get(name)
    if value is None or value == "":
        return default
    if value not in allowed:
        raise Refusal(code, f"{name} value '{_shown(value)}' is invalid")
    return cast("str", value)


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise parameter_invalid(f"{name} must be a string")
    if len(value) > _LONGEST_TEXT_CHARACTERS:
        raise parameter_invalid(f"{name} size must be between 0 and {_LONGEST_TEXT_CHARACTERS}")
    return value


def _external_task_id(fields: Fields) -> str | None:
    _text(fields, "callback_url")  # accepted, but the sandbox calls nobody
    return _text(fields, "external_task_id") or None


def _is_watermarked(fields: Fields) -> bool:
    info = fields.get("watermark_info")
    if info is None:
        return False
    enabled = cast("Fields", info).get("enabled", False) if isinstance(info, dict) else None
    if not isinstance(enabled, bool):
        raise parameter_invalid("watermark_info.enabled must be a boolean")
    return enabled


def _count(fields: Fields) -> int:
    value = fields.get("n")
    if value is None:
        return 1
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 9:
        raise parameter_invalid(f"n value '{_shown(value)}' is invalid, it must be 1 to 9")
    return value


def _pictures(fields: Fields, list_name: str, name: str, *, fewest: int) -> tuple[Picture, ...]:
    entries = fields.get(list_name)
    if not isinstance(entries, list):
        raise parameter_invalid(f"{list_name} must not be empty")
    entries = cast("list[Any]", entries)
    if not fewest <= len(entries) <= 4:
        raise parameter_invalid(f"{list_name} size must be between {fewest} and 4")
    pictures: list[Picture] = []
    for entry in entries:
        value = cast("Fields", entry).get(name) if isinstance(entry, dict) else None
        if not value:
            raise parameter_invalid(f"{name} must not be empty")
        pictures.append(_picture(value, name, Role.SUBJECT))
    return tuple(pictures)


def _reference(fields: Fields, name: str, role: Role) -> Picture | None:
    value = fields.get(name)
    return _picture(value, name, role) if value else None


def _picture(value: object, name: str, role: Role) -> Picture:
    if not isinstance(value, str):
        raise parameter_invalid(f"{name} must be a string")
    if value.startswith(("http://", "https://")):
        return Picture(role, host=_host(value, name))
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise parameter_invalid(f"{name} is not a valid base64 format") from error
    if not data.startswith((_JPEG_MAGIC, _PNG_MAGIC)):
        raise parameter_invalid(f"{name} format is invalid, only jpg, jpeg and png are supported")
    if len(data) > _LARGEST_PICTURE_BYTES:
        raise parameter_invalid(f"{name} size must not exceed 10MB")
    return Picture(role, data=data)


def _host(address: str, name: str) -> str:
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    if not host:
        raise parameter_invalid(f"{name} is not a valid url")
    return host


def _shown(value: object) -> str:
    return str(value)[:40]
