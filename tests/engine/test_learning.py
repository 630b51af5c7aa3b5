"""What a task that surely exists teaches about its provider, and what that is good for."""

from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop.domain.answers import Accepted, CreateAnswer, Deferred, Outgoing, SendPhase
from kling_desktop.domain.facts import Notice, StraysFound
from kling_desktop.domain.findings import Finding, RouteKey, StrayAnswer, Trait
from kling_desktop.domain.money import Charge
from kling_desktop.domain.providers import Evidence, TaskKind
from kling_desktop.domain.tasks import TaskState, new_external_task_id
from kling_desktop.library.notebook import LedgerNotebook
from tests.fakes import provider as act
from tests.fakes.home import FakeHome

S = TaskState
pytestmark = pytest.mark.anyio
KLING = RouteKey("kling", None, TaskKind.IMAGE)
COMETAPI = RouteKey("cometapi", None, TaskKind.IMAGE)


@pytest.fixture
def home(tmp_path: Path) -> FakeHome:
    return FakeHome(tmp_path)


def findings(home: FakeHome) -> dict[tuple[str, Trait], Finding]:
    """What stands in the ledger's file."""
    assert home.ledger is not None
    found = LedgerNotebook(home.ledger).findings()
    return {(each.route.provider, each.trait): each for each in found}


def evidence(home: FakeHome, provider: str, trait: Trait) -> Evidence | None:
    found = findings(home).get((provider, trait))
    return found.evidence if found else None


async def live(home: FakeHome, provider: str = "kling", **wishes: object) -> str:
    """One task, and the time that learning takes."""
    id = await home.submit(provider, **wishes)
    await home.until(id, S.DONE)
    await home.clock.spend(300)
    return id


async def test_an_accepted_task_proves_what_works_with_evidence_and_date(home: FakeHome) -> None:
    home.kling.has_list = True
    await home.open()
    id = await live(home)
    lookup = findings(home)["kling", Trait.LOOKUP]
    assert lookup.evidence is Evidence.PROVEN
    assert id[:8] in lookup.words
    assert lookup.at_ms >= home.task(id).created_at_ms
    assert evidence(home, "kling", Trait.ECHO) is Evidence.PROVEN
    assert evidence(home, "kling", Trait.LIST) is Evidence.PROVEN
    await home.close()


async def test_what_is_proven_is_not_asked_again_after_a_restart(home: FakeHome) -> None:
    home.kling.has_list = True
    await home.open()
    await live(home)
    await home.close()
    await home.open()
    home.kling.looks.clear()
    await live(home, prompt="another")
    assert home.kling.looks == []
    await home.close()


async def test_a_gateway_that_knows_no_ids_of_ours_is_found_out_for_nothing(
    home: FakeHome,
) -> None:
    home.kling.can_look_up = False
    await home.open()
    await live(home, "cometapi")
    assert evidence(home, "cometapi", Trait.LOOKUP) is Evidence.DISPROVEN
    assert evidence(home, "kling", Trait.LOOKUP) is None
    assert len(home.kling.posts) == 1
    await home.close()


async def test_a_provider_that_is_slow_to_show_a_new_task_is_not_called_blind(
    home: FakeHome,
) -> None:
    home.kling.read_lag_s = 50.0
    home.kling.takes_s = 70.0
    await home.open()
    await live(home)
    assert evidence(home, "kling", Trait.LOOKUP) is Evidence.PROVEN
    await home.close()


async def test_no_answer_teaches_nothing(home: FakeHome) -> None:
    await home.open()
    id = await home.submit()
    await home.until(id, S.ACCEPTED)
    home.kling.is_online = False
    await home.clock.spend(600)
    assert evidence(home, "kling", Trait.LOOKUP) is None
    await home.close()


async def test_b16_a_lookup_that_ignores_ids_counts_for_nothing_from_then_on(
    home: FakeHome,
) -> None:
    await home.open()
    await live(home)
    assert evidence(home, "kling", Trait.LOOKUP) is Evidence.PROVEN
    home.kling.ignores_ids = True
    home.kling.script = [act.lose_answer]
    id = await home.submit(prompt="another")
    task = await home.until(id, S.NEEDS_DECISION)
    assert task.task_id is None
    assert task.charge is Charge.POSSIBLE
    assert evidence(home, "kling", Trait.LOOKUP) is Evidence.DISPROVEN
    assert len(home.kling.posts) == 2
    await home.close()


@pytest.mark.parametrize(
    ("can_look_up", "words"), [(True, "probably not made"), (False, "this says nothing")]
)
async def test_a_decision_says_what_not_finding_it_is_worth(
    home: FakeHome, can_look_up: bool, words: str
) -> None:
    home.kling.can_look_up = can_look_up
    await home.open()
    await live(home)
    home.kling.script = [act.lose_request]
    task = await home.until(await home.submit(prompt="another"), S.NEEDS_DECISION)
    assert task.error is not None
    assert words in task.error.detail
    await home.close()


async def test_tasks_made_at_the_right_time_are_shown_and_never_linked_by_themselves(
    home: FakeHome,
) -> None:
    home.kling.can_look_up = False
    home.kling.echoes = False
    home.kling.has_list = True
    home.kling.script = [act.lose_answer]
    engine = await home.open()
    id = await home.submit()
    task = await home.until(id, S.NEEDS_DECISION)
    (made,) = home.kling.created
    assert [candidate.task_id for candidate in task.candidates] == [made.task_id]
    assert task.task_id is None
    engine.link(id, made.task_id)
    done = await home.until(id, S.DONE)
    assert done.candidates == ()
    await home.close()


async def test_durations_are_learnt_per_model_and_asked_by(home: FakeHome) -> None:
    home.kling.takes_s = 90.0
    await home.open()
    for number in range(4):
        await live(home, n=1, prompt=f"lamp {number}")
    await home.close()
    await home.open()  # what was learnt is in the ledger
    home.kling.gets.clear()
    id = await home.submit(n=1, prompt="the next")
    await home.until(id, S.DONE)
    assert home.task(id).took_ms == 90_000
    assert len(home.kling.gets) < 10
    await home.close()


async def test_a61_two_tasks_for_one_id_come_both_home_and_nothing_is_resent_there_again(
    home: FakeHome,
) -> None:
    """The provider's own check was no check: the first copy arrived while the second was made."""

    async def both(kling: act.FakeKling, outgoing: Outgoing) -> CreateAnswer:
        kling.is_unique = False
        kling.create(outgoing)
        task = kling.create(outgoing)
        assert task is not None
        return Accepted(task)

    home.kling.has_list = True
    home.kling.script = [act.lose_request, both]
    await home.open()
    id = await home.submit("sandbox", n=1)
    await home.until(id, S.DONE)
    await home.clock.run(lambda: len(home.rows) == 2)
    twin = next(task for task in home.rows.values() if task.id != id)
    assert twin.twin_of == id
    assert (await home.until(twin.id)).state is S.DONE
    assert len(home.media.results()) == 2
    assert {home.task(id).task_id, twin.task_id} == {each.task_id for each in home.kling.created}
    assert evidence(home, "sandbox", Trait.UNIQUENESS) is Evidence.DISPROVEN
    assert any(notice.subject == f"twin {id}" for notice in home.told(Notice))
    home.kling.script = [act.lose_request]
    asked = await home.until(await home.submit("sandbox", prompt="next"), S.NEEDS_DECISION)
    assert asked.attempts == 1
    await home.close()


async def stray_at(home: FakeHome) -> str:
    """A task with an id of ours that this ledger has never heard of."""
    submission = home.submission(n=1, prompt="lost")
    request = replace(submission.request, subjects=())
    made = home.kling.create(Outgoing(request, new_external_task_id(), {}))
    assert made is not None
    return made.task_id


async def test_a55_a56_a_task_whose_row_was_lost_is_offered_and_brought_home(
    home: FakeHome,
) -> None:
    home.kling.has_list = True
    await home.open()
    await live(home)
    task_id = await stray_at(home)
    await home.clock.spend(25 * 3600)
    (stray,) = home.told(StraysFound)[-1].strays
    assert stray.task_id == task_id
    assert len(home.rows) == 1  # offered, not taken
    assert home.engine is not None
    home.engine.answer_stray(stray, StrayAnswer.TAKEN)
    await home.clock.run(lambda: len(home.rows) == 2)
    row = next(task for task in home.rows.values() if task.task_id == task_id)
    done = await home.until(row.id, S.DONE)
    assert done.charge is Charge.CHARGED
    assert home.told(StraysFound)[-1].strays == ()
    assert len(home.kling.posts) == 1  # nothing was sent for it
    await home.close()


async def test_a56_what_a_person_left_is_not_offered_again(home: FakeHome) -> None:
    home.kling.has_list = True
    await home.open()
    await live(home)
    await stray_at(home)
    await home.clock.spend(25 * 3600)
    (stray,) = home.told(StraysFound)[-1].strays
    assert home.engine is not None
    home.engine.answer_stray(stray, StrayAnswer.LEFT)
    await home.clock.spend(50 * 3600)
    assert home.told(StraysFound)[-1].strays == ()
    assert len(home.rows) == 1
    await home.close()


async def test_a56_tasks_of_others_on_the_account_are_nobodys_business(home: FakeHome) -> None:
    home.kling.has_list = True
    await home.open()
    await live(home)
    foreign = home.submission(n=1).request
    for external_task_id in ("lamp-7", "kd-short", ""):
        home.kling.create(Outgoing(foreign, external_task_id, {}))
    await home.clock.spend(25 * 3600)
    assert all(fact.strays == () for fact in home.told(StraysFound))
    await home.close()


HELD = act.ERROR


async def test_a19_after_a_restore_the_account_is_looked_through_at_once(home: FakeHome) -> None:
    """What stands in the old copy as not sent, and exists, is linked instead of sent."""
    home.kling.has_list = True
    home.kling.script = [act.never_sent]
    await home.open()
    id = await home.submit(n=1)
    await home.until(id, S.FROZEN)
    await home.crash()
    copy = (home.folder / "ledger.sqlite").read_bytes()
    await home.open()
    await home.until(id, S.DONE)
    lost = await home.submit(n=1, prompt="after the copy")
    await home.until(lost, S.DONE)
    await home.close()
    for end in ("", "-wal", "-shm"):
        home.folder.joinpath(f"ledger.sqlite{end}").unlink(missing_ok=True)
    home.folder.joinpath("ledger.sqlite").write_bytes(copy)
    posts = len(home.kling.posts)
    await home.open(holds_unsent=HELD)
    assert (await home.until(id, S.DONE, for_s=600)).attempts == 0
    # The simulated world shows the same list to whoever asks, as images and as videos.
    strays = [each for each in home.told(StraysFound)[-1].strays if each.route == KLING]
    assert [stray.task_id for stray in strays] == [home.kling.created[-1].task_id]
    assert len(home.kling.posts) == posts
    await home.close()


async def test_a19_what_a_person_sends_from_an_old_copy_is_looked_up_first(
    home: FakeHome,
) -> None:
    home.kling.script = [act.never_sent]
    await home.open()
    id = await home.submit(n=1)
    await home.until(id, S.FROZEN)
    await home.crash()
    # It was sent by what came after the copy.
    home.kling.create(Outgoing(home.task_on_disk(id).request, home.rows[id].external_task_id, {}))
    home.kling.is_unique = False
    engine = await home.open(holds_unsent=HELD)
    await home.clock.spend(3600)
    assert home.task(id).state is S.FROZEN
    posts = len(home.kling.posts)
    engine.send_again(id)
    assert (await home.until(id, S.DONE, for_s=600)).attempts == 0
    assert len(home.kling.posts) == posts
    assert home.kling.creations(home.task(id)) == 1
    await home.close()


async def pass_days(home: FakeHome, days: float) -> None:
    """A computer that sleeps, and wakes for two hours."""
    home.clock.jump(days * 86400 - 7200)
    await home.clock.spend(7200)


async def test_c30_results_that_end_soon_are_told_at_seven_and_at_two_days(
    home: FakeHome,
) -> None:
    home.kling.keeps_s = 30 * 86400.0
    await home.open()
    id = await home.submit(n=1)
    await home.until(id, S.ACCEPTED)
    home.media.is_full = True
    await pass_days(home, 20)
    assert not [each for each in home.told(Notice) if each.subject == "deadline"]
    await pass_days(home, 4)
    week = [each for each in home.told(Notice) if each.subject == "deadline"]
    assert [each.error is not None and "7 days" in each.error.detail for each in week] == [True]
    await pass_days(home, 4.5)
    last = [each for each in home.told(Notice) if each.subject == "deadline"]
    assert last[-1].error is not None
    assert "2 days" in last[-1].error.detail
    home.media.is_full = False
    await home.until(id, S.DONE)
    await home.clock.spend(3700)
    assert [each for each in home.told(Notice) if each.subject == "deadline"][-1].error is None
    await home.close()


async def test_a36_a_full_account_teaches_its_limit_and_a_heavy_task_starts_alone(
    home: FakeHome,
) -> None:
    """The account takes four at a time: a task of six goes when nothing else runs."""
    running: list[str] = []

    async def four_at_most(kling: act.FakeKling, outgoing: Outgoing) -> CreateAnswer:
        ages = [(kling.age_s(task), kling.results[task.task_id]) for task in kling.created]
        used = sum(n for age_s, n in ages if age_s < kling.takes_s)
        if used and used + outgoing.request.results > 4:
            running.append(outgoing.request.prompt)
            return Deferred(replace(act.ERROR, code="1303"), SendPhase.ANSWER_STARTED)
        return await act.accept(kling, outgoing)

    home.kling.script = [four_at_most] * 60
    await home.open()
    ids = [await home.submit(n=n, prompt=f"{n}") for n in (2, 3, 6, 1, 4)]
    for id in ids:
        task = await home.until(id, S.DONE, for_s=3600)
        assert task.consents == 0
    assert len(running) < 12  # learnt, not hammered
    assert all(home.kling.creations(home.task(id)) == 1 for id in ids)
    await home.close()
