"""Results come home over the wire: dead addresses, cut bodies, redirects, crashes."""

from collections.abc import Callable

import pytest

from kling_desktop.domain.tasks import TaskState
from tests.failures.stand import Stand
from tests.fakes.wire import cdn as act
from tests.fakes.wire.cdn import Serving
from tests.fakes.wire.line import Call, Host

S = TaskState
pytestmark = pytest.mark.anyio

BAD: dict[str, Callable[[Stand], list[Serving]]] = {
    "expired": lambda stand: [act.dead(403)] * 2,
    "gone for now": lambda stand: [act.dead(404)],
    "cut": lambda stand: [act.cut(0.5), act.cut(0.7)],
    "cut, no length": lambda stand: [act.cut(0.9, has_length=False)],
    "a page": lambda stand: [act.instead(b"<html>no</html>")],
    "nothing": lambda stand: [act.instead(b"")],
    "packed": lambda stand: [act.bomb],
    "range ignored": lambda stand: [act.cut(0.5), act.ignore_range],
    "range wrong": lambda stand: [act.cut(0.5), act.wrong_range("bytes 1-2/3")],
    "insecure": lambda stand: [act.elsewhere("http://example.org/x.png")],
    "private": lambda stand: [act.elsewhere("https://10.0.0.1/x.png")],
    "a file": lambda stand: [act.elsewhere("file:///etc/passwd")],
    "silence": lambda stand: [act.hang],
    "dripping": lambda stand: [act.drips(0.2)],
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_c01_c08_c09_c13_a_bad_download_is_fetched_again(
    stand: Stand, bad: Callable[[Stand], list[Serving]]
) -> None:
    stand.cdn.script = bad(stand)
    id = await stand.submit()
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.results()) == 1
    assert not list((stand.paths.library / ".parts").iterdir())
    await stand.ends(creations=1)


async def test_c02_what_the_provider_deleted_is_told_as_gone(stand: Stand) -> None:
    stand.cdn.usual = act.dead(404)
    id = await stand.submit()
    await stand.until(id, S.FETCH_PAUSED)
    stand.clock.suspend(32 * 86_400)
    task = await stand.until(id, within_s=5 * 3600)
    assert task.state is S.EXPIRED
    assert stand.kling.questions[-1].headers["authorization"]
    await stand.ends(creations=1)


async def test_c03_a_redirect_takes_nothing_of_ours_along(stand: Stand) -> None:
    async def serve(call: Call) -> None:
        path = call.path.replace("/moved", "")
        await call.answer(200, stand.cdn.files[path], Content_Type="image/png")

    other = Host(serve)
    await stand.world.up(other)

    async def move(cdn: act.Cdn, call: Call) -> None:
        await act.elsewhere(f"{other.url}/moved{call.path}")(cdn, call)

    stand.cdn.usual = move
    id = await stand.submit(n=2)
    assert (await stand.until(id)).state is S.DONE
    for call in other.seen:
        assert set(call.headers) == {"host", "user-agent", "accept", "accept-encoding"}
    await stand.ends(creations=1)


@pytest.mark.parametrize(
    ("call", "after"),
    [
        ("KlingClient.download", True),
        ("Library.finish", True),
        ("SqliteLedger.save_outputs", True),
        ("Library.describe", False),
    ],
)
async def test_c17_c18_c19_killed_while_fetching_it_comes_home_once(
    stand: Stand, call: str, after: bool
) -> None:
    id = await stand.die_at(call, after=after)
    await stand.open()
    assert (await stand.until(id)).state is S.DONE
    (result,) = stand.results()
    assert result.with_name(f"{result.name}.json").is_file()
    await stand.ends(creations=1)


async def test_c27_the_fourth_of_four_is_tried_until_it_is_there(stand: Stand) -> None:
    async def lacks_one(cdn: act.Cdn, call: Call) -> None:
        serving = act.dead(404) if call.path.endswith("/3.png") else act.serve
        await serving(cdn, call)

    stand.cdn.usual = lacks_one
    id = await stand.submit(n=4)
    await stand.until(id, S.FETCH_PAUSED)
    assert len(stand.results()) == 3
    stand.cdn.usual = act.serve
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.results()) == 4
    await stand.ends(creations=1)
