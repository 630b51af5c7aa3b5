"""Whether there is a screen: asked before Qt is, because Qt ends the process when there is none."""

import ctypes
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

OFFSCREEN = "offscreen"


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether a window can be shown: Windows and macOS always, elsewhere if a server answers."""
    if sys.platform in ("win32", "darwin"):
        return True
    return _wayland_answers(environment) or _x11_answers(environment.get("DISPLAY", ""))


def platform_for(environment: Mapping[str, str]) -> str | None:
    """The Qt platform to ask for: None for Qt's own choice, "offscreen" without a screen."""
    if environment.get("QT_QPA_PLATFORM"):
        return environment["QT_QPA_PLATFORM"]
    return None if has_display(environment) else OFFSCREEN


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name, folder = environment.get("WAYLAND_DISPLAY"), environment.get("XDG_RUNTIME_DIR")
    if not name or not (folder or Path(name).is_absolute()):
        return False
    return _listens(socket.AF_UNIX, str(Path(folder or "/") / name))


def _x11_answers(display: str) -> bool:
    host, _, rest = display.rpartition(":")
    number = rest.split(".")[0]
    if not number.isdigit() or not _can_load_x11():
        return False
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 (where every X server puts its socket)
        return _listens(socket.AF_UNIX, path) or _listens(socket.AF_UNIX, "\0" + path)
    return _listens(socket.AF_INET, (host, 6000 + int(number)))


def _listens(family: int, address: str | tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            probe.connect(address)
    except OSError:
        return False
    return True


def _can_load_x11() -> bool:
    """Whether the libraries that Qt's X11 plugin links to are there; Qt aborts without them."""
    import PySide6

    plugin = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    try:
        ctypes.CDLL(str(plugin))
    except OSError:
        return False
    return True
