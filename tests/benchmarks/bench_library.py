"""How long the gallery takes when much was made: `python -m tests.benchmarks.bench_library`."""

import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path, PurePosixPath

from kling_desktop.domain.media import Asset, MediaKind
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.index import Cursor, Gallery, GalleryFilter, Index
from kling_desktop.library.sidecar import sidecar_path, values_of
from kling_desktop.library.thumbnails import Thumbnails

ENTRIES = 100_000
SIDECARS = 2_000
PAGE = 100
WORDS = "a lamp in the rain on wet stones at night with amber light and long shadows"


def main() -> None:
    """Print the figures."""
    for line in bench_gallery() + bench_rebuild() + bench_thumbnails():
        print(line)


def bench_gallery() -> list[str]:
    """Pages, searches and counts over a large index."""
    with tempfile.TemporaryDirectory() as name:
        folder, path = LibraryFolder(Path(name) / "library"), Path(name) / "index.sqlite"
        folder.prepare()
        with closing(Index(path, folder.root)) as index:
            index.open()
            everything = ((_an_asset(number), ()) for number in range(ENTRIES))
            index._write(everything, "DELETE FROM assets")
            index.close()
            opened = _timed(index.open, 1)
            lines = [f"library, {ENTRIES:,} results: {opened} to open the index"]
            asset = _an_asset(ENTRIES)
            lines.append(f"  enter one more result: {_timed(lambda: index.add(asset))}")
        gallery = Gallery(path)
        middle = Cursor(ENTRIES // 2 * 1000, PurePosixPath("2025/10/x"))
        questions: dict[str, Callable[[], object]] = {
            "first page": lambda: gallery.page(GalleryFilter(), None, PAGE),
            "page in the middle": lambda: gallery.page(GalleryFilter(), middle, PAGE),
            "only videos": lambda: gallery.page(GalleryFilter("", MediaKind.VIDEO), None, PAGE),
            "word that all have": lambda: gallery.page(GalleryFilter("lamp"), None, PAGE),
            "word that one has": lambda: gallery.page(GalleryFilter("nr77777"), None, PAGE),
            "two beginnings": lambda: gallery.page(GalleryFilter("la nr777"), None, PAGE),
            "one letter": lambda: gallery.page(GalleryFilter("l"), None, PAGE),
            "count all": lambda: gallery.count(GalleryFilter()),
            "count a search": lambda: gallery.count(GalleryFilter("lamp")),
        }
        lines += [f"  {name}: {_timed(question)}" for name, question in questions.items()]
        return lines


def bench_rebuild() -> list[str]:
    """The index made anew from sidecars."""
    import json

    from tests.library.samples import a_task
    from tests.library.test_sidecar import OUTPUT

    with tempfile.TemporaryDirectory() as name:
        folder = LibraryFolder(Path(name) / "library")
        folder.prepare()
        month = folder.root / "2025" / "10"
        month.mkdir(parents=True)
        for number in range(SIDECARS):
            output = replace(OUTPUT, file=PurePosixPath(f"2025/10/{number}.png"))
            file = month / f"{number}.png"
            file.touch()
            sidecar_path(file).write_text(json.dumps(values_of(a_task(), output)))
        with closing(Index(Path(name) / "index.sqlite", folder.root)) as index:
            return [
                f"library, rebuild the index from {SIDECARS:,} sidecars: {_timed(index.open, 1)}"
            ]


def bench_thumbnails() -> list[str]:
    """A photograph of twelve megapixels made small, and found again."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as name:
        photo = Path(name) / "photo.jpg"
        Image.effect_noise((1000, 750), 60).resize((4000, 3000)).convert("RGB").save(photo)
        thumbnails = Thumbnails(Path(name) / "cache")
        numbers = iter(range(100))

        def make() -> object:
            return thumbnails.get(photo, f"{next(numbers):064x}", 256)

        made = _timed(make)
        found = _timed(lambda: thumbnails.get(photo, "0" * 64, 256))
        return [f"thumbnail of 12 megapixels: {made}, from the cache {found}"]


def _an_asset(number: int) -> Asset:
    is_video = number % 10 == 0
    return Asset(
        file=PurePosixPath(f"2025/10/result {number:08x}-0.{'mp4' if is_video else 'png'}"),
        task=f"{number:032x}",
        index=0,
        media=MediaKind.VIDEO if is_video else MediaKind.IMAGE,
        width=1024,
        height=1024,
        duration_s=5.0 if is_video else None,
        size_bytes=2_000_000,
        sha256=f"{number:064x}",
        created_at_ms=number * 1000,
        provider="sandbox",
        model="kling-v2-1",
        prompt=f"{WORDS} nr{number}",
        is_sandbox=True,
    )


def _timed(work: Callable[[], object], times: int = 5) -> str:
    took: list[float] = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return f"{sorted(took)[len(took) // 2] * 1000:.1f} ms"


if __name__ == "__main__":
    main()
