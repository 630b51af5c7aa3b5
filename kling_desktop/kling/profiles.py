"""The providers, one data entry each. A new provider is a new entry here and nothing else.

Sources: S0 cometapi-multi-image-to-image, S1 kling-official-multi-image-to-image, S2
cometapi-multi-image-to-video, S3 cometapi-images-generations-legacy, S4
powertokens-multi-image-to-image; facts.md where it says so.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from kling_desktop.domain.providers import (
    Capabilities,
    Evidence,
    KeyKind,
    ProviderProfile,
    Route,
    TaskKind,
)

_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9")
_VIDEO_RATIOS = ("16:9", "9:16", "1:1")
_REFERENCES = frozenset({"scene", "style"})
_ADDRESSES = frozenset({"callback_url", "external_task_id"})

_KLING_IMAGES = Capabilities(
    models=("kling-v2-1", "kling-v2"),
    default_model="kling-v2-1",
    source="S1; negative_prompt from its sample; model advice S0",
    optional_fields=_REFERENCES | _ADDRESSES | {"watermark", "negative_prompt"},
    aspect_ratios=_RATIOS,
)
_KLING_VIDEOS = Capabilities(
    models=("kling-v1-6",),
    default_model="kling-v1-6",
    source="facts.md section 3 (official column)",
    optional_fields=_ADDRESSES | {"watermark", "negative_prompt"},
    aspect_ratios=_VIDEO_RATIOS,
    modes=("std", "pro"),
    durations_s=(5, 10),
)
_COMET_IMAGES = replace(_KLING_IMAGES, source="S0")
_COMET_VIDEOS = replace(
    _KLING_VIDEOS, source="S2", optional_fields=_ADDRESSES | {"negative_prompt"}
)
_LEGACY_IMAGES = replace(
    _KLING_IMAGES,
    models=("kling-v2",),
    default_model="kling-v2",
    fewest_images=2,
    optional_fields=_REFERENCES | _ADDRESSES,
    source="S3; the scene's field name from S0, S1 and S4; n from S0",
)
_POWERTOKENS_IMAGES = replace(
    _KLING_IMAGES,
    models=("kling-v2",),
    default_model="kling-v2",
    optional_fields=_REFERENCES | _ADDRESSES | {"watermark"},
    source="S4",
)

_IMAGES = "/images/multi-image2image"
_VIDEOS = "/videos/multi-image2video"
_GENERATIONS = "/images/generations"


def _route(prefix: str, path: str, capabilities: Capabilities, *, has_list: bool) -> Route:
    return Route(
        create_path=prefix + path,
        query_path=prefix + path + "/{id}",
        list_path=prefix + path if has_list else None,
        capabilities=capabilities,
    )


_OFFICIAL_ROUTES = {
    TaskKind.IMAGE: _route("/v1", _IMAGES, _KLING_IMAGES, has_list=True),
    TaskKind.VIDEO: _route("/v1", _VIDEOS, _KLING_VIDEOS, has_list=True),
}
_GATEWAY_IMAGES = _route("/kling/v1", _IMAGES, _COMET_IMAGES, has_list=False)
_GATEWAY_ALTERNATE = ("/kling/v1" + _GENERATIONS + "/{id}",)

_ENTRIES = (
    ProviderProfile(
        id="sandbox",
        title="Sandbox",
        base_url=None,
        key_entry="sandbox",
        key_variables={KeyKind.API_KEY: ("KLING_DESKTOP_SANDBOX_KEY",)},
        routes=_OFFICIAL_ROUTES,
        is_free=True,
        uniqueness=Evidence.PROVEN,
        lookup_by_external_id=Evidence.PROVEN,
    ),
    ProviderProfile(
        id="kling",
        title="Kling",
        base_url="https://api-singapore.klingai.com",
        key_entry="kling",
        key_variables={
            KeyKind.API_KEY: ("KLING_API_KEY",),
            KeyKind.ACCESS_KEY: ("KLING_ACCESS_KEY", "KLING_SECRET_KEY"),
        },
        routes=_OFFICIAL_ROUTES,
        has_official_prices=True,
        uniqueness=Evidence.DOCUMENTED,
        lookup_by_external_id=Evidence.DOCUMENTED,
    ),
    ProviderProfile(
        id="cometapi",
        title="CometAPI",
        base_url="https://api.cometapi.com",
        key_entry="cometapi",
        key_variables={KeyKind.API_KEY: ("COMETAPI_KEY",)},
        routes={
            TaskKind.IMAGE: replace(_GATEWAY_IMAGES, query_alternates=_GATEWAY_ALTERNATE),
            TaskKind.VIDEO: _route("/kling/v1", _VIDEOS, _COMET_VIDEOS, has_list=False),
        },
        uniqueness=Evidence.DOCUMENTED,
    ),
    ProviderProfile(
        id="cometapi-legacy",
        title="CometAPI, older route",
        base_url="https://api.cometapi.com",
        key_entry="cometapi",
        key_variables={KeyKind.API_KEY: ("COMETAPI_KEY",)},
        routes={
            TaskKind.IMAGE: replace(
                _route("/kling/v1", _GENERATIONS, _LEGACY_IMAGES, has_list=False),
                query_alternates=("/kling/v1" + _IMAGES + "/{id}",),
            ),
        },
        uniqueness=Evidence.DOCUMENTED,
    ),
    ProviderProfile(
        id="powertokens",
        title="PowerTokens",
        base_url="https://api.powertokens.ai",
        key_entry="powertokens",
        key_variables={KeyKind.API_KEY: ("POWERTOKENS_API_KEY",)},
        routes={
            TaskKind.IMAGE: replace(
                _GATEWAY_IMAGES,
                capabilities=_POWERTOKENS_IMAGES,
                query_alternates=_GATEWAY_ALTERNATE,
            ),
        },
    ),
    ProviderProfile(
        id="custom",
        title="Custom",
        base_url=None,
        key_entry="custom",
        key_variables={KeyKind.API_KEY: ("KLING_DESKTOP_CUSTOM_KEY",)},
        routes=_OFFICIAL_ROUTES,
    ),
)

PROFILES: Mapping[str, ProviderProfile] = MappingProxyType({entry.id: entry for entry in _ENTRIES})
DEFAULT_PROVIDER = "sandbox"
