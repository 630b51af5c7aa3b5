"""One result over the whole window: large, beside its siblings, with its recipe."""

import time
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.media import Asset, MediaKind
from kling_desktop.domain.tasks import Task
from kling_desktop.text import t
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.library.filmstrip import Filmstrip
from kling_desktop.ui.library.posters import small_pictures
from kling_desktop.ui.library.recipe import Recipe, recipe_from_sidecar, recipe_of
from kling_desktop.ui.library.recipe_panel import RecipePanel
from kling_desktop.ui.library.stage import Stage
from kling_desktop.ui.library.stage_arrows import StageArrows
from kling_desktop.ui.library.video_stage import VideoStage
from kling_desktop.ui.outside import open_result
from kling_desktop.ui.pictures import Pictures, Source, read_image
from kling_desktop.ui.tasks import time_words
from kling_desktop.ui.tasks.result_asset import asset_of
from kling_desktop.ui.theme import Height, Space, Type
from kling_desktop.ui.widgets import ElidedLabel

_WHOLE_BYTES = 384 * 1024 * 1024
_PREVIEW_PX = 512


class Viewer(QWidget):
    """`closed` asks to go back to the columns; `recall_wanted` carries a Draft.

    Left and Right walk through what `show_asset` was given around the asset.
    """

    closed = Signal()
    recall_wanted = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._tasks: dict[str, Task] = {}
        self._asset: Asset | None = None
        self._around: list[Asset] = []
        self._small = Pictures(small_pictures(desk, self), self, 32 * 1024 * 1024)
        self._whole = Pictures(lambda source, _px: read_image(source.file), self, _WHOLE_BYTES)
        self._stage, self._film = Stage(desk.look), VideoStage(desk.look)
        self._stages = QStackedWidget()
        self._arrows = StageArrows(desk.look, self._stages)
        self._strip = Filmstrip(desk, self._small)
        self._panel = RecipePanel(desk, self._small)
        self._back, self._place = QToolButton(), ElidedLabel()
        self._zoom = QPushButton()
        self._outside, self._full = QToolButton(), QToolButton()
        self._build()
        self._connect()
        self._dress()

    def _build(self) -> None:
        self._stages.addWidget(self._stage)
        self._stages.addWidget(self._film)
        self._arrows.raise_()
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self._header())
        left.addWidget(self._stages, 1)
        left.addWidget(self._strip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self._panel)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _header(self) -> QWidget:
        self._back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._back.setText(t("Library"))
        self._back.setAccessibleName(t("Back to the library"))
        self._zoom.setAccessibleName(t("Zoom"))
        self._zoom.setMenu(self._zoom_menu())
        for button, words in (
            (self._outside, t("Open in the system’s viewer")),
            (self._full, t("Full screen")),
        ):
            button.setAccessibleName(words)
            button.setToolTip(words)
        header = QWidget()
        row = QHBoxLayout(header)
        row.setContentsMargins(Space.M, 0, Space.M, 0)
        row.setSpacing(Space.S)
        row.addWidget(self._back)
        row.addWidget(self._place, 1)
        row.addWidget(self._zoom)
        row.addWidget(self._outside)
        row.addWidget(self._full)
        return header

    def _zoom_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(t("Fit (0)"), lambda: self._stage.set_zoom(None))
        menu.addAction(t("100 % (1)"), lambda: self._stage.set_zoom(1.0))
        menu.addAction("200 %", lambda: self._stage.set_zoom(2.0))
        return menu

    def _connect(self) -> None:
        self._back.clicked.connect(self.close_viewer)
        self._outside.clicked.connect(self._on_outside)
        self._film.outside_wanted.connect(self._on_outside)
        self._full.clicked.connect(self._on_full_screen)
        self._arrows.pressed.connect(self.step)
        self._strip.chosen.connect(self._show)
        self._stage.zoomed.connect(self._on_zoomed)
        self._whole.ready.connect(self._on_picture_ready)
        self._small.ready.connect(self._on_picture_ready)
        self._panel.recall_wanted.connect(self.recall_wanted)
        self._desk.look.changed.connect(self._dress)

    def set_tasks(self, tasks: Iterable[Task]) -> None:
        """What the ledger knows: recipes and siblings."""
        self._tasks = {task.id: task for task in tasks}

    def apply(self, task: Task) -> None:
        """A task has changed, or is new."""
        self._tasks[task.id] = task
        if self._asset is not None and self.isVisible() and task.id == self._asset.task:
            self._strip.show_assets(self._siblings(self._asset), self._asset)

    def show_asset(self, asset: Asset, around: Sequence[Asset] = ()) -> None:
        """Show this result; Left and Right walk through `around`."""
        self._around = list(around) or [asset]
        self._show(asset)

    def asset(self) -> Asset | None:
        """What is shown."""
        return self._asset

    @property
    def has_picture(self) -> bool:
        """Whether the result itself is on screen, no longer a small one in its place."""
        if self._asset is None:
            return False
        is_video = self._asset.media is MediaKind.VIDEO
        return self._film.has_picture if is_video else self._stage.has_picture

    @Slot(object)
    def _show(self, asset: Asset) -> None:
        self._film.stop()
        self._asset = asset
        siblings = self._siblings(asset)
        is_video = asset.media is MediaKind.VIDEO
        self._stages.setCurrentWidget(self._film if is_video else self._stage)
        self._zoom.setVisible(not is_video)
        self._strip.setVisible(len(siblings) > 1)
        self._strip.show_assets(siblings, asset)
        self._place.set_words(self._place_words(asset, siblings))
        self._panel.show_recipe(asset, self._recipe(asset), len(siblings))
        place = self._number(asset)
        self._arrows.set_possible(place > 0, place < len(self._around) - 1)
        if is_video:
            self._film.play(self._desk.library / asset.file)
        else:
            self._show_picture(asset)
        self._arrows.raise_()

    def _show_picture(self, asset: Asset) -> None:
        whole = self._whole.pixmap(self._source(asset), 1, 1.0)
        if whole is not None:
            self._stage.show_picture(whole, asset.width, asset.height, is_final=True)
            self._prepare_next(asset)
            return
        ratio = self.devicePixelRatioF()
        small = self._small.pixmap(self._source(asset), _PREVIEW_PX, ratio) or QPixmap()
        self._stage.show_picture(small, asset.width, asset.height, is_final=False)

    def _prepare_next(self, asset: Asset) -> None:
        place = self._number(asset) + 1
        if 0 < place < len(self._around) and self._around[place].media is MediaKind.IMAGE:
            self._whole.pixmap(self._source(self._around[place]), 1, 1.0)

    def _source(self, asset: Asset) -> Source:
        return Source(self._desk.library / asset.file, asset.sha256)

    def _number(self, asset: Asset) -> int:
        return next((n for n, other in enumerate(self._around) if other.file == asset.file), -1)

    def _siblings(self, asset: Asset) -> list[Asset]:
        task = self._tasks.get(asset.task)
        if task is not None and task.saved:
            is_free = asset.is_sandbox
            return [asset_of(task, output, is_free=is_free) for output in task.saved]
        return sorted(
            (other for other in self._around if other.task == asset.task),
            key=lambda other: other.index,
        ) or [asset]

    def _recipe(self, asset: Asset) -> Recipe | None:
        task = self._tasks.get(asset.task)
        if task is not None:
            return recipe_of(task)
        return recipe_from_sidecar(self._desk.library / asset.file)

    def _place_words(self, asset: Asset, siblings: Sequence[Asset]) -> str:
        now_ms = max(asset.created_at_ms, time.time_ns() // 1_000_000)
        made = time_words.clock(asset.created_at_ms, now_ms)
        if len(siblings) < 2:
            return made
        number = next((n for n, s in enumerate(siblings, 1) if s.file == asset.file), 1)
        return t(
            "{number} of {count} from this task, {time}",
            number=number,
            count=len(siblings),
            time=made,
        )

    @Slot(int)
    def step(self, by: int) -> None:
        """To the next result (1) or the one before (-1)."""
        if self._asset is None:
            return
        place = self._number(self._asset) + by
        if 0 <= place < len(self._around):
            self._show(self._around[place])

    @Slot()
    def close_viewer(self) -> None:
        """Back to the library; Esc."""
        self._film.stop()
        self.closed.emit()

    @Slot(str)
    def _on_picture_ready(self, sha256: str) -> None:
        asset = self._asset
        if asset is not None and asset.sha256 == sha256 and asset.media is MediaKind.IMAGE:
            self._show_picture(asset)

    @Slot(float)
    def _on_zoomed(self, zoom: float) -> None:
        percent = f"{round(zoom * 100)} %"
        words = t("Fit, {percent}", percent=percent) if self._stage.is_fitted else percent
        self._zoom.setText(words)
        self._zoom.setAccessibleDescription(words)

    @Slot()
    def _on_outside(self) -> None:
        if self._asset is not None:
            open_result(self._desk.library / self._asset.file, self._desk.library)

    @Slot()
    def _on_full_screen(self) -> None:
        window = self.window()
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back, arrows step, Space plays, the rest is for the picture."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.close_viewer()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers():
            forward = (key == Qt.Key.Key_Right) != self.isRightToLeft()
            self.step(1 if forward else -1)
        elif key == Qt.Key.Key_Space:
            self._film.toggle()
        elif not self._stage.hasFocus():
            self._stage.keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing plays unseen."""
        super().hideEvent(event)
        self._film.stop()

    @Slot()
    def _dress(self) -> None:
        look = self._desk.look
        self._back.setIcon(look.icon("chevron-left", look.theme.text_1, 16))
        self._back.setFont(look.font(Type.STRONG))
        self._place.setFont(look.font(Type.SMALL))
        self._outside.setIcon(look.icon("open-outside"))
        self._full.setIcon(look.icon("full-screen"))
        for button in (self._outside, self._full):
            button.setIconSize(QSize(20, 20))
            button.setFixedSize(Height.TOOL, Height.TOOL)
        header = self._back.parentWidget()
        assert header is not None
        header.setFixedHeight(look.fit(Height.TALL))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The viewer's own surface."""
        QPainter(self).fillRect(self.rect(), self._desk.look.theme.viewer)
