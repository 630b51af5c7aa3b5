"""The panel beside the picture: shape, turns, what the provider takes, what will be sent."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.media import Fit
from kling_desktop.text import t
from kling_desktop.ui.compose.crop.background_button import BackgroundButton
from kling_desktop.ui.compose.crop.canvas import size_words, verdict_words
from kling_desktop.ui.compose.crop.cut import FREE
from kling_desktop.ui.compose.crop.cut_model import CutModel
from kling_desktop.ui.compose.crop.limit_bar import LimitBar
from kling_desktop.ui.compose.crop.measure_field import MeasureField
from kling_desktop.ui.compose.crop.sent_facts import SentFacts
from kling_desktop.ui.compose.crop.shape_picker import ShapePicker
from kling_desktop.ui.compose.fields import Check, FieldNote, FittingRow
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Height, Space, Type
from kling_desktop.ui.widgets import ElidedLabel, line

PANEL_PX = 336
_THUMB = QSize(112, 64)


class CropPanel(QWidget):
    """Renders the cut of a model and changes it. `apply_wanted` asks to be done."""

    apply_wanted = Signal()

    def __init__(self, look: Look, model: CutModel) -> None:
        super().__init__()
        self._look, self._model = look, model
        self._provider = ""
        self.shapes = ShapePicker(look)
        self.width_field = MeasureField(look, t("Width"))
        self.height_field = MeasureField(look, t("Height"))
        self.lock = QToolButton()
        self.bar = LimitBar(look)
        self.fill = Check(look, "")
        self.enlarge = Check(look, "")
        self.background = BackgroundButton(look)
        self.facts = SentFacts(look, _THUMB)
        self.reset, self.apply = QPushButton(t("Reset")), QPushButton(t("Apply"))
        self.undo, self.redo = QToolButton(), QToolButton()
        self.turns: dict[str, QPushButton] = {}
        self._takes, self._verdict = ElidedLabel(), QLabel()
        self._verdict_icon = QLabel()
        self._headings: list[QLabel] = []
        self._filling = FittingRow([(self.fill, 1), (self.background, 0)])
        self._title = QLabel(t("Crop and turn"))
        self._build()
        self.note = FieldNote(look, self.apply)
        self._footer.insertWidget(0, self.note)
        self._connect()
        self._dress()

    # Building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.viewport().setAutoFillBackground(False)
        page = self._page()
        area.setWidget(page)
        page.setAutoFillBackground(False)
        column.addWidget(area, 1)
        column.addWidget(line(self._look, self))
        column.addWidget(self._foot())

    def _head(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(Space.PANEL, 0, Space.S, 0)
        row.setSpacing(0)
        row.addWidget(self._title, 1)
        for button, words in ((self.undo, t("Undo")), (self.redo, t("Redo"))):
            button.setAccessibleName(words)
            button.setToolTip(words)
            button.setIconSize(QSize(20, 20))
            row.addWidget(button)
        return head

    def _page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(Space.PANEL, Space.S, Space.PANEL, Space.L)
        column.setSpacing(Space.S)
        column.addWidget(self._heading(t("Shape")))
        column.addWidget(self.shapes)
        column.addLayout(self._measures())
        column.addSpacing(Space.M)
        column.addWidget(self._heading(t("Turn and mirror")))
        column.addLayout(self._turning())
        column.addSpacing(Space.M)
        column.addLayout(self._taking())
        column.addWidget(self.bar)
        column.addWidget(self._filling)
        column.addWidget(self.enlarge)
        column.addSpacing(Space.M)
        column.addWidget(self._heading(t("What will be sent")))
        column.addWidget(self.facts)
        column.addStretch(1)
        return page

    def _heading(self, words: str) -> QLabel:
        heading = QLabel(words)
        self._headings.append(heading)
        return heading

    def _measures(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.width_field, 1)
        row.addWidget(self.height_field, 1)
        self.lock.setCheckable(True)
        self.lock.setProperty("kind", "boxed")
        self.lock.setAccessibleName(t("Keep the shape"))
        self.lock.setToolTip(t("Keep the shape (L)"))
        row.addWidget(self.lock)
        return row

    def _turning(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for name, words in (
            ("turn-left", t("Turn left (Shift+R)")),
            ("turn-right", t("Turn right (R)")),
            ("mirror", t("Mirror left to right (M)")),
            ("flip", t("Mirror top to bottom (Shift+M)")),
        ):
            button = self.turns[name] = QPushButton()
            button.setProperty("kind", "large")
            button.setToolTip(words)
            button.setAccessibleName(words.partition(" (")[0])
            button.setIconSize(QSize(20, 20))
            row.addWidget(button, 1)
        return row

    def _taking(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        row.addWidget(self._takes, 1)
        row.addWidget(self._verdict_icon)
        row.addWidget(self._verdict)
        return row

    def _foot(self) -> QWidget:
        foot = QWidget()
        self._footer = QVBoxLayout(foot)
        self._footer.setContentsMargins(Space.PANEL, Space.M, Space.PANEL, Space.M)
        self._footer.setSpacing(Space.S)
        row = QHBoxLayout()
        self.reset.setProperty("kind", "large")
        self.apply.setProperty("kind", "primary")
        row.addWidget(self.reset)
        row.addStretch(1)
        row.addWidget(self.apply, 2)
        self._footer.addLayout(row)
        return foot

    def _connect(self) -> None:
        self._model.changed.connect(self.show_cut)
        self.shapes.chosen.connect(self._on_shape)
        self.width_field.typed.connect(self._on_width)
        self.height_field.typed.connect(self._on_height)
        self.lock.clicked.connect(self.toggle_lock)
        self.turns["turn-left"].clicked.connect(lambda: self.turn(is_clockwise=False))
        self.turns["turn-right"].clicked.connect(lambda: self.turn(is_clockwise=True))
        self.turns["mirror"].clicked.connect(lambda: self.step(self._model.cut.mirrored))
        self.turns["flip"].clicked.connect(lambda: self.step(self._model.cut.flipped))
        self.fill.clicked.connect(self._on_fill)
        self.enlarge.clicked.connect(self._on_enlarge)
        self.background.chosen.connect(self._on_background)
        self.undo.clicked.connect(self._model.undo)
        self.redo.clicked.connect(self._model.redo)
        self.reset.clicked.connect(lambda: self.step(self._model.cut.reset))
        self.apply.clicked.connect(self.apply_wanted)
        self._look.changed.connect(self._dress)

    # Steps

    def step(self, change: Callable[[], object]) -> None:
        """Make one step of its own."""
        self._model.end()
        self._model.set(change())  # type: ignore[arg-type]

    def turn(self, *, is_clockwise: bool) -> None:
        """A quarter turn."""
        self.step(lambda: self._model.cut.turned(is_clockwise=is_clockwise))

    @Slot(str)
    def _on_shape(self, shape: str) -> None:
        self.step(lambda: self._model.cut.shaped(shape))

    @Slot(int)
    def _on_width(self, width: int) -> None:
        self._model.set(self._model.cut.sized(width, None), "width")
        self.show_cut()

    @Slot(int)
    def _on_height(self, height: int) -> None:
        self._model.set(self._model.cut.sized(None, height), "height")
        self.show_cut()

    @Slot()
    def toggle_lock(self) -> None:
        """Keep the shape as it is, or let go of it."""
        cut = self._model.cut
        self.step(cut.locked if cut.shape == FREE else lambda: cut.shaped(FREE))

    @Slot()
    def _on_fill(self) -> None:
        self.step(lambda: self._model.cut.filled(is_filled=self.fill.isChecked()))

    @Slot()
    def _on_enlarge(self) -> None:
        self.step(lambda: self._model.cut.enlarging(enlarges=self.enlarge.isChecked()))

    @Slot(str)
    def _on_background(self, color: str) -> None:
        self.step(lambda: self._model.cut.on(color))

    # Rendering

    def show_provider(self, title: str) -> None:
        """Whose limits these are."""
        self._provider = title
        self._takes.set_words(t("What {provider} takes", provider=title))

    @Slot()
    def show_cut(self) -> None:
        """Show the model's cut."""
        cut, limits = self._model.cut, self._model.cut.limits
        frame = cut.frame
        self.shapes.show_cut(cut)
        self.width_field.show_length(frame.width, cut.extent.width)
        self.height_field.show_length(frame.height, cut.extent.height)
        self.lock.setChecked(cut.shape != FREE)
        self.bar.show_cut(cut)
        limit = f"{float(limits.widest):g}"
        is_wide = cut.extent.width > cut.extent.height
        shape = f"{limit}:1" if is_wide else f"1:{limit}"
        self.fill.setText(t("Keep it whole, fill to {shape}", shape=shape))
        self.fill.setChecked(cut.edit.fit is Fit.PAD)
        self.fill.setVisible(not cut.is_whole_allowed)
        self.background.show_color(cut.edit.background)
        self._filling.fit()
        self.enlarge.setText(t("Enlarge to {limit} px", limit=limits.side_px))
        self.enlarge.setChecked(cut.edit.enlarges)
        is_small = min(frame.width, frame.height) <= limits.side_px
        self.enlarge.setVisible(is_small or cut.edit.enlarges)
        self.undo.setEnabled(self._model.can_undo)
        self.redo.setEnabled(self._model.can_redo)
        self._show_verdict()

    def _show_verdict(self) -> None:
        cut = self._model.cut
        fits = cut.is_narrow_enough and cut.is_large_enough
        words = verdict_words(cut)
        self._verdict.setText(words)
        self._verdict.setProperty("tone", "success" if fits else "danger")
        self._verdict.style().polish(self._verdict)
        theme = self._look.theme
        color = theme.success if fits else theme.danger
        icon = "check" if fits else "failed"
        ratio = self.devicePixelRatioF()
        self._verdict_icon.setPixmap(self._look.pixmap(icon, color, 16, ratio))
        if fits:
            self.note.say("")
        width, height = cut.size
        self.facts.show_waiting(width, height)

    def say_why(self) -> None:
        """Say beside the button what stands in its way."""
        cut, limits = self._model.cut, self._model.cut.limits
        frame = cut.frame
        if not cut.is_narrow_enough:
            limit = f"{float(limits.widest):g}"
            words = t(
                "{verdict}: {provider} takes 1:{limit} to {limit}:1. Crop it or fill it up.",
                verdict=verdict_words(cut),
                provider=self._provider,
                limit=limit,
            )
        else:
            words = t(
                "{size}: at least {limit} px each side. Keep more of it or enlarge it.",
                size=size_words(frame.width, frame.height),
                limit=limits.side_px,
            )
        self.note.say(words)

    def showEvent(self, event: QShowEvent) -> None:
        """Under a style sheet a font loses its weight when its widget finds a parent."""
        super().showEvent(event)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        look = self._look
        self.setFixedWidth(PANEL_PX + 12 * look.fit(0))
        self._title.setFont(look.font(Type.TITLE))
        self._title.setFixedHeight(look.fit(Height.TALL))
        self._takes.setFont(look.font(Type.STRONG))
        self._verdict.setFont(look.font(Type.SMALL_MEDIUM))
        for heading in self._headings:
            heading.setFont(look.font(Type.STRONG))
        for name, button in self.turns.items():
            button.setIcon(look.icon(name, look.theme.text_1))
        self.lock.setIcon(look.icon("lock", look.theme.text_1))
        self.lock.setFixedSize(look.fit(Height.FIELD), look.fit(Height.FIELD))
        self.undo.setIcon(look.icon("undo"))
        self.redo.setIcon(look.icon("redo"))
        self._show_verdict()
