"""How a result was made: prompt, pictures, facts; and the way to make it again."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.media import Asset, StoredImage, place_name
from kling_desktop.domain.money import CostBasis, estimate
from kling_desktop.text import t
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.library import day_words
from kling_desktop.ui.library.recipe import Recipe
from kling_desktop.ui.outside import reveal
from kling_desktop.ui.paint import fill, fitted
from kling_desktop.ui.pictures import Pictures, Source
from kling_desktop.ui.tasks import money_words
from kling_desktop.ui.theme import Height, Radius, Space, Type
from kling_desktop.ui.widgets import ElidedLabel, line

PANEL_PX = 336
_INPUT = QSize(68, 51)
_COPIED_MS = 1500
_LARGE_LINE_PX = 24


class RecipePanel(QWidget):
    """Beside a result in the viewer. `recall_wanted` carries a Draft."""

    recall_wanted = Signal(object)

    def __init__(self, desk: Desk, pictures: Pictures) -> None:
        super().__init__()
        self._desk, self._pictures = desk, pictures
        self._recipe: Recipe | None = None
        self._file = Path()
        self._again = QPushButton(t("Make again…"))
        self._copy = QToolButton()
        self._page = QScrollArea()
        self._name = ElidedLabel("", Qt.TextElideMode.ElideMiddle)
        self.setFixedWidth(PANEL_PX)
        self._build()
        self._again.clicked.connect(self._on_again)
        self._copy.clicked.connect(self._on_copy)
        desk.look.changed.connect(self._dress)
        self._dress()

    def _build(self) -> None:
        look = self._desk.look
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(Space.PANEL, 0, Space.S, 0)
        self._heading = QLabel(t("Recipe"))
        self._heading.setFixedHeight(look.fit(Height.TALL))
        head.addWidget(self._heading, 1)
        self._copy.setAccessibleName(t("Copy prompt"))
        self._copy.setToolTip(t("Copy prompt"))
        head.addWidget(self._copy)
        column.addLayout(head)
        self._page.setWidgetResizable(True)
        self._page.setFrameShape(QFrame.Shape.NoFrame)
        self._page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._page.viewport().setAutoFillBackground(False)
        column.addWidget(self._page, 1)
        column.addWidget(line(look, self))
        column.addLayout(self._foot())
        self._again.setProperty("kind", "primary")

    def _foot(self) -> QBoxLayout:
        way = QBoxLayout.Direction
        foot = QBoxLayout(way.TopToBottom if self._is_large() else way.LeftToRight)
        foot.setContentsMargins(Space.PANEL, Space.S, Space.PANEL, Space.S)
        foot.setSpacing(Space.S)
        self._folder_icon = QLabel()
        show = QPushButton(t("Show in folder"))
        show.clicked.connect(self._on_reveal)
        foot.addWidget(self._folder_icon)
        foot.addWidget(self._name, 1)
        foot.addWidget(show)
        return foot

    def _is_large(self) -> bool:
        """Whether the person's text leaves no room for things beside each other."""
        return self._desk.look.line_height(Type.BODY) > _LARGE_LINE_PX

    def show_recipe(self, asset: Asset, recipe: Recipe | None, count: int) -> None:
        """How `asset`, one of `count` results, was made; None when nothing tells."""
        self._recipe = recipe
        self._file = self._desk.library / asset.file
        self._name.set_words(asset.file.name)
        self._again.setParent(None)
        self._page.takeWidget()
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(Space.PANEL, Space.XS, Space.PANEL, Space.L)
        column.setSpacing(Space.S)
        column.addWidget(self._again)
        why_not = _why_not_again(recipe)
        note = why_not or t("Fills the form. Nothing is sent until you press Generate.")
        column.addWidget(self._label(note, Type.SMALL, "second"))
        self._again.setEnabled(not why_not)
        self._again.setToolTip(why_not)
        self._again.setAccessibleDescription(note)
        is_found = recipe is not None and recipe.is_found
        self._copy.setEnabled(not is_found)
        if not is_found:
            self._add_prompt(column, asset.prompt, recipe)
        if recipe is not None and not is_found:
            self._add_inputs(column, recipe)
        self._add_facts(column, asset, recipe, count)
        column.addStretch(1)
        self._page.setWidget(page)
        page.setAutoFillBackground(False)

    def _add_prompt(self, column: QVBoxLayout, prompt: str, recipe: Recipe | None) -> None:
        self._section(column, t("Prompt"))
        column.addWidget(self._selectable(prompt or t("No prompt")))
        if recipe is not None and recipe.request.negative_prompt:
            self._section(column, t("Negative prompt"))
            column.addWidget(self._selectable(recipe.request.negative_prompt))

    def _add_inputs(self, column: QVBoxLayout, recipe: Recipe) -> None:
        self._section(column, t("Made from"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(Space.S)
        columns = 2 if self._is_large() else 4
        for number, (field, image) in enumerate(recipe.request.images()):
            cell = QVBoxLayout()
            cell.setSpacing(Space.XS)
            source = None
            if isinstance(image, StoredImage):
                source = Source(self._desk.input_path(image), image.sent_sha256)
            picture = _Input(self._desk, self._pictures, source)
            name = getattr(image, "name", "") or getattr(image, "url", "")
            picture.setToolTip(name)
            picture.setAccessibleName(f"{place_name(field)}: {name}")
            cell.addWidget(picture)
            cell.addWidget(self._label(place_name(field), Type.SMALL, "second"))
            grid.addLayout(cell, number // columns, number % columns)
        grid.setColumnStretch(columns, 1)
        column.addLayout(grid)

    def _add_facts(
        self, column: QVBoxLayout, asset: Asset, recipe: Recipe | None, count: int
    ) -> None:
        self._section(column, t("Facts"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self._facts(asset, recipe, count)):
            label = self._label(name, Type.SMALL, "second")
            label.setMinimumWidth(72)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._label(value, Type.SMALL, ""), row, 1)
        column.addLayout(grid)

    def _facts(self, asset: Asset, recipe: Recipe | None, count: int) -> list[tuple[str, str]]:
        profile = self._desk.profiles.get(asset.provider)
        provider = profile.title if profile else asset.provider
        shape = f"{asset.width} × {asset.height}"
        if count > 1:
            shape = t(
                "{number} of {count}, {shape}", number=asset.index + 1, count=count, shape=shape
            )
        made_by = ", ".join(part for part in (provider, asset.model) if part)
        facts = [(t("Provider"), made_by), (t("Result"), shape)]
        if asset.duration_s is not None:
            facts.append((t("Length"), t("{seconds} s", seconds=f"{asset.duration_s:g}")))
        facts.append((t("Made"), _made(asset, recipe)))
        if recipe is not None and profile is not None:
            facts.append((t("Cost"), self._cost(recipe, provider, asset)))
        return facts

    def _cost(self, recipe: Recipe, provider: str, asset: Asset) -> str:
        profile = self._desk.profiles[asset.provider]
        if profile.is_free:
            return t("Free")
        units = recipe.cost.units
        if units is not None and recipe.cost.basis is CostBasis.REPORTED:
            words = money_words.reported_sum(recipe.request.kind, profile, units)
            return t("{sum} for the task, as {provider} reports", sum=words, provider=provider)
        guess = None if recipe.is_found else estimate(recipe.request, profile).dollars
        if guess is None:
            return t("Price unknown")
        return t("about {sum} for the task", sum=money_words.dollars(guess))

    def _section(self, column: QVBoxLayout, words: str) -> None:
        column.addSpacing(Space.S)
        column.addWidget(self._label(words, Type.STRONG, ""))

    def _label(self, words: str, token: Type, tone: str) -> QLabel:
        label = QLabel(words)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setFont(self._desk.look.font(token))
        label.setWordWrap(True)
        if tone:
            label.setProperty("tone", tone)
        return label

    def _selectable(self, words: str) -> QLabel:
        label = self._label(words, Type.BODY, "")
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    @Slot()
    def _on_again(self) -> None:
        if self._recipe is not None:
            self.recall_wanted.emit(self._recipe.draft())

    @Slot()
    def _on_copy(self) -> None:
        if self._recipe is not None:
            QGuiApplication.clipboard().setText(self._recipe.request.prompt)
            look = self._desk.look
            self._copy.setIcon(look.icon("check", look.theme.success))
            QTimer.singleShot(_COPIED_MS, self, self._dress)

    @Slot()
    def _on_reveal(self) -> None:
        reveal(self._file, self._desk.library)

    @Slot()
    def _dress(self) -> None:
        look = self._desk.look
        self._heading.setFont(look.font(Type.TITLE))
        self._name.setFont(look.font(Type.SMALL))
        self._copy.setIcon(look.icon("copy"))
        self._copy.setIconSize(QSize(20, 20))
        self._again.setIcon(look.icon("again", look.theme.on_accent, 16))
        ratio = self.devicePixelRatioF()
        self._folder_icon.setPixmap(look.pixmap("folder", look.theme.text_2, 16, ratio))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A panel beside the darker viewer."""
        QPainter(self).fillRect(self.rect(), self._desk.look.theme.panel)


class _Input(QWidget):
    """A picture that went in, whole."""

    def __init__(self, desk: Desk, pictures: Pictures, source: Source | None) -> None:
        super().__init__()
        self._desk, self._pictures, self._source = desk, pictures, source
        self.setFixedSize(_INPUT)
        pictures.ready.connect(self._on_ready)

    @Slot(str)
    def _on_ready(self, sha256: str) -> None:
        if self._source is not None and sha256 == self._source.sha256:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fitted, never cropped; a web address has a sign instead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        look, box = self._desk.look, QRectF(self.rect())
        fill(painter, box, look.theme.sunken, Radius.PICTURE)
        if self._source is None:
            look.paint_icon(painter, "link", box, look.theme.text_2)
            return
        ratio = self.devicePixelRatioF()
        picture = self._pictures.pixmap(self._source, _INPUT.width(), ratio)
        if picture is not None and not picture.isNull():
            painter.drawPixmap(fitted(picture, box), picture, QRectF(picture.rect()))


def _why_not_again(recipe: Recipe | None) -> str:
    """Why a result cannot be made again, "" when it can."""
    if recipe is None:
        return t("The recipe cannot be read: the file beside this result is missing or damaged.")
    if recipe.is_found:
        return t("Found on your account; what it was made from is not known.")
    return ""


def _made(asset: Asset, recipe: Recipe | None) -> str:
    made = datetime.fromtimestamp(asset.created_at_ms / 1000).astimezone()
    now_ms = int(datetime.now().astimezone().timestamp() * 1000)
    words = f"{day_words.day(asset.created_at_ms, now_ms)} {made:%H:%M}"
    if recipe is None or recipe.sent_at_ms is None or recipe.finished_at_ms is None:
        return words
    took_s = round((recipe.finished_at_ms - recipe.sent_at_ms) / 1000)
    return t("{when}, took {seconds} s", when=words, seconds=took_s) if took_s >= 0 else words
