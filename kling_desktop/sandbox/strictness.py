"""What a strict world refuses: everything that the document of a route does not have."""

from typing import Any, cast

from kling_desktop.sandbox.documents import Rules
from kling_desktop.sandbox.refusals import Refusal, parameter_invalid

_INNER = {
    "subject_image_list": "subject_image",
    "image_list": "image",
    "watermark_info": "enabled",
}
_CHOICES = ("model_name", "aspect_ratio", "mode", "duration")


def check_documented(fields: dict[str, Any], rules: Rules) -> None:
    """Refuse an undocumented field, null, or an empty choice. Raises Refusal 1201."""
    for name, value in fields.items():
        if name not in rules.fields:
            raise parameter_invalid(f"{name[:40]} is not a parameter of {rules.path}")
        if value is None or (name in _CHOICES and value == ""):
            raise parameter_invalid(f"{name} must have a value or be left out")
        if name in _INNER:
            entries = cast("list[Any]", value) if isinstance(value, list) else [value]
            _check_inner(name, entries)
    if {"scene_image", "scence_image"} <= fields.keys():
        raise parameter_invalid("scene_image is given in both spellings")


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON whose names differ, as every document assumes. Raises Refusal 1200."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Refusal(1200, "request body names a parameter twice")
    return fields


def _check_inner(name: str, entries: list[Any]) -> None:
    """What stands inside a list of pictures or the watermark: objects with one documented key."""
    for entry in entries:
        if not isinstance(entry, dict) or set(cast("dict[str, Any]", entry)) != {_INNER[name]}:
            raise parameter_invalid(f"{name} takes {_INNER[name]} and nothing else")
