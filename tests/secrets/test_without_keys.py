"""Tasks and library when keys are locked away or gone: nothing is lost, nothing is pretended."""

import json
from pathlib import Path

import pytest

from kling_desktop.domain.facts import Notice
from kling_desktop.domain.tasks import TaskState
from kling_desktop.sandbox import Sandbox
from kling_desktop.settings import load_settings, save_settings
from tests.cli.process import PICTURES, Command
from tests.fakes.home import FakeHome


@pytest.mark.anyio
async def test_f03_f05_a_locked_ring_pauses_asking_and_changes_no_state(tmp_path: Path) -> None:
    home = FakeHome(tmp_path)
    await home.open()
    id = await home.submit()
    await home.until(id, TaskState.ACCEPTED, TaskState.RUNNING)
    await home.crash()
    before = home.rows[id]
    home.providers.has_key = False
    engine = await home.open()
    await home.clock.run(lambda: bool(home.told(Notice)), for_s=3600)
    assert home.task(id).state is before.state
    assert [notice for notice in home.told(Notice) if notice.error] != []
    home.providers.has_key = True
    engine.account_changed()
    assert (await home.until(id)).state is TaskState.DONE
    assert home.kling.creations(home.task(id)) == 1
    await home.close()


def test_f06_without_any_key_everything_opens_and_only_sending_asks_for_one(
    tmp_path: Path,
) -> None:
    sandbox = Sandbox(tmp_path / "sandbox", pace_s=(0, 0))
    sandbox.start()
    try:
        with_key = Command(tmp_path / "home", {"KLING_API_KEY": sandbox.key})
        where = ["--provider", "kling", "--base-url", sandbox.base_url]
        made = with_key("image", *where, "--subject", PICTURES[0], "--json")
    finally:
        sandbox.stop()
    assert made.code == 0, made.said
    command = Command(with_key.home, {})
    assert command("tasks", "--json").only["files"] == made.only["files"]
    assert command("library", "--json").only["file"] == made.only["files"][0]
    refused = command("image", "--provider", "kling", "--subject", PICTURES[0], "--json")
    assert (refused.code, refused.only["error"]["remedy"]) == (2, "fix_key"), refused.said
    assert "KLING_API_KEY" in refused.only["error"]["detail"]


def test_f14_a_command_that_may_send_says_what_the_environment_does(tmp_path: Path) -> None:
    log = tmp_path / "keys.log"
    command = Command(tmp_path / "home", {"SSLKEYLOGFILE": str(log)})
    said = command("image", "--provider", "kling", "--subject", PICTURES[0], "--json").said
    assert "SSLKEYLOGFILE" in said
    assert str(log) not in said
    assert not log.exists()


def test_f14_the_proxy_on_the_way_is_shown_without_its_password(tmp_path: Path) -> None:
    environment = {"HTTPS_PROXY": "http://user:canary@proxy.example:3128", "NO_PROXY": ""}
    shown = Command(tmp_path / "home", environment)("providers", "--json")
    proxies = {line["id"]: line["proxy"] for line in shown.lines}
    assert proxies["kling"] == proxies["powertokens"] == "http://proxy.example:3128"
    assert proxies["sandbox"] is None
    assert "canary" not in str(shown)


def test_f23_settings_have_no_place_for_a_key(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save_settings(path, load_settings(path).settings)
    words = json.dumps(json.loads(path.read_text("utf-8"))).lower()
    assert not any(word in words for word in ("key", "secret", "token", "password"))
