"""The real window in a process that kills itself at a chosen step of keeping its draft.

`python -m tests.ui.compose.dying_form HOME STEP`: types FIRST, waits until that is kept, types
SECOND, and dies. The product knows nothing of this: the interpreter itself tells of each file
that is opened or renamed.
"""

import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from kling_desktop.app import House
from kling_desktop.paths import AppPaths, app_paths
from kling_desktop.text import t

FIRST, SECOND = "a vase", " in the sand"
GIVE_UP_MS = 60_000
EVENTS = {"opening": "open", "renaming": "os.rename"}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(step: str, part: Path) -> None:
    def listen(event: str, arguments: tuple[object, ...]) -> None:
        if event == EVENTS.get(step) and str(arguments[0]) == str(part):
            die()

    sys.addaudithook(listen)


class Life:
    def __init__(self, paths: AppPaths, step: str) -> None:
        self._paths, self._step = paths, step
        self._house = House(paths, dict(os.environ), "light")
        self._house.window.show()
        self._house.furnish()
        editors = self._house.workplace.findChildren(QPlainTextEdit)
        self._prompt = next(e for e in editors if e.accessibleName() == t("Prompt"))
        self._watch = QTimer()
        self._watch.setInterval(5)
        self._watch.timeout.connect(self._look)
        self._has_first = False

    def begin(self) -> None:
        QTest.keyClicks(self._prompt, FIRST)
        self._watch.start()

    def _look(self) -> None:
        kept = self._paths.draft.read_text("utf-8") if self._paths.draft.exists() else ""
        if not self._has_first and f'"{FIRST}"' in kept:
            self._has_first = True
            die_at(self._step, self._paths.draft.with_name("draft.json.part"))
            QTest.keyClicks(self._prompt, SECOND)
            if self._step == "typing":
                die()
        elif f'"{FIRST}{SECOND}"' in kept:
            die()


if __name__ == "__main__":
    app = QApplication([])
    life = Life(app_paths(Path(sys.argv[1])), sys.argv[2])
    QTimer.singleShot(0, life.begin)
    QTimer.singleShot(GIVE_UP_MS, app.quit)
    app.exec()
