"""The libraries that Qt takes from the operating system: which are missing, and how to get them.

Standard library only. Qt says "xcb-cursor0 is needed" whatever is missing, and then aborts; so the
libraries are tried one by one before Qt is. The lists were found on a bare Debian 12, one package
at a time; they name what Qt links or loads, by the file the loader asks for.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

from environment import Stop, say

Libraries = Mapping[str, str]  # file name of a library, or a program -> Debian's package for it

_BASE: Libraries = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfontconfig1",
}
_VIDEO: Libraries = {
    "libpulse.so.0": "libpulse0",
    "libXrandr.so.2": "libxrandr2",
}
_X11: Libraries = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-shape.so.0": "libxcb-shape0",
}
_WAYLAND: Libraries = {
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
OFFSCREEN: Libraries = {**_BASE, **_VIDEO}
_PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
# The bundle carries the builder's own copies, so the builder must have all of them.
BUNDLE: Libraries = {
    **OFFSCREEN,
    **_X11,
    **_WAYLAND,
    f"lib{_PYTHON}.so.1.0": f"lib{_PYTHON}",
    "objdump": "binutils",
}
# What some tests ask for and can do without: a real keyring, the samples' own client, and a screen
# with a mouse for real drags from program to program.
FOR_TESTS: Libraries = {
    **_X11,
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "gnome-keyring-daemon": "gnome-keyring",
    "dbus-run-session": "dbus",
    "curl": "curl",
}


def for_window() -> Libraries:
    """What a window needs on the display that is named; offscreen ones where none is."""
    needed = dict(OFFSCREEN)
    if os.environ.get("DISPLAY"):
        needed |= _X11
    if os.environ.get("WAYLAND_DISPLAY"):
        needed |= _WAYLAND
    return needed


def ensure(libraries: Libraries) -> None:
    """Install what is missing of `libraries`, or raise Stop with the line to type."""
    if not sys.platform.startswith("linux"):
        return
    missing = [name for name in libraries if not _is_there(name)]
    if not missing:
        return
    packages = list(dict.fromkeys(libraries[name] for name in missing))
    say(f"This system lacks {', '.join(missing)}.")
    if shutil.which("apt-get") is None:
        raise Stop("Install them with your system's packages, then type the same command again.")
    _install(packages)
    if still := [name for name in missing if not _is_there(name)]:
        raise Stop(f"Still missing after the installation: {', '.join(still)}.")


def offer(libraries: Libraries) -> None:
    """Install what is missing where root may just do so; go on without it anywhere else."""
    missing = [name for name in libraries if not _is_there(name)]
    if not missing or not sys.platform.startswith("linux"):
        return
    packages = list(dict.fromkeys(libraries[name] for name in missing))
    if os.geteuid() == 0 and shutil.which("apt-get"):
        try:
            _install(packages)
        except Stop as stop:
            say(str(stop))
    if still := [name for name in missing if not _is_there(name)]:
        say(f"Tests that need {', '.join(still)} will be skipped ({', '.join(packages)}).")


def _is_there(name: str) -> bool:
    if ".so" not in name:
        return shutil.which(name) is not None
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _install(packages: list[str]) -> None:
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    line = " ".join(install)
    if os.geteuid() == 0:
        root: list[str] = []
    elif shutil.which("sudo") and _is_agreed(f"sudo {line}"):
        root = ["sudo"]
    else:
        raise Stop(f"Type this line as root, then the same command again:\n    {line}")
    say("Installing them with apt-get…")
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    # Old lists may name packages that are gone; failing to renew them is no reason to give up.
    subprocess.run([*root, "apt-get", "update", "--quiet=2"], check=False)
    installed = subprocess.run(
        [*root, *quiet, *install, "--quiet=2", "-o", "Dpkg::Use-Pty=0"], check=False
    )
    if installed.returncode != 0:
        raise Stop(f"apt-get did not succeed. This is the line it was:\n    {line}")


def _is_agreed(line: str) -> bool:
    if not sys.stdin.isatty():
        return False
    sys.stderr.write(f"    {line}\n")
    return input("May this be run now? [Y/n] ").strip().lower() in ("", "y", "yes")
