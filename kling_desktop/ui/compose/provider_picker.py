"""The provider and the model: who makes it, in what state the key is, and at what price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QStandardItem,
    QStandardItemModel,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from kling_desktop.domain.facts import AccountChanged, KeyCheck, KeyPlace
from kling_desktop.domain.providers import Capabilities, ProviderProfile, TaskKind
from kling_desktop.domain.sentences import model_sentence
from kling_desktop.text import t
from kling_desktop.ui.compose.fields import paint_field
from kling_desktop.ui.compose.judgement import Accounts, not_made
from kling_desktop.ui.compose.prices import unit_price
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill, text
from kling_desktop.ui.provider_tile import paint_tile
from kling_desktop.ui.theme import Height, Radius, Theme, Type

_ROW_PX = 48
_TILE_PX = 20
_CHEVRON_PX = 26


class PickerBox(QComboBox):
    """A drop-down that draws its field from the theme; the wheel never changes a choice."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._tone = ""
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._dress)
        self._dress()

    def set_tone(self, tone: str) -> None:
        """The colour of the edge: "danger", "warning" or ""."""
        self._tone = tone
        self.update()

    @Slot()
    def _dress(self) -> None:
        self.setFixedHeight(self._look.fit(Height.FIELD))
        self.setFont(self._look.font(Type.BODY))
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the form instead."""
        event.ignore()

    def minimumSizeHint(self) -> QSize:
        """Room for its words."""
        words = QFontMetrics(self.font()).horizontalAdvance(self.currentText())
        return QSize(10 + words + _CHEVRON_PX + 2, self._look.fit(Height.FIELD))

    def sizeHint(self) -> QSize:
        """As small as its words allow."""
        return self.minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Field, content, chevron."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, box = self._look.theme, QRectF(self.rect())
        paint_field(painter, box, theme, self._tone)
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = box.left() + 4 if is_mirrored else box.right() - _CHEVRON_PX
        chevron = QRectF(left, box.top(), 20, box.height()).adjusted(2, 0, -2, 0)
        self._look.paint_icon(painter, "chevron-down", chevron, theme.text_2)
        self._paint_content(painter, box.adjusted(10, 0, -_CHEVRON_PX - 2, 0))

    def _paint_content(self, painter: QPainter, box: QRectF) -> None:
        text(painter, box, self.currentText(), self.font(), self._look.theme.text_1)


class ModelPicker(PickerBox):
    """`picked` carries the model's name."""

    picked = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look, t("Model"))
        self.activated.connect(self._on_activated)

    def show_models(self, can: Capabilities, chosen: str) -> None:
        """Render the models of the provider; one of an earlier request stays listed.

        What is said about a model comes with it.
        """
        names = [*can.models] if chosen in can.models or not chosen else [*can.models, chosen]
        if names != [self.itemText(row) for row in range(self.count())]:
            self.clear()
            self.addItems(names)
        said = {name: model_sentence(can.model_notes.get(name)) for name in names}
        for row, name in enumerate(names):
            self.setItemData(row, said[name], Qt.ItemDataRole.ToolTipRole)
        self.setToolTip(said.get(chosen, ""))
        self.setAccessibleDescription(said.get(chosen, ""))
        self.setCurrentText(chosen)
        self.updateGeometry()

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        self.picked.emit(self.itemText(row))


@dataclass(frozen=True, slots=True)
class _KeyLook:
    """The key of an account as icon and words."""

    words: str
    color: str = ""
    is_refused: bool = False
    is_missing: bool = False


def _key_look(profile: ProviderProfile, account: AccountChanged | None) -> _KeyLook:
    if profile.is_free or account is None:
        return _KeyLook("")
    if account.check is KeyCheck.REFUSED:
        return _KeyLook(t("Key refused"), "danger", is_refused=True)
    if account.place is KeyPlace.NONE:
        return _KeyLook(t("No key yet. Add one…"), "text_3", is_missing=True)
    if account.check is KeyCheck.WORKS:
        return _KeyLook(t("Key works"), "success")
    places = {
        KeyPlace.KEYRING: t("Key in the keyring"),
        KeyPlace.SESSION: t("Key kept until you quit"),
        KeyPlace.ENVIRONMENT: t("Key from the environment"),
    }
    return _KeyLook(places[account.place], "warning")


_PROFILE = Qt.ItemDataRole.UserRole + 1
_KEY = Qt.ItemDataRole.UserRole + 2
_LINE = Qt.ItemDataRole.UserRole + 3


class ProviderPicker(PickerBox):
    """`picked` carries the provider's id; `accounts_wanted` follows when it has no key."""

    picked = Signal(str)
    accounts_wanted = Signal()

    def __init__(self, look: Look, profiles: Mapping[str, ProviderProfile]) -> None:
        super().__init__(look, t("Provider"))
        self._profiles = profiles
        self._rows = QStandardItemModel(self)
        for profile in profiles.values():
            item = QStandardItem(profile.title)
            item.setData(profile, _PROFILE)
            self._rows.appendRow(item)
        self.setModel(self._rows)
        self.setItemDelegate(_ProviderDelegate(look, self))
        self.activated.connect(self._on_activated)

    def show_providers(self, chosen: str, kind: TaskKind, accounts: Accounts) -> None:
        """Render the choice; those that make nothing of this kind are off, and say so."""
        for row in range(self._rows.rowCount()):
            item = self._rows.item(row)
            profile: ProviderProfile = item.data(_PROFILE)
            key = _key_look(profile, accounts.get(profile.id))
            is_made = profile.capabilities(kind) is not None
            parts = (
                (key.words, unit_price(profile, kind)) if is_made else (not_made(profile, kind),)
            )
            line = _sentences(parts)
            item.setEnabled(is_made)
            item.setData(key, _KEY)
            item.setData(line, _LINE)
            item.setToolTip("" if is_made else line)
            pill = _pill_words(profile)
            name = _sentences((profile.title, pill, line))
            item.setData(name, Qt.ItemDataRole.AccessibleTextRole)
            if profile.id == chosen:
                self.setCurrentIndex(row)
                self.setToolTip(line)
        self.update()

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        item = self._rows.item(row)
        profile: ProviderProfile = item.data(_PROFILE)
        key: _KeyLook = item.data(_KEY)
        self.picked.emit(profile.id)
        if key.is_missing:
            self.accounts_wanted.emit()

    def showPopup(self) -> None:
        """As wide as the column, so that the second line is whole."""
        metrics = QFontMetrics(self._look.font(Type.SMALL))
        lines = [self._rows.item(row).data(_LINE) or "" for row in range(self._rows.rowCount())]
        widest = max((metrics.horizontalAdvance(line) for line in lines), default=0)
        self.view().setMinimumWidth(max(320, widest + _TILE_PX + 50))
        super().showPopup()

    def minimumSizeHint(self) -> QSize:
        """Room for tile, name, pill and key."""
        profile = self._current()
        if profile is None:
            return super().minimumSizeHint()
        name = QFontMetrics(self._look.font(Type.BODY)).horizontalAdvance(profile.title)
        pill = QFontMetrics(self._look.font(Type.MICRO)).horizontalAdvance(_pill_words(profile))
        key = 0 if profile.is_free else 22
        # A long name may be shortened; the tooltip and the list have it whole.
        name = min(name, self.fontMetrics().averageCharWidth() * 10)
        return QSize(
            10 + _TILE_PX + 8 + name + 8 + pill + 14 + key + _CHEVRON_PX + 6,
            self._look.fit(Height.FIELD),
        )

    def _current(self) -> ProviderProfile | None:
        row = self.currentIndex()
        return self._rows.item(row).data(_PROFILE) if row >= 0 else None

    def _paint_content(self, painter: QPainter, box: QRectF) -> None:
        profile = self._current()
        if profile is None:
            return
        key: _KeyLook = self._rows.item(self.currentIndex()).data(_KEY) or _KeyLook("")
        tile = QRectF(box.left(), round(box.center().y() - _TILE_PX / 2), _TILE_PX, _TILE_PX)
        paint_tile(painter, tile, profile, self._look)
        right = box.right()
        if key.color:
            icon = QRectF(right - 18, box.top(), 16, box.height())
            _paint_key(painter, icon, key, self._look)
            right = icon.left() - 4
        name = QRectF(tile.right() + 8, box.top(), right - tile.right() - 8, box.height())
        _paint_name(painter, name, profile, self._look)


class _ProviderDelegate(QStyledItemDelegate):
    def __init__(self, look: Look, parent: QComboBox) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Two lines."""
        lines = self._look.line_height(Type.BODY) + self._look.line_height(Type.SMALL)
        return QSize(0, max(_ROW_PX, lines + 14))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Tile, name with its pill, and the line below."""
        look, theme = self._look, self._look.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)  # type: ignore[attr-defined]
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            fill(painter, box, theme.selection, Radius.FIELD)
        profile: ProviderProfile = index.data(_PROFILE)
        if not index.flags() & Qt.ItemFlag.ItemIsEnabled:
            painter.setOpacity(0.4)
        tile = QRectF(box.left() + 8, box.top() + 8, _TILE_PX, _TILE_PX)
        paint_tile(painter, tile, profile, look)
        left = tile.right() + 10
        upper = look.line_height(Type.BODY) + 6
        name = QRectF(left, box.top() + 4, box.right() - left - 8, upper)
        _paint_name(painter, name, profile, look)
        painter.setOpacity(1.0)
        line = QRectF(left, name.bottom(), name.width(), box.bottom() - name.bottom() - 4)
        key: _KeyLook = index.data(_KEY) or _KeyLook("")
        color = theme.danger if key.is_refused else theme.text_2
        text(painter, line, index.data(_LINE) or "", look.font(Type.SMALL), color)
        painter.restore()


def _sentences(parts: Sequence[str]) -> str:
    said = [part for part in parts if part]
    return " ".join(part if part[-1] in ".…" else f"{part}." for part in said[:-1]) + (
        f" {said[-1]}" if len(said) > 1 else "".join(said)
    )


def _pill_words(profile: ProviderProfile) -> str:
    return t("Free") if profile.is_free else t("Paid")


def _paint_name(painter: QPainter, box: QRectF, profile: ProviderProfile, look: Look) -> None:
    """The name and, right after it, the pill; the name gives way."""
    theme: Theme = look.theme
    font, small = look.font(Type.BODY), look.font(Type.MICRO)
    words = _pill_words(profile)
    metrics = QFontMetrics(small)
    pill_width = metrics.horizontalAdvance(words) + 14
    name_width = min(
        QFontMetrics(font).horizontalAdvance(profile.title) + 1, box.width() - pill_width - 8
    )
    text(
        painter,
        QRectF(box.left(), box.top(), name_width, box.height()),
        profile.title,
        font,
        theme.text_1,
    )
    height = max(20, metrics.height() + 4)
    top = round(box.center().y() - height / 2)
    pill = QRectF(round(box.left() + name_width + 8), top, pill_width, height)
    surface = theme.sandbox_fill if profile.is_free else theme.pressed
    color = theme.sandbox if profile.is_free else theme.text_2
    fill(painter, pill, surface, height / 2)
    text(painter, pill, words, small, color, int(Qt.AlignmentFlag.AlignCenter))


def _paint_key(painter: QPainter, box: QRectF, key: _KeyLook, look: Look) -> None:
    color = getattr(look.theme, key.color)
    look.paint_icon(painter, "key", box, color)
    if key.is_refused:
        corner = QRectF(box.right() - 8, box.center().y() - 1, 10, 10)
        fill(painter, corner, look.theme.control, 5)
        painter.drawPixmap(
            corner.topLeft(), look.pixmap("x", color, 10, painter.device().devicePixelRatioF())
        )
