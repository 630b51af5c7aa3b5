"""The scripted face as scripts use it: real processes, real HTTP to a sandbox, real files."""

import json
import signal
import time
from pathlib import Path

import pytest
from PIL import Image

from kling_desktop.library.lock import HomeLock
from kling_desktop.paths import app_paths
from kling_desktop.sandbox import Fault, Sandbox
from kling_desktop.sandbox.intake import FAILING_WORDS
from tests.cli.conftest import World
from tests.cli.process import PICTURES, Command

KEYS = {
    "id",
    "kind",
    "external_task_id",
    "task_id",
    "provider",
    "base_url",
    "state",
    "files",
    "cost",
    "error",
    "problems",
}
VASE, PEAR = PICTURES


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def test_two_photographs_become_pictures_of_the_asked_ratio(command: Command) -> None:
    made = command(
        *["image", "--provider", "sandbox", "--subject", VASE, PEAR, "--prompt", "a table"],
        *["--n", "2", "--aspect-ratio", "4:3", "--watermark", "--json"],
    )
    assert made.code == 0, made.said
    task = made.only
    assert set(task) == KEYS
    assert (task["state"], task["kind"], task["base_url"]) == ("done", "image", None)
    assert task["cost"]["basis"] == "reported"
    assert len(task["files"]) == 2
    for file in map(Path, task["files"]):
        with Image.open(file) as picture:
            picture.load()
            assert picture.width * 3 == pytest.approx(picture.height * 4, rel=0.02)
        assert file.with_name(f"{file.stem}-watermarked{file.suffix}").is_file()
        recipe = file.with_name(f"{file.name}.json").read_text()
        assert str(VASE.parent) not in recipe
        assert "http" not in recipe
    assert command("tasks", "--json").only == task
    found = command("library", "--search", "table", "--json").lines
    assert [entry["file"] for entry in found] == task["files"]
    assert command("library", "--search", "zebra", "--json").lines == []


BAD = {
    "no subject": (["--prompt", "x"], "subjects", "required"),
    "five subjects": (["--subject", *[VASE] * 5], "subjects", "too_many"),
    "n of ten": (["--subject", VASE, "--n", "10"], "n", "range"),
    "n in words": (["--subject", VASE, "--n", "two"], "n", "range"),
    "a ratio": (["--subject", VASE, "--aspect-ratio", "7:5"], "aspect_ratio", "choice"),
    "a long prompt": (["--subject", VASE, "--prompt", "x" * 2501], "prompt", "length"),
    "a missing file": (["--subject", "nowhere.png"], "subjects[0]", "missing_file"),
    "a text file": (["--subject", "pyproject.toml"], "subjects[0]", "not_a_picture"),
    "a file address": (["--subject", f"file://{VASE}"], "subjects[0]", "url"),
    "a provider": (["--subject", VASE, "--provider", "nobody"], "provider", "choice"),
    "no such field": (
        ["--subject", VASE, PEAR, "--provider", "cometapi-legacy", "--watermark"],
        "watermark",
        "not_offered",
    ),
    "an address": (
        ["--subject", VASE, "--provider", "custom", "--base-url", "http://example.com"],
        "base_url",
        "base_url",
    ),
    "digits as id": (["--subject", VASE, "--external-task-id", "123"], "external_task_id", None),
    "an option": (["--subject", VASE, "--colour", "red"], "arguments", "usage"),
}


def test_bad_input_names_field_rule_and_limit_and_sends_nothing(
    command: Command, world: World
) -> None:
    before = world.bought()
    homes = {name: Command(command.home / name, command.environment) for name in BAD}
    begun = {
        name: homes[name].begin("image", "--json", *arguments)
        for name, (arguments, _, _) in BAD.items()
    }
    for name, process in begun.items():
        _, field, rule = BAD[name]
        out, err = process.communicate(timeout=60)
        assert process.returncode == 2, (name, err)
        refused = json.loads(out)
        assert set(refused) == KEYS
        assert refused["id"] is None
        broken = [(problem["field"], problem["rule"]) for problem in refused["problems"]]
        assert field in dict(broken), (name, broken)
        assert rule is None or (field, rule) in broken, (name, broken)
        figures = [(problem["limit"], problem["value"]) for problem in refused["problems"]]
        assert name == "an option" or all(map(all, figures)), (name, figures)
        assert err.strip(), name
    assert world.bought() == before


def test_an_owned_home_is_left_alone_and_its_owner_named(command: Command) -> None:
    paths = app_paths(command.home)
    lock = HomeLock(paths.lock)
    lock.acquire("the window")
    try:
        for words in (["image", "--subject", VASE], ["resume"]):
            refused = command(*words, "--json")
            assert refused.code == 5
            assert "the window" in refused.only["error"]["detail"]
        assert command("tasks", "--json").code == 0
        assert len(command("providers", "--json").lines) == 6
    finally:
        lock.release()


def test_without_waiting_it_ends_with_a_task_id_and_resume_brings_it_home(
    command: Command, world: World
) -> None:
    sent = command("image", *world.at(), "--subject", VASE, "--no-wait", "--json")
    assert sent.code == 0
    assert sent.only["task_id"]
    home = command("resume", "--json")
    assert (home.code, home.only["state"]) == (0, "done")
    assert home.only["base_url"] == world.sandbox.base_url
    assert home.only["task_id"] == sent.only["task_id"]


def test_a_refused_key_ends_3_and_is_never_sent_by_resume(command: Command, world: World) -> None:
    wrong = Command(command.home, {"KLING_API_KEY": "wrong-key-canary-0123456789"})
    before = world.bought()
    refused = wrong("image", *world.at("kling"), "--subject", VASE, "--json")
    assert (refused.code, refused.only["state"]) == (3, "refused")
    assert refused.only["error"]["remedy"] == "fix_key"
    again = command("resume", "--json")
    assert (again.code, again.lines) == (0, [])
    assert world.bought() == before
    for file in command.home.rglob("*"):
        if file.is_file():
            assert b"wrong-key-canary" not in file.read_bytes(), file


def test_an_own_id_of_another_home_is_refused_and_not_linked(
    command: Command, world: World, tmp_path: Path
) -> None:
    wish = ["--subject", VASE, "--external-task-id", "lamp-7", "--json"]
    a_minute_ago = Sandbox(world.folder, pace_s=(0.3, 0.5), now_ms=lambda: _now_ms() - 60_000)
    a_minute_ago.start()
    try:
        there = ["--provider", "sandbox", "--base-url", a_minute_ago.base_url]
        made = command("image", *there, *wish)
    finally:
        a_minute_ago.stop()
    assert made.code == 0, made.said
    used = command("image", *world.at(), *wish, "--prompt", "another")
    assert used.code == 2
    assert used.only["problems"][0]["rule"] == "external_id_used"
    other = Command(tmp_path / "other", command.environment)
    refused = other("image", *world.at(), *wish)
    assert (refused.code, refused.only["state"]) == (3, "refused"), refused.said
    assert refused.only["task_id"] is None
    assert world.created("lamp-7") == 1


def test_the_same_again_is_warned_of(command: Command, world: World) -> None:
    same = ["image", *world.at(), "--subject", VASE, "--prompt", "again", "--no-wait", "--json"]
    assert "a moment ago" not in command(*same).said
    assert "a moment ago" in command(*same).said


def test_nobody_there_is_outstanding(command: Command) -> None:
    words = ["--provider", "kling", "--base-url", "http://127.0.0.1:9", "--timeout", "5"]
    waits = command("image", *words, "--subject", VASE, "--json")
    assert (waits.code, waits.only["state"]) == (4, "frozen")
    assert "Nothing was sent" in waits.only["error"]["detail"]


def test_ctrl_c_ends_cleanly_and_loses_nothing(command: Command, world: World) -> None:
    begun = command.begin("video", *world.at(), "--image", VASE)
    assert begun.stderr is not None
    while "accepted" not in begun.stderr.readline():
        pass
    begun.send_signal(signal.SIGINT)
    _, err = begun.communicate(timeout=30)
    assert begun.returncode in (0, 4), err
    assert "Traceback" not in err
    resumed = command("resume", "--json")
    assert resumed.code == 0
    (task,) = command("tasks", "--json").lines
    assert task["state"] == "done"


def test_a_lost_answer_is_found_and_bought_once(command: Command, world: World) -> None:
    world.faults.add(Fault(creates=True, code=None))
    made = command("image", *world.at("kling"), "--subject", VASE, "--prompt", "lost", "--json")
    assert (made.code, made.only["state"]) == (0, "done"), made.said
    assert world.created(made.only["external_task_id"]) == 1


def test_an_unclear_outcome_ends_4_and_a_person_decides(command: Command, world: World) -> None:
    world.faults.add(Fault(creates=False, code=5000))
    ask = ["image", *world.at("kling"), "--subject", PEAR, "--prompt", "unclear", "--json"]
    asked = command(*ask, plan={"decide_after_s": 0.5})
    assert (asked.code, asked.only["state"]) == (4, "needs_decision"), asked.said
    id = asked.only["id"]
    wrong = command("decide", id[:8], "--link", "12345", "--json")
    assert (wrong.code, wrong.only["state"]) == (4, "needs_decision"), wrong.said
    again = command("decide", id, "--send-again", "--json")
    assert (again.code, again.only["state"]) == (0, "done"), again.said
    assert again.only["external_task_id"] == asked.only["external_task_id"]
    assert command("decide", id, "--close", "--json").code == 2


def test_a_task_that_fails_there_ends_3_with_its_reason(command: Command, world: World) -> None:
    failed = command(
        *["image", *world.at(), "--subject", VASE, "--json"],
        *["--prompt", f"please {FAILING_WORDS}"],
    )
    assert (failed.code, failed.only["state"]) == (3, "remote_failed"), failed.said
    assert "prompt" in failed.only["error"]["detail"]


def test_e14_half_a_letter_in_a_prompt_is_taken_out_and_told(world: World, command: Command):
    prompt = "a \udcff vase"
    ended = command("image", *world.at(), "--subject", VASE, "--prompt", prompt, "--json")
    assert (ended.code, ended.only["state"]) == (0, "done"), ended.said
    assert "1 character that cannot be sent was taken out." in ended.said
    (file,) = ended.only["files"]
    described = json.loads(Path(f"{file}.json").read_text("utf-8"))
    assert described["request"]["prompt"] == "a  vase"


def test_a_picture_whose_name_is_no_text_comes_home_all_the_same(
    world: World, command: Command, tmp_path: Path
):
    odd = tmp_path / "va\udcffse.jpg"
    odd.write_bytes(VASE.read_bytes())
    ended = command("image", *world.at(), "--subject", odd, "--json")
    assert (ended.code, ended.only["state"]) == (0, "done"), ended.said
    (file,) = ended.only["files"]
    (subject,) = json.loads(Path(f"{file}.json").read_text("utf-8"))["request"]["subjects"]
    assert subject["name"] == odd.name
