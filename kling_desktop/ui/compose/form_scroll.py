"""Scrolls the form; the bar lies in the margin, so that the fields never move for it."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QWidget

_BAR_PX = 8


class FormScroll(QScrollArea):
    """`below_changed` says whether part of the form lies below the edge."""

    below_changed = Signal(bool)

    def __init__(self, form: QWidget) -> None:
        super().__init__()
        self.setWidget(form)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        form.setAutoFillBackground(False)
        self._shown = QScrollBar(Qt.Orientation.Vertical, self)
        self._shown.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._on_range_changed)
        bar.valueChanged.connect(self._on_moved)
        self._shown.valueChanged.connect(bar.setValue)
        self._on_range_changed()

    def minimumSizeHint(self) -> QSize:
        """The form may be scrolled to any height."""
        return QSize(0, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the bar at the edge."""
        super().resizeEvent(event)
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = 0 if is_mirrored else self.width() - _BAR_PX
        self._shown.setGeometry(left, 0, _BAR_PX, self.height())

    @Slot()
    def _on_range_changed(self) -> None:
        bar = self.verticalScrollBar()
        self._shown.setRange(bar.minimum(), bar.maximum())
        self._shown.setPageStep(bar.pageStep())
        self._shown.setSingleStep(bar.singleStep())
        self._shown.setVisible(bar.maximum() > 0)
        self._on_moved()

    @Slot()
    def _on_moved(self) -> None:
        bar = self.verticalScrollBar()
        self._shown.setValue(bar.value())
        self.below_changed.emit(bar.value() < bar.maximum())
