"""Takes in what was dropped or pasted: in a worker, wherever a disk or much time is needed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QRunnable, QThreadPool, Signal, Slot

from kling_desktop.text import t
from kling_desktop.ui.compose.gathering import Gathered, gather
from kling_desktop.ui.compose.offers import MOST_OFFERS, Offer, count, offers
from kling_desktop.ui.compose.pixels import MANY_PIXELS, Pixels, pixels_of
from kling_desktop.ui.compose.questions import Question, Questions
from kling_desktop.ui.compose.web_pictures import WebIntake

_MEGABYTE = 1024 * 1024
_FIRST = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one drop; `place` "" for the next free slots, `number` counts the drops."""

    place: str
    gathered: Gathered
    number: int = 0


class _Courier(QObject):
    """Carries the answer to the GUI thread; outlives whoever asked."""

    gathered = Signal(object)


class _Gathering(QRunnable):
    """Goes before the looks that wait, so that it fills its slot before others are judged."""

    def __init__(
        self,
        number: int,
        place: str,
        offered: Sequence[Offer],
        pixels: Pixels | None,
        scratch: Path,
        courier: _Courier,
    ) -> None:
        super().__init__()
        self._number, self._place = number, place
        self._offered, self._pixels = offered, pixels
        self._scratch, self._courier = scratch, courier

    def run(self) -> None:
        """Gather, and send it home."""
        found = gather(self._offered, self._pixels, self._scratch)
        self._courier.gathered.emit(Taken(self._place, found, self._number))


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
        self._given = 0
        self._newest: dict[str, int] = {}
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
        if all(offer.is_at_hand for offer in here):
            self.taken.emit(Taken(place, gather(here, None, self._scratch)))
            return
        self._given += 1
        work = _Gathering(self._given, place, here, pixels, self._scratch, self._courier)
        QThreadPool.globalInstance().start(work, _FIRST)

    @Slot(object)
    def _on_gathered(self, taken: Taken) -> None:
        newest = self._newest.get(taken.place, 0)
        if taken.number < newest:
            # What came slowly does not push out what was given after it.
            taken = replace(taken, place="")
        else:
            self._newest[taken.place] = taken.number
        self.taken.emit(taken)
