"""One intent, one id, one account, one body: whatever others have, and whatever changes here."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.media import StoredImage
from kling_desktop.domain.tasks import TaskState
from tests.failures.stand import KEY, KEY_2, Stand
from tests.fakes.wire import creates as act
from tests.fakes.wire.book import Uniqueness
from tests.fakes.wire.gateway import asks_upstream, posts_upstream
from tests.fakes.wire.service import Listing, LookUp

S = TaskState
pytestmark = pytest.mark.anyio
ROUTE = "/v1/images/multi-image2image"
EXISTS = (
    "External_task_id kd-1 already exists",
    "external_task_id has already been used",
    "duplicate external task id",
    "任务ID已存在",
)


async def test_a17_two_that_hold_the_same_row_send_it_once(stand: Stand) -> None:
    stand.engine.pause()
    id = await stand.submit()
    second = Stand(stand.folder, stand.world)
    await second.open()
    second.engine.resume()
    stand.engine.resume()
    assert (await second.until(id)).state is S.DONE
    await stand.spend(600)
    await second.crash()
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


@pytest.mark.parametrize("is_accepted", [False, True])
async def test_a19_what_an_older_ledger_has_unsent_waits_for_a_word(
    stand: Stand, is_accepted: bool
) -> None:
    stand.engine.pause()
    id = await stand.submit()
    await stand.close()
    copy = stand.folder / "copy.sqlite"
    shutil.copy(stand.paths.ledger, copy)
    await stand.open()
    stand.engine.resume()
    assert (await stand.until(id)).state is S.DONE
    await stand.close()
    put_back(stand, copy)
    await stand.open()
    stand.engine.resume()
    await stand.spend(86_400)
    assert stand.task(id).state is S.FROZEN
    assert len(stand.kling.posts) == 1
    if not is_accepted:
        # Sold to somebody the ledger does not know of: only a person can tell.
        stand.kling.book.strangers.add(stand.kling.book.made[0].task_id)
        await stand.ends(creations=0)
        return
    stand.engine.send_again(id)  # its id makes it the same purchase
    assert (await stand.until(id)).state is S.DONE
    await stand.ends(creations=1)


def put_back(stand: Stand, copy: Path) -> None:
    """An older ledger in place of the newest, without a trace of copies."""
    for file in stand.paths.ledger.parent.glob("ledger.sqlite*"):
        file.unlink()
    shutil.copy(copy, stand.paths.ledger)
    stand.forget()


@pytest.mark.parametrize("is_made", [False, True])
async def test_a20_an_id_that_another_row_has_is_not_linked_twice(
    stand: Stand, is_made: bool
) -> None:
    first = await stand.submit()
    task_id = (await stand.until(first)).task_id
    again = act.names(task_id)
    stand.kling.script = [act.both(act.made, again) if is_made else again]
    second = await stand.submit()
    flagged = await stand.until(second, S.UNKNOWN)
    assert flagged.error is not None
    assert str(task_id) in flagged.error.detail
    task = await stand.until(second, S.DONE, S.NEEDS_DECISION)
    assert (task.state is S.DONE) == is_made
    assert len(stand.kling.posts) == 2
    await stand.ends(creations=1 + is_made)


@pytest.mark.parametrize("uniqueness", [Uniqueness.EVERYWHERE, Uniqueness.PER_ACCOUNT])
async def test_a21_exists_already_proves_that_it_exists(
    stand: Stand, uniqueness: Uniqueness
) -> None:
    stand.provider = "sandbox"
    stand.kling.book.uniqueness = uniqueness
    stand.kling.traits.read_lag_s = 10
    stand.kling.script = [act.both(act.made, act.reset)]
    id = await stand.submit()
    assert (await stand.until(id)).state is S.DONE
    assert stand.outcomes(id)[:2] == ["unclear", "exists"]
    await stand.ends(creations=1)


@pytest.mark.parametrize(
    ("words", "status"), [*((words, 400) for words in EXISTS), (EXISTS[0], 200)]
)
async def test_a22_exists_already_on_the_first_attempt_is_no_bad_parameter(
    stand: Stand, words: str, status: int
) -> None:
    stand.kling.script = [act.both(act.made, act.refused(1201, status, words))]
    id = await stand.submit()
    assert (await stand.until(id)).state is S.DONE
    assert stand.outcomes(id) == ["exists"]
    await stand.ends(creations=1)


@pytest.mark.parametrize("can_look_up", [True, False])
async def test_a22_a_gateway_that_posts_twice_by_itself(stand: Stand, can_look_up: bool) -> None:
    gateway = stand.world.gateway
    stand.provider, stand.address = "cometapi", gateway.url
    gateway.script = [posts_upstream(2, says_exists=True)]
    if not can_look_up:
        gateway.to_questions = asks_upstream
    id = await stand.submit()
    task = await stand.until(id, S.DONE, S.NEEDS_DECISION)
    assert (task.state is S.DONE) == can_look_up
    if not can_look_up:
        stand.engine.link(id, f"gw-{gateway.book.made[0].task_id}")
        assert (await stand.until(id)).state is S.DONE
    assert len(gateway.posts) == 1
    await stand.ends(creations=1)


async def test_a23_a_task_that_is_older_than_the_request_is_not_ours(stand: Stand) -> None:
    older = stand.kling.book.strange("account-1", ROUTE, external_task_id="mine", prompt="old")
    await stand.spend(3600)
    id = await stand.submit(external_task_id="mine")
    task = await stand.until(id, S.REFUSED)
    assert task.task_id is None
    assert task.error is not None
    assert "“mine”" in task.error.detail
    stand.engine.link(id, older.task_id)
    await stand.spend(600)
    assert stand.task(id).task_id is None
    await stand.ends(creations=0)


async def test_a23_what_a_gateway_shows_for_any_id_is_not_ours(stand: Stand) -> None:
    gateway = stand.world.gateway
    stand.provider, stand.address = "cometapi", gateway.url
    gateway.book.strange("account-4", gateway.routes[0], prompt="old")
    gateway.traits.look_up = LookUp.IGNORES_ID
    gateway.traits.echoes = False
    await stand.spend(3600)
    gateway.script = [act.hang_up]
    id = await stand.submit()
    task = await stand.until(id, S.NEEDS_DECISION)
    assert task.task_id is None
    await stand.ends(creations=0)


async def test_a48_changed_and_deleted_files_change_nothing_that_was_kept(stand: Stand) -> None:
    await stand.kling.host.down()
    mine = stand.picture("mine.png")
    id = await stand.submit(subjects=(mine,))
    await stand.until(id, S.FROZEN)
    mine.path.write_bytes(b"another picture by now")
    await stand.spend(300)
    mine.path.unlink()
    await stand.kling.host.up()
    assert (await stand.until(id)).state is S.DONE
    await stand.ends(creations=1)


@pytest.mark.parametrize("is_gone", [False, True])
async def test_a48_what_was_kept_and_is_another_now_is_not_sent(
    stand: Stand, is_gone: bool
) -> None:
    await stand.kling.host.down()
    id = await stand.submit()
    task = await stand.until(id, S.FROZEN)
    ((_, sent),) = task.request.images()
    assert isinstance(sent, StoredImage)
    (kept,) = (stand.paths.library / "inputs").rglob(f"{sent.sent_sha256}*")
    content = kept.read_bytes()
    kept.unlink() if is_gone else kept.write_bytes(content + b"more")
    await stand.kling.host.up()
    await stand.spend(3600)
    assert stand.kling.posts == []
    assert stand.task(id).state is S.FROZEN
    assert stand.engine.trouble(id) is not None
    kept.write_bytes(content)
    assert (await stand.until(id)).state is S.DONE
    await stand.ends(creations=1)


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a49_what_is_open_stays_where_it_was_sent(stand: Stand, is_restarted: bool) -> None:
    region, gateway = stand.world.region, stand.world.gateway
    stand.kling.traits.read_lag_s = 100
    stand.kling.script = [act.both(act.made, act.hang_up)]
    first = await stand.submit()
    await stand.until(first, S.UNKNOWN)
    stand.address = region.url
    second = await stand.submit()
    third = await stand.submit(provider="cometapi", base_url=gateway.url)
    if is_restarted:
        await stand.until(second, S.ACCEPTED, S.RUNNING)
        await stand.until(third, S.ACCEPTED, S.RUNNING)
        await stand.crash()
        await stand.open()
    for id in (first, second, third):
        assert (await stand.until(id)).state is S.DONE
    own = stand.task(first).external_task_id
    for service in (region, gateway):
        assert len(service.posts) == 1
        assert not [call for call in service.host.seen if own in call.target]
    await stand.ends(creations=3)


async def test_a50_another_account_is_never_asked_about_what_is_open(stand: Stand) -> None:
    stand.kling.traits.read_lag_s = 20
    stand.kling.script = [act.both(act.made, act.hang_up)]
    id = await stand.submit()
    await stand.until(id, S.UNKNOWN)
    await stand.use(KLING_API_KEY=KEY_2)
    asked = len(stand.kling.host.seen)
    await stand.spend(7200)
    task = stand.task(id)
    assert task.state in (S.UNKNOWN, S.NEEDS_DECISION)
    since = [call.target for call in stand.kling.host.seen[asked:]]
    assert not [target for target in since if task.external_task_id in target]
    stand.engine.send_again(id)
    await stand.spend(600)
    assert len(stand.kling.posts) == 1
    await stand.use(KLING_API_KEY=KEY)
    assert (await stand.until(id)).state is S.DONE
    await stand.ends(creations=1)


async def test_a59_another_body_than_was_frozen_is_never_sent(stand: Stand) -> None:
    stand.engine.pause()
    id = await stand.submit()
    await stand.close()
    change = f"UPDATE tasks SET body_sha256 = '{'0' * 64}'"
    with closing(sqlite3.connect(stand.paths.ledger, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="never sends another body"):
            connection.execute(change)
        connection.execute("DROP TRIGGER bodies_stay")  # as only a damaged ledger would
        connection.execute(change)
    await stand.open()
    stand.engine.resume()
    await stand.spend(3600)
    assert stand.task(id).state is S.FROZEN
    trouble = stand.engine.trouble(id)
    assert trouble is not None
    assert trouble.error.remedy is Remedy.EDIT_REQUEST
    assert stand.kling.posts == []
    await stand.ends(creations=0)


@pytest.mark.parametrize(("hours", "is_resent"), [(2, True), (25, False)])
async def test_a60_after_a_day_nothing_is_sent_again_without_asking(
    stand: Stand, hours: float, is_resent: bool
) -> None:
    stand.provider = "sandbox"
    stand.kling.script = [act.hang_up]
    stand.kling.to_questions = act.broken_down(503)
    id = await stand.submit()
    await stand.spend(hours * 3600)
    assert len(stand.kling.posts) == 1
    stand.kling.to_questions = act.tell
    stand.kling.book.uniqueness = Uniqueness.NOWHERE
    if is_resent:
        assert (await stand.until(id)).state is S.DONE
    else:
        await stand.spend(7200)
        assert stand.task(id).state is S.NEEDS_DECISION
        assert len(stand.kling.posts) == 1
    await stand.ends(creations=int(is_resent))


@pytest.mark.parametrize("listing", [Listing.NEWEST_FIRST, Listing.OLDEST_FIRST, Listing.SHIFTING])
async def test_a08_b20_b21_a_list_finds_what_a_lookup_does_not(
    stand: Stand, listing: Listing
) -> None:
    stand.kling.traits.look_up = LookUp.NONE
    stand.kling.traits.listing = listing
    for number in range(3):
        stand.kling.book.strange("account-1", ROUTE, prompt=f"another {number}")
    stand.kling.script = [act.both(act.made, act.hang_up)]
    id = await stand.submit()
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)
