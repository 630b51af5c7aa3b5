"""A verdict on a picture file: what it is, and what would be sent of it. Blocking."""

from pathlib import Path

from kling_desktop.domain.media import ImageFacts

# Far above any limit of a provider: beyond it the size alone refuses, and nothing is read.
LARGEST_READ_BYTES = 128 * 1024 * 1024


def inspect(path: Path) -> ImageFacts:
    """What would be sent of the file after mending. Never raises for what is on disk."""
    return _facts(path, is_mended=True)


def inspect_as_it_stands(path: Path) -> ImageFacts:
    """What would be sent if nothing may be mended. Never raises for what is on disk."""
    return _facts(path, is_mended=False)


def _facts(path: Path, *, is_mended: bool) -> ImageFacts:
    # Pillow is imported when the first picture is dropped, not when the window opens.
    from kling_desktop.images import mend, opened

    try:
        with opened.opened(path) as file:
            header = opened.header(file)
            size_bytes = header.size_bytes
            if size_bytes <= LARGEST_READ_BYTES:
                file.seek(0)
                sent = mend.mended(file.read(), header)
                size_bytes = len(sent) if is_mended else size_bytes
    except opened.FaultError as problem:
        return ImageFacts(fault=problem.fault)
    except OSError:
        return ImageFacts(fault=opened.ImageFault.UNREADABLE)
    return ImageFacts(header.format, header.width, header.height, size_bytes)
