"""The slots of the form with their heading: where they stand and what they show."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QToolButton, QWidget

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.providers import TaskKind
from kling_desktop.text import t
from kling_desktop.ui.compose.draft_model import DraftModel
from kling_desktop.ui.compose.fields import FieldNote
from kling_desktop.ui.compose.fixes import fixes, proposed_cut
from kling_desktop.ui.compose.image_slot import ImageSlot
from kling_desktop.ui.compose.judgement import Judgement, no_place, not_taken
from kling_desktop.ui.compose.pictures import InputPictures
from kling_desktop.ui.compose.questions import QuestionCard
from kling_desktop.ui.compose.slot_edits import SlotEdits
from kling_desktop.ui.compose.slot_filler import PLACES, SlotFiller, tag_of
from kling_desktop.ui.compose.slot_notes import note_words
from kling_desktop.ui.compose.slot_paint import SlotView, caption_width, slot_columns, slot_height
from kling_desktop.ui.compose.verdict import slot_name, verdict
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.theme import Height, Space, Type


class SlotGrid(QWidget):
    """Two columns of slots below their heading.

    `filler` changes what is in them, `edits` what is done to it before it is sent.
    """

    shelf_wanted = Signal()

    def __init__(self, desk: Desk, model: DraftModel, pictures: InputPictures) -> None:
        super().__init__()
        look = self._look = desk.look
        self._model = model
        self._pictures = pictures
        self._judgement: Judgement | None = None
        self._is_low = False
        self._heading = QLabel()
        self._count = QLabel()
        self._note = FieldNote(look, self)
        self._note.setParent(self)
        self._count.setProperty("tone", "second")
        for label in (self._heading, self._count):
            label.setParent(self)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.filler = SlotFiller(self, desk, model, pictures)
        self._card = QuestionCard(look, self.filler.questions, self)
        self._shelf = _shelf_button(self)
        # Once the column has taken in the new height.
        self._bring_into_view = QTimer(self, singleShot=True, interval=0)
        self._bring_into_view.timeout.connect(self._on_bring_into_view)
        self.edits = SlotEdits(self, desk, model, pictures)
        self._slots = {place: ImageSlot(look, place, self) for place in PLACES}
        for slot in self._slots.values():
            self.filler.attend(slot)
            self.edits.attend(slot)
        self.filler.shown_changed.connect(self._on_shown_changed)
        self.filler.questions.changed.connect(self._on_question_changed)
        self._shelf.clicked.connect(self.shelf_wanted)
        look.changed.connect(self._on_look_changed)
        self._dress()

    def show_shelf_open(self, *, is_open: bool) -> None:
        """Whether the shelf stands open beside the slots."""
        self._shelf.setChecked(is_open)
        self._dress()

    def slot(self, place: str) -> ImageSlot:
        """The slot of a place."""
        return self._slots[place]

    def focused_place(self) -> str:
        """The place that has the keyboard, "" when none has."""
        focused = self.focusWidget()
        return next((p for p, s in self._slots.items() if s.hasFocus() or s is focused), "")

    def set_low(self, is_low: bool) -> None:
        """Shrink the slots in a low window."""
        if is_low != self._is_low:
            self._is_low = is_low
            self._arrange()

    # Rendering

    def render_draft(self, draft: Draft, judgement: Judgement) -> None:
        """Show the pictures of a draft with the verdicts on them."""
        self._judgement = judgement
        self.edits.judge_by(judgement)
        is_video = draft.kind is TaskKind.VIDEO
        for place, slot in self._slots.items():
            slot.show_view(self._view(place, draft, judgement), slot_name(place, is_video=is_video))
            why_not = no_place(draft, judgement, place)
            slot.setEnabled(not why_not)
            if why_not:
                slot.setToolTip(why_not)
            is_there = not (is_video and place in ("scene", "style"))
            slot.setVisible(is_there)
            slot.caption.setVisible(is_there)
        self._show_heading(draft, judgement, is_video=is_video)
        self._show_note(draft)
        self._arrange()

    def _view(self, place: str, draft: Draft, judgement: Judgement) -> SlotView:
        image = draft.image(place)
        found = judgement.at(place)
        facts = self._pictures.facts.get(image) if image is not None else None
        reason = not_taken(judgement.profile, place) if place in judgement.withheld else ""
        limits = judgement.can.limits
        problem = found.problem if found else None
        ways_out = fixes(image, facts, limits) if not reason else ()
        said = verdict(place, image, facts, problem, reason)
        why_not = no_place(draft, judgement, place)
        if why_not:
            said = replace(said, words=t("Not offered"), sentence=why_not)
        if place in draft.pinned:
            pinned = t("{verdict} Used in every task.", verdict=said.sentence)
            said = replace(said, sentence=pinned)
        return SlotView(
            tag=tag_of(place),
            verdict=said,
            preview=self._pictures.preview(image),
            fixes=ways_out,
            cut=proposed_cut(facts, ways_out, limits),
            is_openable=facts is not None and facts.original_width > 0,
            is_lifted=place == self.filler.lifted,
            is_pinned=place in draft.pinned,
            is_offered=not why_not,
            drag=self.filler.answers.get(place),
        )

    @Slot()
    def _on_shown_changed(self) -> None:
        if self._judgement is not None:
            self.render_draft(self._model.draft, self._judgement)

    def _show_heading(self, draft: Draft, judgement: Judgement, *, is_video: bool) -> None:
        filled = len(draft.places())
        can = judgement.can
        self._heading.setText(t("Pictures") if is_video else t("Subjects"))
        if filled:
            count = t("{filled} of {most}", filled=filled, most=can.most_images)
        else:
            count = t("{fewest} to {most}", fewest=can.fewest_images, most=can.most_images)
        self._count.setText(count)

    def _show_note(self, draft: Draft) -> None:
        words = note_words(self.filler, draft, self._pictures)
        was = self._note.words()
        self._note.say(words, "warning" if self.filler.refused else "second")
        if self.filler.refused and words != was:
            self._bring_into_view.start()

    @Slot()
    def _on_question_changed(self) -> None:
        self._card.show_first()
        self._arrange()
        if self.filler.questions.first is not None:
            self._bring_into_view.start()

    @Slot()
    def _on_bring_into_view(self) -> None:
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        column = area.widget() if area is not None else None
        if area is None or column is None or not self.isVisible():
            return
        if column.height() < self.geometry().bottom():
            self._bring_into_view.start()  # it is about to grow
            return
        area.ensureWidgetVisible(self._note if self._card.isHidden() else self._card)

    # Geometry

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Slots grow with the column."""
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _on_look_changed(self) -> None:
        self._dress()
        self._arrange()

    def _dress(self) -> None:
        theme = self._look.theme
        color = theme.accent_text if self._shelf.isChecked() else theme.text_2
        self._shelf.setIcon(self._look.icon("shelf", color, 16))
        self._shelf.setFont(self._look.font(Type.SMALL_MEDIUM))

    def _arrange(self) -> None:
        look, width = self._look, self.width()
        self._heading.setFont(look.font(Type.STRONG))
        self._count.setFont(look.font(Type.SMALL))
        heading = look.fit(Height.BUTTON)
        self._arrange_heading(width, heading)
        columns = slot_columns(look, width)
        slot_width = (width - Space.S * (columns - 1)) // columns
        height = slot_height(look, slot_width, is_low=self._is_low)
        bottom = heading
        for first in range(0, len(PLACES), columns):
            places = PLACES[first : first + columns]
            if all(self._slots[place].isHidden() for place in places):
                continue
            if places[0] == "scene":
                bottom += Space.XS
            bottom = self._arrange_row(places, bottom, QRect(0, 0, slot_width, height))
        bottom = self._arrange_note(bottom - Space.XS, width)
        bottom = self._arrange_card(bottom, width)
        if self.minimumHeight() != bottom:
            self.setFixedHeight(bottom)

    def _arrange_row(self, places: Sequence[str], top: int, box: QRect) -> int:
        """Place one row; a row without captions needs no room for them."""
        slots = [self._slots[place] for place in places]
        below = QRect(0, 0, box.width(), self._caption_height(slots, box.width()))
        for column, slot in enumerate(slots):
            left = column * (box.width() + Space.S)
            self._place(slot, QRect(left, top, box.width(), box.height()))
            caption = below.translated(left, top + box.height() + Space.XS)
            if not slot.fix_button.isHidden():
                caption = self._arrange_fix(slot, caption)
            caption.setHeight(min(caption.height(), self._look.fit(Height.SMALL)))
            self._place(slot.caption, caption)
        under = Space.XS + below.height() + Space.S if below.height() else Space.L
        return top + box.height() + under

    def _arrange_heading(self, width: int, height: int) -> None:
        name = self._heading.sizeHint().width()
        shelf = self._shelf.sizeHint().width()
        self._place(self._heading, QRect(0, 0, name, height))
        room = max(0, width - name - Space.S - shelf)
        count = min(self._count.sizeHint().width(), room)
        self._place(self._count, QRect(name + Space.S, 0, count, height))
        self._place(self._shelf, QRect(width - shelf, 0, shelf, height - 2))

    def _arrange_card(self, bottom: int, width: int) -> int:
        if self._card.isHidden():
            return bottom
        height = self._card.heightForWidth(width)
        self._card.setGeometry(0, bottom, width, height)
        return bottom + height + Space.S

    def _caption_height(self, slots: Sequence[ImageSlot], width: int) -> int:
        look = self._look
        if not any(slot.view.verdict.words for slot in slots):
            return 0
        fixed = [slot for slot in slots if not slot.fix_button.isHidden()]
        if not fixed:
            return look.fit(20, Type.SMALL)
        button = look.fit(Height.SMALL)
        return 2 * button if any(self._is_stacked(slot, width) for slot in fixed) else button

    def _is_stacked(self, slot: ImageSlot, width: int) -> bool:
        """Whether words and button stand below each other: never is a word cut off for it."""
        words = caption_width(slot.view.verdict, self._look)
        return words + Space.XS + slot.fix_button.sizeHint().width() > width

    def _arrange_fix(self, slot: ImageSlot, caption: QRect) -> QRect:
        """The button at the end of the caption, or under it; what is left of that."""
        height = self._look.fit(Height.SMALL)
        width = min(slot.fix_button.sizeHint().width(), caption.width())
        is_stacked = self._is_stacked(slot, caption.width())
        left = caption.left() if is_stacked else caption.right() + 1 - width
        top = caption.top() + (height if is_stacked else 0)
        self._place(slot.fix_button, QRect(left, top, width, height))
        room = caption.width() if is_stacked else caption.width() - width - Space.XS
        return QRect(caption.left(), caption.top(), room, caption.height())

    def _arrange_note(self, bottom: int, width: int) -> int:
        if not self._note.words():
            return bottom
        height = self._note.heightForWidth(width)
        self._note.setGeometry(0, bottom, width, height)
        return bottom + height + Space.S

    def _place(self, widget: QWidget, box: QRect) -> None:
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            box.moveLeft(self.width() - box.right() - 1)
        widget.setGeometry(box)


def _shelf_button(parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText(t("Shelf"))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setCheckable(True)
    button.setIconSize(QSize(16, 16))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolTip(t("Pictures and sets used before (F9)"))
    return button
