"""What the library shows before there is anything: steps, samples, and the way to accounts."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill, fitted, text
from kling_desktop.ui.paragraph import Paragraph
from kling_desktop.ui.pictures import read_image
from kling_desktop.ui.theme import Radius, Space, Type

_WIDEST_PX = 512 + 2 * Space.L
_SAMPLE_PX, _SMALL_SAMPLE_PX = (88, 66), (64, 48)
_BUTTON_PX = 180
_NARROW_PX = 480


class FirstRun(QScrollArea):
    """No wizard, no account needed. `samples` are given on as they are."""

    samples_wanted = Signal(object)
    accounts_wanted = Signal()

    def __init__(self, look: Look, samples: Sequence[Path]) -> None:
        super().__init__()
        self._look, self._samples = look, list(samples)
        self._try = QPushButton(t("Try with these pictures"))
        self._account = QPushButton(t("Add an account"))
        self._pictures: list[_Sample] = []
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._build()
        self._try.clicked.connect(self._on_try)
        self._account.clicked.connect(self.accounts_wanted)
        look.changed.connect(self._dress)

    def _build(self) -> None:
        page = QWidget()
        page.setMaximumWidth(_WIDEST_PX)
        column = QVBoxLayout(page)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.S)
        column.addStretch(1)
        self._heading = QLabel(t("Your pictures will gather here"))
        self._heading.setWordWrap(True)
        column.addWidget(self._heading)
        self._intro = Paragraph(
            t(
                "You start in the sandbox: a stand-in for Kling on this computer. It is free and "
                "paints test pictures, so you can learn the way before anything costs money."
            ),
            "second",
        )
        column.addWidget(self._intro)
        column.addSpacing(Space.L)
        for number, (title, sentence) in enumerate(_steps(), 1):
            column.addWidget(_Step(self._look, number, title, sentence))
            column.addSpacing(Space.S)
        column.addSpacing(Space.S)
        if self._samples:
            column.addWidget(self._card())
            column.addSpacing(Space.S)
        column.addLayout(self._account_row())
        column.addStretch(2)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(page, 100)
        row.addStretch(1)
        # Fonts first: the style sheet would take back those that are set after it has polished.
        self._dress()
        self.setWidget(holder)
        holder.setAutoFillBackground(False)

    def _card(self) -> QWidget:
        card = _Card(self._look)
        row = self._card_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, card)
        row.setContentsMargins(Space.L, Space.L, Space.M, Space.L)
        row.setSpacing(Space.M)
        pictures = QHBoxLayout()
        pictures.setSpacing(6)
        self._pictures = [_Sample(self._look, sample) for sample in self._samples[:3]]
        for picture in self._pictures:
            pictures.addWidget(picture)
        pictures.addStretch(1)
        row.addLayout(pictures, 1)
        side = QVBoxLayout()
        side.setSpacing(6)
        self._try.setProperty("kind", "primary")
        side.addStretch(1)
        side.addWidget(self._try)
        self._free = Paragraph(t("Free, fills the form"), "second")
        self._free.setAlignment(Qt.AlignmentFlag.AlignCenter)
        side.addWidget(self._free)
        side.addStretch(1)
        row.addLayout(side)
        return card

    def _account_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        self._account.setProperty("kind", "large")
        row.addWidget(self._account)
        self._costs = Paragraph(t("Kling, CometAPI or PowerTokens. These cost money."), "second")
        row.addWidget(self._costs, 1)
        return row

    @Slot()
    def _dress(self) -> None:
        look = self._look
        self._heading.setFont(look.font(Type.DISPLAY))
        self._intro.setFont(look.font(Type.BODY))
        self._costs.setFont(look.font(Type.SMALL))
        if self._samples:
            self._free.setFont(look.font(Type.SMALL))
            self._arrange_card()
        self._account.setIcon(look.icon("key", look.theme.text_1, 16))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow library the card stacks."""
        super().resizeEvent(event)
        if self._samples:
            self._arrange_card()

    def _arrange_card(self) -> None:
        # Large text or little room: the button stands below the pictures.
        words = QFontMetricsF(self._look.font(Type.STRONG)).horizontalAdvance(self._try.text())
        is_narrow = self.viewport().width() < _NARROW_PX
        way = QBoxLayout.Direction
        stacks = is_narrow or words >= _BUTTON_PX
        self._card_row.setDirection(way.TopToBottom if stacks else way.LeftToRight)
        for picture in self._pictures:
            picture.setFixedSize(QSize(*(_SMALL_SAMPLE_PX if is_narrow else _SAMPLE_PX)))

    @Slot()
    def _on_try(self) -> None:
        self.samples_wanted.emit(list(self._samples))


def _steps() -> list[tuple[str, str]]:
    return [
        (
            t("Give it pictures"),
            t("Drop up to four subjects on the left. A scene and a style if you like."),
        ),
        (
            t("Say what should happen"),
            t("A sentence will do. What should happen to them?"),
        ),
        (
            t("Press Generate"),
            t("The price stands on the button. In the sandbox it is always free."),
        ),
    ]


class _Step(QWidget):
    """A number in a disc, a title, a sentence."""

    def __init__(self, look: Look, number: int, title: str, sentence: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        row.addWidget(_Disc(look, str(number)), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(0)
        heading = Paragraph(title)
        heading.setFont(look.font(Type.STRONG))
        words = Paragraph(sentence, "second")
        column.addWidget(heading)
        column.addWidget(words)
        row.addLayout(column, 1)


class _Disc(QWidget):
    def __init__(self, look: Look, words: str) -> None:
        super().__init__()
        self._look, self._words = look, words
        size = max(24, round(QFontMetricsF(look.font(Type.SMALL_STRONG)).height()) + 8)
        self.setFixedSize(size, size)
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A figure on a quiet disc."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, theme = QRectF(self.rect()), self._look.theme
        fill(painter, box, theme.pressed, box.height() / 2)
        centre = int(Qt.AlignmentFlag.AlignCenter)
        text(painter, box, self._words, self._look.font(Type.SMALL_STRONG), theme.text_2, centre)


class _Card(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A panel on the canvas."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, box = self._look.theme, QRectF(self.rect())
        fill(painter, box, theme.panel, Radius.CARD)
        edge(painter, box, theme.line, Radius.CARD)


class _Sample(QWidget):
    """A photograph, whole, on the tone behind fitted pictures."""

    def __init__(self, look: Look, file: Path) -> None:
        super().__init__()
        self._look = look
        self._picture = QPixmap.fromImage(read_image(file, 256))
        self.setFixedSize(QSize(*_SAMPLE_PX))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fitted, never cropped."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect())
        fill(painter, box, self._look.theme.sunken, Radius.PICTURE)
        painter.drawPixmap(fitted(self._picture, box).toRect(), self._picture)
