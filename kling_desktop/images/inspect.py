"""A verdict on a picture file: what it is, and what would be sent of it. Blocking."""

from collections.abc import Callable
from pathlib import Path

from kling_desktop.domain.media import COMMON_LIMITS, NO_EDIT, Edit, ImageFacts, ImageLimits

# Beyond this the size alone refuses, and nothing is read; 80 megapixels without compression fit.
LARGEST_READ_BYTES = 256 * 1024 * 1024

IsWanted = Callable[[], bool]
"""Whether anybody still waits for the answer. Asked from the thread that works on it."""


def always() -> bool:
    """Somebody waits."""
    return True


def inspect(
    path: Path,
    edit: Edit = NO_EDIT,
    limits: ImageLimits = COMMON_LIMITS,
    is_wanted: IsWanted = always,
) -> ImageFacts:
    """What would be sent of the file, edited and mended. Never raises for what is on disk.

    Once `is_wanted` says no, the work ends at the next piece of the file, and the answer means
    nothing.
    """
    from kling_desktop.images.copies import FaultyError, mended_copy

    try:
        return mended_copy(path, edit, limits, is_wanted).facts
    except FaultyError as problem:
        return problem.facts


def inspect_as_it_stands(path: Path) -> ImageFacts:
    """What would be sent if nothing may be mended. Never raises for what is on disk."""
    from kling_desktop.images.copies import FaultyError, same_copy

    try:
        return same_copy(path).facts
    except FaultyError as problem:
        return problem.facts
