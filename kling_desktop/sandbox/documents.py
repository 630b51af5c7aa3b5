"""The provider documents as rules of a world: which routes exist, which fields each of them has.

An independent reading: S1 and facts.md section 3 (Kling), S0, S2, S3 (CometAPI), S4 (PowerTokens).
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What comes out."""

    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Rules:
    """One create route. `fields` are all that its document knows, `required` those it demands.

    The first of `models` is the default. `has_list` says whether the document has the list query.
    """

    path: str
    kind: Kind
    models: tuple[str, ...]
    fields: frozenset[str]
    required: frozenset[str] = frozenset()
    fewest: int = 1
    has_list: bool = False


_IMAGES, _VIDEOS = "/images/multi-image2image", "/videos/multi-image2video"
_EVERYWHERE = frozenset({"model_name", "prompt", "aspect_ratio", "callback_url"}) | {
    "external_task_id"
}
_LEGACY_FIELDS = _EVERYWHERE | {"subject_image_list", "scene_image", "style_image", "n"}
_S4_FIELDS = _LEGACY_FIELDS | {"watermark_info"}
# S1 prints `negative_prompt` in its sample, S0 in its schema.
_IMAGE_FIELDS = _S4_FIELDS | {"negative_prompt"}
_VIDEO_FIELDS = _EVERYWHERE | {"image_list", "negative_prompt", "mode", "duration"}

_OFFICIAL_IMAGES = Rules(
    path="/v1" + _IMAGES,
    kind=Kind.IMAGE,
    models=("kling-v2", "kling-v2-1"),
    fields=_IMAGE_FIELDS,
    required=frozenset({"subject_image_list"}),
    has_list=True,
)
_OFFICIAL_VIDEOS = Rules(
    path="/v1" + _VIDEOS,
    kind=Kind.VIDEO,
    models=("kling-v1-6",),
    fields=_VIDEO_FIELDS | {"watermark_info"},
    required=frozenset({"image_list", "prompt"}),
    has_list=True,
)
_COMETAPI_IMAGES = replace(_OFFICIAL_IMAGES, path="/kling/v1" + _IMAGES, has_list=False)
_COMETAPI_VIDEOS = replace(
    _OFFICIAL_VIDEOS,
    path="/kling/v1" + _VIDEOS,
    fields=_VIDEO_FIELDS,
    required=frozenset({"image_list"}),
    has_list=False,
)
_COMETAPI_LEGACY = replace(
    _COMETAPI_IMAGES,
    path="/kling/v1/images/generations",
    models=("kling-v2",),
    # Its tip spells the scene with a slip; which of the two counts is not said.
    fields=_LEGACY_FIELDS | {"scence_image"},
    fewest=2,
)
_POWERTOKENS_IMAGES = replace(
    _COMETAPI_IMAGES,
    models=("kling-v2",),
    fields=_S4_FIELDS,
    required=frozenset({"model_name", "subject_image_list"}),
)

DOCUMENTS = MappingProxyType(
    {
        "kling": (_OFFICIAL_IMAGES, _OFFICIAL_VIDEOS),
        "cometapi": (_COMETAPI_IMAGES, _COMETAPI_VIDEOS, _COMETAPI_LEGACY),
        "powertokens": (_POWERTOKENS_IMAGES,),
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a world reads what it is sent.

    `document` names the provider that it stands for: its routes alone, and what it demands. None
    is the friendly sandbox, all routes at once. `is_strict` refuses whatever the document of the
    route does not have, and demands what it does.
    """

    document: str | None = None
    is_strict: bool = False

    def routes(self) -> tuple[Rules, ...]:
        """The create routes of this world."""
        if self.document is None:
            return (*DOCUMENTS["kling"], *DOCUMENTS["cometapi"])
        return DOCUMENTS[self.document]

    @property
    def is_demanding(self) -> bool:
        """Whether fields that a document calls required have to be there."""
        return self.is_strict or self.document is not None

    @property
    def is_kling(self) -> bool:
        """Whether it has what Kling alone documents: signed tokens, and the account's costs."""
        return self.document in (None, "kling")

    def has_list(self, rules: Rules) -> bool:
        """Whether a route answers with a list when it is asked without an id."""
        return rules.has_list or not self.is_demanding
