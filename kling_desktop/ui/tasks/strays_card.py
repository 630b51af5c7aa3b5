"""Tasks on the person's accounts that this list does not know: bring them in, or leave them."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.findings import Stray, StrayAnswer
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.text import t, tn
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill
from kling_desktop.ui.paragraph import Paragraph
from kling_desktop.ui.tasks.pick_list import Entry, PickList
from kling_desktop.ui.tasks.time_words import made_words
from kling_desktop.ui.theme import Radius, Space, Type

_ICON_PX = 16


class StraysCard(QWidget):
    """An offer, not a demand: it stands on a neutral ground, and closing it decides nothing.

    `answered` carries a Stray and what was said of it, once for each that is ticked; `dismissed`
    says that the card was closed.
    """

    answered = Signal(object, StrayAnswer)
    dismissed = Signal()

    def __init__(self, look: Look, profiles: Mapping[str, ProviderProfile]) -> None:
        super().__init__()
        self._look, self._profiles = look, profiles
        self._strays: dict[str, Stray] = {}
        self._icon, self._title = QLabel(), Paragraph()
        self._note = Paragraph(
            t(
                "They carry an id of this app: another computer sent them, or this list was put "
                "back from an older copy. What was charged for them is charged already."
            ),
            "second",
        )
        self._list = PickList(look, t("Found on your accounts"), has_ticks=True)
        self._take, self._leave = QPushButton(), QPushButton()
        self._close = QToolButton()
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._build()
        self._list.ticked_changed.connect(self._say)
        self._take.clicked.connect(self._on_taken)
        self._leave.clicked.connect(self._on_left)
        self._close.clicked.connect(self.dismissed)
        look.changed.connect(self._dress)
        self.setFocusProxy(self._list)
        self._dress()
        self.hide()

    def _build(self) -> None:
        self.setAccessibleName(t("Found on your accounts"))
        self._close.setAccessibleName(t("Not now"))
        self._close.setToolTip(t("Not now: it is asked again"))
        self._leave.setProperty("kind", "link")
        column = QVBoxLayout(self)
        column.setContentsMargins(4 + Space.M, Space.M, 4 + Space.M, 4 + Space.M)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        top = Qt.AlignmentFlag.AlignTop
        head.addWidget(self._icon, 0, top)
        head.addWidget(self._title, 1)
        head.addWidget(self._close, 0, top)
        column.addLayout(head)
        column.addWidget(self._note)
        column.addWidget(self._list)
        self._buttons.setSpacing(Space.S)
        self._buttons.addWidget(self._take)
        self._buttons.addWidget(self._leave)
        self._buttons.addStretch(1)
        column.addLayout(self._buttons)

    def show_strays(self, strays: Sequence[Stray], now_ms: int) -> None:
        """Offer exactly these; what was unticked stays so."""
        self._strays = {str(stray): stray for stray in strays}
        has_several = len({stray.route.provider for stray in strays}) > 1
        entries: list[Entry] = []
        for key, stray in self._strays.items():
            id, made = made_words(stray, now_ms)
            name = f"{provider_name(stray, self._profiles)}, {made}" if has_several else made
            entries.append(Entry(key, (id, name)))
        self._list.show_entries(entries)
        self._title.setText(strays_words(strays, self._profiles))
        self._say()
        if not strays:
            self.hide()

    @Slot()
    def _say(self) -> None:
        count = len(self._list.ticked())
        self._take.setText(tn("Bring in {count} · free", "Bring in {count} · free", count))
        self._leave.setText(tn("Leave {count}", "Leave {count}", count))
        reason = "" if count else t("Tick at least one task.")
        self._take.setToolTip(reason)
        self._leave.setToolTip(
            reason or t("They stay at the provider, and this is not asked again.")
        )
        for button in (self._take, self._leave):
            button.setEnabled(count > 0)
            button.setAccessibleDescription(button.toolTip())
        self._arrange()

    @Slot()
    def _on_taken(self) -> None:
        self._answer(StrayAnswer.TAKEN)

    @Slot()
    def _on_left(self) -> None:
        self._answer(StrayAnswer.LEFT)

    def _answer(self, answer: StrayAnswer) -> None:
        for stray in [self._strays[key] for key in self._list.ticked()]:
            self.answered.emit(stray, answer)

    @Slot()
    def _dress(self) -> None:
        look, ratio = self._look, self.devicePixelRatioF()
        self._title.setFont(look.font(Type.STRONG))
        self._note.setFont(look.font(Type.SMALL))
        self._icon.setPixmap(look.pixmap("home", look.theme.accent_text, _ICON_PX, ratio))
        self._icon.setContentsMargins(
            0, max(0, look.line_height(Type.STRONG) - _ICON_PX) // 2, 0, 0
        )
        self._close.setIcon(look.icon("x", size=_ICON_PX))
        self._close.setFixedSize(24, 24)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With large text the buttons stand one below the other."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wanted = self._take.sizeHint().width() + self._leave.sizeHint().width()
        way = QBoxLayout.Direction
        is_beside = wanted + 5 * Space.S + 2 * Space.M <= self.width()
        self._buttons.setDirection(way.LeftToRight if is_beside else way.TopToBottom)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A card on the neutral ground of news."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(4, 0, -4, -4)
        fill(painter, box, self._look.theme.pressed, Radius.ROW)


def provider_name(stray: Stray, profiles: Mapping[str, ProviderProfile]) -> str:
    """Whose account it stands on."""
    profile = profiles.get(stray.route.provider)
    return profile.title if profile else stray.route.provider


def strays_words(strays: Sequence[Stray], profiles: Mapping[str, ProviderProfile]) -> str:
    """How many there are, and where: "2 tasks on your Kling account are not in this list"."""
    names = sorted({provider_name(stray, profiles) for stray in strays})
    if len(names) == 1:
        return tn(
            "{count} task on your {provider} account is not in this list",
            "{count} tasks on your {provider} account are not in this list",
            len(strays),
            provider=names[0],
        )
    return tn(
        "{count} task on your accounts is not in this list",
        "{count} tasks on your accounts are not in this list",
        len(strays),
    )
