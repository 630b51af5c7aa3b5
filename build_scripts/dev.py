"""Everything a developer types: `python3 build_scripts/dev.py COMMAND [arguments]`.

Standard library only, so that it is the first thing typed after a clone. It makes `.venv` from
`requirements.lock` and sees to the system's libraries before it does anything else.

    run       open the app (without a display: take the tour); arguments go to the app
    test      run the tests; arguments go to pytest
    check     formatting, lint, types, imports, catalogue of sentences
    bench     start-up against a bare window, bodies against their floor, the library at 100,000
    package   build the one-folder bundle and try it
    lock      write requirements.lock anew from pyproject.toml
    messages  collect the sentences and compile the translations
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import environment
import system_libraries
from environment import ROOT, Stop, say

TOUR_FOLDER = ROOT / "build" / "tour"
# Asked of the app itself: a DISPLAY may be named and yet not answer.
HAS_DISPLAY = """
import os, sys
from kling_desktop.ui.display import has_display
sys.exit(not has_display(os.environ))
"""


def run(arguments: list[str]) -> int:
    """Open the app; where there is no display to open it on, take the tour instead."""
    system_libraries.ensure(system_libraries.for_window())
    environment.ensure()
    app = environment.program("kling-desktop")
    if arguments or environment.call([environment.PYTHON, "-c", HAS_DISPLAY]) == 0:
        return environment.call([app, *arguments])
    say(f"There is no display here, so this is the tour: its pictures go to {TOUR_FOLDER}.")
    return environment.call([app, "tour", "--out", TOUR_FOLDER])


def test(arguments: list[str]) -> int:
    """Run pytest on all cores. A later `-n0` among the arguments wins."""
    system_libraries.ensure(system_libraries.OFFSCREEN)
    system_libraries.offer(system_libraries.FOR_TESTS)
    environment.ensure()
    pytest = [environment.PYTHON, "-m", "pytest", "-n", "auto", "--dist", "worksteal"]
    return environment.call([*pytest, *arguments])


def check(arguments: list[str]) -> int:
    """Run every check even when one fails, and say at the end which did."""
    environment.ensure()
    steps = {
        "format": [environment.program("ruff"), "format", "--check", "."],
        "lint": [environment.program("ruff"), "check", "."],
        "types": [environment.program("pyright")],
        "imports": [environment.program("lint-imports")],
        "sentences": [environment.PYTHON, "build_scripts/messages.py", "--check"],
    }
    failed: list[str] = []
    for name, command in steps.items():
        if arguments and name not in arguments:
            continue
        say(name)
        if environment.call(command) != 0:
            failed.append(name)
    say(f"Not in order: {', '.join(failed)}." if failed else "All in order.")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Measure: every `tests/benchmarks/bench_*.py`, or only those named, as `bench window bodies`.

    The app is compiled before, as an installed one is.
    """
    system_libraries.ensure(system_libraries.OFFSCREEN)
    environment.ensure()
    environment.call([environment.PYTHON, "-m", "compileall", "-q", "kling_desktop"])
    folder = ROOT / "tests" / "benchmarks"
    known = sorted(file.stem.removeprefix("bench_") for file in folder.glob("bench_*.py"))
    if unknown := set(arguments) - set(known):
        raise Stop(
            f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}."
        )
    worst = 0
    for name in arguments or known:
        say(name)
        module = f"tests.benchmarks.bench_{name}"
        worst = max(worst, environment.call([environment.PYTHON, "-m", module]))
    return worst


def package(arguments: list[str]) -> int:
    """Build the bundle into dist/ and take its own tour."""
    system_libraries.ensure(system_libraries.BUNDLE)
    environment.ensure()
    return environment.call([environment.PYTHON, "build_scripts/package.py", *arguments])


def lock(arguments: list[str]) -> int:
    """Resolve pyproject.toml for every system into plain pins with hashes.

    `--upgrade` among the arguments takes the newest versions; without it pins stay.
    """
    environment.ensure()
    command = [environment.program("uv"), "pip", "compile", "--universal", "--generate-hashes"]
    quiet = ["--quiet", "--no-annotate", "--no-header", "--no-emit-index-url"]
    files = ["--extra", "dev", "pyproject.toml", "--output-file", environment.LOCK]
    return environment.call([*command, *quiet, *files, *arguments])


def messages(arguments: list[str]) -> int:
    """Refresh the catalogue and every translation of it."""
    environment.ensure()
    return environment.call([environment.PYTHON, "build_scripts/messages.py", *arguments])


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    command.__name__: command for command in (run, test, check, bench, package, lock, messages)
}


def main() -> int:
    """Run the command that was named."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what tells them
        say(f"Kling Desktop needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 2
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.stderr.write(f"{__doc__}\n")
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    os.chdir(ROOT)
    try:
        return COMMANDS[sys.argv[1]](sys.argv[2:])
    except Stop as stop:
        say(str(stop))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
