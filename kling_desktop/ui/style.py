"""Fusion made quiet: the style proxy, the palette and the one style sheet, all from the theme."""

from string import Template
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QLabel, QProxyStyle

from kling_desktop.ui.theme import Theme


class QuietStyle(QProxyStyle):
    """Fusion without markup: labels, tooltips among them, show plain text.

    Many of their words come from servers, and Qt would follow tags in them. Only `polish` is
    overridden: a Python method that Qt asks at every stroke costs a tenth of a second at start.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("Fusion")

    def polish(self, target: Any) -> Any:  # noqa: ANN401 - widget, palette or application
        """Called by Qt for every widget before it is first seen."""
        if isinstance(target, QLabel):
            target.setTextFormat(Qt.TextFormat.PlainText)
        return super().polish(target)


_ROLES = {
    QPalette.ColorRole.Window: "panel",
    QPalette.ColorRole.WindowText: "text_1",
    QPalette.ColorRole.Base: "control",
    QPalette.ColorRole.AlternateBase: "sunken",
    QPalette.ColorRole.Text: "text_1",
    QPalette.ColorRole.Button: "control",
    QPalette.ColorRole.ButtonText: "text_1",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "text_1",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.PlaceholderText: "text_3",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text_1",
    QPalette.ColorRole.Link: "accent_text",
}


def palette(theme: Theme) -> QPalette:
    """The theme in Qt's own roles, disabled ones at 40 %."""
    result = QPalette()
    for role, token in _ROLES.items():
        color: QColor = getattr(theme, token)
        result.setColor(role, color)
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        faded = QColor(theme.text_1)
        faded.setAlphaF(0.4)
        result.setColor(QPalette.ColorGroup.Disabled, role, faded)
    return result


def style_sheet(theme: Theme, small: QFont, growth: int) -> str:
    """Fields, buttons, menus, scroll bars and tooltips; everything else paints itself.

    `growth`: how many pixels the person's line of text is higher than the plan's; everything that
    holds text is as much higher. Widgets choose a variant by the dynamic property `kind`:
    "primary", "quiet", "link", "tool", "danger" for buttons; "problem", "caution" for the edge of
    a field.
    """
    tokens = ((name, getattr(theme, name)) for name in Theme.__slots__)
    names = {name: _css(value) for name, value in tokens if isinstance(value, QColor)}
    heights = {f"h{height}": f"{height + growth}px" for height in _HEIGHTS}
    return _SHEET.substitute(names, small=f"{small.pointSizeF():.2f}pt", **heights)


def _css(color: QColor) -> str:
    return f"rgba({color.red()},{color.green()},{color.blue()},{color.alphaF():.3f})"


# Without the edge of 1 px on either side; "primary" has none.
_HEIGHTS = (18, 22, 26, 30, 34, 36)

# The focus ring is drawn in one place for all, so nothing draws an outline of its own.
_SHEET = Template("""
QAbstractButton, QAbstractItemView, QSlider { outline: none; }
QToolTip { background: $raised; color: $text_1; border: 1px solid $line_control;
    padding: 4px 8px; font-size: $small; }
QLabel[tone="second"] { color: $text_2; }
QLabel[tone="third"] { color: $text_3; }
QLabel[tone="success"] { color: $success; }
QLabel[tone="danger"] { color: $danger; }
QLabel[tone="warning"] { color: $warning; }
QLineEdit, QPlainTextEdit, QSpinBox, QComboBox { background: $control; color: $text_1;
    border: 1px solid $line_control; border-radius: 6px; padding: 0 9px; min-height: $h34;
    selection-background-color: $selection; selection-color: $text_1; }
QPlainTextEdit { padding: 6px 5px; }
QPlainTextEdit[kind="bare"], QSpinBox[kind="bare"], QLineEdit[kind="bare"] {
    background: transparent; border: none; padding: 0; min-height: 0; }
QLineEdit[kind="search"] { min-height: $h30; }
QLineEdit[kind="problem"], QPlainTextEdit[kind="problem"] { border-color: $danger; }
QLineEdit[kind="caution"], QPlainTextEdit[kind="caution"] { border-color: $warning; }
QLineEdit:disabled, QComboBox:disabled { color: $text_3; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line_control;
    selection-background-color: $selection; selection-color: $text_1; outline: 0; padding: 4px; }
QListView[kind="menu"] { background: $raised; border: 1px solid $line_control;
    selection-background-color: $selection; selection-color: $text_1; outline: 0; }
QPushButton { background: $control; color: $text_1; border: 1px solid $line_control;
    border-radius: 6px; padding: 0 11px; min-height: $h26; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:disabled { color: $text_3; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border: none;
    padding: 0 12px; min-height: $h36; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_hover; }
QPushButton[kind="primary"]:disabled { background: $pressed; color: $text_2; }
QPushButton[kind="large"] { min-height: $h34; padding: 0 14px; }
QPushButton[kind="danger"] { color: $danger; min-height: $h34; padding: 0 14px; }
QPushButton[kind="danger"]:disabled { color: $text_3; }
QPushButton[kind="small"] { min-height: $h22; padding: 0 8px; font-size: $small; }
QPushButton[kind="done"] { background: $accent; color: $on_accent; border: none;
    padding: 0 8px; min-height: $h22; font-size: $small; }
QPushButton[kind="done"]:hover { background: $accent_hover; }
QPushButton[kind="link"] { background: transparent; border: none; color: $accent_text;
    padding: 0 2px; font-size: $small; min-height: $h22; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="segment"] { background: transparent; border: 1px solid transparent;
    border-radius: 6px; color: $text_2; padding: 0 10px; min-height: 0; }
QPushButton[kind="segment"][dense="true"] { padding: 0 5px; }
QPushButton[kind="segment"]:hover { color: $text_1; }
QPushButton[kind="segment"]:checked { background: $segment; border-color: $line_control;
    color: $text_1; font-weight: 500; }
QPushButton[kind="segment"]:disabled { color: $text_3; }
QToolButton { background: transparent; border: none; border-radius: 6px; padding: 5px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $pressed; }
QToolButton:checked { background: $selection; }
QToolButton[kind="boxed"] { background: $control; border: 1px solid $line_control; }
QToolButton[kind="boxed"]:hover { background: $hover; }
QToolButton[kind="boxed"]:checked { background: $selection; border-color: $focus; }
QToolButton::menu-indicator { image: none; }
QToolButton#qt_menubar_ext_button { padding: 0; }
QMenuBar { background: transparent; color: $text_1; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 6px; }
QMenuBar::item:selected { background: $hover; }
QMenuBar::item:pressed { background: $pressed; }
QMenu { background: $raised; color: $text_1; border: 1px solid $line_control;
    border-radius: 10px; padding: 5px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 6px; min-height: $h18; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $text_3; }
QMenu::separator { height: 1px; background: $line; margin: 5px 10px; }
QMenu::icon { padding-left: 8px; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle { background: $line_control; border-radius: 4px; min-height: 32px;
    min-width: 32px; }
QScrollBar::handle:hover { background: $dash; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea, QAbstractScrollArea { border: none; }
QPlainTextEdit[kind="boxed"] { border: 1px solid $line_control; }
QListView[kind="menu"] { border: 1px solid $line_control; }
QSplitter::handle { background: $canvas; }
QCheckBox, QRadioButton { spacing: 8px; }
QRadioButton::indicator { width: 14px; height: 14px; border-radius: 8px; background: $control;
    border: 1px solid $dash; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent;
    background: $on_accent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $line_control; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $text_3; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 8px;
    background: $control; border: 1px solid $dash; }
""")
