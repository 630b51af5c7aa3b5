"""The one question before the window goes: something that was paid for would be lost."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.text import t
from kling_desktop.ui.columns import Surface
from kling_desktop.ui.focus_ring import FocusRing
from kling_desktop.ui.look import Look
from kling_desktop.ui.paragraph import Paragraph
from kling_desktop.ui.theme import Space, Type

_WIDTH_PX = 440


class StayQuestion(QDialog):
    """Accepted when the window is to go all the same; Enter, Esc and closing it stay.

    Holds up the window under it alone. `stay` has the keyboard.
    """

    def __init__(self, look: Look, window: QWidget, reason: ErrorRecord) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle("Kling Desktop")
        self._title, self._detail = Paragraph(), Paragraph()
        self._title.setFont(look.font(Type.TITLE))
        # An id that can be written nowhere else is to be copied from here.
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.leave, self.stay = QPushButton(t("Quit all the same")), QPushButton(t("Stay"))
        self.leave.setProperty("kind", "large")
        self.stay.setProperty("kind", "primary")
        self.leave.setAutoDefault(False)
        self.stay.setDefault(True)
        self.leave.clicked.connect(self.accept)
        self.stay.clicked.connect(self.reject)
        self._build(look)
        self._ring = FocusRing(self, look)
        self.show_reason(reason)
        self.stay.setFocus()

    def _build(self, look: Look) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        surface = Surface(look, "panel")
        outer.addWidget(surface)
        column = QVBoxLayout(surface)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(self._title)
        column.addWidget(self._detail)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.stay)
        column.addLayout(row)

    def show_reason(self, reason: ErrorRecord) -> None:
        """Say why."""
        self._title.setText(reason.title)
        self._detail.setText(reason.detail)
        self.setAccessibleName(reason.title)
        self.setAccessibleDescription(reason.detail)
        layout = self.layout()
        assert layout is not None
        width = max(_WIDTH_PX, layout.sizeHint().width())
        self.resize(width, layout.heightForWidth(width))
