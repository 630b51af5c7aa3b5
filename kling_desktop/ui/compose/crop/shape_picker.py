"""The shapes of a frame, drawn true, in two rows of five."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QRadioButton, QSizePolicy, QWidget

from kling_desktop.text import t
from kling_desktop.ui.compose.crop.cut import FREE, SHAPES, WHOLE, Cut
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill, text
from kling_desktop.ui.theme import Radius, Type
from kling_desktop.ui.widgets import tab_to_chosen

_COLUMNS, _GAP_PX, _CELL_PX, _SHAPE_PX = 5, 6, 56, 20
_AREA_PX = 190  # every shape has about as much of it


class ShapePicker(QWidget):
    """A group of radio buttons. `chosen` carries one of `SHAPES`."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setAccessibleName(t("Shape"))
        self.cells = {shape: _Cell(shape, look) for shape in SHAPES}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(_GAP_PX)
        for number, cell in enumerate(self.cells.values()):
            grid.addWidget(cell, number // _COLUMNS, number % _COLUMNS)
            cell.clicked.connect(self._on_clicked)
            cell.toggled.connect(self._on_toggled)
        look.changed.connect(self._dress)
        self._dress()

    def show_cut(self, cut: Cut) -> None:
        """Render the cut's shape; a shape locked by hand is none of these."""
        whole = self.cells[WHOLE]
        whole.extent = (cut.extent.width, cut.extent.height)
        limit = f"{float(cut.limits.widest):g}"
        reason = "" if cut.is_whole_allowed else t("It is longer than {limit}:1.", limit=limit)
        whole.setEnabled(not reason)
        for shape, cell in self.cells.items():
            name = _words(shape)
            cell.setToolTip(reason if shape == WHOLE else "")
            cell.setAccessibleDescription(reason if shape == WHOLE else "")
            cell.setAccessibleName(t("Shape {shape}", shape=name))
            was = cell.blockSignals(True)
            cell.setAutoExclusive(False)
            cell.setChecked(shape == cut.shape)
            cell.setAutoExclusive(True)
            cell.blockSignals(was)
            cell.update()
        tab_to_chosen(list(self.cells.values()))

    @Slot(bool)
    def _on_toggled(self, is_on: bool) -> None:
        # The arrow keys of a group of radio buttons switch without a click.
        if is_on:
            self._tell()

    @Slot()
    def _on_clicked(self) -> None:
        self._tell()

    def _tell(self) -> None:
        shape = next((s for s, cell in self.cells.items() if cell.isChecked()), "")
        if shape:
            self.chosen.emit(shape)

    @Slot()
    def _dress(self) -> None:
        for cell in self.cells.values():
            cell.setFixedHeight(self._look.fit(_CELL_PX, Type.SMALL))
        self.update()


class _Cell(QRadioButton):
    def __init__(self, shape: str, look: Look) -> None:
        super().__init__()
        self._shape = shape
        self._look = look
        self.extent: tuple[int, int] = (1, 1)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Wide enough for its words."""
        words = QFontMetrics(self._look.font(Type.SMALL_MEDIUM)).horizontalAdvance("16:9")
        return QSize(max(_CELL_PX, words + 12), self.height())

    def minimumSizeHint(self) -> QSize:
        """May be a little narrower than it would like."""
        return QSize(40, self.height())

    def hitButton(self, pos: QPoint) -> bool:
        """All of it can be clicked."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The true shape above its name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, theme, box = self._look, self._look.theme, QRectF(self.rect())
        if not self.isEnabled():
            painter.setOpacity(0.4)
        ground = theme.hover if self.underMouse() and self.isEnabled() else theme.control
        line, color = theme.line_control, theme.text_2
        if self.isChecked():
            ground, line, color = theme.selection, theme.focus, theme.accent_text
        fill(painter, box, ground, Radius.FIELD)
        edge(painter, box, line, Radius.FIELD)
        words_height = look.line_height(Type.SMALL_MEDIUM)
        upper = QRectF(box.left(), box.top() + 4, box.width(), box.height() - words_height - 10)
        if self._shape == FREE:
            look.paint_icon(painter, "crop", upper, color)
        else:
            edge(painter, self._outline(upper), color, 2, 1.5)
        lower = QRectF(box.left() + 2, upper.bottom(), box.width() - 4, words_height)
        font = look.font(Type.SMALL_MEDIUM if self.isChecked() else Type.SMALL)
        text(painter, lower, _words(self._shape), font, color, int(Qt.AlignmentFlag.AlignCenter))

    def _outline(self, box: QRectF) -> QRectF:
        width, height = self.extent
        if self._shape != WHOLE:
            width, height = (int(side) for side in self._shape.split(":"))
        scale = (_AREA_PX / (width * height)) ** 0.5
        shown_width = min(_SHAPE_PX, max(6, round(width * scale)))
        shown_height = min(_SHAPE_PX, max(6, round(height * scale)))
        left = round(box.center().x() - shown_width / 2)
        top = round(box.center().y() - shown_height / 2)
        return QRectF(left, top, shown_width, shown_height)


def _words(shape: str) -> str:
    return {FREE: t("Free"), WHOLE: t("Whole")}.get(shape, shape)
