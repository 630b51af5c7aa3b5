"""The checkout's own files, as the tests about the project see them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_FOLDERS = ("kling_desktop", "build_scripts", "tests", "resources", ".ci")


def files(*patterns: str) -> Iterator[Path]:
    """Every file of ours that matches one of `patterns`, or every file; nothing generated."""
    candidates = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in _FOLDERS:
        candidates += (path for path in (ROOT / folder).rglob("*") if path.is_file())
    for path in sorted(candidates):
        if "__pycache__" in path.parts or path.name.endswith(".pyc"):
            continue
        if not patterns or any(path.match(pattern) for pattern in patterns):
            yield path


def name(path: Path) -> str:
    """How a message names `path`."""
    return path.relative_to(ROOT).as_posix()
