"""What a person wants changed in the picture of a slot: cropped, mended, looked at as it is sent.

Every change is one step of the form; the file itself is only read.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.media import COMMON_LIMITS, Edit, ImageLimits, UrlImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.ui.compose.copies import LocalImage
from kling_desktop.ui.compose.crop.task import Cropped, CropTask
from kling_desktop.ui.compose.draft_model import DraftModel
from kling_desktop.ui.compose.fixes import Mending
from kling_desktop.ui.compose.image_slot import ImageSlot
from kling_desktop.ui.compose.judgement import Judgement
from kling_desktop.ui.compose.pictures import InputPictures
from kling_desktop.ui.compose.verdict import slot_name
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.look import announce

if TYPE_CHECKING:
    from kling_desktop.ui.compose.crop.slot_crop import SlotCrop


class SlotEdits(QObject):
    """`crop_wanted` carries a `CropTask`: whoever shows the editor brings back what came of it."""

    crop_wanted = Signal(object)

    def __init__(
        self, window: QWidget, desk: Desk, model: DraftModel, pictures: InputPictures
    ) -> None:
        super().__init__(window)
        self._window, self._desk = window, desk
        self._model, self._pictures = model, pictures
        self._limits: ImageLimits = COMMON_LIMITS
        self._provider = ""
        self._slots: dict[str, ImageSlot] = {}
        self._trimming: SlotCrop | None = None
        model.changed.connect(self._on_draft_changed)

    def attend(self, slot: ImageSlot) -> None:
        """Do what this slot is asked to do."""
        self._slots[slot.place] = slot
        slot.crop_wanted.connect(self.crop)
        slot.trim_wanted.connect(self.trim)
        slot.sent_wanted.connect(self.show_sent)
        slot.fix_wanted.connect(self._on_fix_wanted)

    def judge_by(self, judgement: Judgement) -> None:
        """Whose rules hold from now on."""
        self._limits = judgement.can.limits
        self._provider = judgement.profile.title

    def _image(self, place: str) -> LocalImage | None:
        image = self._model.draft.image(place)
        return None if isinstance(image, UrlImage) else image

    def task(self, place: str) -> CropTask | None:
        """What is to be known to edit the picture of a slot; None where there is none to open."""
        image = self._image(place)
        facts = self._pictures.facts.get(image) if image is not None else None
        if image is None or facts is None or not facts.original_width:
            return None
        file = self._pictures.path(image)
        is_video = self._model.draft.kind is TaskKind.VIDEO
        return CropTask(
            place=place,
            name=slot_name(place, is_video=is_video),
            image=image,
            file=file,
            file_name=getattr(image, "name", "") or file.name,
            width=facts.original_width,
            height=facts.original_height,
            limits=self._limits,
            provider=self._provider,
        )

    @Slot(str)
    def crop(self, place: str) -> None:
        """Open the editor for the picture of a slot."""
        task = self.task(place)
        if task is not None:
            self.crop_wanted.emit(task)

    @Slot(str)
    def trim(self, place: str) -> None:
        """Cut the picture in the slot itself."""
        task = self.task(place)
        if task is None:
            return
        if self._trimming is None:
            self._trimming = self._make_trimming()
        self._trimming.open(task, self._slots[place])

    def _make_trimming(self) -> "SlotCrop":
        from kling_desktop.ui.compose.crop.slot_crop import SlotCrop

        trimming = SlotCrop(self._desk.look, self._desk.copy_of, self._window)
        trimming.applied.connect(self.apply)
        trimming.enlarge_wanted.connect(self.crop_wanted)
        trimming.closed.connect(self._on_trimmed)
        return trimming

    @Slot(str)
    def _on_trimmed(self, place: str) -> None:
        self._slots[place].setFocus()

    @Slot(object)
    def _on_draft_changed(self, draft: Draft) -> None:
        """A picture that is no longer there is not cut any further."""
        trimming = self._trimming
        if trimming is None or not trimming.place:
            return
        if trimming.image != draft.image(trimming.place):
            trimming.leave()

    @Slot(object)
    def apply(self, cropped: Cropped) -> None:
        """What came of the editor; nothing where the slot holds another picture by now."""
        if self._image(cropped.place) == cropped.image:
            self._set(cropped.place, cropped.edit)

    @Slot(object)
    def _on_fix_wanted(self, mending: Mending) -> None:
        slot = self._slots[mending.place]
        if slot.fix_button.hasFocus():
            # The button goes away with the fault; the keyboard stays with the picture.
            slot.setFocus()
        self._set(mending.place, mending.fix.edit)
        announce(slot, f"{slot.accessibleName()}: {mending.fix.words}")

    def _set(self, place: str, edit: Edit) -> None:
        image = self._image(place)
        if image is not None:
            edited = replace(image, edit=edit)
            self._model.set(self._model.draft.with_image(place, edited))

    @Slot(str)
    def show_sent(self, place: str) -> None:
        """Show the upload copy as it would go."""
        task = self.task(place)
        if task is None:
            return
        from kling_desktop.ui.compose.crop.sent_window import SentWindow

        window = SentWindow(self._desk, task, self._window.window())
        window.edited.connect(self.apply)
        window.show()
