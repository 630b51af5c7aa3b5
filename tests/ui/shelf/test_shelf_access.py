"""The shelf for those who do not see it, use no mouse, or need large text."""

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.compose.test_compose_access import everything
from tests.ui.shelf.conftest import Bay


def test_everything_that_takes_the_keyboard_has_a_name(bay: Bay):
    bay.drawer.view.choose(bay.mara.original_sha256)
    bay.drawer._on_remove()
    QApplication.processEvents()
    root = QAccessible.queryAccessibleInterface(bay.drawer)
    nameless = [
        str(found.object())
        for found in everything(root)
        if found.state().focusable
        and not found.state().invisible
        and not found.text(QAccessible.Text.Name)
    ]
    assert nameless == []


@pytest.mark.parametrize("factor", [1, 2])
def test_nothing_is_wider_than_the_drawer(bay: Bay, factor: int):
    app = QApplication.instance()
    plain, large = QApplication.font(), QApplication.font()
    large.setPointSizeF(plain.pointSizeF() * factor)
    app.setFont(large)  # type: ignore[union-attr]
    try:
        bay.desk.look.changed.emit()
        for id in (bay.mara.original_sha256, "s1"):
            bay.drawer.view.choose(id)
            QApplication.processEvents()
            outside = [
                (type(widget).__name__, widget.accessibleName())
                for widget in bay.drawer._surface.findChildren(QWidget)
                if widget.isVisible()
                and not widget.visibleRegion().isEmpty()
                and widget.mapTo(bay.drawer, widget.rect().topRight()).x() > 408
            ]
            assert outside == []
    finally:
        app.setFont(plain)  # type: ignore[union-attr]


def test_the_lists_are_as_high_as_what_they_hold(bay: Bay):
    QApplication.processEvents()
    tile = bay.drawer.view.pictures.visualRect(bay.drawer.view.picture_rows.index(0))
    assert bay.drawer.view.pictures.height() == tile.height(), "three in one row"
    bay.bridge.shelve((bay.keep("lamp.png", "white"),))
    QApplication.processEvents()
    assert bay.drawer.view.pictures.height() == 2 * tile.height()
