"""Three numbers that a person feels, each beside a floor measured in the same run.

    python -m tests.benchmarks.bench_window [ROUNDS]     7 rounds unless told otherwise

Start: from the start of the process to the first painted window, the app beside a bare PySide6
window, taking turns; then until the app's form and library are painted in it. Rest: memory of
both, five seconds after that. Result: from the provider's "succeed" to the file on disk, by the
command line against a sandbox of its own.
Runs in `.venv`, offscreen unless QT_QPA_PLATFORM says otherwise.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
PHOTOGRAPH = ROOT / "resources" / "photographs" / "pear.jpg"
REST_S = 5
RESULTS = 3

# Both windows are watched the same way, and only while their first paint is awaited.
WATCHED = """
import sys, time
from PySide6 import QtCore, QtWidgets

class Watched(QtWidgets.QApplication):
    def exec(self):
        for window in self.topLevelWidgets():
            window.installEventFilter(self)
        return super().exec()

    has_painted = False

    def eventFilter(self, window, event):
        if event.type() in (QtCore.QEvent.Type.Paint, QtCore.QEvent.Type.UpdateRequest):
            is_full = window.centralWidget() is not None
            if is_full or not self.has_painted:
                QtCore.QTimer.singleShot(0, self.painted)
            if is_full:
                window.removeEventFilter(self)
            self.has_painted = True
        return False

    def painted(self):
        print(time.monotonic_ns(), flush=True)

QtWidgets.QApplication = Watched
"""
BARE = (
    WATCHED
    + """
application = QtWidgets.QApplication(sys.argv)
window = QtWidgets.QMainWindow()
window.show()
sys.exit(application.exec())
"""
)
APP = (
    WATCHED
    + """
from kling_desktop.__main__ import main
sys.exit(main())
"""
)


@dataclass(frozen=True)
class Start:
    """One start: milliseconds to each paint, and megabytes at rest if that was asked for."""

    painted_ms: float
    furnished_ms: float = 0
    rest_mb: float = 0


def start(program: str, home: Path, *, rest: bool = False) -> Start:
    """Start `program` with `home`, wait for its first paint, then end it."""
    began_ns = time.monotonic_ns()
    command = [sys.executable, "-c", program, "--home", str(home)]
    with running(command) as process:
        painted_ms = (int(line_of(process)) - began_ns) / 1e6
        furnished_ms = 0.0
        if program is APP:
            furnished_ms = (int(line_of(process)) - began_ns) / 1e6
        if not rest:
            return Start(painted_ms, furnished_ms)
        time.sleep(REST_S)
        return Start(painted_ms, furnished_ms, memory_mb(process.pid))


@contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that is told to end, and made to after ten seconds."""
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line of its output; raises RuntimeError when it ended without one."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"a measured program ended early, exit code {process.wait()}")
    return line


def memory_mb(pid: int) -> float:
    """The proportional set size: its own pages, and its share of those it shares."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    line = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024


def measure_starts(home: Path, rounds: int) -> None:
    """Take turns, so that whatever else the machine does slows both alike."""
    for program in (BARE, APP):
        start(program, home)  # the first start fills caches and makes the home
    bare: list[float] = []
    app: list[Start] = []
    for _ in range(rounds):
        bare.append(start(BARE, home).painted_ms)
        app.append(start(APP, home))
    floor_ms = median(bare)
    for what, ms in (
        ("first painted window", median(one.painted_ms for one in app)),
        ("form and library painted", median(one.furnished_ms for one in app)),
    ):
        say(what, f"{ms:.0f} ms", f"{floor_ms:.0f} ms", f"{ms / floor_ms:.2f} ×")
    resting = start(APP, home, rest=True).rest_mb
    floor = start(BARE, home, rest=True).rest_mb
    say("memory at rest (PSS)", f"{resting:.0f} MB", f"{floor:.0f} MB", f"{resting / floor:.2f} ×")


def measure_results(home: Path) -> None:
    """How long a finished result takes to be a file, the waiting between two questions included."""
    command = [sys.executable, "-m", "kling_desktop", "--home", str(home)]
    with running([*command, "sandbox"]) as sandbox:
        address = json.loads(line_of(sandbox))
        delays = [result_delay_s(command, address) for _ in range(RESULTS)]
    say("“succeed” to file on disk", f"{median(delays):.2f} s")


def result_delay_s(command: list[str], address: dict[str, str]) -> float:
    """Make one picture; the time from when the sandbox had it to the file's last byte."""
    asked = ["image", "--provider", "sandbox", "--base-url", address["base_url"], "--json"]
    what = ["--subject", str(PHOTOGRAPH), "--prompt", f"bench {time.time_ns()}"]
    environment = {**os.environ, "KLING_DESKTOP_SANDBOX_KEY": address["key"]}
    answer = subprocess.run(
        [*command, *asked, *what], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    task = json.loads(answer.stdout.splitlines()[-1])
    succeeded_ms = ask(address, f"/v1/images/multi-image2image/{task['task_id']}")["updated_at"]
    return Path(task["files"][0]).stat().st_mtime - succeeded_ms / 1000


def ask(address: dict[str, str], path: str) -> dict[str, int]:
    """The `data` of a record of the sandbox."""
    connection = HTTPConnection(urlsplit(address["base_url"]).netloc, timeout=10)
    connection.request("GET", path, headers={"Authorization": f"Bearer {address['key']}"})
    with closing(connection):
        return json.load(connection.getresponse())["data"]


def say(what: str, *values: str) -> None:
    """One row of the table."""
    sys.stdout.write(f"{what:28}" + "".join(f"{value:>12}" for value in values) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Measure everything in empty homes."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    say("", "app", "bare window", "ratio")
    with tempfile.TemporaryDirectory(prefix="kling-desktop-bench-") as folder:
        measure_starts(Path(folder) / "window", rounds)
        measure_results(Path(folder) / "results")
    return 0


if __name__ == "__main__":
    sys.exit(main())
