"""The three columns and how they answer to the size of the window.

Below 1180 px the tasks become a rail whose panel opens as an overlay; below 900 px wide or 600 px
high the compose column folds as well.
"""

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill

COMPOSE_PX, TASKS_PX, WIDEST_PX, RAIL_PX, WIDE_COLUMN_PX = 352, 336, 440, 64, 400
LIBRARY_PX, DRAWER_PX = 300, 408
_NARROW_PX, _WIDE_PX = 1180, 1920
_FOLD_WIDTH_PX, _FOLD_HEIGHT_PX = 900, 600
_SHADOW_PX = 32


class Surface(QWidget):
    """A plain area in one of the theme's background levels."""

    def __init__(self, look: Look, token: str) -> None:
        super().__init__()
        self._look = look
        self._token = token
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill with the level's colour."""
        QPainter(self).fillRect(self.rect(), getattr(self._look.theme, self._token))


class Columns(QWidget):
    """Compose, library and tasks side by side, folding as the window gets small.

    `compose`, `library`, `tasks` and `rail` are shown as they are given. `tasks_opened` and
    `tasks_closed` tell of the panel over the library, so that the keyboard goes along.
    """

    tasks_opened = Signal()
    tasks_closed = Signal()

    compose_fold_changed = Signal(bool)

    def __init__(
        self, look: Look, compose: QWidget, library: QWidget, tasks: QWidget, rail: QWidget
    ) -> None:
        super().__init__()
        self._compose, self._tasks = compose, tasks
        self._is_compose_folded = False
        self._is_forced_fold = False
        self._tasks_px = TASKS_PX
        self._drawer: QWidget | None = None
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._overlay = _Overlay(look, self)
        self._side = QStackedWidget()
        self._home_of_tasks = Surface(look, "panel")
        self._build(look, library, rail)

    def _build(self, look: Look, library: QWidget, rail: QWidget) -> None:
        _fill_with(self._home_of_tasks, self._tasks)
        compose = Surface(look, "panel")
        _fill_with(compose, self._compose)
        middle = Surface(look, "canvas")
        _fill_with(middle, library)
        middle.setMinimumWidth(LIBRARY_PX)
        compose.setMinimumWidth(COMPOSE_PX)
        compose.setMaximumWidth(WIDEST_PX)
        self._compose_surface = compose
        rail_surface = Surface(look, "panel")
        _fill_with(rail_surface, rail)
        self._side.addWidget(self._home_of_tasks)
        self._side.addWidget(rail_surface)
        for part in (compose, middle, self._side):
            self._splitter.addWidget(part)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setStretchFactor(1, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._splitter)
        self._overlay.closed.connect(self.close_tasks)
        self._splitter.splitterMoved.connect(self._place_drawer)

    def open_drawer(self, drawer: QWidget) -> None:
        """Let `drawer` stand over the library, at the edge of the compose column, until hidden."""
        self._drawer = drawer
        drawer.setParent(self)
        self._place_drawer()
        drawer.show()
        drawer.raise_()

    @property
    def is_narrow(self) -> bool:
        """Whether the tasks are a rail at present."""
        return self._side.currentIndex() == 1

    def reset(self) -> None:
        """The widths of the plan."""
        column = WIDE_COLUMN_PX if self.width() >= _WIDE_PX else None
        side = RAIL_PX if self.is_narrow else column or TASKS_PX
        compose = column or COMPOSE_PX
        self._splitter.setSizes([compose, max(LIBRARY_PX, self.width() - compose - side), side])

    def state(self) -> list[int]:
        """The widths as the person has them."""
        return self._splitter.sizes()

    def restore(self, sizes: list[int]) -> None:
        """Widths of an earlier run, ignored when they are not three."""
        if len(sizes) == 3 and not self.is_narrow:
            self._splitter.setSizes(sizes)

    @Slot()
    def toggle_tasks(self) -> None:
        """Open or close the panel over the library in a narrow window; F8."""
        if not self.is_narrow:
            self._side.setVisible(not self._side.isVisible())
        elif self._overlay.isVisible():
            self.close_tasks()
        else:
            self._overlay.hold(self._tasks)
            self._place_overlay()
            self.tasks_opened.emit()

    def show_tasks(self) -> None:
        """Make sure that the tasks can be seen."""
        is_seen = self._overlay.isVisible() if self.is_narrow else self._side.isVisible()
        if not is_seen:
            self.toggle_tasks()

    @Slot()
    def close_tasks(self) -> None:
        """Put the overlaid panel away; Esc."""
        if self._overlay.isVisible():
            self._overlay.hide()
            self.tasks_closed.emit()

    @Slot()
    def toggle_compose(self) -> None:
        """Fold the compose column away or bring it back; F7."""
        self._is_compose_folded = self._compose_surface.isVisible()
        self._is_forced_fold = False
        self._compose_surface.setVisible(not self._is_compose_folded)
        self._place_drawer()
        self.compose_fold_changed.emit(self._is_compose_folded)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose rail or panel, fold or unfold, and keep the overlay at the edge."""
        super().resizeEvent(event)
        self._choose_side()
        self._choose_fold()
        self._place_drawer()
        if self._overlay.isVisible():
            self._place_overlay()

    def _choose_side(self) -> None:
        wants_rail = self.width() < _NARROW_PX
        is_news = wants_rail != self.is_narrow
        if is_news:
            self._overlay.hide()
            if not wants_rail:
                _fill_with(self._home_of_tasks, self._tasks)
                self._tasks.show()
            self._side.setCurrentIndex(int(wants_rail))
        is_wide = self.width() >= _WIDE_PX
        least = WIDE_COLUMN_PX if is_wide else TASKS_PX
        self._side.setMinimumWidth(RAIL_PX if wants_rail else least)
        self._side.setMaximumWidth(RAIL_PX if wants_rail else WIDEST_PX)
        self._compose_surface.setMinimumWidth(WIDE_COLUMN_PX if is_wide else COMPOSE_PX)
        if is_news:
            self._share_out(wants_rail)

    def _share_out(self, has_rail: bool) -> None:
        # A splitter keeps its sizes when the limits of a part change.
        compose, _, side = self._splitter.sizes()
        if has_rail:
            self._tasks_px = max(side, TASKS_PX)
        side = RAIL_PX if has_rail else self._tasks_px
        self._splitter.setSizes([compose, max(LIBRARY_PX, self.width() - compose - side), side])

    def _choose_fold(self) -> None:
        is_small = self.width() < _FOLD_WIDTH_PX or self.height() < _FOLD_HEIGHT_PX
        if is_small and not self._is_compose_folded and not self._is_forced_fold:
            self._is_forced_fold = True
            self._compose_surface.hide()
            self.compose_fold_changed.emit(True)
        elif not is_small and self._is_forced_fold:
            self._is_forced_fold = False
            self._compose_surface.show()
            self.compose_fold_changed.emit(False)

    @Slot()
    def _place_drawer(self) -> None:
        if self._drawer is None:
            return
        compose = self._compose_surface
        edge = 0 if compose.isHidden() else compose.width()
        box = QRect(edge, 0, min(DRAWER_PX + _SHADOW_PX, self.width() - edge), self.height())
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            box.moveRight(self.width() - 1 - edge)
        self._drawer.setGeometry(box)

    def _place_overlay(self) -> None:
        width = TASKS_PX + _SHADOW_PX
        self._overlay.setGeometry(self.width() - width, 0, width, self.height())
        self._overlay.show()
        self._overlay.raise_()


class _Overlay(QWidget):
    """The tasks panel over the library, with a shadow to its left. Esc closes it."""

    closed = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._surface = Surface(look, "panel")
        row = QHBoxLayout(self)
        row.setContentsMargins(_SHADOW_PX, 0, 0, 0)
        row.addWidget(self._surface)
        self.hide()

    def hold(self, panel: QWidget) -> None:
        """Take the panel in."""
        _fill_with(self._surface, panel)
        panel.show()
        panel.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc inside the panel closes it."""
        if event.type() is QEvent.Type.KeyPress and self.isVisible():
            key = getattr(event, "key", lambda: None)()
            if key == Qt.Key.Key_Escape:
                self.closed.emit()
                return True
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """The shadow, as a few soft steps."""
        painter = QPainter(self)
        shade = self._look.theme.shadow
        for step in range(0, _SHADOW_PX, 4):
            color = shade.toRgb()
            color.setAlpha(round(shade.alpha() * (step / _SHADOW_PX) ** 2 / 2))
            fill(painter, QRectF(step, 0, 4, self.height()), color)


def _fill_with(surface: QWidget, content: QWidget) -> None:
    layout = surface.layout()
    if layout is None:
        layout = QVBoxLayout(surface)
        layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(content)
