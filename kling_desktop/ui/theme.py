"""The tokens of the look: every colour, space, radius and height, and nothing else holds a colour.

Contrast ratios of the colours against their surfaces are WCAG AA (4.5) for text and 3.0 for
marks; `tests/ui/test_theme.py` computes them.
"""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtGui import QColor, QFont


@dataclass(frozen=True, slots=True)
class Theme:
    """One appearance. Fields are surfaces, then lines, text, status colours, and fills."""

    is_dark: bool
    canvas: QColor
    panel: QColor
    raised: QColor
    control: QColor
    sunken: QColor
    hover: QColor
    pressed: QColor
    trough: QColor
    segment: QColor
    line: QColor
    line_control: QColor
    dash: QColor
    viewer: QColor
    selection: QColor
    focus: QColor
    text_1: QColor
    text_2: QColor
    text_3: QColor
    accent_text: QColor
    success: QColor
    warning: QColor
    danger: QColor
    sandbox: QColor
    accent: QColor
    accent_hover: QColor
    on_accent: QColor
    success_fill: QColor
    warning_fill: QColor
    danger_fill: QColor
    sandbox_fill: QColor
    scrim: QColor
    sandbox_scrim: QColor
    on_scrim: QColor
    cut_away: QColor
    shadow: QColor
    on_tile: QColor
    tiles: tuple[QColor, ...]


_TILES = (QColor("#14695F"), QColor("#4A5568"), QColor("#1C1C1E"), QColor("#843C72"))

LIGHT = Theme(
    is_dark=False,
    canvas=QColor("#ECECEA"),
    panel=QColor("#F8F8F6"),
    raised=QColor("#FFFFFF"),
    control=QColor("#FFFFFF"),
    sunken=QColor("#F0F0ED"),
    hover=QColor("#F0F0ED"),
    pressed=QColor("#E4E4E0"),
    trough=QColor("#E4E4E0"),
    segment=QColor("#FFFFFF"),
    line=QColor("#E1E1DD"),
    line_control=QColor("#CFCFCA"),
    dash=QColor("#85857F"),
    viewer=QColor("#DEDEDB"),
    selection=QColor("#DCE7FB"),
    focus=QColor("#2460C8"),
    text_1=QColor("#1C1C1A"),
    text_2=QColor("#55554F"),
    text_3=QColor("#686862"),
    accent_text=QColor("#1F58B8"),
    success=QColor("#17703A"),
    warning=QColor("#8A5800"),
    danger=QColor("#B3271E"),
    sandbox=QColor("#6A4AB2"),
    accent=QColor("#2460C8"),
    accent_hover=QColor("#1E53B0"),
    on_accent=QColor("#FFFFFF"),
    success_fill=QColor("#E2F2E6"),
    warning_fill=QColor("#FBEFD3"),
    danger_fill=QColor("#FBE6E3"),
    sandbox_fill=QColor("#ECE6F8"),
    scrim=QColor(18, 18, 18, 194),
    sandbox_scrim=QColor(62, 44, 108, 214),
    on_scrim=QColor("#FFFFFF"),
    cut_away=QColor(0, 0, 0, 158),
    shadow=QColor(0, 0, 0, 71),
    on_tile=QColor("#FFFFFF"),
    tiles=_TILES,
)

DARK = Theme(
    is_dark=True,
    canvas=QColor("#131314"),
    panel=QColor("#1B1B1D"),
    raised=QColor("#252528"),
    control=QColor("#27272B"),
    sunken=QColor("#161617"),
    hover=QColor("#2D2D31"),
    pressed=QColor("#38383D"),
    trough=QColor("#161617"),
    segment=QColor("#38383D"),
    line=QColor("#2C2C30"),
    line_control=QColor("#3D3D43"),
    dash=QColor("#7C7C82"),
    viewer=QColor("#0C0C0D"),
    selection=QColor("#22365C"),
    focus=QColor("#8AB3FF"),
    text_1=QColor("#ECECEA"),
    text_2=QColor("#B5B5B2"),
    text_3=QColor("#969694"),
    accent_text=QColor("#8AB3FF"),
    success=QColor("#62C484"),
    warning=QColor("#E6B657"),
    danger=QColor("#FF8B80"),
    sandbox=QColor("#BFA6F6"),
    accent=QColor("#2B66D0"),
    accent_hover=QColor("#3370DD"),
    on_accent=QColor("#FFFFFF"),
    success_fill=QColor("#1B3325"),
    warning_fill=QColor("#3A2E14"),
    danger_fill=QColor("#43211F"),
    sandbox_fill=QColor("#2E2647"),
    scrim=QColor(18, 18, 18, 194),
    sandbox_scrim=QColor(62, 44, 108, 214),
    on_scrim=QColor("#FFFFFF"),
    cut_away=QColor(0, 0, 0, 158),
    shadow=QColor(0, 0, 0, 71),
    on_tile=QColor("#FFFFFF"),
    tiles=_TILES,
)

# What a picture is laid on where it has nothing of its own: white, grey, black.
BACKGROUNDS = (QColor("#FFFFFF"), QColor("#808080"), QColor("#000000"))


class Type(Enum):
    """Text tokens: size relative to the system's font, and weight."""

    MICRO = (0.85, QFont.Weight.DemiBold)
    SMALL = (0.92, QFont.Weight.Normal)
    SMALL_MEDIUM = (0.92, QFont.Weight.Medium)
    SMALL_STRONG = (0.92, QFont.Weight.DemiBold)
    BODY = (1.0, QFont.Weight.Normal)
    STRONG = (1.0, QFont.Weight.DemiBold)
    ACTION = (1.08, QFont.Weight.DemiBold)
    TITLE = (1.15, QFont.Weight.DemiBold)
    DISPLAY = (1.54, QFont.Weight.DemiBold)


class Space:
    """Distances in logical pixels, on a 4 px grid."""

    XS, S, M, L, XL, XXL, HUGE = 4, 8, 12, 16, 24, 32, 48
    PANEL = 16


class Radius:
    """Corner radii in logical pixels."""

    PICTURE, TAG, FIELD, ROW, CARD = 4, 5, 6, 8, 10


class Height:
    """Heights at 100 % text; what holds text grows with its font."""

    SMALL, BUTTON, TOOL, FIELD, TALL = 24, 28, 32, 36, 44


class Duration:
    """Motion in milliseconds; zero everywhere when motion is reduced."""

    HOVER, FOLD, DRAWER, TURN = 80, 120, 180, 1600
