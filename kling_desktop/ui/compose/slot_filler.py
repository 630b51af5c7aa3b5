"""Puts pictures into slots: from files, drops, the clipboard, and from slot to slot."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from kling_desktop.domain.drafts import SLOTS
from kling_desktop.domain.media import FileImage, ImageSource, UrlImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.text import t
from kling_desktop.ui.compose.draft_model import DraftModel
from kling_desktop.ui.compose.image_slot import Held, ImageSlot, Step
from kling_desktop.ui.compose.offers import (
    SLOT_MIME,
    Offer,
    for_the_clipboard,
    offers,
    save_pixels,
)
from kling_desktop.ui.compose.pictures import InputPictures
from kling_desktop.ui.compose.slot_paint import DragAnswer
from kling_desktop.ui.outside import open_folder

SUBJECTS = tuple(f"subjects[{number}]" for number in range(SLOTS))
PLACES = (*SUBJECTS, "scene", "style")
_TOWARDS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -2,
    Qt.Key.Key_Down: 2,
}


class SlotFiller(QObject):
    """Every way a picture gets in, out or elsewhere; each is one step of the form.

    `answers` is what the slots say to the thing held over them, `lifted` the place whose picture
    is being carried, `leftover` how many pictures found no slot. `shown_changed` follows them.
    """

    shown_changed = Signal()

    def __init__(
        self, window: QWidget, model: DraftModel, pictures: InputPictures, pasted_folder: Path
    ) -> None:
        super().__init__(window)
        self._window = window
        self._model = model
        self._pictures = pictures
        self._pasted_folder = pasted_folder
        self._dialog: QFileDialog | None = None
        self._folder = ""
        self._slots: dict[str, ImageSlot] = {}
        self.answers: Mapping[str, DragAnswer] = {}
        self.lifted = ""
        self.leftover = 0

    def attend(self, slot: ImageSlot) -> None:
        """Do what this slot is asked to do."""
        self._slots[slot.place] = slot
        slot.choose_wanted.connect(self.choose)
        slot.paste_wanted.connect(self.paste)
        slot.copy_wanted.connect(self.copy)
        slot.folder_wanted.connect(self._show_folder)
        slot.take_out_wanted.connect(self.take_out)
        slot.swap_wanted.connect(self._on_swap_wanted)
        slot.lift_wanted.connect(self._on_lift_wanted)
        slot.held.connect(self._on_held)
        slot.let_go.connect(self._on_let_go)
        slot.dropped.connect(self._on_dropped)

    def put(self, place: str, images: Sequence[ImageSource]) -> None:
        """Put pictures into `place` and the next free ones."""
        targets = self._targets(place, len(images))
        draft = self._model.draft
        for target, image in zip(targets, images, strict=False):
            draft = draft.with_image(target, image)
        self._set_leftover(max(0, len(images) - len(targets)))
        self._pictures.look_again(images)
        self._model.set(draft)

    def first_free(self) -> str:
        """The first empty subject slot, or the last one when all are full."""
        draft = self._model.draft
        return next((place for place in SUBJECTS if draft.image(place) is None), SUBJECTS[-1])

    def _targets(self, place: str, count: int) -> list[str]:
        draft = self._model.draft
        row = SUBJECTS if place in SUBJECTS else PLACES[SLOTS:]
        after = [*row[row.index(place) + 1 :], *row[: row.index(place)]]
        free = [other for other in after if draft.image(other) is None]
        return [place, *free][:count]

    def _set_leftover(self, count: int) -> None:
        if count != self.leftover:
            self.leftover = count
            self.shown_changed.emit()

    @Slot(str)
    def take_out(self, place: str) -> None:
        """Empty a slot."""
        self._set_leftover(0)
        self._model.set(self._model.draft.with_image(place, None))

    @Slot(str)
    def choose(self, place: str) -> None:
        """Ask for files; several of them fill the next free slots."""
        dialog = QFileDialog(self._window.window(), t("Choose pictures"), self._folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([t("Pictures (*.jpg *.jpeg *.png)"), t("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setProperty("place", place)
        dialog.filesSelected.connect(self._on_files_chosen)
        self._dialog = dialog
        dialog.open()

    @Slot(list)
    def _on_files_chosen(self, files: list[str]) -> None:
        assert self._dialog is not None
        place = str(self._dialog.property("place"))
        self._folder = self._dialog.directory().absolutePath()
        self.put(place, [FileImage(Path(file)) for file in files])

    @Slot(str)
    def paste(self, place: str) -> None:
        """Put what the clipboard holds into a slot."""
        self._take(place, QGuiApplication.clipboard().mimeData())

    def _take(self, place: str, mime: QMimeData) -> None:
        images: list[ImageSource] = []
        for offer in offers(mime):
            image = offer.image
            if image is None and not offer.refusal:
                image = save_pixels(mime, self._pasted_folder)
            if image is not None:
                images.append(image)
        if images:
            self.put(place, images)

    @Slot(str)
    def copy(self, place: str) -> None:
        """Give the clipboard the picture of a slot."""
        image = self._model.draft.image(place)
        if image is not None:
            QGuiApplication.clipboard().setMimeData(for_the_clipboard(image, self._file(image)))

    def _file(self, image: ImageSource) -> Path | None:
        return None if isinstance(image, UrlImage) else self._pictures.path(image)

    @Slot(str)
    def _show_folder(self, place: str) -> None:
        image = self._model.draft.image(place)
        if image is not None and (file := self._file(image)):
            open_folder(file.parent)

    @Slot(object)
    def _on_swap_wanted(self, step: Step) -> None:
        index = PLACES.index(step.place) + _TOWARDS[step.key]
        if 0 <= index < len(PLACES) and not self._slots[PLACES[index]].isHidden():
            self._swap(step.place, PLACES[index])
            self._slots[PLACES[index]].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _swap(self, one: str, other: str) -> None:
        draft = self._model.draft
        first, second = draft.image(one), draft.image(other)
        self._model.set(draft.with_image(one, second).with_image(other, first))

    @Slot(str)
    def _on_lift_wanted(self, place: str) -> None:
        image = self._model.draft.image(place)
        if image is None:
            return
        mime = for_the_clipboard(image, self._file(image))
        mime.setData(SLOT_MIME, place.encode())
        self._set_lifted(place)
        self._slots[place].lift(mime)
        self._set_lifted("")

    def _set_lifted(self, place: str) -> None:
        self.lifted = place
        self.shown_changed.emit()

    @Slot(object)
    def _on_held(self, held: Held) -> None:
        self.answers = self._answers_to(held)
        is_acceptable = any(answer.is_allowed for answer in self.answers.values())
        self._slots[held.place].answer(is_acceptable=is_acceptable)
        self.shown_changed.emit()

    def _answers_to(self, held: Held) -> Mapping[str, DragAnswer]:
        source = _lifted_from(held.mime)
        if source:
            words = t("Swap with {slot}", slot=tag_of(source))
            return {} if source == held.place else {held.place: DragAnswer(True, words)}
        offered = offers(held.mime)
        targets = self._targets(held.place, len(offered))
        pairs = zip(targets, offered, strict=False)
        return {place: self._answer(place, offer) for place, offer in pairs}

    def _answer(self, place: str, offer: Offer) -> DragAnswer:
        if offer.refusal:
            return DragAnswer(False, offer.refusal)
        is_video = self._model.draft.kind is TaskKind.VIDEO
        return DragAnswer(True, _drop_words(place, is_video=is_video))

    @Slot()
    def _on_let_go(self) -> None:
        self.answers = {}
        self.shown_changed.emit()

    @Slot(object)
    def _on_dropped(self, held: Held) -> None:
        source = _lifted_from(held.mime)
        if not source:
            self._take(held.place, held.mime)
        elif source != held.place:
            self._swap(source, held.place)


def _lifted_from(mime: QMimeData) -> str:
    place = bytes(mime.data(SLOT_MIME).data()).decode() if mime.hasFormat(SLOT_MIME) else ""
    return place if place in PLACES else ""


def tag_of(place: str) -> str:
    """What stands in the corner of a slot."""
    if place in SUBJECTS:
        return str(SUBJECTS.index(place) + 1)
    return t("Scene") if place == "scene" else t("Style")


def _drop_words(place: str, *, is_video: bool) -> str:
    if place == "scene":
        return t("Drop as scene")
    if place == "style":
        return t("Drop as style")
    number = SUBJECTS.index(place) + 1
    if is_video:
        return t("Drop as picture {number}", number=number)
    return t("Drop as subject {number}", number=number)
