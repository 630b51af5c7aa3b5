"""Keys: which one wins, where it may go, and what a keyring can do to us."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordDeleteError

from kling_desktop.credentials import Keys
from kling_desktop.domain.errors import KeyUnavailableError, Remedy
from kling_desktop.domain.facts import KeyPlace
from kling_desktop.domain.keys import AccessKeyPair, ApiKey, Secret
from kling_desktop.kling.profiles import PROFILES

pytestmark = pytest.mark.anyio

KLING, COMET, CUSTOM = PROFILES["kling"], PROFILES["cometapi"], PROFILES["custom"]
API = ApiKey(Secret("api-key-kling-one-0123456789"))
OTHER = ApiKey(Secret("api-key-kling-two-0123456789"))
PAIR = AccessKeyPair(Secret("access-key-0123456789"), Secret("secret-key-0123456789"))
SERVICE = "kling-desktop test"


class Ring(KeyringBackend):
    """A keyring in memory, with the faults that real ones have."""

    priority = 5  # pyright: ignore[reportAssignmentType]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.before: Callable[[str, str], None] = lambda _call, _name: None
        self.threads: set[str] = set()

    def get_password(self, service: str, username: str) -> str | None:
        self._called("get", username)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._called("set", username)
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._called("delete", username)
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("No such password!")

    def _called(self, call: str, name: str) -> None:
        self.threads.add(threading.current_thread().name)
        self.before(call, name)

    def entries(self) -> dict[str, str]:
        return {name: text for (service, name), text in self.kept.items() if service == SERVICE}


class ForgetfulRing(Ring):
    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class ModestRing(Ring):
    """As the plain text backend of keyrings.alt."""

    priority = 0.5  # pyright: ignore[reportAssignmentType]


class ManglingRing(Ring):
    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:10])


def keys(ring: KeyringBackend | None = None, **environment: str) -> Keys:
    return Keys(SERVICE, environment, ring or Ring(), limit_s=5)


async def test_a_key_comes_back_as_it_was_saved():
    ring = Ring()
    told = await keys(ring).save(KLING, API)
    assert (told.place, told.ends, told.error) == (KeyPlace.KEYRING, "api-••••••••789", None)
    assert ring.entries() == {"kling/api_key": "api-key-kling-one-0123456789"}
    assert await keys(ring).find(KLING, None) == API
    assert await keys(ring).find(KLING, "https://api-singapore.klingai.com/") == API
    assert (await keys(ring).state(KLING)).place is KeyPlace.KEYRING
    assert ring.threads == {"keyring"}


async def test_a_new_kind_of_key_takes_the_place_of_the_old():
    ring = Ring()
    await keys(ring).save(KLING, API)
    await keys(ring).save(KLING, PAIR)
    assert set(ring.entries()) == {"kling/access_key", "kling/secret_key"}
    assert await keys(ring).find(KLING, None) == PAIR
    await keys(ring).save(KLING, OTHER)
    assert set(ring.entries()) == {"kling/api_key"}


async def test_removing_leaves_nothing_and_may_be_repeated():
    ring = Ring()
    owner = keys(ring)
    await owner.save(KLING, PAIR)
    for _ in range(2):
        told = await owner.remove(KLING)
        assert (told.place, told.error) == (KeyPlace.NONE, None)
    assert ring.entries() == {}
    with pytest.raises(KeyUnavailableError) as caught:
        await owner.find(KLING, None)
    assert caught.value.record.remedy is Remedy.FIX_KEY
    assert "KLING_API_KEY or KLING_ACCESS_KEY with KLING_SECRET_KEY" in caught.value.record.detail


async def test_two_profiles_of_one_account_share_a_key():
    owner = keys()
    await owner.save(COMET, API)
    assert await owner.find(PROFILES["cometapi-legacy"], None) == API


async def test_the_environment_wins_and_a_plain_key_before_a_pair():
    ring = Ring()
    await keys(ring).save(KLING, OTHER)
    pair = {
        "KLING_ACCESS_KEY": "access-key-0123456789",
        "KLING_SECRET_KEY": "secret-key-0123456789",
    }
    assert await keys(ring, **pair).find(KLING, None) == PAIR
    both = keys(ring, KLING_API_KEY=' "api-key-kling-one-0123456789"\n', **pair)
    assert await both.find(KLING, None) == API
    assert (await both.state(KLING)).place is KeyPlace.ENVIRONMENT


@pytest.mark.parametrize(
    "environment",
    [{"KLING_API_KEY": "  "}, {"KLING_ACCESS_KEY": "alone"}, {"KLING_SECRET_KEY": "alone"}],
)
async def test_half_a_key_in_the_environment_is_none(environment):
    ring = Ring()
    await keys(ring).save(KLING, OTHER)
    assert await keys(ring, **environment).find(KLING, None) == OTHER


async def test_f12_a_kept_key_never_goes_to_another_host():
    ring = Ring()
    await keys(ring).save(KLING, API)
    for url in ("https://gateway.example.org", "http://127.0.0.1:9", "https://api.klingai.com:1"):
        with pytest.raises(KeyUnavailableError):
            await keys(ring).find(KLING, url)
        named = keys(ring, KLING_API_KEY="api-key-kling-two-0123456789")
        assert await named.find(KLING, url) == OTHER


OWN, NEIGHBOUR = "https://gateway.example.org", "https://gateway.example.org:8443"


async def test_a_server_of_ones_own_needs_an_address_before_it_has_a_key():
    ring = Ring()
    told = await keys(ring).save(CUSTOM, API)
    assert (told.place, told.base_url) == (KeyPlace.NONE, None)
    assert told.error is not None
    assert told.error.remedy is Remedy.FIX_SETTINGS
    assert ring.entries() == {}
    with pytest.raises(KeyUnavailableError):
        await keys(ring).find(CUSTOM, None)
    assert (await keys(ring).state(CUSTOM)).place is KeyPlace.NONE
    assert (await keys(ring).remove(CUSTOM)).error is None


async def test_f12_a_key_for_one_address_is_never_sent_to_another():
    ring = Ring()
    told = await keys(ring).save(CUSTOM, API, OWN + "/")
    assert (told.place, told.base_url) == (KeyPlace.KEYRING, OWN)
    assert set(ring.entries()) == {"custom@https://gateway.example.org/api_key"}
    assert await keys(ring).find(CUSTOM, OWN) == API
    others = (NEIGHBOUR, "http://127.0.0.1:80", "https://gateway.example.com", KLING.base_url)
    for url in others:
        with pytest.raises(KeyUnavailableError) as caught:
            await keys(ring).find(CUSTOM, url)
        assert str(url) in caught.value.record.title
    await keys(ring).save(CUSTOM, OTHER, NEIGHBOUR)
    assert await keys(ring).find(CUSTOM, OWN) == API
    assert await keys(ring).find(CUSTOM, NEIGHBOUR) == OTHER
    named = keys(ring, KLING_DESKTOP_CUSTOM_KEY="api-key-kling-two-0123456789")
    assert await named.find(CUSTOM, OWN) == OTHER


async def test_f12_each_region_has_a_key_of_its_own():
    ring = Ring()
    beijing = replace(KLING, base_url="https://api-beijing.klingai.com")
    await keys(ring).save(KLING, API)
    with pytest.raises(KeyUnavailableError):
        await keys(ring).find(beijing, None)
    assert (await keys(ring).state(beijing)).place is KeyPlace.NONE
    told = await keys(ring).save(beijing, OTHER)
    assert told.base_url == "https://api-beijing.klingai.com"
    assert await keys(ring).find(beijing, None) == OTHER
    assert await keys(ring).find(beijing, KLING.home_url) == API
    await keys(ring).remove(beijing)
    assert await keys(ring).find(KLING, None) == API


async def test_f12_a_session_key_is_bound_to_its_address_too():
    owner = keys(ForgetfulRing())
    assert (await owner.save(CUSTOM, API, OWN)).place is KeyPlace.SESSION
    assert await owner.find(CUSTOM, OWN) == API
    with pytest.raises(KeyUnavailableError):
        await owner.find(CUSTOM, NEIGHBOUR)


@pytest.mark.parametrize("kind", [ForgetfulRing, ModestRing, ManglingRing])
async def test_f02_a_keyring_that_does_not_keep_secrets_means_this_run_only(kind: type[Ring]):
    ring = kind()
    owner = keys(ring)
    told = await owner.save(KLING, PAIR)
    assert told.place is KeyPlace.SESSION
    assert told.error is not None
    assert "this run only" in told.error.detail
    assert ring.entries() == {}
    assert await owner.find(KLING, None) == PAIR
    with pytest.raises(KeyUnavailableError):
        await keys(ring).find(KLING, None)


async def test_f07_the_second_part_failing_leaves_what_was_there_before():
    ring = Ring()
    await keys(ring).save(KLING, API)

    def fail(call: str, name: str) -> None:
        if (call, name) == ("set", "kling/secret_key"):
            raise OSError("the ring is full of secret-key-0123456789")

    ring.before = fail
    told = await keys(ring).save(KLING, PAIR)
    assert told.place is KeyPlace.SESSION
    assert told.error is not None
    assert "secret-key" not in repr(told)
    assert ring.entries() == {"kling/api_key": "api-key-kling-one-0123456789"}


async def test_f05_an_empty_answer_of_a_ring_changes_nothing_and_is_asked_again():
    ring = Ring()
    owner = keys(ring)
    await owner.save(KLING, PAIR)
    kept, ring.kept = ring.kept, {}  # a locked ring of some desktops: no error, just nothing
    calls: list[str] = []
    ring.before = lambda call, _name: calls.append(call)
    with pytest.raises(KeyUnavailableError) as caught:
        await owner.find(KLING, None)
    told = await owner.state(KLING)
    assert set(calls) == {"get"}, "reading writes nothing"
    assert "account" not in caught.value.record.title.lower()
    assert (told.place, caught.value.record.remedy) == (KeyPlace.NONE, Remedy.FIX_KEY)
    ring.kept = kept
    assert await owner.find(KLING, None) == PAIR


async def test_f23_a_key_of_the_keyring_is_fetched_when_needed_and_held_nowhere():
    ring = Ring()
    owner = keys(ring)
    await owner.save(KLING, API)
    await owner.find(KLING, None)
    gone = {API.key.reveal(), repr(API.key.reveal())}
    assert not any(text in repr(vars(owner)) for text in gone)
    ring.kept.clear()
    with pytest.raises(KeyUnavailableError):
        await owner.find(KLING, None)


async def test_f07_half_a_kept_pair_is_no_key():
    ring = Ring()
    ring.kept[SERVICE, "kling/access_key"] = "access-key-0123456789"
    with pytest.raises(KeyUnavailableError):
        await keys(ring).find(KLING, None)


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (KeyringLocked("locked"), "The keyring is locked"),
        (InitError("dismissed"), "The keyring is locked"),
        (EOFError(), "The keyring failed"),
    ],
)
async def test_f03_a_keyring_in_trouble_is_said_and_nothing_is_pretended(error, title):
    ring = Ring()

    def fail(_call: str, _name: str) -> None:
        raise error

    ring.before = fail
    owner = keys(ring)
    with pytest.raises(KeyUnavailableError) as caught:
        await owner.find(KLING, None)
    assert caught.value.record.title == title
    for told in (await owner.state(KLING), await owner.remove(KLING), await owner.save(KLING, API)):
        assert told.error is not None
        assert told.error.title == title
    assert await owner.find(KLING, None) == API


async def test_f01_no_keyring_at_all_is_no_trouble_until_something_is_to_be_kept():
    ring = Ring()

    def fail(_call: str, _name: str) -> None:
        raise NoKeyringError("none")

    ring.before = fail
    owner = keys(ring)
    assert (await owner.state(KLING)).error is None
    assert (await owner.remove(KLING)).error is None
    told = await owner.save(KLING, API)
    assert told.error is not None
    assert told.error.title == "There is no keyring"


async def test_f01_the_system_without_a_keyring_is_recognised():
    told = await Keys(SERVICE, {}).save(KLING, API)  # conftest names the backend that only fails
    assert told.place is KeyPlace.SESSION
    assert told.error is not None
    assert told.error.title == "There is no keyring"


async def test_a_chain_gives_its_first_safe_member():
    safe = Ring()

    class Chain(ChainerBackend):
        backends = property(lambda _self: [ModestRing(), safe])  # pyright: ignore

    await keys(Chain()).save(KLING, API)
    assert set(safe.entries()) == {"kling/api_key"}


async def test_f04_a_keyring_that_hangs_is_left_alone_until_it_answers():
    ring = Ring()
    answered = threading.Event()

    def hang(_call: str, _name: str) -> None:
        answered.wait(20)

    ring.before = hang
    owner = Keys(SERVICE, {}, ring, limit_s=0.1)
    told = await owner.save(KLING, API)
    assert told.place is KeyPlace.SESSION
    assert told.error is not None
    assert told.error.title == "The keyring does not answer"
    with pytest.raises(KeyUnavailableError):
        await owner.find(COMET, None)  # at once: nobody waits behind a window
    assert len(ring.threads) == 1
    answered.set()


async def test_a_session_key_gives_way_to_a_saved_one():
    ring = Ring()

    def fail(_call: str, _name: str) -> None:
        raise KeyringLocked

    ring.before = fail
    owner = keys(ring)
    await owner.save(KLING, API)
    ring.before = lambda _call, _name: None
    told = await owner.save(KLING, OTHER)
    assert told.place is KeyPlace.KEYRING
    assert await owner.find(KLING, None) == OTHER


async def test_f07_an_empty_part_changes_nothing():
    ring = Ring()
    await keys(ring).save(KLING, API)
    told = await keys(ring).save(KLING, AccessKeyPair(Secret("access"), Secret("")))
    assert told.place is KeyPlace.KEYRING
    assert told.error is not None
    assert set(ring.entries()) == {"kling/api_key"}


async def test_a_question_that_is_cancelled_as_its_answer_comes_stays_cancelled():
    """In Python 3.11 `asyncio.wait_for` forgets it; who waits for the end then waits for ever."""
    ring = Ring()
    owner = keys(ring)
    await owner.save(KLING, API)
    is_next = threading.Event()

    def watch(_call: str, name: str) -> None:
        if "cometapi" in name:
            is_next.set()  # one thread: the answer to the first question is on its way by now

    ring.before = watch
    first = asyncio.create_task(owner.find(KLING, None))
    second = asyncio.create_task(owner.find(COMET, None))
    await asyncio.sleep(0)
    assert is_next.wait(20)  # the loop stands still, so that the answer has not been taken in
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    with pytest.raises(KeyUnavailableError):
        await second
