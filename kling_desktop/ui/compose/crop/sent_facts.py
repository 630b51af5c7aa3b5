"""What would be sent of a picture: its look, its figures, and what was done to it."""

from PySide6.QtCore import QRectF, QSize, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kling_desktop.domain.media import ImageLimits
from kling_desktop.text import t
from kling_desktop.ui.compose.copies import Sent
from kling_desktop.ui.compose.crop.canvas import size_words
from kling_desktop.ui.compose.verdict import changes
from kling_desktop.ui.compose.verdict import size_words as bytes_words
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill, fitted
from kling_desktop.ui.paragraph import Paragraph
from kling_desktop.ui.theme import Radius, Space, Type


class SentFacts(QWidget):
    """The picture with its figures beside it, or below it, and the changes in words."""

    def __init__(self, look: Look, picture: QSize, *, is_stacked: bool = False) -> None:
        super().__init__()
        self._look = look
        self.picture = SentPicture(look, picture)
        self._size, self._weight, self._changes = Paragraph(), Paragraph("", "second"), Paragraph()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        way = QBoxLayout.Direction
        row = QBoxLayout(way.TopToBottom if is_stacked else way.LeftToRight)
        row.setSpacing(Space.M)
        figures = QVBoxLayout()
        figures.setSpacing(Space.XS)
        figures.addWidget(self._size)
        figures.addWidget(self._weight)
        figures.addStretch(1)
        row.addWidget(self.picture)
        row.addLayout(figures, 1)
        column.addLayout(row)
        column.addWidget(self._changes)
        look.changed.connect(self._dress)
        self._dress()

    def show_waiting(self, width: int, height: int) -> None:
        """The size is known at once; the rest follows when the copy is made."""
        self._size.setText(size_words(width, height))
        self._weight.setText(t("Being made…"))
        self._changes.setText("")

    def show_sent(self, sent: Sent, limits: ImageLimits) -> None:
        """Render what would be sent."""
        self.picture.show_picture(QPixmap.fromImage(sent.preview))
        if sent.words:
            self._size.setText(t("No copy can be made"))
            self._weight.setText(sent.words)
            self._changes.setText("")
            return
        facts = sent.facts
        self._size.setText(size_words(facts.width, facts.height))
        self._weight.setText(weight_words(sent, limits))
        self._changes.setText(changes_sentence(sent))

    @Slot()
    def _dress(self) -> None:
        self._size.setFont(self._look.font(Type.STRONG))
        for label in (self._weight, self._changes):
            label.setFont(self._look.font(Type.SMALL))


class SentPicture(QWidget):
    """A picture fitted into its place, never cropped."""

    def __init__(self, look: Look, size: QSize) -> None:
        super().__init__()
        self._look = look
        self._picture = QPixmap()
        self.setFixedSize(size)
        self.setAccessibleName(t("What will be sent"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_picture(self, picture: QPixmap) -> None:
        """Show this, or nothing but the ground."""
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture on its ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect())
        fill(painter, box, self._look.theme.sunken, Radius.PICTURE)
        if not self._picture.isNull():
            place = fitted(self._picture, box)
            painter.drawPixmap(place, self._picture, QRectF(self._picture.rect()))


def weight_words(sent: Sent, limits: ImageLimits) -> str:
    """`JPEG, 612 KB of 10 MB`."""
    return t(
        "{format}, {size} of {limit} MB",
        format=sent.facts.format,
        size=bytes_words(sent.facts.size_bytes),
        limit=f"{limits.size_bytes / 1024**2:g}",
    )


def changes_sentence(sent: Sent) -> str:
    """What the copy differs by, and what becomes of the file itself."""
    if sent.is_same:
        return t("Goes as it is. Your file stays as it is.")
    return t("{changes}. Your file stays as it is.", changes=changes(sent.facts))
