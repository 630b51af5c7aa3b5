"""What the fields of the form share: the note below, the frame, the row that stacks when narrow."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill, text
from kling_desktop.ui.theme import Height, Radius, Space, Theme, Type

_ICONS = {"danger": "failed", "warning": "warning", "second": "stop", "remark": "info"}
_COLORS = {"danger": "danger", "warning": "warning", "second": "text_2", "remark": "text_2"}


class FieldNote(QWidget):
    """A sentence under a field with its icon: `danger`, `warning`, or quietly `second` for what
    is kept and not sent, `remark` for anything else.

    It is also the accessible description of `field`, in place of its tooltip.
    """

    def __init__(self, look: Look, field: QWidget) -> None:
        super().__init__()
        self._look = look
        self._field = field
        self._tone = "danger"
        self._icon = QLabel()
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        look.changed.connect(self._dress)
        self.hide()

    def say(self, words: str, tone: str = "danger") -> None:
        """Say this, or nothing."""
        self.setVisible(bool(words))
        self._field.setAccessibleDescription(words or self._field.toolTip())
        if words == self._words.text() and tone == self._tone:
            return
        self._tone = tone
        self._words.setText(words)
        self._words.setProperty("tone", "second" if tone == "remark" else tone)
        self._words.style().polish(self._words)
        self._dress()

    @property
    def is_problem(self) -> bool:
        """Whether something is wrong, rather than only remarked."""
        return bool(self.words()) and self._tone == "danger"

    def words(self) -> str:
        """What is said, "" for nothing."""
        return "" if self.isHidden() else self._words.text()

    @Slot()
    def _dress(self) -> None:
        look = self._look
        color = getattr(look.theme, _COLORS[self._tone])
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(look.pixmap(_ICONS[self._tone], color, 16, ratio))
        self._words.setFont(look.font(Type.SMALL))
        # Beside the first line, however large that is.
        self._icon.setFixedHeight(max(16, look.line_height(Type.SMALL)))


class Check(QCheckBox):
    """A check box with an edge that can be seen on every surface."""

    def __init__(self, look: Look, words: str) -> None:
        super().__init__(words)
        self._look = look
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._dress)
        self._dress()

    def hitButton(self, pos: QPoint) -> bool:
        """The words count too."""
        return self.rect().contains(pos)

    @Slot()
    def _dress(self) -> None:
        self.setFixedHeight(self._look.fit(Height.SMALL))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, theme, area = self._look, self._look.theme, QRectF(self.rect())
        if not self.isEnabled():
            painter.setOpacity(0.4)
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = area.right() - 16 if is_mirrored else area.left()
        box = QRectF(left, round(area.center().y() - 8), 16, 16)
        if self.isChecked():
            fill(painter, box, theme.accent, Radius.PICTURE)
            look.paint_icon(painter, "check", box, theme.on_accent)
        else:
            fill(painter, box, theme.control, Radius.PICTURE)
            edge(painter, box, theme.dash, Radius.PICTURE)
        words = area.adjusted(0, 0, -24, 0) if is_mirrored else area.adjusted(24, 0, 0, 0)
        text(painter, words, self.text(), look.font(Type.BODY), theme.text_1)


def paint_field(painter: QPainter, box: QRectF, theme: Theme, tone: str = "") -> None:
    """The ground and edge of a field that draws itself. `tone` is "danger", "warning" or ""."""
    fill(painter, box, theme.control, Radius.FIELD)
    color = {"danger": theme.danger, "warning": theme.warning}.get(tone, theme.line_control)
    edge(painter, box, color, Radius.FIELD)


class FittingRow(QWidget):
    """Fields side by side in the given shares; below each other where they do not fit."""

    def __init__(self, parts: Sequence[tuple[QWidget, int]]) -> None:
        super().__init__()
        self._parts = [part for part, _share in parts]
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Space.S)
        for part, share in parts:
            self._row.addWidget(part, share)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stack or unstack."""
        super().resizeEvent(event)
        self.fit()

    def minimumSizeHint(self) -> QSize:
        """May always be as narrow as its widest part."""
        width = max((part.minimumSizeHint().width() for part in self._shown()), default=0)
        return QSize(width, super().minimumSizeHint().height())

    def fit(self) -> None:
        """Choose the direction for the present width."""
        shown = self._shown()
        needed = sum(part.minimumSizeHint().width() for part in shown)
        needed += Space.S * max(0, len(shown) - 1)
        direction = QBoxLayout.Direction.LeftToRight
        if needed > self.width():
            direction = QBoxLayout.Direction.TopToBottom
        if direction is not self._row.direction():
            self._row.setDirection(direction)
            self.updateGeometry()

    def _shown(self) -> list[QWidget]:
        return [part for part in self._parts if not part.isHidden()]
