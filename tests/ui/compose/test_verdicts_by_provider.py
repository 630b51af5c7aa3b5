"""A picture is judged as its provider will: by that one's own limits, and by what can be seen."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from kling_desktop.domain.media import Edit, FileImage, ImageLimits
from kling_desktop.domain.providers import TaskKind
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.ui.compose.verdict import SlotState
from tests.ui.compose.conftest import Bench

PLACE = "subjects[0]"


def put(bench: Bench, path: Path, edit: Edit | None = None) -> None:
    bench.form.grid.filler.put(PLACE, [FileImage(path, edit or Edit())])
    bench.settle()


def words(bench: Bench) -> str:
    return bench.slot(PLACE).view.verdict.words


@pytest.fixture
def phone_picture(tmp_path: Path) -> Path:
    """As a telephone held upright writes it: on its side, with a note to turn it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (800, 600), "olive").save(tmp_path / "phone.jpg", exif=exif)
    return tmp_path / "phone.jpg"


def test_another_provider_with_other_limits_judges_anew(bench: Bench, tmp_path: Path):
    custom = PROFILES["custom"]
    route = custom.routes[TaskKind.IMAGE]
    can = replace(route.capabilities, limits=ImageLimits(formats=("PNG",)))
    routes = {TaskKind.IMAGE: replace(route, capabilities=can)}
    profiles = {**PROFILES, "custom": replace(custom, routes=routes)}
    bench.panel._desk.profiles = profiles  # type: ignore[misc]
    Image.new("RGB", (800, 600), "navy").save(tmp_path / "vase.jpg")
    put(bench, tmp_path / "vase.jpg")
    assert words(bench) == "Ready"
    bench.form.provider.picked.emit("custom")
    bench.settle()
    assert words(bench) == "Converted"
    bench.form.provider.picked.emit("sandbox")
    bench.settle()
    assert words(bench) == "Ready"


def test_what_nobody_can_see_is_green_and_still_said(bench: Bench, phone_picture: Path):
    put(bench, phone_picture)
    said = bench.slot(PLACE).view.verdict
    assert (said.state, said.words, said.figure) == (SlotState.READY, "Ready", "600 × 800")
    assert said.sentence.startswith("Ready. Turned")


def test_a_turn_that_was_wanted_is_a_change(bench: Bench, phone_picture: Path):
    put(bench, phone_picture, Edit(quarter_turns=1))
    assert bench.slot(PLACE).view.verdict.state is SlotState.CHANGED
    assert words(bench) == "Turned"


@pytest.mark.parametrize(("name", "mode"), [("vase.webp", "RGB"), ("vase.png", "RGBA")])
def test_another_kind_or_a_filled_ground_is_amber(bench: Bench, tmp_path: Path, name, mode):
    Image.new(mode, (800, 600), (0, 0, 90) if mode == "RGB" else (0, 0, 90, 0)).save(
        tmp_path / name
    )
    put(bench, tmp_path / name)
    assert bench.slot(PLACE).view.verdict.state is SlotState.CHANGED
