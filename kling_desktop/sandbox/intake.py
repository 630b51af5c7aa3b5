"""From a valid order to a task that can be kept: pictures decoded and bounded, units counted.

As at the real service, what a picture really is shows only while the task runs: one too small
or too wide is accepted, and the task fails (facts.md sections 0.7 and 2).
"""

import hashlib
import io
from decimal import Decimal

from PIL import Image

from kling_desktop.sandbox.documents import Kind
from kling_desktop.sandbox.orders import Order
from kling_desktop.sandbox.world import NewTask, Recipe, Source

# Documented in the README: a prompt with these words shows the path of a failed task.
FAILING_WORDS = "sandbox fail"

_SMALLEST_SIDE_PX = 300
_WIDEST = 2.5
_MOST_PIXELS = 100_000_000
# What painting can use: a picture of ours is at most 1554 px long, a frame 1920.
_KEPT_SIDE_PX = 1600
_SUBMITTED_SHARE = 0.2  # of the time a task takes
_UNITS_PER_IMAGE = 16
_UNITS_PER_SECOND = {"std": Decimal("0.4"), "pro": Decimal("0.7")}


class _UnfitError(Exception):
    """A picture the service accepts and then cannot use; the text is the reason it gives."""


def take_in(order: Order, pace_s: tuple[float, float]) -> tuple[NewTask, dict[str, bytes]]:
    """The task to commit, and its pictures as JPEG by hash. `pace_s` is (image, video)."""
    kept: dict[str, bytes] = {}
    sources: list[Source] = []
    failure = "The prompt asked the sandbox to fail" if _asks_to_fail(order) else None
    for picture in order.pictures:
        if picture.data is None:
            sources.append(Source(picture.role, host=picture.host))
            continue
        try:
            jpeg = _bounded(picture.data)
        except _UnfitError as unfit:
            failure = str(unfit)
            continue
        sha256 = hashlib.sha256(jpeg).hexdigest()
        kept[sha256] = jpeg
        sources.append(Source(picture.role, sha256=sha256))
    runs_for_ms = int(1000 * pace_s[0 if order.kind is Kind.IMAGE else 1])
    new = NewTask(
        kind=order.kind,
        external_task_id=order.external_task_id,
        recipe=_recipe(order, tuple(sources)),
        slots=order.count if order.kind is Kind.IMAGE else 1,
        units=_units(order),
        failure=failure,
        submitted_for_ms=int(runs_for_ms * _SUBMITTED_SHARE),
        runs_for_ms=runs_for_ms,
    )
    return new, {} if failure else kept


def _asks_to_fail(order: Order) -> bool:
    return FAILING_WORDS in order.prompt.casefold()


def _recipe(order: Order, sources: tuple[Source, ...]) -> Recipe:
    return Recipe(
        aspect_ratio=order.aspect_ratio,
        sources=sources,
        count=order.count,
        mode=order.mode,
        duration_s=order.duration_s,
        is_watermarked=order.is_watermarked,
    )


def _units(order: Order) -> Decimal:
    """Kling's own prices (facts.md section 7), notional here."""
    if order.kind is Kind.IMAGE:
        return Decimal(_UNITS_PER_IMAGE * order.count)
    return _UNITS_PER_SECOND[order.mode] * order.duration_s


def _bounded(data: bytes) -> bytes:
    """The picture as an RGB JPEG no longer than painting needs. Raises _UnfitError."""
    bombs = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            _check_pixels(*image.size)
            image.draft("RGB", (_KEPT_SIDE_PX, _KEPT_SIDE_PX))
            opaque = _opaque(image)
    except bombs as bomb:
        raise _UnfitError("Image pixel is invalid") from bomb
    except (OSError, ValueError, SyntaxError) as damage:
        raise _UnfitError("Image cannot be decoded") from damage
    opaque.thumbnail((_KEPT_SIDE_PX, _KEPT_SIDE_PX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    buffer = io.BytesIO()
    opaque.save(buffer, "JPEG", quality=90, subsampling=0)
    return buffer.getvalue()


def _check_pixels(width: int, height: int) -> None:
    if min(width, height) < _SMALLEST_SIDE_PX or width * height > _MOST_PIXELS:
        raise _UnfitError("Image pixel is invalid")
    if max(width, height) > _WIDEST * min(width, height):
        raise _UnfitError("Image aspect ratio is invalid")


def _opaque(image: Image.Image) -> Image.Image:
    """Without transparency: on soft white, as on a studio's paper."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    paper = Image.new("RGBA", layer.size, (246, 245, 242, 255))
    return Image.alpha_composite(paper, layer).convert("RGB")
