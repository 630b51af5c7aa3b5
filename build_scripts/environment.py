"""The checkout's one virtual environment, `.venv`: made from the lock, remade when that changes.

Standard library only. A stamp inside `.venv` is written last and says what it was made from, so an
interrupted installation is never taken for a finished one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
_PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
_SUFFIX = ".exe" if os.name == "nt" else ""
PYTHON = _PROGRAMS / f"python{_SUFFIX}"
_PINS_STAMP = VENV / "made-from-lock"
_APP_STAMP = VENV / "made-from-project"


class Stop(Exception):  # noqa: N818 - not an error of ours: the person has something to do first
    """Nothing more can be done until the person did what the message says."""


def say(message: str) -> None:
    """One line about what happens now, apart from the output of the tools."""
    sys.stderr.write(f"\n» {message}\n")
    sys.stderr.flush()


def program(name: str) -> Path:
    """A tool or the app itself, as installed in `.venv`."""
    return _PROGRAMS / f"{name}{_SUFFIX}"


def call(command: Sequence[str | Path]) -> int:
    """Run to the end in the checkout, with our own input and output; return the exit code.

    A child ended by a signal gives 128 + its number, as a shell says it.
    """
    code = subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
    return code if code >= 0 else 128 - code


def ensure() -> None:
    """Make `.venv` fit the lock, this Python and pyproject.toml, doing only what is needed."""
    with _alone():
        if _read(_PINS_STAMP) != _pins():
            _install_pins()
        if _read(_APP_STAMP) != _digest(PROJECT):
            _install_app()


def _install_pins() -> None:
    _require_venv()
    say("Making .venv from requirements.lock. The first time this downloads about 300 MB…")
    started = time.monotonic()
    shutil.rmtree(VENV, ignore_errors=True)
    if call([sys.executable, "-m", "venv", VENV]) != 0:
        raise Stop("The virtual environment could not be made; Python's own words stand above.")
    if _pip("--require-hashes", "--requirement", LOCK) != 0:
        raise Stop("The pinned packages could not be installed; pip's own words stand above.")
    _PINS_STAMP.write_text(_pins(), encoding="utf-8")
    say(f".venv is ready after {time.monotonic() - started:.0f} s.")


def _install_app() -> None:
    if _pip("-q", "--no-deps", "--no-build-isolation", "--editable", ROOT) != 0:
        raise Stop("The app could not be installed into .venv; pip's own words stand above.")
    _APP_STAMP.write_text(_digest(PROJECT), encoding="utf-8")


def _pip(*arguments: str | Path) -> int:
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    return call([*pip, *([] if sys.stderr.isatty() else ["-q"]), *arguments])


def _require_venv() -> None:
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise Stop(
        "This Python cannot make virtual environments. On Debian and Ubuntu type:\n"
        f"    apt-get install python{version}-venv\n"
        "(with sudo, unless you are root), then the same command again."
    )


@contextmanager
def _alone() -> Iterator[None]:
    """Two of these commands started together: the second waits until the first has made `.venv`."""
    if importlib.util.find_spec("fcntl") is None:
        yield
        return
    import fcntl  # there is none on Windows

    with PROJECT.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _pins() -> str:
    return f"{sys.version} {_digest(LOCK)}"


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _read(stamp: Path) -> str | None:
    try:
        return stamp.read_text(encoding="utf-8")
    except OSError:
        return None
