"""A verdict on a picture file: what it is, and what would be sent of it. Blocking."""

from pathlib import Path

from kling_desktop.domain.media import COMMON_LIMITS, NO_EDIT, Edit, ImageFacts, ImageLimits

# Beyond this the size alone refuses, and nothing is read; 80 megapixels without compression fit.
LARGEST_READ_BYTES = 256 * 1024 * 1024


def inspect(path: Path, edit: Edit = NO_EDIT, limits: ImageLimits = COMMON_LIMITS) -> ImageFacts:
    """What would be sent of the file, edited and mended. Never raises for what is on disk."""
    from kling_desktop.images.copies import FaultyError, mended_copy

    try:
        return mended_copy(path, edit, limits).facts
    except FaultyError as problem:
        return problem.facts


def inspect_as_it_stands(path: Path) -> ImageFacts:
    """What would be sent if nothing may be mended. Never raises for what is on disk."""
    from kling_desktop.images.copies import FaultyError, same_copy

    try:
        return same_copy(path).facts
    except FaultyError as problem:
        return problem.facts
