"""A command on a home that another process owns: that one buys, once, and the command tells."""

import json
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from kling_desktop.domain.errors import HomeInUseError
from kling_desktop.library.ledger import read_tasks
from kling_desktop.library.lock import HomeLock
from kling_desktop.paths import app_paths
from kling_desktop.sandbox import Fault, created_external_ids
from tests.cli.conftest import Own, World
from tests.cli.process import PICTURES, Command

VASE, PEAR = PICTURES


def ask(world: World, *more: object, provider: str = "sandbox") -> list[object]:
    where = ["--provider", provider, "--base-url", world.sandbox.base_url]
    return ["image", *where, "--subject", VASE, "--prompt", "a vase", *more, "--json"]


def test_the_owner_buys_and_the_command_tells_as_if_it_had(
    command: Command, world: World, own: Own
) -> None:
    own()
    made = command(*ask(world))
    assert (made.code, made.only["state"]) == (0, "done"), made.said
    assert Path(made.only["files"][0]).is_file()
    assert made.only["cost"]["basis"] == "reported"
    assert world.created(made.only["external_task_id"]) == 1
    accepted = command(*ask(world, "--no-wait", "--external-task-id", "mine"))
    assert accepted.code == 0
    assert accepted.only["task_id"]
    resumed = command("resume", "--json")
    assert resumed.code == 0, resumed.said
    assert [line["state"] for line in resumed.lines] in ([], ["done"])
    assert {task.state for task in read_tasks(app_paths(command.home).ledger)} == {"done"}


def test_what_the_owner_refuses_ends_as_it_would_here(
    command: Command, world: World, own: Own
) -> None:
    own()
    refused = command(*ask(world, "--n", "10", provider="kling"))
    assert refused.code == 2, refused.said
    assert refused.only["id"] is None
    assert [problem["field"] for problem in refused.only["problems"]] == ["n"]
    wrong = command("decide", "0000", "--close", "--json")
    assert (wrong.code, wrong.only["problems"][0]["field"]) == (2, "id")


def test_a_decision_is_handed_over_too(command: Command, world: World, own: Own) -> None:
    world.faults.add(Fault(creates=False, code=5000))
    asked = command(*ask(world, provider="kling"), plan={"decide_after_s": 0.5})
    assert asked.only["state"] == "needs_decision", asked.said
    own()
    closed = command("decide", asked.only["id"], "--close", "--json")
    assert closed.code == 0, closed.said
    (task,) = read_tasks(app_paths(command.home).ledger)
    assert task.is_watched


def test_another_key_than_the_owners_buys_nothing(command: Command, world: World, own: Own) -> None:
    own()
    other = Command(command.home, {"KLING_API_KEY": "another-account"})
    refused = other(*ask(world, provider="kling"))
    assert refused.code == 2, refused.said
    assert "Nothing was sent" in refused.only["error"]["detail"]
    assert read_tasks(app_paths(command.home).ledger) == []


def test_what_an_owner_leaves_in_order_is_brought_home_here(
    command: Command, world: World, own: Own
) -> None:
    owner = own()
    begun = command.begin(*ask(world))
    assert begun.stderr is not None
    while not (rows := read_tasks(app_paths(command.home).ledger)) or rows[0].task_id is None:
        assert begun.poll() is None
    assert owner.stdin is not None
    owner.stdin.close()
    out, err = begun.communicate(timeout=60)
    (task,) = [json.loads(line) for line in out.splitlines()]
    assert (begun.returncode, task["state"]) == (0, "done"), err
    assert world.created(task["external_task_id"]) == 1
    owner.stdin = None


@pytest.mark.parametrize(
    ("at", "when", "bought"),
    [("SqliteLedger.begin_attempt", "after", 0), ("KlingClient.create", "after", 1)],
)
def test_d21_an_owner_that_dies_leaves_a_task_that_resumes(
    at: str, when: str, bought: int, command: Command, world: World, own: Own
) -> None:
    own({"at": at, "when": when})
    left = command(*ask(world))
    assert (left.code, left.only["state"]) == (4, "sending"), left.said
    assert "resume" in left.said
    id = left.only["external_task_id"]
    assert world.created(id) == bought
    resumed = command("resume", "--json")
    assert (resumed.code, resumed.only["state"]) == (0, "done"), resumed.said
    assert world.created(id) == 1


def test_d21_an_owner_that_dies_before_the_row_has_sent_nothing(
    command: Command, world: World, own: Own
) -> None:
    own({"at": "SqliteLedger.add", "when": "before"})
    before = len(created_external_ids(world.folder))
    lost = command(*ask(world))
    assert lost.code == 5, lost.said
    assert lost.only["id"] is None
    assert "Nothing was sent" in lost.only["error"]["detail"]
    assert len(created_external_ids(world.folder)) == before
    assert command(*ask(world)).code == 0


def test_d22_an_owner_that_does_not_answer_is_named_and_sent_nothing(
    command: Command, world: World, own: Own
) -> None:
    owner = own()
    owner.send_signal(signal.SIGSTOP)
    refused = command(*ask(world))
    assert refused.code == 5
    assert str(owner.pid) in refused.only["error"]["detail"]
    owner.send_signal(signal.SIGCONT)
    assert read_tasks(app_paths(command.home).ledger) == []


def test_d21_of_two_windows_started_together_one_stays_and_later_ones_raise_it(
    command: Command,
) -> None:
    shown = Command(command.home, {"QT_QPA_PLATFORM": "offscreen"})
    both = [shown.begin(), shown.begin()]
    try:
        while all(window.poll() is None for window in both):
            with suppress(subprocess.TimeoutExpired):
                both[0].wait(timeout=0.05)
        (stays,) = [window for window in both if window.poll() is None]
        assert [window.returncode for window in both if window is not stays] == [0]
        third = shown()
        assert third.code == 0, third.said
        assert stays.poll() is None
        with pytest.raises(HomeInUseError, match=str(stays.pid)):
            HomeLock(app_paths(command.home).lock).acquire("a test")
    finally:
        for window in both:
            window.terminate()
            window.communicate(timeout=30)
