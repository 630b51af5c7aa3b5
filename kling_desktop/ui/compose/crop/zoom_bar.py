"""Minus, a slider, plus, and a menu that says how large the picture is shown."""

from math import log

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSlider, QToolButton, QWidget

from kling_desktop.text import t
from kling_desktop.ui.library.stage import Stage
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Space, Type

_STEP, _STEPS, _SLIDER_PX = 1.2, 100, 120
_LARGE_LINE_PX = 24
_LEAST, _MOST = 0.05, 4.0


class ZoomBar(QWidget):
    """Controls the zoom of a stage, and follows it."""

    def __init__(self, look: Look, stage: Stage) -> None:
        super().__init__()
        self._look, self._stage = look, stage
        self._less, self._more = QToolButton(), QToolButton()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _STEPS)
        self._slider.setFixedWidth(_SLIDER_PX)
        self._slider.setAccessibleName(t("Zoom"))
        self._size = QPushButton()
        self._size.setAccessibleName(t("Zoom"))
        menu = QMenu(self)
        menu.addAction(t("Fit (Ctrl+0)"), lambda: stage.set_zoom(None))
        menu.addAction("100 %", lambda: stage.set_zoom(1.0))
        menu.addAction("200 %", lambda: stage.set_zoom(2.0))
        self._size.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        for button, words in ((self._less, t("Smaller")), (self._more, t("Larger"))):
            button.setAccessibleName(words)
            button.setToolTip(words)
            button.setIconSize(QSize(20, 20))
        for part in (self._less, self._slider, self._more, self._size):
            row.addWidget(part)
        self._less.clicked.connect(lambda: self.step(-1))
        self._more.clicked.connect(lambda: self.step(1))
        self._slider.valueChanged.connect(self._on_slider)
        stage.zoomed.connect(self._on_zoomed)
        look.changed.connect(self._dress)
        self._dress()

    def step(self, way: int) -> None:
        """One step larger (1) or smaller (-1)."""
        self._stage.set_zoom(self._stage.zoom() * _STEP**way)

    @Slot(int)
    def _on_slider(self, place: int) -> None:
        self._stage.set_zoom(_LEAST * (_MOST / _LEAST) ** (place / _STEPS))

    @Slot(float)
    def _on_zoomed(self, zoom: float) -> None:
        place = round(_STEPS * log(max(zoom, _LEAST) / _LEAST) / log(_MOST / _LEAST))
        was = self._slider.blockSignals(True)
        self._slider.setValue(place)
        self._slider.blockSignals(was)
        percent = f"{round(zoom * 100)} %"
        words = t("Fit, {percent}", percent=percent) if self._stage.is_fitted else percent
        self._size.setText(words)
        self._size.setAccessibleDescription(words)

    @Slot()
    def _dress(self) -> None:
        # Large text leaves no room for what the two buttons do as well.
        self._slider.setVisible(self._look.line_height(Type.BODY) <= _LARGE_LINE_PX)
        color = self._look.theme.text_1
        self._less.setIcon(self._look.icon("minus", color))
        self._more.setIcon(self._look.icon("plus", color))
