"""The column for those who do not see it, use no mouse, or need large text."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QSpinBox, QWidget

from kling_desktop.domain.media import UrlImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.templates import Template
from tests.ui.compose.conftest import Bench
from tests.ui.compose.test_compose_panel import set_draft


def everything(interface: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    yield interface
    for index in range(interface.childCount()):
        child = interface.child(index)
        if child is not None and child.isValid():
            yield from everything(child)


def focusable_widgets(panel: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in panel.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(widget.parent(), QSpinBox)
    ]


@pytest.mark.parametrize("kind", list(TaskKind))
def test_everything_that_takes_the_keyboard_has_a_name(ready: Bench, kind: TaskKind):
    set_draft(ready, kind=kind, negative_prompt="blur")
    ready.form.more.unfold()
    QApplication.processEvents()
    root = QAccessible.queryAccessibleInterface(ready.panel)
    nameless = [
        str(found.object())
        for found in everything(root)
        if found.state().focusable
        and not found.state().invisible
        and not found.text(QAccessible.Text.Name)
    ]
    assert nameless == []


def test_every_part_of_the_cards_and_of_the_preview_has_a_name(ready: Bench):
    set_draft(ready, prompt="a {red|blue} vase")
    panel = ready.panel
    panel.generate()
    for kept in (Template("Still life", "{subject} on a table"), Template("Plain", "A table")):
        panel._cabinet._templates.add(kept)
    panel.save_preset()
    ready.presets._on_save()
    panel.show_templates()
    ready.templates._on_picked(1)
    panel.show_history()
    panel.show_presets()
    for card in (panel, ready.presets, ready.templates, ready.history):
        root = QAccessible.queryAccessibleInterface(card)
        nameless = [
            str(found.object())
            for found in everything(root)
            if found.state().focusable
            and not found.state().invisible
            and not found.text(QAccessible.Text.Name)
        ]
        assert nameless == []
        card.hide()


def test_a_slot_is_a_button_whose_description_is_its_verdict(ready: Bench):
    slot = QAccessible.queryAccessibleInterface(ready.slot("subjects[0]"))
    assert slot.role() is QAccessible.Role.PushButton
    assert slot.text(QAccessible.Text.Name) == "Subject 1"
    assert slot.text(QAccessible.Text.Description).startswith("Ready. vase.png, 400 × 300")
    names = {slot.child(n).text(QAccessible.Text.Name) for n in range(slot.childCount())}
    assert names == {"Crop Subject 1 here", "Menu of Subject 1"}


def test_the_shapes_are_radio_buttons_with_names(bench: Bench):
    cells = [
        QAccessible.queryAccessibleInterface(bench.form.ratio.cell(ratio))
        for ratio in ("16:9", "1:1")
    ]
    assert {cell.role() for cell in cells} == {QAccessible.Role.RadioButton}
    assert cells[0].text(QAccessible.Text.Name) == "Aspect ratio 16:9"
    assert [cell.state().checked for cell in cells] == [1, 0]


def test_arrows_move_the_shape(bench: Bench, qtbot):
    bench.panel.window().activateWindow()
    bench.form.ratio.cell("16:9").setFocus()
    qtbot.keyClick(bench.form.ratio.cell("16:9"), Qt.Key.Key_Right)
    assert bench.panel.draft().aspect_ratio == "3:2"


def test_tab_goes_through_the_column_in_the_order_of_the_eye(ready: Bench):
    panel = ready.panel
    panel.window().activateWindow()
    QApplication.processEvents()
    ready.slot("subjects[0]").setFocus(Qt.FocusReason.TabFocusReason)
    visited: list[QWidget] = []
    while (focused := QApplication.focusWidget()) is not None and focused not in visited:
        visited.append(focused)
        panel.focusNextChild()
    stops = [
        *(ready.slot(f"subjects[{n}]") for n in range(4)),
        ready.slot("scene"),
        ready.slot("style"),
        ready.form.prompts.prompt.edit,
        ready.form.provider,
        ready.form.model_picker,
        ready.form.number.field,
        ready.form.more.head,
        panel._footer.button,
    ]
    places = [visited.index(stop) for stop in stops]
    assert places == sorted(places)
    missed = [
        widget.accessibleName() or type(widget).__name__
        for widget in focusable_widgets(panel)
        if widget not in visited
    ]
    assert missed == []


@pytest.mark.parametrize("factor", [1, 2])
def test_nothing_is_wider_than_the_column(ready: Bench, qtbot, factor: int):
    app = QApplication.instance()
    plain = QApplication.font()
    large = QApplication.font()
    large.setPointSizeF(plain.pointSizeF() * factor)
    app.setFont(large)  # type: ignore[union-attr]
    try:
        ready.panel._desk.look.changed.emit()
        set_draft(
            ready,
            negative_prompt="blur",
            watermark=True,
            callback_url="ftp:x",
            style=UrlImage("https://images.example.org/a.png"),
        )
        ready.panel.generate()
        ready.panel._footer.preview.open_with([], 1)
        QApplication.processEvents()
        column = ready.panel.rect()
        outside = [
            (type(widget).__name__, widget.accessibleName())
            for part in (ready.form, ready.panel._footer.preview, ready.panel._kind)
            for widget in part.findChildren(QWidget)
            if widget.isVisible()
            and not widget.visibleRegion().isEmpty()
            and widget.mapTo(ready.panel, widget.rect().topRight()).x() > column.right() - 15
        ]
        assert outside == []
    finally:
        app.setFont(plain)  # type: ignore[union-attr]
