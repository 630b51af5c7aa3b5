"""A home with a server of one's own, and with `providers.toml`: address, key and task together."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kling_desktop.assembly import Home
from kling_desktop.domain.commands import Submission
from kling_desktop.domain.facts import (
    AccountChanged,
    Fact,
    KeyCheck,
    KeyPlace,
    Notice,
    TaskChanged,
    TaskRejected,
)
from kling_desktop.domain.keys import ApiKey, Secret
from kling_desktop.domain.media import UrlImage
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.domain.tasks import TaskState, new_id
from kling_desktop.paths import AppPaths, app_paths
from kling_desktop.sandbox import Sandbox
from kling_desktop.settings import Settings, save_settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sandbox]:
    """Somebody else's Kling: the sandbox, run apart from the home."""
    sandbox = Sandbox(tmp_path / "elsewhere", pace_s=(0, 0))
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    return app_paths(tmp_path / "home")


class Ears:
    """Hears every fact, and can be waited on."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._heard = asyncio.Event()

    def hear(self, fact: Fact) -> None:
        self.facts.append(fact)
        self._heard.set()

    async def until(self, wanted: Callable[[Fact], bool]) -> Fact:
        async with asyncio.timeout(20):
            while True:
                self._heard.clear()
                for fact in self.facts:
                    if wanted(fact):
                        return fact
                await self._heard.wait()

    def account(self, provider: str) -> AccountChanged:
        told = [f for f in self.facts if isinstance(f, AccountChanged) and f.provider == provider]
        return told[-1]


def wish(provider: str, base_url: str | None = None) -> Submission:
    picture = UrlImage("https://images.example.org/a.png")
    request = MultiImageToImage(model="kling-v2-1", subjects=(picture,))
    return Submission(id=new_id(), provider=provider, request=request, base_url=base_url)


def is_rejected(fact: Fact) -> bool:
    return isinstance(fact, TaskRejected)


async def bought(home: Home, ears: Ears, submission: Submission) -> TaskChanged:
    home.engine.submit(submission)
    done = {TaskState.DONE, TaskState.REFUSED}

    def is_over(fact: Fact) -> bool:
        match fact:
            case TaskRejected(id=id):
                return id == submission.id
            case TaskChanged(task=task):
                return task.id == submission.id and task.state in done
            case _:
                return False

    fact = await ears.until(is_over)
    assert isinstance(fact, TaskChanged), fact
    return fact


async def test_a_key_is_saved_for_an_address_tested_there_and_used_there(paths, server):
    ears = Ears()
    async with Home(paths, {}, ears.hear, who="test") as home:
        await home.start()
        await home.tell_accounts()
        assert ears.account("custom").base_url is None
        await home.save_key("custom", ApiKey(Secret(server.key)), server.base_url)
        told = ears.account("custom")
        assert (told.place, told.base_url) == (KeyPlace.SESSION, server.base_url)
        await home.test_key("custom")
        tested = ears.account("custom")
        assert (tested.check, tested.error) == (KeyCheck.WORKS, None)
        assert "what the account has left" in tested.told
        changed = await bought(home, ears, wish("custom", tested.base_url))
        assert changed.task.state is TaskState.DONE
        assert changed.task.base_url == server.base_url


async def test_the_address_in_the_settings_is_known_to_the_next_run(paths, server):
    save_settings(paths.settings, Settings(custom_base_url=server.base_url))
    ears = Ears()
    async with Home(paths, {"KLING_DESKTOP_CUSTOM_KEY": server.key}, ears.hear, who="t") as home:
        await home.tell_accounts()
        assert ears.account("custom").base_url == server.base_url
        await home.test_key("custom")
        assert ears.account("custom").check is KeyCheck.WORKS
        assert ears.account("sandbox").base_url is None


async def test_an_address_of_the_file_is_stored_with_each_task(paths, server):
    paths.providers.parent.mkdir(parents=True)
    paths.providers.write_text(f'[kling]\nbase_url = "{server.base_url}"\n')
    ears = Ears()
    async with Home(paths, {"KLING_API_KEY": server.key}, ears.hear, who="test") as home:
        await home.start()
        changed = await bought(home, ears, wish("kling"))
        assert changed.task.state is TaskState.DONE
        assert changed.task.base_url == server.base_url


async def test_a_mistake_in_the_file_sends_nothing_to_that_provider(paths, server):
    paths.providers.parent.mkdir(parents=True)
    paths.providers.write_text(
        f'[kling]\nregion = "bejing"\nbase_url = "{server.base_url}"\n'
        f'[custom]\nbase_url = "{server.base_url}"\n'
    )
    environment = {"KLING_API_KEY": server.key, "KLING_DESKTOP_CUSTOM_KEY": server.key}
    ears = Ears()
    async with Home(paths, environment, ears.hear, who="test") as home:
        await home.start()
        notice = await ears.until(lambda f: isinstance(f, Notice) and f.subject == "providers")
        assert isinstance(notice, Notice)
        assert notice.error is not None
        assert "kling.region" in notice.error.detail
        home.engine.submit(wish("kling"))
        rejected = await ears.until(is_rejected)
        assert isinstance(rejected, TaskRejected)
        assert rejected.error == notice.error
        await home.test_key("kling")
        assert ears.account("kling").check is KeyCheck.NO_ANSWER
        assert ears.account("kling").error == notice.error
        assert (await bought(home, ears, wish("custom"))).task.state is TaskState.DONE


async def test_a_refused_key_is_told_as_refused(paths, server):
    ears = Ears()
    async with Home(paths, {}, ears.hear, who="test") as home:
        await home.save_key("custom", ApiKey(Secret("another-key")), server.base_url)
        await home.test_key("custom")
    told = ears.account("custom")
    assert told.check is KeyCheck.REFUSED
    assert told.error is not None
    assert "It refused." in told.told
