"""Clear answers: what is refused, what waits for its turn, and what holds a whole account."""

from email.utils import formatdate

import pytest

from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.tasks import TaskState
from tests.failures.stand import ACCESS_KEY, KEY_2, SECRET_KEY, Stand
from tests.fakes.wire import creates as act
from tests.fakes.wire.gateway import renamed
from tests.fakes.wire.line import Call, Host
from tests.fakes.wire.loop import START_MS
from tests.fakes.wire.records import Fields, envelope, failed, foreign_error, submitted
from tests.fakes.wire.service import Behaviour

S = TaskState
pytestmark = pytest.mark.anyio


async def refused(stand: Stand, remedy: Remedy, ending: Behaviour) -> None:
    """Nothing exists and nothing is charged; nothing more is sent."""
    stand.kling.script = [ending]
    id = await stand.submit()
    task = await stand.until(id, S.REFUSED)
    assert task.error is not None
    assert task.error.remedy is remedy
    await stand.spend(3600)
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=0)


async def deferred(stand: Stand, ending: Behaviour, within_s: float) -> None:
    """Nothing exists; the same goes again by itself, as if it were the first time."""
    stand.kling.script = [ending]
    id = await stand.submit()
    waiting = await stand.until(id, S.FROZEN)
    assert waiting.first_sent_at_ms is None
    assert waiting.not_before_ms is not None
    assert waiting.not_before_ms - waiting.updated_at_ms <= within_s * 1000
    assert (await stand.until(id)).state is S.DONE
    assert stand.outcomes(id) == ["deferred", "accepted"]
    await stand.ends(creations=1)


async def holds(stand: Stand, remedy: Remedy, ending: Behaviour) -> None:
    """Refused, and so is everything else of this account until a person does something."""
    stand.kling.script = [ending]
    first = await stand.submit(n=9)  # alone, so many places does it take
    second = await stand.submit(n=9)
    task = await stand.until(first, S.REFUSED)
    assert task.error is not None
    assert task.error.remedy is remedy
    assert [notice.error for notice in stand.notices("account")] == [task.error]
    other = await stand.submit(provider="cometapi", base_url=stand.world.gateway.url)
    assert (await stand.until(other)).state is S.DONE
    await stand.spend(3600)
    assert len(stand.kling.posts) == 1
    stand.engine.resume()
    assert (await stand.until(second)).state is S.DONE
    await stand.ends(creations=2)


ODD_SUCCESS = ("0", 0.0, "success", "SUCCESS", None, "0 ")


@pytest.mark.parametrize("code", [1200, "1303", 5000, "anything"])
async def test_a28_an_id_counts_more_than_any_code(stand: Stand, code: object) -> None:
    stand.kling.script = [
        act.both(act.made, act.record_in(lambda record: envelope(record, code, "no")))
    ]
    id = await stand.submit()
    assert (await stand.until(id)).state is S.DONE
    assert stand.outcomes(id) == ["accepted"]
    await stand.ends(creations=1)


@pytest.mark.parametrize("code", [*ODD_SUCCESS, 200])
async def test_a29_a_success_is_known_by_its_id_in_any_spelling(stand: Stand, code: object) -> None:
    stand.kling.script = [act.both(act.made, act.record_in(lambda record: envelope(record, code)))]
    id = await stand.submit()
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


@pytest.mark.parametrize("code", ODD_SUCCESS)
async def test_a29_a_success_without_an_id_is_none_in_any_spelling(
    stand: Stand, code: object
) -> None:
    stand.kling.script = [act.said(200, envelope({"task_status": "submitted"}, code))]
    id = await stand.submit()
    await stand.until(id, S.UNKNOWN)
    await stand.ends(creations=0)


@pytest.mark.parametrize("wrap", [renamed, lambda answer: answer["data"]])
async def test_a29_a_record_nested_or_bare_is_read(stand: Stand, wrap) -> None:
    def own(document: Fields) -> Fields:
        return renamed(document, own=str) if wrap is renamed else wrap(document)

    stand.kling.script = [act.both(act.made, act.record_in(lambda record: own(envelope(record))))]
    id = await stand.submit()
    assert (await stand.until(id)).state is S.DONE
    await stand.ends(creations=1)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (1200, Remedy.EDIT_REQUEST),
        ("1201", Remedy.EDIT_REQUEST),
        (1203, Remedy.FIX_SETTINGS),
        ("1301", Remedy.EDIT_REQUEST),
    ],
)
async def test_a30_a_refusal_under_status_200_is_one(
    stand: Stand, code: object, remedy: Remedy
) -> None:
    await refused(stand, remedy, act.refused(code, 200))


@pytest.mark.parametrize("status", act.MOVED)
async def test_a31_a_create_is_not_led_elsewhere(stand: Stand, status: int) -> None:
    path = "/v1/images/multi-image2image"
    stand.kling.script = [act.said(status, envelope([]), Location=f"{stand.kling.url}{path}")]
    id = await stand.submit()
    task = await stand.until(id, S.REFUSED)
    assert task.error is not None
    assert task.error.remedy is Remedy.FIX_SETTINGS
    await stand.spend(600)
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=0)


@pytest.mark.parametrize("status", [302, 307, 308])
async def test_a32_neither_key_nor_pictures_reach_another_host(stand: Stand, status: int) -> None:
    async def welcome(call: Call) -> None:
        await call.answer(200, envelope({"task_id": "1", "task_status": "submitted"}))

    stranger = Host(welcome)
    await stand.world.up(stranger)
    moved = act.said(status, b"", Location=f"{stranger.url}/v1/images/multi-image2image")
    stand.kling.script = [moved]
    stand.kling.asked = [moved]
    id = await stand.submit()
    await stand.until(id, S.REFUSED)
    assert stranger.connections == 0
    await stand.ends(creations=0)


async def test_a33_too_large_is_said_or_left_open(stand: Stand) -> None:
    stand.kling.script = [act.too_large]
    id = await stand.submit(subjects=(stand.picture("large.png", side=1700, level=0),))
    task = await stand.until(id, S.REFUSED, S.NEEDS_DECISION)
    assert task.error is not None
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=0)


async def test_a33_too_large_in_the_providers_own_words_is_a_refusal(stand: Stand) -> None:
    await refused(stand, Remedy.EDIT_REQUEST, act.refused(1200, 413, "body too large"))


WISHES = {
    "seconds": ("30", 31),
    "zero": ("0", 120),
    "negative": ("-5", 120),
    "text": ("soon", 120),
    "a year": ("31536000", 301),
    "a date": (formatdate(START_MS / 1000 + 60, usegmt=True), 61),
    "a date gone by": (formatdate(START_MS / 1000 - 60, usegmt=True), 120),
}


@pytest.mark.parametrize(("wish", "within_s"), WISHES.values(), ids=WISHES.keys())
async def test_a34_a_wish_when_to_come_again_is_followed_within_bounds(
    stand: Stand, wish: str, within_s: float
) -> None:
    await deferred(stand, act.refused(1302, 429, Retry_After=wish), within_s)


BUSY: dict[str, Behaviour] = {
    "nothing": act.broken_down(429),
    "a page": act.page(429),
    "words": act.said(429, {"message": "当前分组上游负载已饱和"}),
    "a gateway's": act.said(429, foreign_error("slow down", "rate_limit")),
}


@pytest.mark.parametrize("ending", BUSY.values(), ids=BUSY.keys())
@pytest.mark.parametrize("is_posted", [False, True])
async def test_a35_a_busy_gateway_may_have_posted_and_is_looked_at_first(
    stand: Stand, ending: Behaviour, is_posted: bool
) -> None:
    stand.kling.script = [act.both(act.made, ending) if is_posted else ending]
    id = await stand.submit()
    assert (await stand.until(id)).state is S.DONE
    methods = [call.method for call in stand.kling.host.seen]
    assert methods[:2] == ["POST", "GET"]
    assert len(stand.kling.posts) == (1 if is_posted else 2)
    await stand.ends(creations=1)


@pytest.mark.parametrize(("code", "status"), [(1302, 429), ("1303", 429), (1303, 200)])
async def test_a36_a_full_account_is_waited_for(stand: Stand, code: object, status: int) -> None:
    await deferred(stand, act.refused(code, status, "parallel task over resource pack limit"), 120)


async def test_a36_waiting_for_a_free_place_uses_up_no_attempt(stand: Stand) -> None:
    full = act.refused(1303, 429)
    stand.kling.script = [full] * 6 + [act.both(act.made, act.reset)]
    id = await stand.submit()
    assert (await stand.until(id)).state is S.DONE
    assert stand.outcomes(id)[:6] == ["deferred"] * 6
    await stand.ends(creations=1)


async def test_a37_a_full_account_inside_a_failed_task_is_a_failed_task(stand: Stand) -> None:
    stand.kling.story = ((0, submitted), (3, failed("1303 parallel task over resource pack limit")))
    id = await stand.submit()
    task = await stand.until(id)
    assert task.state is S.REMOTE_FAILED
    await stand.spend(86_400)
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


@pytest.mark.parametrize(
    ("remedy", "ending"),
    [
        (Remedy.FIX_SETTINGS, act.refused(1100, 429)),
        (Remedy.TOP_UP, act.refused(1101, 429)),
        (Remedy.TOP_UP, act.refused("1102", 429, "Account balance not enough")),
        (Remedy.TOP_UP, act.refused(1102, 200)),
        (Remedy.TOP_UP, act.said(402, b"")),
        (Remedy.TOP_UP, act.said(403, foreign_error("no quota", "insufficient_user_quota"))),
    ],
)
async def test_a38_an_account_without_credit_holds_its_queue(
    stand: Stand, remedy: Remedy, ending: Behaviour
) -> None:
    await holds(stand, remedy, ending)


@pytest.mark.parametrize("ending", [act.refused(1304, 429), act.refused(1103, 403)])
async def test_a39_an_account_that_may_not_holds_its_queue(stand: Stand, ending: Behaviour) -> None:
    await holds(stand, Remedy.FIX_SETTINGS, ending)


@pytest.mark.parametrize(
    "ending", [*(act.refused(code, 401) for code in (1000, 1001, 1002)), act.broken_down(401)]
)
async def test_a40_a_key_that_is_not_accepted_holds_its_queue(
    stand: Stand, ending: Behaviour
) -> None:
    await holds(stand, Remedy.FIX_KEY, ending)


async def test_a40_with_another_key_it_goes_on(stand: Stand) -> None:
    stand.kling.script = [act.refused(1002, 401)]
    id = await stand.submit()
    await stand.until(id, S.REFUSED)
    await stand.use(KLING_API_KEY=KEY_2)
    stand.engine.send_again(id)
    await stand.until(id, S.ACCEPTED)
    assert (await stand.until(id)).state is S.DONE
    await stand.ends(creations=1)


@pytest.mark.parametrize("ahead_s", [7200, -7200])
async def test_a41_a_wrong_clock_signs_by_the_providers_own(stand: Stand, ahead_s: float) -> None:
    await stand.use(KLING_ACCESS_KEY=ACCESS_KEY, KLING_SECRET_KEY=SECRET_KEY)
    stand.kling.ahead_s = ahead_s
    id = await stand.submit()
    task = await stand.until(id)
    assert task.state is S.DONE
    assert stand.outcomes(id) == ["accepted"]
    assert len({post.sha256 for post in stand.kling.posts}) == 1
    await stand.ends(creations=1)


@pytest.mark.parametrize("code", [1003, 1004])
async def test_a41_a_clock_that_stays_wrong_is_said(stand: Stand, code: int) -> None:
    await stand.use(KLING_ACCESS_KEY=ACCESS_KEY, KLING_SECRET_KEY=SECRET_KEY)
    stand.kling.ahead_s = -7200
    stand.kling.to_creates = act.refused(code, 401)
    id = await stand.submit()
    task = await stand.until(id, S.REFUSED)
    assert task.error is not None
    assert task.error.remedy is Remedy.FIX_CLOCK
    assert "120 minutes" in task.error.detail
    assert len(stand.kling.posts) == 2
    await stand.ends(creations=0)


@pytest.mark.parametrize("code", [1300, 1301])
async def test_a42_the_content_rules_refuse_for_good_and_the_prompt_stays(
    stand: Stand, code: int
) -> None:
    stand.kling.script = [act.refused(code, 400, "risk control")]
    id = await stand.submit(prompt="a lamp of doubtful taste")
    task = await stand.until(id, S.REFUSED)
    assert task.request.prompt == "a lamp of doubtful taste"
    assert task.error is not None
    assert "risk control" in task.error.detail
    await stand.ends(creations=0)


@pytest.mark.parametrize("code", [1200, "1201"])
async def test_a43_a_refusal_is_told_in_the_providers_words(stand: Stand, code: object) -> None:
    await refused(stand, Remedy.EDIT_REQUEST, act.refused(code, 400, "n is out of range"))


async def test_a43_a_refusal_after_a_doubt_leaves_the_doubt(stand: Stand) -> None:
    stand.provider = "sandbox"
    stand.kling.script = [act.hang_up, act.refused(1201, 400, "something new")]
    id = await stand.submit()
    await stand.wait(lambda: len(stand.kling.posts) == 2)
    await stand.until(id, S.UNKNOWN)
    assert (await stand.until(id, S.DONE)).state is S.DONE  # the third goes through
    assert stand.outcomes(id) == ["unclear", "refused", "accepted"]
    await stand.ends(creations=1)


@pytest.mark.parametrize(
    "ending", [act.refused(1202, 404), act.refused(1203, 404, "model not exist")]
)
async def test_a44_a_route_that_is_not_there_is_a_matter_of_settings(
    stand: Stand, ending: Behaviour
) -> None:
    await refused(stand, Remedy.FIX_SETTINGS, ending)


@pytest.mark.parametrize("is_burnt", [False, True])
async def test_a62_the_same_id_goes_again_after_a_refusal(stand: Stand, is_burnt: bool) -> None:
    no = act.refused(1301, 400)
    stand.kling.script = [act.both(act.burnt, no) if is_burnt else no]
    id = await stand.submit()
    await stand.until(id, S.REFUSED)
    stand.engine.send_again(id)
    task = await stand.until(id, S.DONE, S.NEEDS_DECISION)
    assert task.state is (S.NEEDS_DECISION if is_burnt else S.DONE)
    bodies = [post.body for post in stand.kling.posts]
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    await stand.ends(creations=0 if is_burnt else 1)


async def test_a62_an_id_that_exists_with_a_failed_task_ends_as_failed(stand: Stand) -> None:
    story = ((0, submitted), (3, failed("Image pixel is invalid")))
    stand.kling.script = [act.both(act.with_story(story), act.made, act.hang_up)]
    stand.kling.traits.read_lag_s = 5
    stand.provider = "sandbox"
    id = await stand.submit()
    task = await stand.until(id)
    assert task.state is S.REMOTE_FAILED
    assert set(stand.outcomes(id)) == {"unclear", "exists"}
    await stand.spend(86_400)
    assert len(stand.kling.posts) == len(stand.outcomes(id))
    await stand.ends(creations=1)
