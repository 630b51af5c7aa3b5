"""SIGKILL at every step between a request and its files, then `resume`: never bought twice.

What was created is counted in the book of a sandbox that is not killed.
"""

import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kling_desktop.library.ledger import read_tasks
from kling_desktop.paths import app_paths
from kling_desktop.sandbox import Sandbox, created_external_ids
from tests.cli.process import PICTURES, Command, Ended

KILLED = -9
# Each step of pay-once 6.3, and whether the provider has the task when the process dies there.
STEPS: dict[str, tuple[dict[str, Any], bool | None]] = {
    "inputs kept": ({"at": "LibraryInputs.keep", "when": "after"}, None),
    "before the row": ({"at": "SqliteLedger.add", "when": "before"}, None),
    "frozen": ({"at": "SqliteLedger.add", "when": "after"}, False),
    "before sending": ({"at": "SqliteLedger.begin_attempt", "when": "before"}, False),
    "sending": ({"at": "SqliteLedger.begin_attempt", "when": "after"}, False),
    "some bytes sent": ({"at": "KlingClient.create", "when": "during"}, False),
    "answered": ({"at": "KlingClient.create", "when": "after"}, True),
    "before accepted": ({"at": "SqliteLedger.end_attempt", "when": "before"}, True),
    "accepted": ({"at": "SqliteLedger.end_attempt", "when": "after"}, True),
    "downloaded": ({"at": "KlingClient.download", "when": "after"}, True),
    "renamed": ({"at": "Library.finish", "when": "after"}, True),
    "row of the file": ({"at": "SqliteLedger.save_outputs", "when": "after"}, True),
    "described": ({"at": "Library.describe", "when": "after"}, True),
}
WITHOUT_CREATION = ("sending", "some bytes sent")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Path]]:
    folder = tmp_path_factory.mktemp("world")
    running = Sandbox(folder, pace_s=(0.3, 0.5))
    running.start()
    yield running, folder
    running.stop()


@pytest.fixture
def command(tmp_path: Path, sandbox: tuple[Sandbox, Path]) -> Command:
    key = sandbox[0].key
    return Command(tmp_path, {"KLING_DESKTOP_SANDBOX_KEY": key, "KLING_API_KEY": key})


def ask(provider: str, sandbox: Sandbox) -> list[object]:
    where = ["--provider", provider, "--base-url", sandbox.base_url]
    return ["image", *where, "--subject", *PICTURES, "--prompt", "a vase and a pear", "--json"]


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_buys_once_and_brings_it_home(
    step: str, command: Command, sandbox: tuple[Sandbox, Path]
) -> None:
    plan, is_created = STEPS[step]
    killed = command(*ask("sandbox", sandbox[0]), plan=plan)
    assert killed.code == KILLED, killed.said
    rows = read_tasks(app_paths(command.home).ledger)
    if is_created is None:
        assert rows == []
        return
    (task,) = rows
    assert created_external_ids(sandbox[1]).count(task.external_task_id) == int(is_created)
    _must_come_home(command, sandbox[1])


@pytest.mark.parametrize("step", WITHOUT_CREATION)
def test_where_uniqueness_is_not_proven_a_person_is_asked(
    step: str, command: Command, sandbox: tuple[Sandbox, Path]
) -> None:
    plan, _ = STEPS[step]
    assert command(*ask("kling", sandbox[0]), plan=plan).code == KILLED
    resumed = command("resume", "--json", plan={"decide_after_s": 1.0})
    assert (resumed.code, resumed.only["state"]) == (4, "needs_decision"), resumed.said
    assert resumed.only["error"]["remedy"] == "decide"
    own = resumed.only["external_task_id"]
    assert own not in created_external_ids(sandbox[1])
    closed = command("decide", resumed.only["id"], "--close", "--json")
    assert closed.code == 0, closed.said
    assert command("resume", "--json").lines == []


def test_a_decision_about_a_killed_task_never_waits_for_ever(
    command: Command, sandbox: tuple[Sandbox, Path]
) -> None:
    plan, _ = STEPS["sending"]
    assert command(*ask("kling", sandbox[0]), plan=plan).code == KILLED
    (task,) = read_tasks(app_paths(command.home).ledger)
    early = command("decide", task.id, "--send-again", "--json")
    assert (early.code, early.only["problems"][0]["field"]) == (2, "state"), early.said
    soon = {"decide_after_s": 1.0}
    wrong = command("decide", task.id, "--link", "12345", "--json", plan=soon)
    assert (wrong.code, wrong.only["state"]) == (4, "needs_decision"), wrong.said
    assert task.external_task_id not in created_external_ids(sandbox[1])


def test_where_a_task_exists_it_is_found_without_proof_of_uniqueness(
    command: Command, sandbox: tuple[Sandbox, Path]
) -> None:
    plan, _ = STEPS["answered"]
    assert command(*ask("kling", sandbox[0]), plan=plan).code == KILLED
    _must_come_home(command, sandbox[1])


def test_kills_at_random_times(
    tmp_path: Path, sandbox: tuple[Sandbox, Path], pytestconfig: pytest.Config
) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    key = sandbox[0].key
    for number in range(int(pytestconfig.getoption("--kills") or 0)):
        home = tmp_path / str(number)
        command = Command(home, {"KLING_DESKTOP_SANDBOX_KEY": key})
        _kill_after(chance.uniform(0.3, 3.0), command.begin(*ask("sandbox", sandbox[0])))
        _kill_after(chance.uniform(0.3, 2.0), command.begin("resume"))
        if read_tasks(app_paths(home).ledger):
            _must_come_home(command, sandbox[1], seed)
    ours = [id for id in created_external_ids(sandbox[1]) if id]
    assert len(ours) == len(set(ours)), f"bought twice, seed {seed}"


def _kill_after(seconds: float, process: "subprocess.Popen[str]") -> None:
    time.sleep(seconds)  # the random moment is the point of the test
    process.kill()
    process.communicate()


def _must_come_home(command: Command, world: Path, seed: int | None = None) -> Ended:
    before = read_tasks(app_paths(command.home).ledger)
    resumed = command("resume", "--json")
    (task,) = read_tasks(app_paths(command.home).ledger)
    assert resumed.code == 0, (seed, resumed.said)
    assert task.state == "done", (seed, task)
    assert created_external_ids(world).count(task.external_task_id) == 1, seed
    assert task.external_task_id == before[0].external_task_id
    library = app_paths(command.home).library
    (file,) = (library / output.file for output in task.saved if output.file)
    with Image.open(file) as picture:
        picture.load()
    assert Path(f"{file}.json").is_file()
    assert len(list(library.glob("[0-9]*/*/*.png"))) == 1
    return resumed
