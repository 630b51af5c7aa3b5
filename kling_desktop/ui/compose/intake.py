"""Takes in what was dropped or pasted: at once where it can, in a worker where it takes time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QRunnable, QThreadPool, Signal, Slot

from kling_desktop.text import t
from kling_desktop.ui.compose.gathering import Gathered, gather
from kling_desktop.ui.compose.offers import MOST_OFFERS, Offer, count, offers
from kling_desktop.ui.compose.pixels import MANY_PIXELS, Pixels, pixels_of
from kling_desktop.ui.compose.questions import Question, Questions
from kling_desktop.ui.compose.web_pictures import WebIntake

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one drop; `place` "" for the next free slots."""

    place: str
    gathered: Gathered


class _Courier(QObject):
    """Carries the answer to the GUI thread; outlives whoever asked."""

    gathered = Signal(object)


class _Gathering(QRunnable):
    def __init__(
        self,
        place: str,
        offered: Sequence[Offer],
        pixels: Pixels | None,
        scratch: Path,
        courier: _Courier,
    ) -> None:
        super().__init__()
        self._place, self._offered, self._pixels = place, offered, pixels
        self._scratch, self._courier = scratch, courier

    def run(self) -> None:
        """Gather, and send it home."""
        found = gather(self._offered, self._pixels, self._scratch)
        self._courier.gathered.emit(Taken(self._place, found))


class Intake(QObject):
    """`taken` carries what may be put in and what was refused, once for each drop."""

    taken = Signal(object)

    def __init__(
        self, scratch: Path, questions: Questions, web: WebIntake, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._scratch = scratch
        self._questions = questions
        self._web = web
        self._courier = _Courier()
        self._courier.gathered.connect(self._on_gathered)

    def take(self, place: str, mime: QMimeData) -> None:
        """Everything that `mime` holds, for `place` and the next free slots."""
        offered = offers(mime)
        addresses = [offer.address for offer in offered if offer.address]
        here = [offer for offer in offered if not offer.address]
        beyond = count(mime) - MOST_OFFERS
        if beyond > 0:
            self.taken.emit(Taken(place, Gathered(left=beyond)))
        if any(offer.is_pixels for offer in here):
            self._take_pixels(place, here, pixels_of(mime))
        elif here:
            self._gather(place, here, None)
        for address in addresses:
            self._web.offer(place, address)

    def _take_pixels(self, place: str, here: Sequence[Offer], pixels: Pixels) -> None:
        if pixels.refusal or pixels.count <= MANY_PIXELS:
            self._gather(place, here, pixels)
            return

        def answered(value: str) -> None:
            if value == "take":
                self._gather(place, here, pixels)

        self._questions.ask(
            Question(
                t("A very large picture"),
                t(
                    "{width} × {height} pixels, {megabytes} MB in memory. Writing it to disk "
                    "takes a while, and what is sent of it is smaller.",
                    width=pixels.width,
                    height=pixels.height,
                    megabytes=pixels.memory_bytes // _MEGABYTE,
                ),
                (("leave", t("Leave it out")), ("take", t("Take it in"))),
                answered,
            )
        )

    def _gather(self, place: str, here: Sequence[Offer], pixels: Pixels | None) -> None:
        if all(offer.is_at_hand or offer.refusal for offer in here):
            self.taken.emit(Taken(place, gather(here, None, self._scratch)))
            return
        work = _Gathering(place, here, pixels, self._scratch, self._courier)
        QThreadPool.globalInstance().start(work)

    @Slot(object)
    def _on_gathered(self, taken: Taken) -> None:
        self.taken.emit(taken)
