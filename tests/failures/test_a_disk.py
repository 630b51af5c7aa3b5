"""The ledger cannot be written: before sending nothing leaves, after it no id is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from kling_desktop.domain.tasks import TaskState
from kling_desktop.engine.troubles import TroubleKind
from tests.failures.stand import Stand
from tests.fakes.wire import creates as act
from tests.fakes.wire.line import Call
from tests.fakes.wire.service import Behaviour, Service

S = TaskState
pytestmark = pytest.mark.anyio


@contextmanager
def locked(stand: Stand) -> Iterator[None]:
    """Another program holds the ledger; nobody waits for it here."""
    stand.ledger._connection.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(stand.paths.ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def full(stand: Stand) -> Iterator[None]:
    """The ledger may not grow any more, and has no page to spare."""
    connection = stand.ledger._connection
    connection.execute("PRAGMA max_page_count = 1")
    connection.execute(
        "CREATE TEMP TRIGGER no_room BEFORE UPDATE ON tasks "
        "BEGIN INSERT INTO meta SELECT hex(randomblob(9)), hex(zeroblob(300000)); "
        "END"
    )
    try:
        yield
    finally:
        with suppress(sqlite3.ProgrammingError):  # closed meanwhile, and with it the limit
            connection.execute("DROP TRIGGER no_room")
            connection.execute("PRAGMA max_page_count = 1000000")


TROUBLES = pytest.mark.parametrize("trouble", [locked, full])


@TROUBLES
async def test_a53_what_cannot_be_written_down_is_not_sent(stand: Stand, trouble) -> None:
    stand.engine.pause()
    id = await stand.submit()
    with trouble(stand):
        stand.engine.resume()
        await stand.spend(600)
        assert stand.kling.posts == []
        assert stand.rows[id].state is S.FROZEN
        waits = stand.engine.trouble(id)
        assert waits is not None
        assert waits.kind is TroubleKind.STORAGE
        assert stand.notices("storage")
    assert (await stand.until(id)).state is S.DONE
    assert stand.outcomes(id) == ["accepted"]
    await stand.ends(creations=1)


def begins(stand: Stand, trouble, held: list) -> Behaviour:
    """The trouble starts while the create is on the wire."""

    async def begin(service: Service, call: Call) -> None:
        await call.read()
        held.append(trouble(stand))
        held[-1].__enter__()

    return begin


@TROUBLES
@pytest.mark.parametrize("then", ["it passes", "killed", "closed"])
async def test_a54_an_id_that_cannot_be_written_down_is_kept_elsewhere(
    stand: Stand, trouble, then: str
) -> None:
    held = []
    stand.kling.script = [act.both(begins(stand, trouble, held), act.accept)]
    stand.kling.to_questions = act.hang
    id = await stand.submit()
    receipts = stand.paths.config / "receipts.jsonl"
    await stand.wait(receipts.exists)
    assert stand.kling.book.made[0].task_id in receipts.read_text()
    if then == "closed":
        await stand.close()
    elif then == "killed":
        await stand.crash()
    if then != "it passes":
        held[-1].__exit__(None, None, None)
        assert stand.task(id).state is S.SENDING
        await stand.open()
        assert stand.task(id).state is S.ACCEPTED, "linked without asking anybody"
    else:
        held[-1].__exit__(None, None, None)
    stand.kling.to_questions = act.tell
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


async def test_a54_without_a_journal_either_it_is_looked_up(stand: Stand) -> None:
    held = []
    stand.kling.script = [act.both(begins(stand, locked, held), act.accept)]
    receipts = stand.paths.config / "receipts.jsonl"
    receipts.mkdir(parents=True)  # in its way
    id = await stand.submit()
    await stand.wait(lambda: stand.notices("storage"))
    await stand.crash()
    held[-1].__exit__(None, None, None)
    receipts.rmdir()
    await stand.open()
    assert stand.task(id).state is S.UNKNOWN
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)
