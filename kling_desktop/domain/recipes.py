"""A request as plain JSON values and back: the ledger and the sidecar keep it in this form.

The names are ours and stable; unknown keys are ignored when reading. Only stored pictures and
web addresses can be kept, never a path of this computer.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from kling_desktop.domain.errors import BugError
from kling_desktop.domain.media import (
    NO_EDIT,
    Crop,
    Edit,
    FileImage,
    Fit,
    ImageSource,
    StoredImage,
    UrlImage,
)
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import (
    GenerationRequest,
    MultiImageToImage,
    MultiImageToVideo,
)

Json = dict[str, Any]

_STORED = (
    "original_sha256",
    "original_extension",
    "sent_sha256",
    "sent_extension",
    "name",
    "width",
    "height",
)
_CROP = ("left", "top", "width", "height")
_SHARED = ("model", "prompt", "negative_prompt", "aspect_ratio", "watermark", "callback_url")


def to_json(request: GenerationRequest) -> Json:
    """The request as JSON values. The external task id is the task's, so it is left out."""
    values: Json = {"kind": request.kind.value}
    values |= {name: getattr(request, name) for name in _SHARED}
    if isinstance(request, MultiImageToImage):
        values["subjects"] = [image_to_json(image) for image in request.subjects]
        values["scene"] = image_to_json(request.scene)
        values["style"] = image_to_json(request.style)
        values["n"] = request.n
        return values
    values["images"] = [image_to_json(image) for image in request.pictures]
    values["mode"] = request.mode
    values["duration_s"] = request.duration_s
    return values


def from_json(values: Mapping[str, Any]) -> GenerationRequest:
    """The request that `to_json` wrote. Raises ValueError for values of another shape."""
    try:
        shared = {name: values[name] for name in _SHARED}
        if TaskKind(values["kind"]) is TaskKind.IMAGE:
            return MultiImageToImage(
                subjects=_images_from_json(values["subjects"]),
                scene=image_from_json(values.get("scene")),
                style=image_from_json(values.get("style")),
                n=int(values["n"]),
                **shared,
            )
        return MultiImageToVideo(
            pictures=_images_from_json(values["images"]),
            mode=values["mode"],
            duration_s=int(values["duration_s"]),
            **shared,
        )
    except (KeyError, TypeError) as problem:
        raise ValueError(f"not a recipe: {problem}") from problem


def request_sha256(provider: str, request: GenerationRequest) -> str:
    """Equal for two requests that ask the same provider for the same, whatever their ids."""
    canonical = json.dumps([provider, to_json(request)], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def edit_to_json(edit: Edit) -> Json:
    """An edit as JSON values."""
    return asdict(edit) | {"fit": edit.fit.value}


def edit_from_json(values: Mapping[str, Any]) -> Edit:
    """The edit that `edit_to_json` wrote. Raises KeyError, TypeError or ValueError for others."""
    crop = values["crop"]
    return Edit(
        quarter_turns=int(values["quarter_turns"]) % 4,
        is_mirrored=bool(values["is_mirrored"]),
        crop=None if crop is None else Crop(*(int(crop[name]) for name in _CROP)),
        fit=Fit(values["fit"]),
        enlarges=bool(values["enlarges"]),
        background=str(values["background"]),
    )


def image_to_json(image: ImageSource | None) -> Json | None:
    """A stored picture or a web address as JSON values; a file of this computer is a bug."""
    match image:
        case None:
            return None
        case UrlImage(url):
            return {"url": url}
        case StoredImage():
            stored = {name: getattr(image, name) for name in _STORED}
            return stored if image.edit == NO_EDIT else stored | {"edit": edit_to_json(image.edit)}
        case FileImage():
            raise BugError("a file of this computer is not kept in a recipe")


def image_from_json(values: Mapping[str, Any] | None) -> ImageSource | None:
    """The picture that `image_to_json` wrote. Raises KeyError or TypeError for other values."""
    if values is None:
        return None
    if "url" in values:
        return UrlImage(str(values["url"]))
    edit = edit_from_json(values["edit"]) if "edit" in values else NO_EDIT
    return StoredImage(**{name: values[name] for name in _STORED}, edit=edit)


def _images_from_json(values: object) -> tuple[ImageSource, ...]:
    entries = cast(Sequence[Mapping[str, Any]], values)
    images = (image_from_json(entry) for entry in entries)
    return tuple(image for image in images if image is not None)
