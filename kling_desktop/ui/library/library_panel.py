"""The library column: search and chips, a place for messages, the grid, the status line."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.media import Asset, MediaKind
from kling_desktop.text import t
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.library import day_words
from kling_desktop.ui.library.carry import files_to_carry
from kling_desktop.ui.library.chips import Chips
from kling_desktop.ui.library.first_run import FirstRun
from kling_desktop.ui.library.gallery_model import GalleryModel, kind_filter
from kling_desktop.ui.library.gallery_view import GalleryView
from kling_desktop.ui.library.recipe import recipe_from_sidecar
from kling_desktop.ui.message_bar import Message, MessageBar, Tone
from kling_desktop.ui.outside import open_folder, reveal
from kling_desktop.ui.theme import Height, Space, Type
from kling_desktop.ui.widgets import ElidedLabel, line

_SAMPLES = ("photographs/vase.jpg", "photographs/coat.jpg", "photographs/dunes.jpg")
_TYPING_MS = 200
_SMALLEST_PX, _LARGEST_PX, _ROW_PX = 90, 320, 140
_MEDIA = {"all": None, "pictures": MediaKind.IMAGE, "videos": MediaKind.VIDEO}
_RANK = (Tone.FAILURE, Tone.WARNING, Tone.SANDBOX, Tone.NEWS, Tone.GOOD)


class LibraryPanel(QWidget):
    """Reads the index and the folder; what is to be made goes out as signals.

    `show_wanted` carries an Asset, `recall_wanted` a Draft, `samples_wanted` a list of files.
    `message_pressed` carries the subject of the message whose button was pressed.
    """

    show_wanted = Signal(object)
    recall_wanted = Signal(object)
    samples_wanted = Signal(object)
    accounts_wanted = Signal()
    message_pressed = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.model = GalleryModel(desk.gallery, self)
        self.view = GalleryView(desk, self.model, _ROW_PX)
        self._search = QLineEdit()
        choices = [("all", t("All")), ("pictures", t("Pictures")), ("videos", t("Videos"))]
        self._chips = Chips(desk.look, t("Show"), choices)
        self._bar = MessageBar(desk.look)
        self._messages: dict[str, Message] = {}
        self._pages = QStackedWidget()
        self._first_run = FirstRun(desk.look, _samples(desk))
        self._nothing = _NothingFound(desk)
        self._count = ElidedLabel()
        self._size = QSlider(Qt.Orientation.Horizontal)
        self._smaller, self._larger = QLabel(), QLabel()
        self._folder = QPushButton()
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._build()
        self._connect()
        self._dress()
        self.model.reload()

    def _build(self) -> None:
        self._search.setPlaceholderText(t("Search prompts, providers, ids"))
        self._search.setAccessibleName(t("Search the library"))
        self._search.setClearButtonEnabled(True)
        self._search.setProperty("kind", "search")
        for page in (self._first_run, self._nothing, self.view):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(_inset(self._search, (Height.TALL - Height.TOOL) // 2))
        column.addLayout(_inset(self._bar, 0))
        column.addLayout(_inset(self._chips, Space.S - 2))
        column.addWidget(self._pages, 1)
        column.addWidget(line(self._desk.look, self))
        column.addLayout(self._status())

    def _status(self) -> QHBoxLayout:
        self._size.setRange(_SMALLEST_PX, _LARGEST_PX)
        self._size.setValue(_ROW_PX)
        self._size.setFixedSize(96, Height.SMALL)
        self._size.setAccessibleName(t("Size of the pictures"))
        self._size.setToolTip(t("Size of the pictures"))
        self._folder.setProperty("kind", "link")
        self._folder.setText(t("Show folder"))
        self._folder.setToolTip(str(self._desk.library))
        row = QHBoxLayout()
        row.setContentsMargins(Space.PANEL, 0, Space.PANEL, 0)
        row.setSpacing(Space.M)
        row.addWidget(self._count, 1)
        row.addWidget(self._folder)
        row.addWidget(self._smaller)
        row.addWidget(self._size)
        row.addWidget(self._larger)
        return row

    def _connect(self) -> None:
        self._search.textChanged.connect(self._typing.start)
        self._typing.timeout.connect(self._on_filter_changed)
        self._search.returnPressed.connect(self._on_filter_changed)
        self._chips.chosen.connect(self._on_filter_changed)
        self._nothing.clear_pressed.connect(self._on_cleared)
        self._bar.pressed.connect(self._on_bar_pressed)
        self._bar.closed.connect(self._on_bar_closed)
        self._first_run.samples_wanted.connect(self.samples_wanted)
        self._first_run.accounts_wanted.connect(self.accounts_wanted)
        self._size.valueChanged.connect(self.view.set_row_height)
        self._folder.clicked.connect(self.show_folder)
        self.model.counted.connect(self._on_counted)
        self.model.failed.connect(self._on_failed)
        self.view.opened.connect(self.show_wanted)
        self.view.menu_wanted.connect(self._on_menu_wanted)
        self.view.selectionModel().selectionChanged.connect(self._show_status)
        self._desk.look.changed.connect(self._dress)

    def add(self, asset: Asset) -> None:
        """A result came home."""
        self.model.add(asset)

    def around(self, asset: Asset) -> list[Asset]:
        """What the grid shows, in its order; the viewer walks through it."""
        assets = self.model.assets()
        return assets if any(other.file == asset.file for other in assets) else [asset]

    def show_message(self, subject: str, message: Message | None) -> None:
        """Say something about `subject`, or say that its trouble is over. The worst is shown."""
        self._messages.pop(subject, None)
        if message is not None:
            self._messages[subject] = message
        self._show_worst()

    @Slot()
    def focus_search(self) -> None:
        """Ctrl+F."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    @Slot()
    def focus_grid(self) -> None:
        """Back from the viewer."""
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def show_folder(self) -> None:
        """Open the library folder in the system's file manager."""
        open_folder(self._desk.library)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the search."""
        if event.key() == Qt.Key.Key_Escape and self._search.hasFocus():
            self._search.clear()
            self.focus_grid()
            return
        super().keyPressEvent(event)

    def row_height(self) -> int:
        """The size of the pictures, to be remembered."""
        return self._size.value()

    def set_row_height(self, row_height: int) -> None:
        """The size of an earlier run."""
        self._size.setValue(row_height)

    @Slot()
    def _on_filter_changed(self) -> None:
        self._typing.stop()
        media = _MEDIA[self._chips.value()]
        self.model.set_filter(kind_filter(self._search.text(), media))

    @Slot()
    def _on_cleared(self) -> None:
        self._search.clear()
        self._chips.set_value("all")
        self._on_filter_changed()
        self._search.setFocus()

    @Slot(object)
    def _on_counted(self, count: int) -> None:
        wanted = self.model.filter
        is_filtered = bool(wanted.text or wanted.media)
        page: QWidget = self.view
        if not count:
            page = self._nothing if is_filtered else self._first_run
        self._nothing.show_filters(int(bool(wanted.text)) + int(wanted.media is not None))
        self._pages.setCurrentWidget(page)
        # Before there is anything, there is nothing to filter either.
        self._chips.setVisible(bool(count) or is_filtered)
        self._show_status()

    @Slot()
    def _show_status(self) -> None:
        count = self.model.total
        chosen = len(self.view.selectionModel().selectedIndexes())
        if not count and not self.model.filter.text:
            folder = self._desk.library
            words = t(
                "Results are saved in {folder}", folder=f"{folder.parent.name}, {folder.name}"
            )
        elif chosen:
            words = t("{chosen} of {count} selected", chosen=chosen, count=count)
        else:
            words = day_words.results(count)
        self._count.set_words(words)
        for widget in (self._smaller, self._size, self._larger):
            widget.setVisible(bool(count))

    @Slot(object)
    def _on_failed(self, record: object) -> None:
        title = getattr(record, "title", "")
        detail = getattr(record, "detail", "")
        self.show_message("index", Message(title, detail, Tone.WARNING, "warning"))

    def has_message(self, subject: str) -> bool:
        """Whether there is something to say about it, shown or not."""
        return subject in self._messages

    def _worst(self) -> str:
        rank = {subject: _RANK.index(m.tone) for subject, m in self._messages.items()}
        return min(rank, key=lambda subject: rank[subject], default="")

    def _show_worst(self) -> None:
        worst = self._messages.get(self._worst())
        if worst != self._bar.message():
            self._bar.show_message(worst)

    @Slot()
    def _on_bar_pressed(self) -> None:
        if self._messages:
            self.message_pressed.emit(self._worst())

    @Slot()
    def _on_bar_closed(self) -> None:
        if self._messages:
            self.show_message(self._worst(), None)

    @Slot(object, QPoint)
    def _on_menu_wanted(self, asset: Asset, at: QPoint) -> None:
        file = self._desk.library / asset.file
        menu = QMenu(self)
        menu.setWindowFlags(
            menu.windowFlags()
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.NoDropShadowWindowHint
        )
        menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        clipboard = QGuiApplication.clipboard()
        menu.addAction(t("Open"), lambda: self.show_wanted.emit(asset))
        menu.addAction(t("Make again…"), lambda: self._recall(asset))
        menu.addSeparator()
        if asset.media is MediaKind.IMAGE:
            menu.addAction(t("Copy picture"), lambda: clipboard.setMimeData(files_to_carry([file])))
        menu.addAction(t("Copy prompt"), lambda: clipboard.setText(asset.prompt))
        menu.addAction(t("Show in folder"), lambda: reveal(file, self._desk.library))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _recall(self, asset: Asset) -> None:
        recipe = recipe_from_sidecar(self._desk.library / asset.file)
        if recipe is not None and not recipe.is_found:
            self.recall_wanted.emit(recipe.draft())
            return
        found = t("This result was found on your account.")
        unknown = t("What it was made from is not known, so it cannot be made again.")
        unread = t("The recipe of this result cannot be read.")
        damaged = t("The file beside it is missing or damaged. The result itself is unharmed.")
        words = (found, unknown) if recipe is not None else (unread, damaged)
        self.show_message("sidecar", Message(*words, Tone.WARNING, "warning"))

    @Slot()
    def _dress(self) -> None:
        look = self._desk.look
        while self._search.actions():
            self._search.removeAction(self._search.actions()[0])
        place = QLineEdit.ActionPosition.LeadingPosition
        self._search.addAction(look.icon("search", size=16), place)
        self._count.setFont(look.font(Type.SMALL))
        self._count.setMinimumHeight(look.fit(Height.TOOL))
        self._count.setProperty("tone", "second")
        ratio = self.devicePixelRatioF()
        for label, size in ((self._smaller, 16), (self._larger, 20)):
            label.setPixmap(look.pixmap("picture", look.theme.text_2, size, ratio))


class _NothingFound(QWidget):
    """The filters leave nothing."""

    clear_pressed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        heading = QLabel(t("Nothing matches"))
        heading.setFont(desk.look.font(Type.DISPLAY))
        self._filters = QLabel()
        self._filters.setProperty("tone", "second")
        clear = QPushButton(t("Clear filters"))
        clear.setProperty("kind", "large")
        clear.clicked.connect(self.clear_pressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.HUGE, 0, Space.HUGE, 0)
        column.addStretch(2)
        column.addWidget(heading)
        column.addWidget(self._filters)
        column.addSpacing(Space.S)
        column.addWidget(clear, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(3)

    def show_filters(self, count: int) -> None:
        """Say how many are on."""
        words = t("One filter is on.") if count == 1 else t("{count} filters are on.", count=count)
        self._filters.setText(words)


def _samples(desk: Desk) -> Sequence[Path]:
    found: list[Path] = []
    for name in _SAMPLES:
        try:
            found.append(desk.resource(name))
        except FileNotFoundError:
            return ()
    return found


def _inset(widget: QWidget, above: int) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(Space.PANEL, above, Space.PANEL, above)
    row.addWidget(widget)
    return row
