"""`providers.toml` by the command line: a server of one's own, and a mistake that stops."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kling_desktop.paths import app_paths
from kling_desktop.sandbox import Sandbox, created_external_ids
from kling_desktop.settings import Settings, save_settings
from tests.cli.process import PICTURES, Command


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path / "elsewhere", pace_s=(0, 0), document="cometapi", strict=True)
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def command(tmp_path: Path, server: Sandbox) -> Command:
    names = ("KLING_DESKTOP_CUSTOM_KEY", "KLING_API_KEY")
    return Command(tmp_path / "home", dict.fromkeys(names, server.key))


def write(command: Command, text: str) -> None:
    file = app_paths(command.home).providers
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")


def test_a_server_of_ones_own_speaks_as_its_file_says(
    command: Command, server: Sandbox, tmp_path: Path
) -> None:
    write(
        command,
        f'[custom]\nlike = "cometapi-legacy"\nbase_url = "{server.base_url}"\n'
        '[custom.image.field_names]\nscene_image = "scence_image"\n',
    )
    pictures = ["--subject", *PICTURES, "--scene", PICTURES[0]]
    made = command("image", "--provider", "custom", *pictures, "--json")
    assert (made.code, made.only["state"]) == (0, "done"), made.said
    assert made.only["base_url"] == server.base_url
    assert created_external_ids(tmp_path / "elsewhere") == [made.only["external_task_id"]]
    too_few = command("image", "--provider", "custom", "--subject", PICTURES[0], "--json")
    assert (too_few.code, too_few.only["problems"][0]["rule"]) == (2, "too_few")


def test_an_address_kept_in_the_settings_serves_here_too(command: Command, server: Sandbox) -> None:
    settings = Settings(custom_base_url=server.base_url)
    save_settings(app_paths(command.home).settings, settings)
    listed = {line["id"]: line["base_url"] for line in command("providers", "--json").lines}
    assert listed["custom"] == server.base_url
    assert listed["sandbox"] is None


def test_a_mistake_in_the_file_ends_2_and_says_where(
    command: Command, server: Sandbox, tmp_path: Path
) -> None:
    write(command, f'[kling]\nbase_url = "{server.base_url}"\nregion = "bejing"\n')
    refused = command("image", "--provider", "kling", "--subject", *PICTURES, "--json")
    assert refused.code == 2, refused.said
    assert refused.only["error"]["title"] == "providers.toml has a mistake"
    assert "kling.region" in refused.only["error"]["detail"]
    assert created_external_ids(tmp_path / "elsewhere") == []
    assert "providers.toml has a mistake" in command("providers", "--json").said
