"""Keys in a real Secret Service: gnome-keyring in a session bus of its own, without a display."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.process import ROOT

PROGRAMS = ("dbus-run-session", "gnome-keyring-daemon")
MISSING = [program for program in PROGRAMS if shutil.which(program) is None]
pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"no Secret Service can be started here: {', '.join(MISSING)} missing"
)
# Neither shows a window: the password comes by standard input, or does not come at all.
UNLOCKED = "printf %s testpw | gnome-keyring-daemon --unlock --components=secrets --daemonize"
LOCKED = "gnome-keyring-daemon --start --components=secrets --daemonize"


def session(home: Path, daemon: str, step: str) -> dict[str, Any]:
    """One step in a new session over the same home, as after logging in again."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    left_out = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND")
    environment = {name: text for name, text in os.environ.items() if name not in left_out}
    environment |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime)}
    for folder in ("DATA", "CONFIG", "CACHE"):
        environment[f"XDG_{folder}_HOME"] = str(home / folder.lower())
    command = f'{daemon} >/dev/null 2>&1; exec "$0" -m tests.secrets.ring_session {step}'
    ended = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", command, sys.executable],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_f03_f05_f07_keys_come_back_and_a_locked_ring_loses_nothing(tmp_path: Path) -> None:
    kept = session(tmp_path, UNLOCKED, "keep")
    in_keyring = {"place": "keyring", "error": None}
    assert kept["backend"] == "keyring.backends.SecretService"
    assert kept["api"] == kept["pair"] == kept["other"] == kept["state"] == in_keyring
    assert kept["api_found"] == {"is_pair": False, "is_api": True}
    assert kept["found"] == {"is_pair": True, "is_api": False}
    assert kept["removed"] == kept["other_after"] == {"place": "none", "error": None}

    locked = session(tmp_path, LOCKED, "change")
    title = "The keyring is locked"
    assert locked["found"]["error"] == title
    assert "Unlock it and try again." in locked["found"]["detail"]
    assert locked["saved"] == {"place": "session", "error": title}
    assert locked["removed"] == locked["state"] == {"place": "none", "error": title}

    again = session(tmp_path, UNLOCKED, "look")
    assert again["found"] == {"is_pair": True, "is_api": False}

    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert b"canary" not in file.read_bytes(), file
