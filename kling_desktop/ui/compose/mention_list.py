"""The list that `@` opens: the pictures in the form, by number and by the person's own names."""

import re

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QIcon,
    QKeyEvent,
    QPainter,
    QPixmap,
    QStandardItem,
    QStandardItemModel,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit, QTextEdit

from kling_desktop.domain.alternatives import escaped
from kling_desktop.domain.drafts import SLOTS, Draft
from kling_desktop.domain.mentions import Mention, mentions, word_for
from kling_desktop.domain.providers import TaskKind
from kling_desktop.text import t
from kling_desktop.ui.compose.pictures import InputPictures
from kling_desktop.ui.compose.shelf_names import ShelfNames
from kling_desktop.ui.compose.text_field import TextField, utf16
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fitted
from kling_desktop.ui.theme import Type

_BEGUN = re.compile(r"(?<!\w)@([\w ]{0,20})$")
_PICTURE_PX = 28
_ROWS = 6
_TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class MentionList(QObject):
    """Completes `@…` in a field with words for the pictures of the draft, and marks such words.

    A picture that has a name on the shelf is offered by it too. What is put in is plain text, and
    the provider is sent nothing else.
    """

    def __init__(
        self, look: Look, field: TextField, pictures: InputPictures, names: ShelfNames
    ) -> None:
        super().__init__(field)
        self._look, self._field, self._pictures = look, field, pictures
        self._names = names
        names.changed.connect(self._on_names_changed)
        self._draft: Draft | None = None
        self._model = QStandardItemModel(self)
        self._completer = QCompleter(self._model, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(_ROWS)
        self._completer.setWidget(field.edit)
        self._completer.activated.connect(self._on_activated)
        self._list = QListView()
        self._list.setIconSize(QSize(_PICTURE_PX, _PICTURE_PX))
        self._list.setProperty("kind", "menu")
        self._list.setAccessibleName(t("Pictures to mention"))
        self._completer.setPopup(self._list)
        # After the completer's own, which would give the editor each of these keys first.
        self._list.installEventFilter(self)
        look.changed.connect(self._mark)

    @property
    def popup(self) -> QListView:
        """The list, shown while something can be completed."""
        return self._list

    def render_draft(self, draft: Draft) -> None:
        """Offer the pictures of this draft and mark where it speaks of them."""
        self._draft = draft
        self._mark()

    @Slot()
    def begin(self) -> None:
        """As if `@` had been typed."""
        cursor = self._edit.textCursor()
        before = self._before(cursor)
        self._field.insert("@" if not before or before[-1].isspace() else " @")
        self.follow()

    @property
    def _edit(self) -> QPlainTextEdit:
        return self._field.edit

    @Slot()
    def follow(self) -> None:
        """Open, narrow or close the list for what stands before the cursor."""
        found = _BEGUN.search(self._before(self._edit.textCursor()))
        if found is None or self._draft is None or not self._edit.hasFocus():
            self._list.hide()
            return
        self._names.want()
        self._fill(self._draft)
        self._completer.setCompletionPrefix(found[1])
        if self._completer.completionCount() == 0:
            self._list.hide()
            return
        self._list.setFont(self._look.font(Type.BODY))
        box = self._edit.cursorRect()
        box.setWidth(max(200, self._list.sizeHintForColumn(0) + 24))
        self._completer.complete(box)
        self._list.setCurrentIndex(self._completer.completionModel().index(0, 0))

    @Slot()
    def _on_names_changed(self) -> None:
        if self._list.isVisible():
            self.follow()

    def _before(self, cursor: QTextCursor) -> str:
        # Positions are in UTF-16, where letters beyond the first plane count twice.
        line = cursor.block().text().encode("utf-16-le", "surrogatepass")
        return line[: 2 * cursor.positionInBlock()].decode("utf-16-le", "replace")

    def _fill(self, draft: Draft) -> None:
        self._model.clear()
        filled = [f"subjects[{n}]" for n in range(SLOTS)]
        if draft.kind is TaskKind.IMAGE:
            filled += ["scene", "style"]
        for place in filled:
            image = draft.image(place)
            if image is None:
                continue
            preview = self._pictures.preview(image)
            icon = QIcon(_squared(preview, self._look)) if preview is not None else QIcon()
            word = word_for(place, draft.kind)
            self._model.appendRow(self._row(word, word, icon))
            if name := self._names.name(self._pictures.sha256(image)):
                said = t("{name}, {picture}", name=name, picture=word)
                self._model.appendRow(self._row(name, said, icon))

    def _row(self, word: str, said: str, icon: QIcon) -> QStandardItem:
        item = QStandardItem(icon, word)
        item.setAccessibleText(said)
        item.setSizeHint(QSize(0, self._look.fit(_PICTURE_PX + 6)))
        return item

    @Slot(str)
    def _on_activated(self, word: str) -> None:
        cursor = self._edit.textCursor()
        found = _BEGUN.search(self._before(cursor))
        if found is None:
            return
        begun = len(found[0].encode("utf-16-le")) // 2
        left = QTextCursor.MoveOperation.Left
        cursor.movePosition(left, QTextCursor.MoveMode.KeepAnchor, begun)
        cursor.insertText(escaped(word))  # a name may have braces in it
        self._edit.setTextCursor(cursor)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While the list is open, its keys are not the editor's."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_Escape:
            self._list.hide()
        elif event.key() in _TAKES:
            word = self._list.currentIndex().data()
            self._list.hide()
            if word:
                self._on_activated(word)
        else:
            return False
        return True

    @Slot()
    def _mark(self) -> None:
        draft, theme = self._draft, self._look.theme
        if draft is None:
            return
        marked = QTextCharFormat()
        marked.setBackground(theme.selection)
        marked.setForeground(theme.accent_text)
        text = draft.prompt
        # While a render is on its way the field may be ahead of the draft.
        found = mentions(draft) if self._field.text() == text else ()
        self._edit.setExtraSelections([self._selection(text, m, marked) for m in found])

    def _selection(
        self, text: str, mention: Mention, look: QTextCharFormat
    ) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self._edit.document())
        cursor.setPosition(utf16(text, mention.start))
        cursor.setPosition(utf16(text, mention.end), QTextCursor.MoveMode.KeepAnchor)
        selection.cursor = cursor  # type: ignore[attr-defined]
        selection.format = look  # type: ignore[attr-defined]
        return selection


def _squared(picture: QPixmap, look: Look) -> QPixmap:
    """The whole picture in a square, so that the words beside stand in line."""
    square = QPixmap(2 * _PICTURE_PX, 2 * _PICTURE_PX)
    square.fill(look.theme.sunken)
    painter = QPainter(square)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(fitted(picture, QRectF(square.rect())), picture, QRectF(picture.rect()))
    painter.end()
    square.setDevicePixelRatio(2)
    return square
