"""The accounts window: enter, test, replace and remove each provider's keys."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.facts import AccountChanged, KeyCheck, KeyPlace
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.text import t
from kling_desktop.ui.columns import Surface
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.dialogs.account_list import AccountDelegate, AccountModel
from kling_desktop.ui.dialogs.key_form import KeyForm
from kling_desktop.ui.focus_ring import FocusRing
from kling_desktop.ui.look import Look
from kling_desktop.ui.message_bar import Message, MessageBar, Tone
from kling_desktop.ui.paragraph import Paragraph
from kling_desktop.ui.provider_tile import paint_tile
from kling_desktop.ui.theme import Space, Type
from kling_desktop.ui.widgets import line

_SIZE = QSize(960, 600)
_LIST_PX = 304


class AccountsWindow(QWidget):
    """A window of its own, not modal. Keys go to the bridge and are forgotten here at once.

    `base_url_chosen` carries the address of a server of one's own.
    """

    base_url_chosen = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._desk = desk
        self._model = AccountModel(desk.profiles)
        self._list = QListView()
        self._pages = QStackedWidget()
        self._forms: dict[str, AccountPage] = {}
        self.setWindowTitle(t("Accounts"))
        # Larger text gets a larger window.
        growth = 8 * desk.look.fit(0)
        self.resize(_SIZE + QSize(2 * growth, growth))
        self._build()
        self._ring = FocusRing(self, desk.look)
        desk.bridge.account_changed.connect(self._on_account_changed)

    def _build(self) -> None:
        look = self._desk.look
        self._list.setModel(self._model)
        self._list.setItemDelegate(AccountDelegate(look))
        self._list.setMouseTracking(True)
        self._list.setAccessibleName(t("Accounts"))
        self._list.viewport().setAutoFillBackground(False)
        self._list.setFrameShape(QListView.Shape.NoFrame)
        selection = self._list.selectionModel()
        selection.currentChanged.connect(self._on_current_changed)
        for profile in self._desk.profiles.values():
            page = AccountPage(self._desk, profile)
            page.close_pressed.connect(self.close)
            page.base_url_chosen.connect(self.base_url_chosen)
            self._forms[profile.id] = page
            self._pages.addWidget(page)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side())
        page_surface = Surface(look, "panel")
        column = QVBoxLayout(page_surface)
        edge = Space.XXL - Space.XS
        column.setContentsMargins(edge, Space.XL, edge, Space.XL)
        column.addWidget(self._pages)
        row.addWidget(page_surface, 1)

    def _side(self) -> QWidget:
        look = self._desk.look
        side = Surface(look, "canvas")
        side.setFixedWidth(_LIST_PX + 8 * look.fit(0))
        column = QVBoxLayout(side)
        column.setContentsMargins(0, Space.L, 0, Space.L)
        heading = QLabel(t("Accounts"))
        heading.setFont(look.font(Type.TITLE))
        heading.setContentsMargins(20, 0, 0, Space.S)
        column.addWidget(heading)
        column.addWidget(self._list, 1)
        note = QLabel(
            t("Keys stay in this computer's keyring. Each goes to its own provider only.")
        )
        note.setWordWrap(True)
        note.setProperty("tone", "second")
        note.setFont(look.font(Type.SMALL))
        note.setContentsMargins(20, Space.S, 20, 0)
        column.addWidget(note)
        return side

    def show_provider(self, provider: str) -> None:
        """Open at this provider."""
        row = self._model.index(self._model.row_of(provider))
        chosen = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self._list.selectionModel().setCurrentIndex(row, chosen)
        self.show()
        self.raise_()
        self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask what is known of every key."""
        super().showEvent(event)
        self._desk.bridge.ask_accounts()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave nothing that was typed behind."""
        for page in self._forms.values():
            page.forget()
        super().closeEvent(event)

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._pages.setCurrentWidget(self._forms[self._model.profile(current.row()).id])

    @Slot(object)
    def _on_account_changed(self, account: AccountChanged) -> None:
        self._model.apply(account)
        self._forms[account.provider].show_account(account)


class AccountPage(QWidget):
    """One provider: heading, its key form, what is known, and Remove."""

    close_pressed = Signal()
    base_url_chosen = Signal(str)

    def __init__(self, desk: Desk, profile: ProviderProfile) -> None:
        super().__init__()
        self._desk, self._profile = desk, profile
        self._account = AccountChanged(profile.id, KeyPlace.NONE)
        self._bar = MessageBar(desk.look)
        self._form = KeyForm(desk.look, profile)
        self._facts = QLabel()
        self._remove = QPushButton(t("Remove key"))
        self._test = QPushButton(t("Test again"))
        self._save = QPushButton(t("Save and test"))
        self._build()
        self._connect()
        self.show_account(self._account)

    def _build(self) -> None:
        look, profile = self._desk.look, self._profile
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        bar = QHBoxLayout()
        bar.addWidget(self._bar)
        for row in (heading := _heading(look, profile), bar, footer := self._footer()):
            row.setContentsMargins(Space.XS, 0, Space.XS, 0)
        column.addLayout(heading)
        column.addLayout(bar)
        column.addWidget(self._middle(), 1)
        column.addLayout(footer)

    def _middle(self) -> QScrollArea:
        page = QWidget()
        column = QVBoxLayout(page)
        # Room for the focus ring around the fields.
        column.setContentsMargins(Space.XS, 0, Space.XS, Space.XS)
        column.setSpacing(Space.M)
        if self._profile.is_free:
            column.addWidget(_words(self._desk.look, sandbox_story()))
        else:
            self._build_key_part(column)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for surface in (area.viewport(), page):
            surface.setAutoFillBackground(False)
        return area

    def _build_key_part(self, column: QVBoxLayout) -> None:
        look = self._desk.look
        self._save.setProperty("kind", "primary")
        self._test.setProperty("kind", "large")
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self._save)
        buttons.addWidget(self._test)
        note = _words(look, t("Testing is free: it asks a question, it makes nothing."))
        note.setFont(look.font(Type.SMALL))
        buttons.addWidget(note, 1)
        self._facts.setFont(look.font(Type.SMALL))
        self._facts.setTextFormat(Qt.TextFormat.PlainText)
        self._facts.setWordWrap(True)
        column.addWidget(self._form)
        column.addLayout(buttons)
        column.addSpacing(Space.S)
        column.addWidget(line(look))
        column.addWidget(self._facts)

    def _footer(self) -> QHBoxLayout:
        row = QHBoxLayout()
        close = QPushButton(t("Close"))
        close.setProperty("kind", "large")
        close.clicked.connect(self.close_pressed)
        if not self._profile.is_free:
            self._remove.setProperty("kind", "danger")
            look = self._desk.look
            self._remove.setIcon(look.icon("bin", look.theme.danger, 16))
            row.addWidget(self._remove)
            words = t("Tasks at {provider} go on, but their results wait for a key.")
            note = _words(look, words.format(provider=self._profile.title))
            note.setFont(look.font(Type.SMALL))
            row.addWidget(note, 1)
        else:
            row.addStretch(1)
        row.addWidget(close)
        return row

    def _connect(self) -> None:
        self._save.clicked.connect(self._on_save)
        self._test.clicked.connect(self._on_test)
        self._remove.clicked.connect(self._on_remove)
        self._form.submitted.connect(self._on_save)

    def forget(self) -> None:
        """Drop what was typed."""
        self._form.clear()

    def show_account(self, account: AccountChanged) -> None:
        """Show what is known of the key."""
        self._account = account
        self._form.show_saved(account.ends if account.place is not KeyPlace.NONE else "")
        self._form.show_address(account.base_url or "")
        can_remove = account.place in (KeyPlace.KEYRING, KeyPlace.SESSION)
        self._remove.setEnabled(can_remove)
        can_test = account.place is not KeyPlace.NONE
        self._test.setEnabled(can_test)
        for button, reason in (
            (self._remove, "" if can_remove else t("There is no key to remove here.")),
            (self._test, "" if can_test else t("There is no key to test yet.")),
        ):
            button.setToolTip(reason)
            button.setAccessibleDescription(reason)
        self._facts.setText("\n".join(_facts(account)))
        self._bar.show_message(_message(account))

    @Slot()
    def _on_save(self) -> None:
        credential = self._form.credential()
        if credential is None:
            self._form.show_missing()
            return
        address = self._form.base_url() if self._profile.base_url is None else None
        if address is not None:
            self.base_url_chosen.emit(address)
        self._desk.bridge.save_key(self._profile.id, credential, address)
        self._desk.bridge.test_key(self._profile.id)
        self._form.clear()

    @Slot()
    def _on_test(self) -> None:
        self._desk.bridge.test_key(self._profile.id)

    @Slot()
    def _on_remove(self) -> None:
        self._desk.bridge.remove_key(self._profile.id)


def sandbox_story() -> str:
    """What the sandbox is, for people."""
    return t(
        "A stand-in for Kling that runs on this computer. It is free, needs no account and no "
        "network, and paints test pictures from what you send, so that you can learn the way "
        "before anything costs money. Its results carry a Sandbox mark."
    )


def _facts(account: AccountChanged) -> list[str]:
    places: dict[KeyPlace, Callable[[], str]] = {
        KeyPlace.NONE: lambda: t("No key is kept."),
        KeyPlace.KEYRING: lambda: t("In the keyring: yes, read back after writing."),
        KeyPlace.SESSION: lambda: t("Kept in memory until you quit; it is not on disk."),
        KeyPlace.ENVIRONMENT: lambda: t(
            "Taken from the environment. It goes before a key in the keyring."
        ),
    }
    return [places[account.place](), *([account.told] if account.told else [])]


def _message(account: AccountChanged) -> Message | None:
    if account.error is not None:
        tone = Tone.FAILURE if account.check is KeyCheck.REFUSED else Tone.WARNING
        error = account.error
        return Message(error.title, error.detail, tone, "key", can_close=False)
    if account.place is KeyPlace.SESSION:
        fact = t("There is no safe place for keys here.")
        return Message(fact, t("This key is kept until you quit."), Tone.WARNING, "lock")
    if account.check is KeyCheck.WORKS:
        return Message(t("Key works."), "", Tone.GOOD, "check")
    return None


def _heading(look: Look, profile: ProviderProfile) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(Space.M)
    row.addWidget(_Tile(look, profile), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(Space.XS)
    name = QLabel(profile.title)
    name.setFont(look.font(Type.DISPLAY))
    words.addWidget(name)
    words.addWidget(_words(look, _host_words(profile)))
    row.addLayout(words, 1)
    return row


def _host_words(profile: ProviderProfile) -> str:
    if profile.is_free:
        return t("On this computer. Free.")
    if profile.base_url is None:
        return t("Any server that speaks Kling's language. It bills you.")
    host = profile.base_url.removeprefix("https://")
    return t("{host}. {provider} bills you directly.", host=host, provider=profile.title)


def _words(look: Look, sentence: str) -> QLabel:
    label = Paragraph(sentence, "second")
    label.setFont(look.font(Type.BODY))
    return label


class _Tile(QWidget):
    def __init__(self, look: Look, profile: ProviderProfile) -> None:
        super().__init__()
        self._look, self._profile = look, profile
        self.setFixedSize(32, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_tile(painter, QRectF(self.rect()), self._profile, self._look)
