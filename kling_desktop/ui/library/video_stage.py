"""One video large: frames painted by ourselves, and a bar to play, find a place and loop.

QtMultimedia is imported when the first video is shown. Where it cannot be, the system's player is
offered instead.
"""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.text import t
from kling_desktop.ui.library.posters import has_multimedia
from kling_desktop.ui.look import Look
from kling_desktop.ui.tasks.time_words import span
from kling_desktop.ui.theme import Height, Space, Type

_BAR_PX = 48


class VideoStage(QStackedWidget):
    """`play` opens and starts a file; `stop` must be called before the file is left.

    `outside_wanted` when the person asks for the system's player.
    """

    outside_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._reel: _Reel | None = None
        self._outside = _Outside(look)
        self._outside.pressed.connect(self.outside_wanted)
        self.addWidget(self._outside)

    def play(self, file: Path) -> None:
        """Show this video."""
        if self._reel is None and has_multimedia():
            self._reel = _Reel(self._look)
            self._reel.failed.connect(self._on_failed)
            self.addWidget(self._reel)
        if self._reel is None:
            self._outside.explain(t("This computer lacks what it takes to play videos here."))
            self.setCurrentWidget(self._outside)
            return
        self.setCurrentWidget(self._reel)
        self._reel.play(file)

    @property
    def has_picture(self) -> bool:
        """Whether a frame is shown, or else why there is none."""
        if self._reel is None or self.currentWidget() is not self._reel:
            return True
        return self._reel.has_picture

    def stop(self) -> None:
        """Let go of the file."""
        if self._reel is not None:
            self._reel.stop()

    def toggle(self) -> None:
        """Play or pause."""
        if self._reel is not None and self.currentWidget() is self._reel:
            self._reel.toggle()

    @Slot(str)
    def _on_failed(self, reason: str) -> None:
        self._outside.explain(t("This video cannot be played here: {reason}", reason=reason))
        self.setCurrentWidget(self._outside)


class _Outside(QWidget):
    """Says why there is no picture, and offers the system's player."""

    pressed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setFont(look.font(Type.BODY))
        open_ = QPushButton(t("Open in the system’s player"))
        open_.setProperty("kind", "large")
        open_.clicked.connect(self.pressed)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self._words)
        column.addWidget(open_, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)

    def explain(self, words: str) -> None:
        """Why."""
        self._words.setText(words)


class _Screen(QWidget):
    """The present frame, whole."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._frame: Any = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        look.changed.connect(self.update)

    @Slot("QVideoFrame")
    def show_frame(self, frame: Any) -> None:  # noqa: ANN401 - QVideoFrame, imported late
        """Paint this one from now on."""
        self._frame = frame
        self.update()

    def has_frame(self) -> bool:
        """Whether there is something to paint."""
        return self._frame is not None and self._frame.isValid()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame, fitted."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.theme.viewer)
        if not self.has_frame():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = QSize(self._frame.width(), self._frame.height())
        room = self.rect().adjusted(Space.L, Space.L, -Space.L, -Space.L)
        fitted = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box = QRectF(0, 0, fitted.width(), fitted.height())
        box.moveCenter(QRectF(self.rect()).center())
        painter.drawImage(box, self._frame.toImage())


class _Reel(QWidget):
    """Player, screen and bar. Made only where QtMultimedia can be imported."""

    failed = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer, QVideoSink

        self._look = look
        self._player = QMediaPlayer(self)
        self._sink: QObject = QVideoSink(self)
        self._player.setVideoSink(self._sink)
        self._player.setAudioOutput(QAudioOutput(self))
        self._playing = QMediaPlayer.PlaybackState.PlayingState
        self._loops = (QMediaPlayer.Loops.Once, QMediaPlayer.Loops.Infinite)
        self._screen = _Screen(look)
        self._play, self._loop = QToolButton(), QToolButton()
        self._place = QSlider(Qt.Orientation.Horizontal)
        self._time = QLabel()
        self._build()
        self._connect(self._sink)
        self._dress()

    def _build(self) -> None:
        self._loop.setCheckable(True)
        self._loop.setAccessibleName(t("Loop"))
        self._loop.setToolTip(t("Loop"))
        self._place.setAccessibleName(t("Place in the video"))
        bar = QHBoxLayout()
        bar.setContentsMargins(Space.L, 0, Space.L, 0)
        bar.setSpacing(Space.M)
        bar.addWidget(self._play)
        bar.addWidget(self._place, 1)
        bar.addWidget(self._time)
        bar.addWidget(self._loop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._screen, 1)
        holder = QWidget()
        holder.setLayout(bar)
        holder.setFixedHeight(self._look.fit(_BAR_PX))
        column.addWidget(holder)

    def _connect(self, sink: Any) -> None:  # noqa: ANN401 - QVideoSink, imported late
        # Frames come from threads of Qt's own: they are taken in the event loop, never in there.
        sink.videoFrameChanged.connect(self._screen.show_frame, Qt.ConnectionType.QueuedConnection)
        player = self._player
        player.positionChanged.connect(self._on_position)
        player.durationChanged.connect(self._on_duration)
        player.playbackStateChanged.connect(self._dress)
        player.errorOccurred.connect(self._on_error)
        self._play.clicked.connect(self.toggle)
        self._place.sliderMoved.connect(player.setPosition)
        self._place.actionTriggered.connect(self._on_stepped)
        self._loop.toggled.connect(self._on_loop)
        self._look.changed.connect(self._dress)

    @property
    def has_picture(self) -> bool:
        """Whether a frame is shown."""
        return self._screen.has_frame()

    def play(self, file: Path) -> None:
        """Start from the beginning."""
        self._player.setSource(QUrl.fromLocalFile(str(file)))
        self._player.play()

    def stop(self) -> None:
        """Let go of the file."""
        self._player.stop()
        self._player.setSource(QUrl())
        self._screen.show_frame(None)

    @Slot()
    def toggle(self) -> None:
        """Play or pause."""
        if self._player.playbackState() is self._playing:
            self._player.pause()
        else:
            self._player.play()

    @Slot("qlonglong")
    def _on_position(self, position_ms: int) -> None:
        if not self._place.isSliderDown():
            self._place.setValue(position_ms)
        length = self._player.duration()
        self._time.setText(f"{span(position_ms)} / {span(length)}")

    @Slot("qlonglong")
    def _on_duration(self, duration_ms: int) -> None:
        self._place.setRange(0, duration_ms)
        self._place.setPageStep(max(1, duration_ms // 10))
        self._place.setSingleStep(100)

    @Slot(int)
    def _on_stepped(self, _action: int) -> None:
        self._player.setPosition(self._place.sliderPosition())

    @Slot(bool)
    def _on_loop(self, is_on: bool) -> None:
        self._player.setLoops(self._loops[int(is_on)])

    @Slot()
    def _on_error(self) -> None:
        if self._player.source().isValid():
            self.failed.emit(self._player.errorString())

    @Slot()
    def _dress(self) -> None:
        look = self._look
        is_playing = self._player.playbackState() is self._playing
        words = t("Pause") if is_playing else t("Play")
        self._play.setIcon(look.icon("on-hold" if is_playing else "play"))
        self._play.setAccessibleName(words)
        self._play.setToolTip(words)
        self._loop.setIcon(look.icon("again"))
        self._time.setFont(look.font(Type.SMALL))
        for button in (self._play, self._loop):
            button.setIconSize(QSize(20, 20))
            button.setFixedSize(Height.TOOL, Height.TOOL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space plays or pauses."""
        if event.key() == Qt.Key.Key_Space:
            self.toggle()
            return
        super().keyPressEvent(event)
