"""Builds the one-folder bundle into dist/ and tries it, as far from the checkout as it gets.

Runs in `.venv`. A bundle breaks first where something is imported late or read from a file, so the
bundle answers a question on its command line and then takes the whole tour.
"""

import ctypes
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pillow_heif
from PIL import Image  # noqa: TID251 - makes the picture to try the bundle with

ROOT = Path(__file__).resolve().parent.parent
BUNDLE = ROOT / "dist" / "kling-desktop"
TOUR_FOLDER = ROOT / "build" / "bundle-tour"


def build() -> None:
    """PyInstaller with our own spec; raises CalledProcessError when it fails."""
    places = ["--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build" / "pyinstaller")]
    spec = str(ROOT / "build_scripts" / "kling-desktop.spec")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN"]
    subprocess.run([*command, *places, spec], cwd=ROOT, check=True)


def plugins_that_do_not_load() -> list[str]:
    """Qt passes over such a plugin without a word, and a video would simply not play."""
    broken: list[str] = []
    for plugin in sorted(BUNDLE.rglob("Qt/plugins/**/*.so")):
        try:
            ctypes.CDLL(str(plugin))
        except OSError as error:
            broken.append(f"{plugin.name}: {error}")
    return broken


def take_the_tour() -> None:
    """Run the bundle in an empty home, with nothing of this Python in its surroundings."""
    with tempfile.TemporaryDirectory() as home:
        surroundings = {
            "HOME": home,
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "QT_QPA_PLATFORM": "offscreen",
        }
        bought = ["image", "--provider", "sandbox", "--subject", phone_picture(Path(home))]
        for arguments in (
            *(["providers", "--json"], [*bought, "--prompt", "a vase"]),
            ["tour", "--out", str(TOUR_FOLDER)],
        ):
            sys.stdout.write(f"\n» kling-desktop {' '.join(arguments)}\n")
            sys.stdout.flush()
            command = [str(BUNDLE / "kling-desktop"), *arguments]
            subprocess.run(command, cwd=home, env=surroundings, check=True, timeout=300)


def phone_picture(folder: Path) -> str:
    """A HEIC file: what reads it has libraries of its own, which the bundle has to bring."""
    pillow_heif.register_heif_opener()
    path = folder / "phone.heic"
    with Image.open(ROOT / "resources" / "photographs" / "vase.jpg") as picture:
        picture.save(path, "HEIF")
    return str(path)


def size_mb(folder: Path) -> float:
    """What the files under `folder` take, in millions of bytes; links count nothing."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1e6


def main() -> int:
    """Build, try, and say how large it is."""
    try:
        build()
        if broken := plugins_that_do_not_load():
            sys.stderr.write("\n» Plugins of the bundle do not load:\n" + "\n".join(broken) + "\n")
            return 1
        take_the_tour()
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"\n» The bundle is not in order: exit code {error.returncode}.\n")
        return 1
    sys.stdout.write(f"\n» {BUNDLE.relative_to(ROOT)}: {size_mb(BUNDLE):.0f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
