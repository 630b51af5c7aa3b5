"""The results of one task side by side under the one that is shown large."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from kling_desktop.domain.media import Asset
from kling_desktop.text import t
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import covered, edge, fill
from kling_desktop.ui.pictures import Pictures, Source
from kling_desktop.ui.tasks.task_paint import paint_length
from kling_desktop.ui.theme import Radius

STRIP_PX = 104
_FRAME = QSize(92, 69)
_NARROWEST_PX = 44


class Filmstrip(QWidget):
    """One button a result; `chosen` carries its asset. Empty for a single result."""

    chosen = Signal(object)

    def __init__(self, desk: Desk, pictures: Pictures) -> None:
        super().__init__()
        self._desk, self._pictures = desk, pictures
        self._frames: list[_Frame] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 0, 16, 8)
        self._row.setSpacing(12)
        self.setFixedHeight(STRIP_PX)
        self.setAccessibleName(t("Results of this task"))
        pictures.ready.connect(self._on_ready)

    def show_assets(self, assets: Sequence[Asset], current: Asset) -> None:
        """These, and which of them is shown large."""
        if [frame.asset for frame in self._frames] != list(assets):
            self._make(assets)
        for frame in self._frames:
            frame.setChecked(frame.asset.file == current.file)

    def _make(self, assets: Sequence[Asset]) -> None:
        while item := self._row.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        self._frames = []
        self._row.addStretch(1)
        for number, asset in enumerate(assets, 1):
            source = Source(self._desk.library / asset.file, asset.sha256)
            frame = _Frame(self._desk.look, self._pictures, source, asset)
            frame.setAccessibleName(
                t("Result {number} of {count}", number=number, count=len(assets))
            )
            frame.clicked.connect(self._on_clicked)
            self._frames.append(frame)
            self._row.addWidget(frame, 2)
        self._row.addStretch(1)

    @Slot()
    def _on_clicked(self) -> None:
        frame = self.sender()
        if isinstance(frame, _Frame):
            self.chosen.emit(frame.asset)

    @Slot(str)
    def _on_ready(self, _sha256: str) -> None:
        for frame in self._frames:
            frame.update()


class _Frame(QAbstractButton):
    def __init__(self, look: Look, pictures: Pictures, source: Source, asset: Asset) -> None:
        super().__init__()
        self._look, self._pictures, self._source, self.asset = look, pictures, source, asset
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(_FRAME.width() + 8)
        self.setMinimumWidth(_NARROWEST_PX)

    def sizeHint(self) -> QSize:
        """The frame and its ring."""
        return _FRAME + QSize(8, 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The result; a ring around the one that is shown."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        theme, ratio = self._look.theme, self.devicePixelRatioF()
        box = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        picture = self._pictures.pixmap(self._source, _FRAME.width(), ratio)
        if picture is None or picture.isNull():
            fill(painter, box, theme.pressed, Radius.PICTURE)
        else:
            covered(painter, picture, box, Radius.PICTURE)
        if self.asset.duration_s is not None:
            paint_length(painter, box, self.asset.duration_s, self._look)
        if self.isChecked():
            edge(painter, QRectF(self.rect()), theme.focus, Radius.FIELD, 2)
