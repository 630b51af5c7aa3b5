"""From program to program over a real X server with a real mouse: no simulated event shows this."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from ctypes import CDLL
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.cli.process import ROOT

PROGRAMS = ("Xvfb", "xdotool")
LIBRARIES = (
    "libxcb-cursor.so.0",
    "libxkbcommon-x11.so.0",
    "libxcb-icccm.so.4",
    "libxcb-keysyms.so.1",
    "libxcb-shape.so.0",
)
PATIENCE_S = 30


def missing() -> list[str]:
    if not sys.platform.startswith("linux"):
        return ["X11"]
    lacking = [program for program in PROGRAMS if shutil.which(program) is None]
    for name in LIBRARIES:
        try:
            CDLL(name)
        except OSError:
            lacking.append(name)
    return lacking


pytestmark = pytest.mark.skipif(
    bool(missing()), reason=f"no screen can be made here: {', '.join(missing())} missing"
)


class Program:
    """A process on the screen, and what it says."""

    def __init__(self, display: str, module: str, *arguments: str) -> None:
        left_out = ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XAUTHORITY")
        environment = {name: text for name, text in os.environ.items() if name not in left_out}
        environment |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.ui.screen.{module}", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(json.loads(line))

    def hear(self, key: str) -> Any:
        """The next thing that is said under `key`."""
        return self.hear_all(key)[key]

    def hear_all(self, key: str) -> dict[str, Any]:
        """The next line that has `key`."""
        while key not in (said := self._said.get(timeout=PATIENCE_S)):
            pass
        return said

    def hear_some(self, key: str) -> Any:
        """The next thing under `key` that is not empty."""
        while not (found := self.hear(key)):
            pass
        return found

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


class Screen:
    """An X server of its own, with a mouse and a keyboard."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1500x900x24", "-nolisten", "tcp"],
            pass_fds=(writing,),
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            self.display = f":{told.readline().strip()}"
        self._programs: list[Program] = []

    def start(self, module: str, *arguments: str) -> Program:
        self._programs.append(Program(self.display, module, *arguments))
        return self._programs[-1]

    def do(self, *words: object) -> None:
        """One or more commands of xdotool."""
        subprocess.run(
            ["xdotool", *map(str, words)],
            env={**os.environ, "DISPLAY": self.display},
            check=True,
            timeout=PATIENCE_S,
        )

    def drag(self, source: Program, target: tuple[int, int], app: Program) -> dict[str, str]:
        """Carry what the source has to a place of the app; what the slots said on the way."""
        x, y = source.hear("ready")
        self.do("mousemove", x, y, "mousedown", 1, "mousemove", x + 20, y + 20)
        source.hear("dragging")
        self.do("mousemove", target[0] - 8, target[1])
        self.do("mousemove", *target)
        answers = app.hear_some("held")
        source.hear_some("accepted")
        self.do("mouseup", 1)
        assert source.hear("dropped")
        return answers

    def end(self) -> None:
        for program in self._programs:
            program.end()
        self._server.terminate()
        self._server.wait()


@pytest.fixture
def screen() -> Iterator[Screen]:
    made = Screen()
    yield made
    made.end()


@pytest.fixture
def vase(tmp_path: Path) -> Path:
    path = tmp_path / "blue vase.png"
    Image.new("RGB", (400, 300), "navy").save(path)
    return path


def test_a_file_from_another_program_lands_in_the_slot_it_was_dropped_on(
    screen: Screen, tmp_path: Path, vase: Path
) -> None:
    app = screen.start("app_window", str(tmp_path / "home"))
    slots = app.hear("slots")
    source = screen.start("other_program", "drag", str(vase))
    answers = screen.drag(source, slots["subjects[2]"], app)
    assert answers == {"subjects[2]": "Drop as subject 3"}
    assert app.hear_some("draft") == {"subjects[2]": "blue vase.png"}


@pytest.mark.parametrize("place", ["beside", "prompt"])
def test_a_file_dropped_beside_the_slots_lands_in_the_next_free_one(
    screen: Screen, tmp_path: Path, vase: Path, place: str
) -> None:
    app = screen.start("app_window", str(tmp_path / "home"))
    beside = app.hear(place)
    source = screen.start("other_program", "drag", str(vase))
    answers = screen.drag(source, beside, app)
    assert answers == {"subjects[0]": "Drop as subject 1"}
    assert app.hear_some("draft") == {"subjects[0]": "blue vase.png"}


def test_a_picture_from_the_shelf_lands_in_the_slot_it_was_dropped_on(
    screen: Screen, tmp_path: Path
) -> None:
    app = screen.start("app_window", str(tmp_path / "home"))
    places = app.hear_all("slots")
    screen.do("mousemove", *places["shelf_button"], "click", 1)
    x, y = app.hear("shelf")
    screen.do("mousemove", x, y, "mousedown", 1, "mousemove", x - 20, y, "mousemove", x - 40, y)
    target = places["slots"]["scene"]
    screen.do("mousemove", target[0] + 8, target[1], "mousemove", *target)
    assert app.hear_some("held") == {"scene": "Drop as scene"}
    screen.do("mouseup", 1)
    assert app.hear_some("draft") == {"scene": "mara.png"}


def test_a_picture_copied_in_another_program_lands_in_the_next_free_slot(
    screen: Screen, tmp_path: Path
) -> None:
    app = screen.start("app_window", str(tmp_path / "home"))
    beside = app.hear("beside")
    screen.start("other_program", "copy").hear("ready")
    screen.do("mousemove", *beside, "click", 1, "key", "ctrl+v")
    (place, name), *others = app.hear_some("draft").items()
    assert (place, others) == ("subjects[0]", [])
    assert name.startswith("pasted-")
