"""Puts pictures into slots: from files, drops, the clipboard, and from slot to slot."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from kling_desktop.domain.drafts import SLOTS, Draft
from kling_desktop.domain.media import FileImage, ImageSource, UrlImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.shelf import PictureSet
from kling_desktop.text import t, tn
from kling_desktop.ui.compose.draft_model import DraftModel
from kling_desktop.ui.compose.gathering import Gathered, Refusal
from kling_desktop.ui.compose.image_slot import Held, ImageSlot, Step
from kling_desktop.ui.compose.intake import Intake, Taken
from kling_desktop.ui.compose.offers import SLOT_MIME, Offer, for_the_clipboard, offers
from kling_desktop.ui.compose.pictures import InputPictures
from kling_desktop.ui.compose.questions import Questions
from kling_desktop.ui.compose.slot_paint import DragAnswer
from kling_desktop.ui.compose.web_pictures import Arrived, WebIntake
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.look import announce
from kling_desktop.ui.outside import open_folder

SUBJECTS = tuple(f"subjects[{number}]" for number in range(SLOTS))
PLACES = (*SUBJECTS, "scene", "style")
_MOST_NAMED = 3
_SUFFIXES = "*.jpg *.jpeg *.png *.webp *.gif *.bmp *.tif *.tiff *.heic *.heif *.avif"
_TOWARDS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -2,
    Qt.Key.Key_Down: 2,
}


class SlotFiller(QObject):
    """Every way a picture gets in, out or elsewhere; each is one step of the form.

    `answers` is what the slots say to the thing held over them, `lifted` the place whose picture
    is being carried, `leftover` how many pictures found no slot, `refused` what was not taken.
    `shown_changed` follows them. `questions` wait for the person's word, `web` brings what is
    given by its address. A place of "" stands for the next free ones. `moved` says
    that other pictures may stand in the slots.
    """

    shown_changed = Signal()
    moved = Signal()

    def __init__(
        self, window: QWidget, desk: Desk, model: DraftModel, pictures: InputPictures
    ) -> None:
        super().__init__(window)
        self._window = window
        self._model = model
        self._pictures = pictures
        self._bridge = desk.bridge
        self.questions = Questions(self)
        self.web = WebIntake(desk.bridge, self.questions, desk.web_pictures, self)
        self._intake = Intake(desk.scratch, self.questions, self.web, self)
        self._intake.taken.connect(self._on_taken)
        self.web.arrived.connect(self._on_arrived)
        self.web.changed.connect(self.shown_changed)
        model.changed.connect(self.moved)
        pictures.looked.connect(self.moved)
        self._dialog: QFileDialog | None = None
        self._folder = ""
        self._slots: dict[str, ImageSlot] = {}
        self.answers: Mapping[str, DragAnswer] = {}
        self.lifted = ""
        self.leftover = 0
        self.refused: tuple[Refusal, ...] = ()

    def attend(self, slot: ImageSlot) -> None:
        """Do what this slot is asked to do."""
        self._slots[slot.place] = slot
        slot.choose_wanted.connect(self.choose)
        slot.paste_wanted.connect(self.paste)
        slot.copy_wanted.connect(self.copy)
        slot.folder_wanted.connect(self._show_folder)
        slot.shelf_wanted.connect(self._on_shelf_wanted)
        slot.fetch_wanted.connect(self._on_fetch_wanted)
        slot.pin_wanted.connect(self._on_pin_wanted)
        slot.take_out_wanted.connect(self.take_out)
        slot.swap_wanted.connect(self._on_swap_wanted)
        slot.lift_wanted.connect(self._on_lift_wanted)
        slot.held.connect(self._on_held)
        slot.let_go.connect(self._on_let_go)
        slot.dropped.connect(self._on_dropped)

    def put(self, place: str, images: Sequence[ImageSource]) -> None:
        """Put pictures into `place` and the next free ones."""
        self._put(place, Gathered(tuple(images)))

    def _put(self, place: str, found: Gathered) -> None:
        targets = self._targets(place, len(found.images))
        draft = self._model.draft
        for target, image in zip(targets, found.images, strict=False):
            draft = draft.with_image(target, image)
        left = found.left + max(0, len(found.images) - len(targets))
        self._pictures.look_again(found.images)
        self._model.set(draft)
        self._remark(left, found.refused)

    def fill(self, wanted: PictureSet) -> None:
        """Put a set into all slots, as one step; pictures that are used in every task stay."""
        self._remark()
        draft = self._model.draft
        self._model.set(wanted.fill(draft).with_pinned_of(draft))

    def first_free(self) -> str:
        """The first empty subject slot, or the last one when all are full."""
        return next(iter(self._targets("", 1)), SUBJECTS[-1])

    @property
    def draft(self) -> Draft:
        """What stands in the form."""
        return self._model.draft

    def slot_of(self, sha256: str) -> str:
        """The tag of the slot that holds the picture with that content, "" when none does."""
        draft = self._model.draft
        found = (tag_of(p) for p in PLACES if self._pictures.sha256(draft.image(p)) == sha256)
        return next(found, "") if sha256 else ""

    def _targets(self, place: str, count: int) -> list[str]:
        draft = self._model.draft
        if not place:
            return [other for other in SUBJECTS if draft.image(other) is None][:count]
        row = SUBJECTS if place in SUBJECTS else PLACES[SLOTS:]
        after = [*row[row.index(place) + 1 :], *row[: row.index(place)]]
        free = [other for other in after if draft.image(other) is None]
        return [place, *free][:count]

    def _remark(self, leftover: int = 0, refused: tuple[Refusal, ...] = ()) -> None:
        if (leftover, refused) == (self.leftover, self.refused):
            return
        self.leftover, self.refused = leftover, refused
        self.shown_changed.emit()
        if refused:
            announce(self._window, refused_words(refused))

    @Slot(str)
    def take_out(self, place: str) -> None:
        """Empty a slot."""
        self._remark()
        self._model.set(self._model.draft.with_image(place, None))

    @Slot(str)
    def choose(self, place: str) -> None:
        """Ask for files; several of them fill the next free slots."""
        dialog = QFileDialog(self._window.window(), t("Choose pictures"), self._folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        pictures = t("Pictures ({suffixes})", suffixes=_SUFFIXES)
        dialog.setNameFilters([pictures, t("All files (*)")])
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
        self._remark()
        self._intake.take(place, mime)

    @Slot(object)
    def _on_taken(self, taken: Taken) -> None:
        found = taken.gathered
        if not found.images:
            self._remark(self.leftover + found.left, (*self.refused, *found.refused))
            return
        self._put(taken.place, replace(found, left=found.left + self.leftover))

    @Slot(object)
    def _on_arrived(self, arrived: Arrived) -> None:
        there = self._model.draft.image(arrived.place) if arrived.place else None
        # Whatever was put there meanwhile stays.
        is_free = arrived.place and there in (None, UrlImage(arrived.url))
        self.put(arrived.place if is_free else "", [arrived.image])

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

    @Slot(str)
    def _on_shelf_wanted(self, place: str) -> None:
        image = self._model.draft.image(place)
        if image is not None:
            self._bridge.shelve((image,))

    @Slot(str)
    def _on_fetch_wanted(self, place: str) -> None:
        image = self._model.draft.image(place)
        if isinstance(image, UrlImage):
            self.web.fetch(place, image.url)

    @Slot(str)
    def _on_pin_wanted(self, place: str) -> None:
        draft = self._model.draft
        self._model.set(draft.with_pin(place, is_pinned=place not in draft.pinned))

    @Slot(object)
    def _on_swap_wanted(self, step: Step) -> None:
        index = PLACES.index(step.place) + _TOWARDS[step.key]
        if 0 <= index < len(PLACES) and not self._slots[PLACES[index]].isHidden():
            self._swap(step.place, PLACES[index])
            self._slots[PLACES[index]].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _swap(self, one: str, other: str) -> None:
        self._model.set(self._model.draft.swapped(one, other))

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
        is_acceptable = self.hold(held.place, held.mime)
        self._slots[held.place].answer(is_acceptable=is_acceptable)

    def hold(self, place: str, mime: QMimeData) -> bool:
        """Let the slots answer to what is held over `place`; whether any of it may be dropped."""
        self.answers = self._answers_to(place, mime)
        self.shown_changed.emit()
        return any(answer.is_allowed for answer in self.answers.values())

    def _answers_to(self, place: str, mime: QMimeData) -> Mapping[str, DragAnswer]:
        source = _lifted_from(mime)
        if source:
            words = t("Swap with {slot}", slot=tag_of(source))
            return {place: DragAnswer(True, words)} if place and source != place else {}
        offered = offers(mime, len(PLACES))
        targets = self._targets(place, len(offered))
        pairs = zip(targets, offered, strict=False)
        return {place: self._answer(place, offer) for place, offer in pairs}

    def _answer(self, place: str, offer: Offer) -> DragAnswer:
        if offer.refusal:
            return DragAnswer(False, offer.refusal)
        if offer.is_folder:
            return DragAnswer(True, t("Drop the pictures of this folder"))
        is_video = self._model.draft.kind is TaskKind.VIDEO
        return DragAnswer(True, _drop_words(place, is_video=is_video))

    @Slot()
    def _on_let_go(self) -> None:
        self.let_go()

    def let_go(self) -> None:
        """Nothing is held any more."""
        self.answers = {}
        self.shown_changed.emit()

    @Slot(object)
    def _on_dropped(self, held: Held) -> None:
        self.drop(held.place, held.mime)

    def drop(self, place: str, mime: QMimeData) -> None:
        """Take in what was dropped on `place`."""
        source = _lifted_from(mime)
        if not source:
            self._take(place, mime)
        elif place and source != place:
            self._swap(source, place)


def refused_words(refused: Sequence[Refusal]) -> str:
    """What was not taken and why, the first few by name."""
    said = [t("{name}: {why}.", name=each.name, why=each.why) for each in refused[:_MOST_NAMED]]
    more = len(refused) - len(said)
    if more:
        said.append(tn("{count} more was not taken.", "{count} more were not taken.", more))
    return " ".join(said)


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
