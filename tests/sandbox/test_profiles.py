"""Every provider's profile, run by the real command against a strict world of its document."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kling_desktop.domain.providers import TaskKind
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.sandbox import DOCUMENT_NAMES, Sandbox, created_external_ids
from tests.cli.process import PICTURES, Command

DOCUMENTS = {
    "kling": "kling",
    "cometapi": "cometapi",
    "cometapi-legacy": "cometapi",
    "powertokens": "powertokens",
    "custom": "kling",
}
ADDRESS = "https://your-image-host/scene.png"
COMMON = ["--prompt", "a vase, “quoted”", "--callback-url", "https://example.com/told"]
REFERENCES = ["--scene", ADDRESS, "--style", ADDRESS]
SENT = {"kling": PICTURES}  # one provider gets bytes, the others two addresses
BY_PAIR = "kling bare"
BARE: list[object] = ["image", "--subject", ADDRESS]
ONLY_SOME = {"watermark": ["--watermark"], "negative_prompt": ["--negative-prompt", "blur"]}


def wishes() -> dict[str, tuple[str, list[object]]]:
    """A provider and a command line for each route, with every field that it offers."""
    made: dict[str, tuple[str, list[object]]] = {BY_PAIR: ("kling", BARE)}
    for provider in DOCUMENTS:
        for kind, route in PROFILES[provider].routes.items():
            pictures = SENT.get(provider, [ADDRESS, ADDRESS])
            line: list[object] = [kind.value, *COMMON, "--aspect-ratio", "1:1"]
            if kind is TaskKind.IMAGE:
                line += ["--subject", *pictures, *REFERENCES]
            else:
                line += ["--image", *pictures]
            for field, words in ONLY_SOME.items():
                line += words if field in route.capabilities.optional_fields else []
            line += ["--external-task-id", f"kd-{provider}-{kind.value}"]
            made[f"{provider} {kind.value}"] = (provider, line)
    return made


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[dict[str, Sandbox]]:
    running: dict[str, Sandbox] = {}
    for name in DOCUMENT_NAMES:
        running[name] = Sandbox(tmp_path / name, pace_s=(0, 0), document=name, strict=True)
        running[name].start()
    yield running
    for world in running.values():
        world.stop()


def environment(name: str, provider: str, world: Sandbox) -> dict[str, str]:
    if name == BY_PAIR:
        keys = world.keys
        return {"KLING_ACCESS_KEY": keys.access_key, "KLING_SECRET_KEY": keys.secret_key}
    ((variable,), *_) = PROFILES[provider].key_variables.values()
    return {variable: world.key}


def test_each_profile_speaks_exactly_as_its_document_has_it(
    tmp_path: Path, worlds: dict[str, Sandbox]
) -> None:
    begun = {}
    for name, (provider, line) in wishes().items():
        world = worlds[DOCUMENTS[provider]]
        command = Command(tmp_path / "homes" / name, environment(name, provider, world))
        where = ["--provider", provider, "--base-url", world.base_url, "--json"]
        begun[name] = command.begin(*line, *where)
    for name, process in begun.items():
        out, said = process.communicate(timeout=100)
        task = json.loads(out)
        assert (process.returncode, task["state"]) == (0, "done"), (name, task["error"], said)
        assert all(Path(file).is_file() for file in task["files"])
    assert {name: world.refused for name, world in worlds.items()} == {
        name: [] for name in DOCUMENT_NAMES
    }
    created = [id for name in DOCUMENT_NAMES for id in created_external_ids(tmp_path / name)]
    assert len(created) == len(begun)
    assert {f"kd-{name.replace(' ', '-')}" for name in begun if "bare" not in name} < set(created)
