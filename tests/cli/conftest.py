"""Homes for commands: a sandbox beside them, and a process that owns the home."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from kling_desktop.sandbox import Faults, Sandbox, created_external_ids
from tests.cli.process import ROOT, Command

Own = Callable[..., "subprocess.Popen[str]"]


class World:
    """A sandbox beside the processes, so that it counts what was bought whoever dies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults = Faults()
        self.sandbox = Sandbox(folder, pace_s=(0.3, 0.5), faults=self.faults)

    def at(self, provider: str = "sandbox") -> list[object]:
        """The options that lead a command here."""
        return ["--provider", provider, "--base-url", self.sandbox.base_url]

    def bought(self) -> list[str]:
        """The external id of each task that was ever made."""
        return created_external_ids(self.folder)

    def created(self, id: str) -> int:
        """How often a task was made: more than once is money spent twice."""
        return self.bought().count(id)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    made.sandbox.start()
    yield made
    made.sandbox.stop()


@pytest.fixture
def command(tmp_path: Path, world: World) -> Command:
    key = world.sandbox.key
    return Command(tmp_path / "home", {"KLING_DESKTOP_SANDBOX_KEY": key, "KLING_API_KEY": key})


@pytest.fixture
def own(command: Command) -> Iterator[Own]:
    with ExitStack() as stack:

        def start(plan: dict[str, Any] | None = None) -> "subprocess.Popen[str]":
            return stack.enter_context(_owning(command, plan or {}))

        yield start


@contextmanager
def _owning(command: Command, plan: dict[str, Any]) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.owning", str(command.home), json.dumps(plan)],
        cwd=ROOT,
        env={**os.environ, **command.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=30)
