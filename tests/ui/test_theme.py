"""The colours keep the contrast they were chosen for, in both appearances."""

import itertools

import pytest
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QLineEdit

from kling_desktop.ui.style import style_sheet
from kling_desktop.ui.theme import DARK, LIGHT, Space, Theme

SURFACES = ("canvas", "panel", "raised", "control")
TEXTS = ("text_1", "text_2", "text_3", "accent_text", "success", "warning", "danger", "sandbox")
FILLS = ("success_fill", "warning_fill", "danger_fill", "sandbox_fill", "selection")


def luminance(color: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = linear(color.redF()), linear(color.greenF()), linear(color.blueF())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "surface"), [*itertools.product(TEXTS, SURFACES)])
def test_text_is_readable_on_every_surface(theme: Theme, text, surface):
    assert contrast(getattr(theme, text), getattr(theme, surface)) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "surface"), [*itertools.product(("text_1", "text_2"), FILLS)])
def test_text_is_readable_on_every_fill(theme: Theme, text, surface):
    assert contrast(getattr(theme, text), getattr(theme, surface)) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_what_stands_on_the_accent_and_on_tiles_is_readable(theme: Theme):
    for ground in (theme.accent, theme.accent_hover):
        assert contrast(theme.on_accent, ground) >= 4.5
    for tile in theme.tiles:
        assert contrast(theme.on_tile, tile) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "surface"), [*itertools.product(("dash", "focus"), SURFACES[:2])])
def test_marks_are_visible(theme: Theme, mark, surface):
    assert contrast(getattr(theme, mark), getattr(theme, surface)) >= 3.0


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_segment_that_is_on_is_the_lighter_one(theme: Theme):
    assert luminance(theme.segment) > luminance(theme.trough)


@pytest.mark.parametrize("kind", ["", "search", "problem"])
def test_a_field_grows_with_the_person_s_text(qtbot, kind: str):
    field = QLineEdit("Ay")
    field.setProperty("kind", kind)
    font = field.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    growth = QFontMetrics(font).height() - field.fontMetrics().height()
    field.setStyleSheet(style_sheet(LIGHT, font, growth))
    field.setFont(font)
    qtbot.addWidget(field)
    field.show()
    assert field.height() >= QFontMetrics(font).height() + 2 * Space.S
