"""A short film of the pictures sent: each drifts by slowly and melts into the next."""

import io
from collections.abc import Iterator, Sequence

from PIL import Image

from kling_desktop.sandbox.brush import Size, cover, sign

FRAMES_PER_S = 15
_SHORT_SIDE_PX = {"std": 720, "pro": 1080}
_MELT_S = 0.8
_CLOSEST = 0.14  # how much of a picture the camera leaves out when it is nearest
_QUALITY = 82


def frame_size(aspect_ratio: str, mode: str) -> Size:
    """720p or 1080p, measured on the short side."""
    wide, high = (int(part) for part in aspect_ratio.split(":"))
    short = _SHORT_SIDE_PX[mode]
    return short * wide // min(wide, high), short * high // min(wide, high)


def frames(
    stills: Sequence[Image.Image], size: Size, duration_s: int, *, is_watermarked: bool
) -> Iterator[bytes]:
    """Every frame as JPEG, in order."""
    shots = [_Shot(still, size, index) for index, still in enumerate(stills)]
    melt_s = min(_MELT_S, 0.4 * duration_s / len(shots)) if len(shots) > 1 else 0.0
    step_s = (duration_s - melt_s) / len(shots)  # from the start of one shot to the next
    for number in range(duration_s * FRAMES_PER_S):
        time_s = number / FRAMES_PER_S
        index = min(int(time_s / step_s), len(shots) - 1)
        into_s = time_s - index * step_s
        frame = shots[index].at(into_s / (step_s + melt_s))
        if index and into_s < melt_s:
            before = shots[index - 1].at((into_s + step_s) / (step_s + melt_s))
            frame = Image.blend(before, frame, _eased(into_s / melt_s))
        sign(frame, round(min(size) * 0.035), is_watermarked=is_watermarked)
        buffer = io.BytesIO()
        frame.save(buffer, "JPEG", quality=_QUALITY)
        yield buffer.getvalue()


class _Shot:
    """One picture under a moving camera: it nears or leaves, and pans along what does not fit."""

    def __init__(self, still: Image.Image, size: Size, index: int) -> None:
        self._size = size
        scale = max(size[0] / still.width, size[1] / still.height)
        whole = (
            max(size[0], round(still.width * scale)),
            max(size[1], round(still.height * scale)),
        )
        self._still = cover(still, whole)
        self._is_leaving = index % 2 == 1

    def at(self, progress: float) -> Image.Image:
        """The frame at `progress`, from 0 to 1."""
        eased = _eased(progress)
        nearness = _CLOSEST * (1 - eased if self._is_leaving else eased)
        width, height = (side * (1 - nearness) for side in self._size)
        along = 0.25 + 0.5 * (1 - eased if self._is_leaving else eased)
        left = (self._still.width - width) * along
        top = (self._still.height - height) * along
        box = (left, top, left + width, top + height)
        return self._still.resize(self._size, Image.Resampling.BILINEAR, box=box)


def _eased(progress: float) -> float:
    """Slow at both ends."""
    clamped = min(1.0, max(0.0, progress))
    return clamped * clamped * (3 - 2 * clamped)
