"""The providers, one data entry each. A new provider is a new entry here and nothing else.

Sources: S0 cometapi-multi-image-to-image, S1 kling-official-multi-image-to-image, S2
cometapi-multi-image-to-video, S3 cometapi-images-generations-legacy, S4
powertokens-multi-image-to-image; "facts" is facts.md with its section. What no document states
says "inferred", and `providers.toml` can change all of it (provider_file.py).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from kling_desktop.domain.providers import (
    Capabilities,
    Evidence,
    KeyKind,
    ModelNote,
    ProviderProfile,
    Region,
    Route,
    Sources,
    TaskKind,
    Weight,
)

_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9")
_VIDEO_RATIOS = ("16:9", "9:16", "1:1")
_REFERENCES = frozenset({"scene", "style"})
_ADDRESSES = frozenset({"callback_url", "external_task_id"})

# Three notes of third parties give this date; no provider document does (facts 3).
_RETIRED = ModelNote("facts 3: three third parties", retired_on=date(2026, 9, 15))
_IMAGE_NOTES = {"kling-v2-1": ModelNote("S0", is_advised=True), "kling-v2": _RETIRED}
_VIDEO_NOTES = {"kling-v1-6": _RETIRED}
_V2_NOTES = {"kling-v2": _RETIRED}


def _stated(document: str, **others: str) -> Sources:
    """Every attribute of Capabilities is stated in `document`, but for `others`."""
    everything = dict.fromkeys(
        (
            *("models", "default_model", "optional_fields", "required_fields", "fewest_images"),
            *("most_images", "aspect_ratios", "default_aspect_ratio", "most_results"),
            *("prompt_limit", "modes", "durations_s", "limits"),
        ),
        document,
    )
    usual = {"model_notes": "each its own", "weight": "facts 7", "usual_s": "facts 7 (rough)"}
    return MappingProxyType(everything | usual | others)


_KLING_IMAGES = Capabilities(
    models=("kling-v2-1", "kling-v2"),
    default_model="kling-v2-1",
    model_notes=_IMAGE_NOTES,
    optional_fields=_REFERENCES | _ADDRESSES | {"watermark", "negative_prompt"},
    required_fields=frozenset({"subjects"}),
    aspect_ratios=_RATIOS,
    usual_s=(24.0, 32.0),
    sources=_stated(
        "S1",
        default_model="S0 advises it; S1 defaults to kling-v2; always sent",
        optional_fields="S1; negative_prompt from its sample and S0",
    ),
)
_COMET_IMAGES = replace(
    _KLING_IMAGES, sources=_stated("S0", default_model="S0 advises it for new work; always sent")
)
_LEGACY_IMAGES = replace(
    _KLING_IMAGES,
    models=("kling-v2",),
    default_model="kling-v2",
    model_notes=_V2_NOTES,
    fewest_images=2,
    optional_fields=_REFERENCES | _ADDRESSES,
    sources=_stated(
        "S3",
        most_results="S3 gives no range; S0's",
        default_aspect_ratio="S3 gives none; S0's; always sent",
        limits="S3: the same for all; figures from S0",
    ),
)
_POWERTOKENS_IMAGES = replace(
    _KLING_IMAGES,
    models=("kling-v2",),
    default_model="kling-v2",
    model_notes=_V2_NOTES,
    optional_fields=_REFERENCES | _ADDRESSES | {"watermark"},
    required_fields=frozenset({"model", "subjects"}),
    sources=_stated("S4"),
)
_COMET_VIDEOS = Capabilities(
    models=("kling-v1-6",),
    default_model="kling-v1-6",
    model_notes=_VIDEO_NOTES,
    optional_fields=_ADDRESSES | {"negative_prompt"},
    required_fields=frozenset({"images"}),
    aspect_ratios=_VIDEO_RATIOS,
    most_results=1,
    modes=("std", "pro"),
    durations_s=(5, 10),
    weight=Weight.TASK,
    usual_s=(160.0, 320.0),
    sources=_stated(
        "S2",
        fewest_images="S2's schema and tips; its summary says 2",
        default_aspect_ratio="S2 gives none; facts 3 (official); always sent",
        prompt_limit="S2 gives none; facts 3 (official)",
        limits="S2 gives no figures; facts 3 (official)",
    ),
)
_KLING_VIDEOS = replace(
    _COMET_VIDEOS,
    optional_fields=_ADDRESSES | {"watermark", "negative_prompt"},
    required_fields=frozenset({"images", "prompt"}),
    sources=_stated("facts 3 (official)", fewest_images="facts 3: not stated; S2's"),
)
# Nobody says that a stand-in, or a server of one's own, insists on a prompt.
_LENIENT_VIDEOS = replace(
    _KLING_VIDEOS,
    required_fields=frozenset({"images"}),
    sources=_stated("facts 3 (official)", required_fields="S2", fewest_images="S2"),
)

_IMAGES = "/images/multi-image2image"
_VIDEOS = "/videos/multi-image2video"
_GENERATIONS = "/images/generations"
_ALTERNATE_SOURCE = "inferred (facts 5): the other path at which gateways keep picture tasks"


def _official(path: str, can: Capabilities, source: str) -> Route:
    return Route(
        create_path="/v1" + path,
        query_path="/v1" + path + "/{id}",
        list_path="/v1" + path,
        capabilities=can,
        sources={"create_path": source, "query_path": source, "list_path": source},
    )


def _gateway(path: str, can: Capabilities, document: str, query: str, *others: str) -> Route:
    sources = {"create_path": document, "query_path": query}
    return Route(
        create_path="/kling/v1" + path,
        query_path="/kling/v1" + path + "/{id}",
        query_alternates=tuple(f"/kling/v1{other}/{{id}}" for other in others),
        capabilities=can,
        sources=sources | ({"query_alternates": _ALTERNATE_SOURCE} if others else {}),
    )


_OFFICIAL_ROUTES = {
    TaskKind.IMAGE: _official(_IMAGES, _KLING_IMAGES, "S1"),
    TaskKind.VIDEO: _official(_VIDEOS, _KLING_VIDEOS, "facts 1 (official)"),
}
_LENIENT_ROUTES = _OFFICIAL_ROUTES | {
    TaskKind.VIDEO: _official(_VIDEOS, _LENIENT_VIDEOS, "facts 1 (official)")
}
# It paints at once; nobody waits for a model.
_SANDBOX_ROUTES = {
    kind: replace(route, capabilities=replace(route.capabilities, usual_s=None))
    for kind, route in _LENIENT_ROUTES.items()
}
_KLING_REGIONS = (
    Region("singapore", "https://api-singapore.klingai.com", "S1"),
    Region("beijing", "https://api-beijing.klingai.com", "facts 1 (official, Chinese page)"),
    Region("older", "https://api.klingai.com", "facts 1: moved, yet answering in August 2026"),
)
_COMETAPI = "https://api.cometapi.com"
_POWERTOKENS = "https://api.powertokens.ai"
_UNSTATED = "unstated; S1's 30 days"

_ENTRIES = (
    ProviderProfile(
        id="sandbox",
        title="Sandbox",
        base_url=None,
        key_entry="sandbox",
        key_variables={KeyKind.API_KEY: ("KLING_DESKTOP_SANDBOX_KEY",)},
        routes=_SANDBOX_ROUTES,
        costs_path="/account/costs",
        is_free=True,
        uniqueness=Evidence.PROVEN,
        lookup_by_external_id=Evidence.PROVEN,
        settle_s=0.0,  # looking for an id and making the task are one transaction there
        sources={"uniqueness": "its own tests", "lookup_by_external_id": "its own tests"},
    ),
    ProviderProfile(
        id="kling",
        title="Kling",
        base_url=_KLING_REGIONS[0].base_url,
        home_url=_KLING_REGIONS[0].base_url,
        regions=_KLING_REGIONS,
        key_entry="kling",
        key_variables={
            KeyKind.API_KEY: ("KLING_API_KEY",),
            KeyKind.ACCESS_KEY: ("KLING_ACCESS_KEY", "KLING_SECRET_KEY"),
        },
        routes=_OFFICIAL_ROUTES,
        costs_path="/account/costs",
        has_official_prices=True,
        uniqueness=Evidence.DOCUMENTED,
        lookup_by_external_id=Evidence.DOCUMENTED,
        sources={
            "base_url": "S1",
            "costs_path": "facts 7 (official)",
            "uniqueness": "S1: per user",
            "lookup_by_external_id": "S1",
            "retention_days": "S1",
        },
    ),
    ProviderProfile(
        id="cometapi",
        title="CometAPI",
        base_url=_COMETAPI,
        home_url=_COMETAPI,
        key_entry="cometapi",
        key_variables={KeyKind.API_KEY: ("COMETAPI_KEY",)},
        routes={
            TaskKind.IMAGE: _gateway(
                _IMAGES, _COMET_IMAGES, "S0", 'inferred; S0: "matching query path"', _GENERATIONS
            ),
            TaskKind.VIDEO: _gateway(_VIDEOS, _COMET_VIDEOS, "S2", "facts 5 (its query page)"),
        },
        uniqueness=Evidence.DOCUMENTED,
        sources={
            "base_url": "S0, S2",
            "uniqueness": "S0, S2: per account",
            "lookup_by_external_id": "unstated",
            "retention_days": _UNSTATED,
        },
    ),
    ProviderProfile(
        id="cometapi-legacy",
        title="CometAPI, older route",
        base_url=_COMETAPI,
        home_url=_COMETAPI,
        key_entry="cometapi",
        key_variables={KeyKind.API_KEY: ("COMETAPI_KEY",)},
        # S3 names the scene in its tip alone, as `scence_image`; S0, S1 and S4 spell it right.
        routes={
            TaskKind.IMAGE: _gateway(
                _GENERATIONS, _LEGACY_IMAGES, "S3", "facts 1 (route table)", _IMAGES
            )
        },
        uniqueness=Evidence.DOCUMENTED,
        sources={
            "base_url": "S3",
            "uniqueness": "S3: per account",
            "lookup_by_external_id": "unstated",
            "retention_days": _UNSTATED,
        },
    ),
    ProviderProfile(
        id="powertokens",
        title="PowerTokens",
        base_url=_POWERTOKENS,
        home_url=_POWERTOKENS,
        key_entry="powertokens",
        key_variables={KeyKind.API_KEY: ("POWERTOKENS_API_KEY",)},
        routes={
            TaskKind.IMAGE: _gateway(
                _IMAGES, _POWERTOKENS_IMAGES, "S4", "inferred; S4 names none", _GENERATIONS
            )
        },
        sources={
            "base_url": "S4",
            "uniqueness": "S4 does not say",
            "lookup_by_external_id": "unstated",
            "retention_days": _UNSTATED,
        },
    ),
    ProviderProfile(
        id="custom",
        title="Custom",
        base_url=None,
        key_entry="custom",
        key_variables={KeyKind.API_KEY: ("KLING_DESKTOP_CUSTOM_KEY",)},
        routes=_LENIENT_ROUTES,
        costs_path="/account/costs",
        sources={"routes": "a copy of kling's, for want of anything better"},
    ),
)

PROFILES: Mapping[str, ProviderProfile] = MappingProxyType({entry.id: entry for entry in _ENTRIES})
