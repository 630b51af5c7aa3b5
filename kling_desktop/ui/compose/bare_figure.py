"""A figure that can be typed, without frame and buttons: part of a field that draws itself."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QSpinBox

from kling_desktop.ui.focus_ring import RING_ON_PARENT


class BareFigure(QSpinBox):
    """The focus ring goes around the field that holds it. `name` is for screen readers."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("kind", "bare")
        self.setProperty(RING_ON_PARENT, True)
        self.lineEdit().setProperty("kind", "bare")
        self.setAccessibleName(name)
        self.lineEdit().setAccessibleName(name)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The figure has all the room: the style leaves some for buttons that are not there."""
        super().resizeEvent(event)
        self.lineEdit().setGeometry(self.rect())

    def showEvent(self, event: QShowEvent) -> None:
        """The style lays it out anew as it appears."""
        super().showEvent(event)
        self.lineEdit().setGeometry(self.rect())

    def changeEvent(self, event: QEvent) -> None:
        """And with another font or sheet."""
        super().changeEvent(event)
        self.lineEdit().setGeometry(self.rect())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only when focused, so that scrolling what is around it never changes it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
