"""F21: the door of a home's owner is for the same person alone and speaks a tiny fixed grammar."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.assembly import Home
from kling_desktop.domain.commands import Submission
from kling_desktop.domain.facts import Fact, WindowWanted
from kling_desktop.domain.media import Crop, Edit, FileImage, Fit, UrlImage
from kling_desktop.domain.recipes import edit_to_json
from kling_desktop.domain.requests import MultiImageToImage, MultiImageToVideo
from kling_desktop.handover import place
from kling_desktop.handover.frames import LONGEST_BYTES, MalformedError, packed, receive
from kling_desktop.handover.guest import raise_owner
from kling_desktop.handover.orders import Order, Verb, order_from_json, order_to_json
from kling_desktop.handover.reports import REFUSED, WELCOME, hello
from kling_desktop.library.ledger import read_tasks
from kling_desktop.paths import AppPaths, app_paths

pytestmark = pytest.mark.anyio
CANARY = "sk-canary-0123456789"
IMAGE = MultiImageToImage(
    model="kling-v2-1",
    subjects=(FileImage(Path("/pictures/a.png")), UrlImage("https://example.com/b.png")),
    style=UrlImage("https://example.com/c.png"),
    prompt="a lamp",
)
EDIT = Edit(quarter_turns=1, crop=Crop(1, 2, 30, 40), fit=Fit.PAD, background="#102030")
VIDEO = MultiImageToVideo(model="kling-v1-6", pictures=(FileImage(Path("/pictures/a.png"), EDIT),))
ASKED = Submission(id="ab" * 16, provider="kling", request=IMAGE)
ORDER = order_to_json(Order(Verb.SUBMIT, ASKED.id, submission=ASKED))
REQUEST: dict[str, Any] = ORDER["submission"]["request"]

FOREIGN: list[Any] = [
    {},
    [],
    "raise",
    {"do": "quit"},
    {"do": "raise", "id": "x"},
    {"do": "close"},
    {"do": "close", "id": 7},
    {"do": "close", "id": ""},
    {"do": "close", "id": "x" * 1000},
    {"do": "link", "id": "x", "task_id": None},
    {"do": ["raise"]},
    ORDER | {"account": 1},
    ORDER | {"key": CANARY},
    ORDER | {"submission": None},
    ORDER | {"submission": ORDER["submission"] | {"output": "/etc/cron.d/x"}},
    ORDER | {"submission": ORDER["submission"] | {"twin_is_meant": 1}},
    ORDER | {"submission": ORDER["submission"] | {"request": REQUEST | {"kind": "shell"}}},
    ORDER | {"submission": ORDER["submission"] | {"request": REQUEST | {"n": True}}},
    ORDER | {"submission": ORDER["submission"] | {"request": REQUEST | {"subjects": "abc"}}},
    ORDER | {"submission": ORDER["submission"] | {"request": REQUEST | {"scene": {"file": "a"}}}},
    ORDER | {"submission": ORDER["submission"] | {"request": REQUEST | {"scene": {"x": "/a"}}}},
    *(
        ORDER | {"submission": ORDER["submission"] | {"request": REQUEST | {"scene": scene}}}
        for scene in (
            {"file": "/a", "edit": {}},
            {"file": "/a", "edit": edit_to_json(EDIT) | {"crop": {"left": "x"}}},
            {"file": "/a", "edit": edit_to_json(EDIT) | {"fit": "squeeze"}},
            {"url": "https://example.com/a", "edit": edit_to_json(EDIT)},
        )
    ),
]


class Owner:
    """A home that is owned here, and the facts it told."""

    def __init__(self, paths: AppPaths) -> None:
        self.paths = paths
        self.facts: list[Fact] = []

    async def talk(self, *messages: bytes) -> list[dict[str, Any]]:
        """Say these bytes and hear what is answered until the owner hangs up."""
        note = place.read_note(self.paths.door)
        assert note is not None
        reader, writer = await place.connect(note)
        writer.write(b"".join(messages))
        heard: list[dict[str, Any]] = []
        while (values := await receive(reader)) is not None:
            heard.append(values)
        writer.close()
        return [values for values in heard if values["say"] != "alive"]

    def hello(self) -> bytes:
        note = place.read_note(self.paths.door)
        assert note is not None
        return packed(hello(note.token))


@asynccontextmanager
async def owner_of(paths: AppPaths) -> AsyncIterator[Owner]:
    owner = Owner(paths)
    environment = {"KLING_API_KEY": CANARY}
    home = Home(paths, environment, owner.facts.append, who="a test", has_window=True)
    async with home:
        await home.start()
        yield owner


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_f21_socket_and_note_are_for_their_owner_and_go_with_it(tmp_path: Path) -> None:
    async with owner_of(app_paths(tmp_path)) as owner:
        note = place.read_note(owner.paths.door)
        assert note is not None
        assert isinstance(note.address, str)
        socket = Path(note.address)
        assert (mode(owner.paths.door), mode(socket)) == (0o600, 0o600)
        assert mode(socket.parent) == 0o700
        assert CANARY not in owner.paths.door.read_text()
    assert not owner.paths.door.exists()
    assert not socket.exists()


async def test_f21_a_home_too_deep_for_a_socket_gets_a_private_folder(tmp_path: Path) -> None:
    async with owner_of(app_paths(tmp_path / ("deep" * 30))) as owner:
        note = place.read_note(owner.paths.door)
        assert note is not None
        assert isinstance(note.address, str)
        socket = Path(note.address)
        assert len(note.address.encode()) <= 100
        assert (mode(socket), mode(socket.parent)) == (0o600, 0o700)
        assert await raise_owner(owner.paths, waits=False)
    assert not socket.exists()


async def test_f21_who_cannot_say_the_word_is_not_listened_to(tmp_path: Path) -> None:
    order = packed({"do": "raise"})
    async with owner_of(app_paths(tmp_path)) as owner:
        for first in (
            packed(hello("")),
            packed(hello("é" * 64)),
            packed({"version": 1, "token": 5}),
            packed(json.loads(owner.hello()[4:]) | {"version": 2}),
            packed(json.loads(owner.hello()[4:]) | {"more": "x" * 2000}),
            order,
        ):
            assert await owner.talk(first, order) == [REFUSED]
        assert WindowWanted() not in owner.facts
        assert await raise_owner(owner.paths, waits=False)
        assert WindowWanted() in owner.facts


async def test_f21_what_is_outside_the_grammar_ends_the_talk_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with owner_of(app_paths(tmp_path)) as owner:
        for values in FOREIGN:
            body = json.dumps(values).encode()
            said = len(body).to_bytes(4) + body
            assert await owner.talk(owner.hello(), said) == [WELCOME, REFUSED], values
        for raw in (
            (LONGEST_BYTES + 1).to_bytes(4),
            b"\xff\xff\xff\xff" + b"x" * 100,
            (4).to_bytes(4) + b"\xff\xfe\xfd\xfc",
            (9000).to_bytes(4) + b"[" * 9000,
            b"GET / HTTP/1.1\r\n\r\n",
        ):
            assert await owner.talk(owner.hello(), raw) == [WELCOME, REFUSED]
        assert read_tasks(owner.paths.ledger) == []
        assert CANARY not in caplog.text
        assert await raise_owner(owner.paths, waits=False)


async def test_f21_a_guest_that_goes_in_the_middle_of_a_word_is_forgotten(tmp_path: Path) -> None:
    async with owner_of(app_paths(tmp_path)) as owner:
        note = place.read_note(owner.paths.door)
        assert note is not None
        for begun in (b"", b"\0", owner.hello()[:20], owner.hello() + b"\0\0\1"):
            _, writer = await place.connect(note)
            writer.write(begun)
            writer.close()
            await writer.wait_closed()
        assert await raise_owner(owner.paths, waits=False)


async def test_f21_a_stale_note_leads_nowhere(tmp_path: Path) -> None:
    paths = app_paths(tmp_path)
    async with owner_of(paths):
        left = paths.door.read_text()
    paths.door.write_text(left)
    assert not await raise_owner(paths, waits=False)
    async with owner_of(paths):
        assert await raise_owner(paths, waits=False)


@pytest.mark.parametrize("request_", [IMAGE, VIDEO, replace(IMAGE, style=None, prompt="é\udcff")])
def test_f21_an_order_arrives_as_it_was_given(
    request_: MultiImageToImage | MultiImageToVideo,
) -> None:
    submission = replace(ASKED, request=request_, base_url="https://example.com")
    order = Order(Verb.SUBMIT, ASKED.id, submission=submission, account="0" * 16)
    assert order_from_json(json.loads(packed(order_to_json(order))[4:])) == order
    link = Order(Verb.LINK, "a", "12345")
    assert order_from_json(order_to_json(link)) == link


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.sampled_from(sorted(REQUEST)), JSON)
def test_f21_any_value_in_any_field_is_an_order_or_malformed(field: str, value: object) -> None:
    submission = ORDER["submission"] | {"request": REQUEST | {field: value}}
    for values in (ORDER | {"submission": submission}, {"do": "close", "id": value}):
        try:
            order = order_from_json(values)
        except MalformedError:
            continue
        assert order_to_json(order) == values


async def test_f21_a_body_is_read_only_when_its_length_is_in_order() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data((LONGEST_BYTES + 1).to_bytes(4) + b"{}")
    with pytest.raises(MalformedError):
        await receive(reader)
    assert await reader.read(2) == b"{}"
