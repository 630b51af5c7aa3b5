"""Whole forms kept under a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, cast

from kling_desktop.domain.draft_json import PICTURES, draft_from_json, draft_to_json
from kling_desktop.domain.drafts import Draft

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Preset:
    """`values` is the draft as JSON; without pictures it leaves those in the form alone."""

    name: str
    values: Mapping[str, Any]

    @property
    def has_pictures(self) -> bool:
        """Whether it brings pictures along."""
        return any(name in self.values for name in PICTURES)

    def over(self, draft: Draft) -> Draft:
        """The form filled with this preset. Pinned pictures stay; an id of one's own does not."""
        filled = replace(draft_from_json(self.values, draft), external_task_id="")
        return filled.with_pinned_of(draft)


def preset_of(draft: Draft, name: str, *, with_pictures: bool) -> Preset:
    """The form as it stands. The external task id is never copied, and nothing is pinned by it."""
    values = draft_to_json(draft, with_pictures=with_pictures)
    values.pop("external_task_id")
    values.pop("pinned", None)
    return Preset(name, MappingProxyType(values))


def free_name(name: str, taken: Sequence[str]) -> str:
    """`name`, or "name 2" and so on where it is taken."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name} {number}"
    return found


def preset_to_json(preset: Preset) -> Json:
    """The preset as plain JSON values."""
    return {"name": preset.name, "form": dict(preset.values)}


def preset_from_json(values: object) -> Preset | None:
    """The preset that was written, None for values of another shape."""
    if not isinstance(values, dict):
        return None
    found = cast(Json, values)
    name, form = found.get("name"), found.get("form")
    if not isinstance(name, str) or not name.strip() or not isinstance(form, dict):
        return None
    return Preset(name, MappingProxyType(cast(Json, form)))
