"""How long pictures take on their way in: `python -m tests.benchmarks.bench_pictures`.

Photographs of 24 megapixels. What a person waits for: from the drop on a slot of the real window,
offscreen, until the word of the verdict is painted, and the longest time for which the GUI thread
did not come round meanwhile. Thumbnails beside Qt's own reader, which is the floor.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SIZE = (6000, 4000)
SIX = 6
THUMBNAILS = 8
THUMBNAIL_PX = 256


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for bench in (bench_verdicts, bench_drops, bench_six, bench_thumbnails):
            for line in bench(folder):
                print(line)


def bench_verdicts(folder: Path) -> list[str]:
    """What a slot waits for, by what is to be done."""
    from kling_desktop.domain.media import Edit, Fit
    from kling_desktop.images.inspect import inspect

    cases = {
        "goes as it is": (_photograph(folder / "fine.jpg"), Edit()),
        "turned by EXIF": (_photograph(folder / "turned.jpg", orientation=6), Edit()),
        "wide gamut to sRGB": (_photograph(folder / "wide.jpg", is_wide=True), Edit()),
        "too heavy, quality searched": (_photograph(folder / "heavy.jpg", quality=98), Edit()),
        "cropped": (folder / "fine.jpg", Edit(fit=Fit.CROP, quarter_turns=1)),
        "HEIC converted": (_photograph(folder / "phone.heic", format="HEIF", quality=60), Edit()),
    }
    lines = ["pictures of 24 megapixels, from file to verdict:"]
    for what, (path, edit) in cases.items():
        took_s = _median_s(lambda path=path, edit=edit: inspect(path, edit))
        lines.append(f"  {what}, {path.stat().st_size / 1e6:.1f} MB: {took_s * 1000:.0f} ms")
    return lines


def bench_drops(folder: Path) -> list[str]:
    """What a person feels: one picture, then six at once."""
    from tests.benchmarks.dropping import Dropping, app_window

    paths = [_photograph(folder / f"drop-{n}.jpg", orientation=6, seed=n) for n in range(SIX)]
    lines: list[str] = []
    with app_window(folder / "home") as compose:
        for what, drops in (
            ("one that goes as it is", {"subjects[0]": [folder / "fine.jpg"]}),
            ("one to be turned", {"subjects[0]": paths[:1]}),
            ("six at once, all to be turned", {"subjects[0]": paths[:4], "scene": paths[4:]}),
        ):
            compose.clear()
            felt = Dropping(compose.grid, drops).run()
            lines.append(f"dropped in the window, {what}: {felt}")
    return lines


def bench_six(folder: Path) -> list[str]:
    """The largest request: four subjects, scene and style, each to be turned, and kept."""
    from kling_desktop.domain.media import COMMON_LIMITS, FileImage
    from kling_desktop.inputs import LibraryInputs
    from kling_desktop.library.files import LibraryFolder

    paths = [_photograph(folder / f"{n}.jpg", orientation=6, seed=n) for n in range(SIX)]
    library = LibraryFolder(folder / "library")
    library.prepare()
    inputs = LibraryInputs(library)

    def keep_all() -> None:
        for path in paths:
            inputs.keep(FileImage(path), COMMON_LIMITS, as_it_stands=False)

    return [f"six of them prepared and kept: {_median_s(keep_all, 3):.2f} s"]


def bench_thumbnails(folder: Path) -> list[str]:
    """Thumbnails a second, ours and Qt's, in turns."""
    from kling_desktop.library.thumbnails import Thumbnails
    from kling_desktop.ui.pictures import read_image

    path = folder / "fine.jpg"
    thumbnails = Thumbnails(folder / "cache")
    numbers = iter(range(THUMBNAILS * 100))
    ours_s: list[float] = []
    theirs_s: list[float] = []
    for _ in range(THUMBNAILS):
        ours_s.append(_once_s(lambda: thumbnails.get(path, f"{next(numbers):064x}", THUMBNAIL_PX)))
        theirs_s.append(_once_s(lambda: read_image(path, THUMBNAIL_PX)))
    ours, theirs = THUMBNAILS / sum(ours_s), THUMBNAILS / sum(theirs_s)
    return [
        f"thumbnails of them: {ours:.1f} a second, Qt's reader {theirs:.1f}; "
        f"ratio {ours / theirs:.2f}"
    ]


def _photograph(
    path: Path,
    *,
    format: str = "JPEG",
    orientation: int = 1,
    is_wide: bool = False,
    quality: int = 90,
    seed: int = 0,
) -> Path:
    """Soft shapes with some grain, as a camera makes them."""
    import pillow_heif
    from PIL import Image

    from tests.images.makers import DISPLAY_P3, private_exif

    pillow_heif.register_heif_opener()
    bands = [Image.effect_noise((1500, 1000), 40 + 5 * seed + band) for band in range(3)]
    picture = Image.merge("RGB", bands).resize(SIZE, Image.Resampling.BICUBIC)
    profile = DISPLAY_P3 if is_wide else None
    notes = private_exif(orientation).tobytes()
    picture.save(path, format, quality=quality, exif=notes, icc_profile=profile)
    return path


def _median_s(work: Callable[[], object], times: int = 3) -> float:
    return sorted(_once_s(work) for _ in range(times))[times // 2]


def _once_s(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
