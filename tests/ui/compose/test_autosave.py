"""What is typed or dropped is on disk a moment later, and back after whatever happened."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kling_desktop.domain.draft_json import draft_from_json
from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.media import FileImage, UrlImage
from kling_desktop.library.ledger import read_tasks
from kling_desktop.paths import app_paths
from kling_desktop.plain_files import read_plain
from kling_desktop.ui.compose.autosave import SAVE_AFTER_MS
from tests.cli.process import ROOT
from tests.ui.compose.conftest import Bench, files
from tests.ui.compose.dying_form import FIRST, SECOND

KILLED = -9


def kept(folder: Path) -> Draft:
    return draft_from_json(read_plain(folder / "draft.json").values, Draft(provider="?"))


@pytest.mark.parametrize(
    ("step", "back"),
    [
        ("typing", FIRST),
        ("opening", FIRST),
        ("renaming", FIRST),
        ("kept", FIRST + SECOND),
    ],
)
def test_a01_a_kill_while_composing_leaves_the_draft_and_sends_nothing(
    tmp_path: Path, step: str, back: str, make_bench: Callable[[Path], Bench]
):
    child = [sys.executable, "-m", "tests.ui.compose.dying_form", str(tmp_path), step]
    ended = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == KILLED, ended.stderr
    assert make_bench(tmp_path / "data").panel.draft().prompt == back
    assert read_tasks(app_paths(tmp_path).ledger) == []


def test_a_change_is_kept_within_two_seconds_though_typing_goes_on(bench: Bench, qtbot):
    assert SAVE_AFTER_MS < 2000
    timer = bench.panel._autosave._timer
    qtbot.keyClicks(bench.form.prompts.prompt.edit, "V")
    started = timer.timerId()
    qtbot.keyClicks(bench.form.prompts.prompt.edit, "ase")
    assert timer.timerId() == started > 0


def test_the_clock_writes_by_itself(bench: Bench, tmp_path: Path, qtbot):
    bench.panel._autosave._timer.setInterval(0)
    qtbot.keyClicks(bench.form.prompts.prompt.edit, "Vase")
    qtbot.waitUntil(lambda: (tmp_path / "draft.json").exists() and kept(tmp_path).prompt == "Vase")


def test_the_whole_form_comes_back(
    bench: Bench, picture, tmp_path: Path, make_bench: Callable[[Path], Bench]
):
    link = UrlImage("https://images.example.org/a.png")
    draft = replace(
        bench.panel.draft(),
        provider="kling",
        subjects=(None, FileImage(picture("vase.png")), None, None),
        scene=link,
        prompt="Väse 🏺\n{a|b}",
        n=3,
        callback_url="https://example.org",
    )
    bench.panel.recall(draft)
    bench.panel.finish()
    assert make_bench(tmp_path).panel.draft() == draft


def test_a_picture_that_is_gone_is_shown_as_missing_and_stays(
    bench: Bench, picture, tmp_path: Path, make_bench: Callable[[Path], Bench]
):
    file = picture("vase.png")
    bench.drop("subjects[1]", files(file))
    bench.panel.finish()
    file.unlink()
    again = make_bench(tmp_path)
    again.settle()
    assert again.panel.draft().image("subjects[1]") == FileImage(file)
    assert again.slot("subjects[1]").view.verdict.title == "File not found"


def test_without_a_change_nothing_is_written(bench: Bench, tmp_path: Path):
    bench.panel.finish()
    assert not (tmp_path / "draft.json").exists()


def test_a_provider_that_is_gone_gives_way_to_the_usual_one(
    tmp_path: Path, make_bench: Callable[[Path], Bench]
):
    (tmp_path / "draft.json").write_text('{"provider": "another", "prompt": "vase"}')
    draft = make_bench(tmp_path).panel.draft()
    assert (draft.provider, draft.prompt) == ("sandbox", "vase")


def test_keys_of_somebody_else_survive(tmp_path: Path, make_bench: Callable[[Path], Bench]):
    (tmp_path / "draft.json").write_text('{"seed": 7, "prompt": "vase"}')
    bench = make_bench(tmp_path)
    bench.panel.recall(replace(bench.panel.draft(), n=2))
    bench.panel.finish()
    values = json.loads((tmp_path / "draft.json").read_text("utf-8"))
    assert (values["seed"], values["n"], values["prompt"]) == (7, 2, "vase")


def test_a_damaged_draft_is_kept_beside_and_told(
    tmp_path: Path, make_bench: Callable[[Path], Bench], qtbot
):
    (tmp_path / "draft.json").write_text('{"prompt": "va')
    bench = make_bench(tmp_path)
    told = []
    bench.panel.noticed.connect(told.append)
    QApplication.processEvents()
    assert [notice.error.title for notice in told] == ["“draft.json” could not be read"]
    assert (tmp_path / "draft.json.bad").read_text() == '{"prompt": "va'


def test_a_draft_from_a_newer_version_is_left_alone(
    tmp_path: Path, make_bench: Callable[[Path], Bench]
):
    newer = '{"format": 2, "prompt": ["of", "another", "kind"]}'
    (tmp_path / "draft.json").write_text(newer)
    bench = make_bench(tmp_path)
    bench.panel.recall(replace(bench.panel.draft(), prompt="vase"))
    bench.panel.finish()
    assert (tmp_path / "draft.json").read_text() == newer


def test_a_failed_write_is_told_and_the_form_stays(bench: Bench, tmp_path: Path, qtbot):
    (tmp_path / "draft.json.part").mkdir()
    told = []
    bench.panel.noticed.connect(told.append)
    bench.panel.recall(replace(bench.panel.draft(), prompt="vase"))
    bench.panel.finish()
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].error.title == "“draft.json” could not be saved"
    assert bench.panel.draft().prompt == "vase"
    (tmp_path / "draft.json.part").rmdir()
    bench.panel.finish()
    qtbot.waitUntil(lambda: len(told) == 2)
    assert (told[1].subject, told[1].error) == (told[0].subject, None)
    assert kept(tmp_path).prompt == "vase"
