"""With an older copy of the ledger, what it calls not sent is looked up before it goes out."""

from pathlib import Path

import pytest

from kling_desktop.domain.facts import StraysFound
from kling_desktop.domain.findings import RouteKey
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.tasks import TaskState
from tests.fakes import provider as act
from tests.fakes.fuse import FailingWrites
from tests.fakes.gateways import Silence
from tests.fakes.home import FakeHome

S = TaskState
pytestmark = pytest.mark.anyio
ROUTE = RouteKey("kling", None, TaskKind.IMAGE)


@pytest.fixture
def home(tmp_path: Path) -> FakeHome:
    return FakeHome(tmp_path)


async def not_sent(home: FakeHome) -> str:
    """A task whose one attempt never left this computer; the app is gone since."""
    home.kling.script = [act.never_sent]
    await home.open()
    id = await home.submit(n=1)
    await home.clock.run(lambda: home.rows[id].attempts == 1 and home.rows[id].state is S.FROZEN)
    await home.crash()
    return id


def restore(home: FakeHome, copy: bytes) -> None:
    """An older copy takes the ledger's place."""
    for end in ("", "-wal", "-shm"):
        home.folder.joinpath(f"ledger.sqlite{end}").unlink(missing_ok=True)
    home.folder.joinpath("ledger.sqlite").write_bytes(copy)


async def test_a19_no_answer_is_no_leave_to_send(home: FakeHome) -> None:
    home.kling.is_unique = False
    id = await not_sent(home)
    home.make_there(home.rows[id].external_task_id)
    silence = Silence()
    home.providers.make = silence.make
    engine = await home.open(holds_unsent=act.ERROR)
    await home.clock.spend(60)
    engine.look_again(id)
    await home.clock.spend(60)
    assert home.kling.creations(home.task(id)) == 1
    silence.lasts = False
    await home.clock.spend(600)
    assert home.task(id).state is S.DONE
    assert home.kling.creations(home.task(id)) == 1
    await home.close()


async def test_a19_a_command_alone_looks_first_too(home: FakeHome) -> None:
    home.kling.is_unique = False
    id = await not_sent(home)
    home.make_there(home.rows[id].external_task_id)
    engine = await home.open(resumes=False, holds_unsent=act.ERROR)
    engine.send_again(id)
    await home.clock.spend(600)
    assert home.task(id).state is S.DONE
    assert home.kling.creations(home.task(id)) == 1
    await home.close()


async def test_a19_what_the_copy_calls_refused_is_looked_up_first(home: FakeHome) -> None:
    home.kling.is_unique = False
    home.kling.script = [act.refuse]
    await home.open()
    id = await home.submit(n=1)
    await home.until(id, S.REFUSED)
    await home.crash()
    home.make_there(home.rows[id].external_task_id)
    engine = await home.open(holds_unsent=act.ERROR)
    await home.clock.spend(60)
    engine.send_again(id)
    await home.clock.spend(600)
    assert home.task(id).state is S.DONE
    assert home.kling.creations(home.task(id)) == 1
    await home.close()


async def test_what_was_refused_and_exists_is_in_no_moment_about_to_be_sent(
    home: FakeHome,
) -> None:
    """The disk fails between two writes, and the next start must not take it for unsent."""
    home.kling.has_list = True
    home.kling.is_unique = False
    home.kling.script = [act.refuse]
    await home.open()
    id = await home.submit(n=1)
    await home.until(id, S.REFUSED)
    await home.crash()
    home.make_there(home.rows[id].external_task_id)
    moves: list[str] = []

    def fails(name: str) -> bool:
        if name == "move":
            moves.append(name)
        return name == "move" and len(moves) > 1

    home.wrap_ledger = lambda ledger: FailingWrites(ledger, fails)
    await home.open()
    await home.clock.spend(60)
    assert home.task(id).state is S.UNKNOWN
    await home.crash()
    home.wrap_ledger = lambda ledger: ledger
    await home.open()
    await home.clock.spend(600)
    assert home.task(id).state is S.DONE
    assert home.kling.creations(home.task(id)) == 1
    await home.close()


@pytest.mark.parametrize("can_look_up", [True, False])
async def test_a_receipt_outlives_the_ledger_that_it_was_kept_beside(
    home: FakeHome, can_look_up: bool
) -> None:
    home.kling.can_look_up = can_look_up
    home.kling.is_unique = False
    id = await not_sent(home)
    copy = (home.folder / "ledger.sqlite").read_bytes()
    home.wrap_ledger = lambda ledger: FailingWrites(ledger, lambda name: name == "end_attempt")
    await home.open()
    await home.clock.spend(300)
    assert home.journal.receipts
    await home.crash()
    home.wrap_ledger = lambda ledger: ledger
    restore(home, copy)
    engine = await home.open(holds_unsent=act.ERROR)
    await home.clock.spend(60)
    engine.send_again(id)
    await home.clock.spend(600)
    assert home.task(id).state is S.DONE
    assert home.kling.creations(home.task(id)) == 1
    await home.close()


async def test_a19_the_look_after_a_restore_waits_for_the_network(home: FakeHome) -> None:
    home.kling.has_list = True
    await home.open()
    await home.until(await home.submit(n=1), S.DONE)
    await home.close()
    lost = home.make_there()
    home.kling.is_online = False
    await home.open(holds_unsent=act.ERROR)
    await home.clock.spend(60)
    home.kling.is_online = True
    await home.clock.spend(2 * 3600)
    strays = home.told(StraysFound)[-1].strays
    assert [stray.task_id for stray in strays if stray.route == ROUTE] == [lost.task_id]
    await home.close()
