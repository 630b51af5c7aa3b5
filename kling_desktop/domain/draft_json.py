"""A draft as plain JSON values and back, for files of the person's own: paths may stand in them.

Never a key. Reading is patient: what is not understood stays as it was in the draft at hand.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast

from kling_desktop.domain import recipes
from kling_desktop.domain.drafts import SLOTS, Draft
from kling_desktop.domain.media import NO_EDIT, FileImage, ImageSource
from kling_desktop.domain.providers import TaskKind

Json = dict[str, Any]

PICTURES = ("subjects", "scene", "style")
_PLACES = (*(f"subjects[{number}]" for number in range(SLOTS)), "scene", "style")
_READ_APART = (*PICTURES, "kind", "models", "pinned")


def draft_to_json(draft: Draft, *, with_pictures: bool = True) -> Json:
    """The draft as JSON values; without its pictures those keys are missing."""
    values: Json = {name: getattr(draft, name) for name in _plain_names()}
    values["kind"] = draft.kind.value
    values["models"] = [[provider, kind.value, model] for provider, kind, model in draft.models]
    if with_pictures:
        values["subjects"] = [_image_to_json(image) for image in draft.subjects]
        values["scene"] = _image_to_json(draft.scene)
        values["style"] = _image_to_json(draft.style)
        values["pinned"] = sorted(draft.pinned)
    return values


def draft_from_json(values: Mapping[str, Any], at_hand: Draft) -> Draft:
    """The draft that was written, over the one at hand; whatever is missing or odd stays."""
    found: Json = {}
    for name in _plain_names():
        if type(values.get(name)) is type(getattr(at_hand, name)):
            found[name] = values[name]
    draft = replace(at_hand, **found)
    if values.get("kind") in list(TaskKind):
        draft = replace(draft, kind=TaskKind(values["kind"]))
    if isinstance(values.get("models"), list):
        draft = replace(draft, models=_models(values["models"]))
    return _with_pictures(draft, values)


def _plain_names() -> list[str]:
    return [each.name for each in fields(Draft) if each.name not in _READ_APART]


def _models(values: list[Any]) -> tuple[tuple[str, TaskKind, str], ...]:
    found: list[tuple[str, TaskKind, str]] = []
    for entry in values:
        match entry:
            case [str(provider), str(kind), str(model)] if kind in list(TaskKind):
                found.append((provider, TaskKind(kind), model))
            case _:
                pass
    return tuple(found)


def _with_pictures(draft: Draft, values: Mapping[str, Any]) -> Draft:
    listed = values.get("subjects")
    if isinstance(listed, list):
        given = [*cast(list[object], listed), *(None,) * SLOTS]
        for number in range(SLOTS):
            draft = draft.with_image(f"subjects[{number}]", _image_from_json(given[number]))
    for place in ("scene", "style"):
        if place in values:
            draft = draft.with_image(place, _image_from_json(values[place]))
    pinned = values.get("pinned")
    if isinstance(pinned, list):
        wanted = {place for place in _PLACES if place in pinned}
        full = frozenset(place for place in wanted if draft.image(place) is not None)
        draft = replace(draft, pinned=full)
    return draft


def _image_to_json(image: ImageSource | None) -> Json | None:
    if not isinstance(image, FileImage):
        return recipes.image_to_json(image)
    values: Json = {"path": str(image.path)}
    return values if image.edit == NO_EDIT else values | {"edit": recipes.edit_to_json(image.edit)}


def _image_from_json(values: object) -> ImageSource | None:
    if not isinstance(values, dict):
        return None
    found = cast(Json, values)
    try:
        if not isinstance(found.get("path"), str):
            return recipes.image_from_json(found)
        edit = recipes.edit_from_json(found["edit"]) if "edit" in found else NO_EDIT
        return FileImage(Path(found["path"]), edit)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
