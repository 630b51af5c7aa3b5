"""What an account has and no list here: listed, brought in, left; and many decisions at once."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

import pytest

from kling_desktop.cli.arguments import UsageError, parse
from kling_desktop.domain.findings import RouteKey, Stray
from kling_desktop.domain.tasks import new_id
from kling_desktop.library.ledger import open_ledger, read_tasks
from kling_desktop.library.notebook import LedgerNotebook, read_strays
from kling_desktop.paths import app_paths
from kling_desktop.sandbox import Fault
from tests.cli.conftest import Own, World
from tests.cli.process import PICTURES, Command, Ended

VASE, _ = PICTURES
FOUND_KEYS = {
    "task_id",
    "external_task_id",
    "kind",
    "provider",
    "base_url",
    "status",
    "created_at_ms",
}


def bought_elsewhere(world: World, command: Command, count: int) -> list[Ended]:
    """Tasks that another home of the same account has sent."""
    other = Command(command.home.parent / "other", command.environment)
    where = ["--provider", "kling", "--base-url", world.sandbox.base_url, "--no-wait", "--json"]
    return [other("image", *where, "--subject", VASE) for _ in range(count)]


def note_strays(command: Command, world: World, bought: Sequence[Ended]) -> None:
    """As the daily look through the account does."""
    other = read_tasks(app_paths(command.home.parent / "other").ledger)
    by_id = {task.task_id: task for task in other}
    rows = [by_id[ended.only["task_id"]] for ended in bought]
    with closing(open_ledger(app_paths(command.home).ledger)) as ledger:
        LedgerNotebook(ledger).keep_strays([_stray(row) for row in rows])


def _stray(row) -> Stray:
    return Stray(
        route=RouteKey(row.provider, row.base_url, row.kind),
        account=row.account,
        task_id=row.task_id,
        external_task_id=row.external_task_id,
        created_at_ms=row.created_at_ms,
        status="succeed",
    )


def test_a56_what_was_found_is_listed_brought_in_and_followed_or_left(
    command: Command,
    world: World,
) -> None:
    assert command("found", "--json").lines == []
    bought = bought_elsewhere(world, command, 3)
    first, second, third = (ended.only["task_id"] for ended in bought)
    note_strays(command, world, bought)
    listed = command("found", "--json")
    assert (listed.code, {frozenset(line) for line in listed.lines}) == (0, {frozenset(FOUND_KEYS)})
    assert {line["task_id"] for line in listed.lines} == {first, second, third}

    wrong = command("found", "--take", first, "nothing", "--json")
    assert (wrong.code, wrong.only["problems"][0]["field"]) == (2, "task_id")
    left = command("found", "--leave", second, "--json")
    assert (left.code, left.only["task_id"]) == (0, second)
    taken = command("found", "--take", "--all", "--json")
    assert taken.code == 0, taken.said
    assert {(line["task_id"], line["state"]) for line in taken.lines} == {
        (first, "done"),
        (third, "done"),
    }
    assert [len(line["files"]) for line in taken.lines] == [1, 1]
    assert command("found", "--json").lines == []
    assert sum(world.created(ended.only["external_task_id"]) for ended in bought) == 3


def test_a56_the_owner_of_the_home_brings_in_what_a_command_names(
    command: Command,
    world: World,
    own: Own,
) -> None:
    bought = bought_elsewhere(world, command, 2)
    note_strays(command, world, bought)
    own()
    first, second = (ended.only["task_id"] for ended in bought)
    taken = command("found", "--take", first, "--json")
    assert (taken.code, taken.only["state"], taken.only["task_id"]) == (0, "done", first), (
        taken.said
    )
    left = command("found", "--leave", "--all", "--json")
    assert (left.code, left.only["task_id"]) == (0, second)
    assert read_strays(app_paths(command.home).ledger) == []


def test_a45_one_word_decides_about_every_unclear_task(
    command: Command,
    world: World,
) -> None:
    ask = ["image", "--provider", "kling", "--base-url", world.sandbox.base_url, "--subject", VASE]
    world.faults.add(Fault(creates=False, code=5000))
    asked = command(*ask, "--json", plan={"decide_after_s": 0.5})
    assert asked.only["state"] == "needs_decision", asked.said
    (unclear,) = read_tasks(app_paths(command.home).ledger)
    others = [replace(unclear, id=new_id(), external_task_id=new_id()) for _ in range(2)]
    with closing(open_ledger(app_paths(command.home).ledger)) as ledger:
        for other in others:
            ledger.add(other)
    nobody = command("decide", "--all", "--provider", "cometapi", "--close", "--json")
    assert (nobody.code, nobody.lines) == (0, [])
    wrong = command("decide", unclear.id, "0000", "--send-again", "--json")
    assert (wrong.code, wrong.only["problems"][0]["field"]) == (2, "id")
    closed = command("decide", others[0].id[:10], others[1].id, "--close", "--json")
    assert (closed.code, len(closed.lines)) == (0, 2), closed.said
    again = command("decide", "--all", "--send-again", "--json")
    assert (again.code, again.only["id"], again.only["state"]) == (0, unclear.id, "done")
    assert "at most $0.06 more" in again.said
    assert world.created(unclear.external_task_id) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["decide", "--close"],
        ["decide", "1234", "--all", "--close"],
        ["decide", "1234", "5678", "--link", "9"],
        ["decide", "--all", "--link", "9"],
        ["decide", "1234", "--provider", "kling", "--close"],
        ["found", "--take"],
        ["found", "--leave", "1234", "--all"],
        ["found", "--all"],
        ["found", "--take", "1", "--leave", "2"],
    ],
)
def test_what_contradicts_itself_does_nothing(words: list[str]) -> None:
    with pytest.raises(UsageError):
        parse(words)
