"""The four requests that every profile is measured by, and the documents to measure them with."""

import json
from pathlib import Path
from typing import Any

from kling_desktop.domain.answers import Outgoing
from kling_desktop.domain.media import StoredImage, UrlImage
from kling_desktop.domain.providers import Capabilities, ProviderProfile, Route, TaskKind
from kling_desktop.domain.requests import GenerationRequest, MultiImageToImage, MultiImageToVideo
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.kling.wire import create_body

DATA = Path(__file__).parents[1] / "data"
EXTERNAL_ID = "kd-0123456789abcdef0123456789abcdef"

# Where each create route's document stands: OpenAPI as its provider prints it, else a schema.
OPENAPI = {
    ("cometapi", TaskKind.IMAGE): "cometapi-image",
    ("cometapi", TaskKind.VIDEO): "cometapi-video",
}
SCHEMAS = {
    **{(id, TaskKind.IMAGE): "official-image" for id in ("sandbox", "kling", "custom")},
    **{(id, TaskKind.VIDEO): "official-video" for id in ("sandbox", "kling", "custom")},
    ("cometapi-legacy", TaskKind.IMAGE): "cometapi-legacy-image",
    ("powertokens", TaskKind.IMAGE): "powertokens-image",
}


def web(name: str) -> UrlImage:
    return UrlImage(f"https://images.example.org/{name}.png")


def stored(folder: Path, name: str) -> StoredImage:
    (folder / name).write_bytes(f"the bytes of {name}".encode())
    return StoredImage(name, "png", name, "png", f"{name}.png", 400, 400)


def image_all(can: Capabilities, folder: Path) -> MultiImageToImage:
    """Every field that the route has, pictures as bytes."""
    has = can.optional_fields
    return MultiImageToImage(
        model=can.default_model,
        subjects=tuple(stored(folder, f"subject-{number}") for number in range(can.most_images)),
        scene=stored(folder, "scene") if "scene" in has else None,
        style=stored(folder, "style") if "style" in has else None,
        prompt="Two mascots, “gently” lit\n— ☂",
        negative_prompt="rain" if "negative_prompt" in has else "",
        n=can.most_results,
        aspect_ratio="21:9",
        watermark="watermark" in has,
        callback_url="https://hooks.example.org/kling?a=1&b=2",
    )


def image_minimal(can: Capabilities, folder: Path) -> MultiImageToImage:
    """Nothing but what must be there."""
    subjects = tuple(stored(folder, f"subject-{number}") for number in range(can.fewest_images))
    return MultiImageToImage(model=can.default_model, subjects=subjects)


def image_urls(can: Capabilities, _folder: Path) -> MultiImageToImage:
    """Pictures that the provider fetches itself."""
    return MultiImageToImage(
        model=can.default_model,
        subjects=(web("one"), web("two")),
        scene=web("scene"),
        style=web("style"),
        prompt="a cat",
        n=2,
        aspect_ratio="9:16",
    )


def video_all(can: Capabilities, folder: Path) -> MultiImageToVideo:
    """Every field of a video, one picture as bytes and one on the web."""
    return MultiImageToVideo(
        model=can.default_model,
        pictures=(stored(folder, "first"), web("second")),
        prompt="They turn to each other",
        negative_prompt="blur",
        mode="pro",
        duration_s=10,
        aspect_ratio="1:1",
        watermark="watermark" in can.optional_fields,
        callback_url="https://hooks.example.org/kling",
    )


REQUESTS = {
    "image-all": (TaskKind.IMAGE, image_all),
    "image-minimal": (TaskKind.IMAGE, image_minimal),
    "image-urls": (TaskKind.IMAGE, image_urls),
    "video-all": (TaskKind.VIDEO, video_all),
}
CASES = [
    (id, name)
    for id, profile in PROFILES.items()
    for name, (kind, _) in REQUESTS.items()
    if kind in profile.routes
]


def request_of(provider: str, name: str, folder: Path) -> tuple[Route, GenerationRequest]:
    kind, make = REQUESTS[name]
    route = PROFILES[provider].routes[kind]
    return route, make(route.capabilities, folder)


async def body_of(route: Route, request: GenerationRequest, folder: Path) -> bytes:
    files = {path.name: path for path in folder.iterdir()}
    body = create_body(Outgoing(request, EXTERNAL_ID, files), route)
    return b"".join([piece async for piece in body.stream(lambda _done: None)])


async def fields_of(profile: ProviderProfile, request: GenerationRequest) -> dict[str, Any]:
    """What a request without files is on the wire."""
    body = create_body(Outgoing(request, EXTERNAL_ID, {}), profile.routes[request.kind])
    pieces = [piece async for piece in body.stream(lambda _done: None)]
    return json.loads(b"".join(pieces))
