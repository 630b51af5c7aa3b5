"""The list of accounts: tile, name, state in words, Free or Paid."""

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kling_desktop.domain.facts import AccountChanged, KeyCheck, KeyPlace
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill, text
from kling_desktop.ui.provider_tile import paint_tile
from kling_desktop.ui.theme import Radius, Type

Index = QModelIndex | QPersistentModelIndex


class AccountRole(IntEnum):
    """What the delegate asks a row for."""

    PROFILE = Qt.ItemDataRole.UserRole + 1
    ACCOUNT = Qt.ItemDataRole.UserRole + 2


class AccountModel(QAbstractListModel):
    """One row per provider, with what is known of its key."""

    def __init__(self, profiles: Mapping[str, ProviderProfile]) -> None:
        super().__init__()
        self._profiles = list(profiles.values())
        self._accounts: dict[str, AccountChanged] = {}

    def apply(self, account: AccountChanged) -> None:
        """Show the new state of one key."""
        self._accounts[account.provider] = account
        for row, profile in enumerate(self._profiles):
            if profile.id == account.provider:
                self.dataChanged.emit(self.index(row), self.index(row))

    def profile(self, row: int) -> ProviderProfile:
        """The provider in a row."""
        return self._profiles[row]

    def account(self, provider: str) -> AccountChanged:
        """What is known of a provider's key."""
        return self._accounts.get(provider, AccountChanged(provider, KeyPlace.NONE))

    def row_of(self, provider: str) -> int:
        """Where a provider stands."""
        return next(i for i, p in enumerate(self._profiles) if p.id == provider)

    def rowCount(self, parent: Index | None = None) -> int:
        """As many rows as providers."""
        return 0 if parent is not None and parent.isValid() else len(self._profiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name and state for screen readers, the values for the delegate."""
        if not index.isValid():
            return None
        profile = self._profiles[index.row()]
        account = self.account(profile.id)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return profile.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{profile.title}, {state_words(profile, account)[0]}, {price_word(profile)}"
            case AccountRole.PROFILE:
                return profile
            case AccountRole.ACCOUNT:
                return account
            case _:
                return None


def price_word(profile: ProviderProfile) -> str:
    """Free or Paid."""
    return t("Free") if profile.is_free else t("Paid")


def state_words(profile: ProviderProfile, account: AccountChanged) -> tuple[str, str]:
    """The state of an account in words, and the token of the colour they carry."""
    if profile.is_free:
        return t("On this computer"), "text_2"
    at = _clock(account.checked_at_ms)
    if account.check is KeyCheck.WORKS:
        return t("Key works, checked {time}", time=at), "text_2"
    if account.check is KeyCheck.REFUSED:
        return t("Key refused at {time}", time=at), "danger"
    if account.error is not None and account.check is KeyCheck.UNTESTED:
        return account.error.title, "warning"
    words = {
        KeyPlace.NONE: t("No key yet"),
        KeyPlace.KEYRING: t("Key kept, not tested"),
        KeyPlace.SESSION: t("Key kept until you quit"),
        KeyPlace.ENVIRONMENT: t("Key from the environment"),
    }
    if account.place is KeyPlace.NONE and profile.base_url is None:
        return t("Any server that speaks the same way"), "text_2"
    return words[account.place], "text_2"


def _clock(time_ms: int | None) -> str:
    if time_ms is None:
        return ""
    return datetime.fromtimestamp(time_ms / 1000).strftime("%H:%M")


class AccountDelegate(QStyledItemDelegate):
    """Paints one account: 56 high, tile, two lines, pill."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines of text and air."""
        look = self._look
        lines = look.line_height(Type.STRONG) + look.line_height(Type.SMALL)
        return QSize(280, max(56, lines + 20))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row in its state."""
        look, theme = self._look, self._look.theme
        profile: ProviderProfile = index.data(AccountRole.PROFILE)
        account: AccountChanged = index.data(AccountRole.ACCOUNT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(8, 0, -8, 0)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            fill(painter, box, theme.selection, Radius.ROW)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            fill(painter, box, theme.pressed, Radius.ROW)
        flag = QStyle.StateFlag
        by_keyboard = flag.State_HasFocus | flag.State_KeyboardFocusChange
        if option.state & by_keyboard == by_keyboard:
            edge(painter, box, theme.focus, Radius.ROW, 2)
        tile = QRectF(box.left() + 12, box.center().y() - 16, 32, 32)
        paint_tile(painter, tile, profile, look)
        pill = self._paint_pill(painter, box, profile)
        self._paint_words(painter, box, tile, pill, profile, account)
        painter.restore()

    def _paint_pill(self, painter: QPainter, box: QRectF, profile: ProviderProfile) -> QRectF:
        look, theme = self._look, self._look.theme
        font = look.font(Type.MICRO)
        word = price_word(profile)
        metrics = QFontMetricsF(font)
        width, height = metrics.horizontalAdvance(word) + 18, metrics.height() + 4
        corner = QPointF(box.right() - 12 - width, box.center().y() - height / 2)
        pill = QRectF(corner.x(), corner.y(), width, height)
        fill_color = theme.sandbox_fill if profile.is_free else theme.pressed
        color = theme.sandbox if profile.is_free else theme.text_2
        fill(painter, pill, fill_color, height / 2)
        text(painter, pill, word, font, color, int(Qt.AlignmentFlag.AlignCenter))
        return pill

    def _paint_words(
        self,
        painter: QPainter,
        box: QRectF,
        tile: QRectF,
        pill: QRectF,
        profile: ProviderProfile,
        account: AccountChanged,
    ) -> None:
        look, theme = self._look, self._look.theme
        name_height = look.line_height(Type.STRONG)
        state_height = look.line_height(Type.SMALL)
        top = box.center().y() - (name_height + state_height + 2) / 2
        width = pill.left() - tile.right() - 20
        name = QRectF(tile.right() + 12, top, width, name_height)
        state = QRectF(tile.right() + 12, top + name_height + 2, width, state_height)
        words, token = state_words(profile, account)
        text(painter, name, profile.title, look.font(Type.STRONG), theme.text_1)
        text(painter, state, words, look.font(Type.SMALL), getattr(theme, token))
