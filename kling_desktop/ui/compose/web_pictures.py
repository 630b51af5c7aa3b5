"""Pictures given by their address on the web: handed on to the provider, or fetched first.

Which of the two is asked once and remembered. Nothing is fetched here: the bridge is asked to.
"""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QUrl, Signal, Slot

from kling_desktop.domain.facts import PictureBrought
from kling_desktop.domain.media import FileImage, ImageSource, UrlImage
from kling_desktop.settings import WebPictures
from kling_desktop.text import t, tn
from kling_desktop.ui.compose.questions import Question, Questions
from kling_desktop.ui.desk import Bridge

_LATER = "later"


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of the address `url`, for a slot; `place` "" for the next free one."""

    place: str
    url: str
    image: ImageSource


class WebIntake(QObject):
    """Decides about addresses that may be passed on; what is refused never comes here.

    `arrived` carries each picture that may be put in. `choice_made` carries what the person chose
    for now and later. `changed` when `words` differ.
    """

    arrived = Signal(object)
    choice_made = Signal(str)
    changed = Signal()

    def __init__(
        self, bridge: Bridge, questions: Questions, choice: WebPictures, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._questions = questions
        self._choice = choice
        self._undecided: list[tuple[str, str]] = []
        self._fetching: dict[str, str] = {}
        bridge.picture_brought.connect(self._on_brought)

    @property
    def choice(self) -> WebPictures:
        """What is done with them at present."""
        return self._choice

    def choose(self, choice: WebPictures) -> None:
        """From here on this is done with them."""
        self._choice = choice

    def offer(self, place: str, url: str) -> None:
        """An address was dropped into `place`."""
        if self._choice is WebPictures.HAND_ON:
            self.arrived.emit(Arrived(place, url, UrlImage(url)))
        elif self._choice is WebPictures.FETCH:
            self.fetch(place, url)
        else:
            self._undecided.append((place, url))
            if len(self._undecided) == 1:
                self._questions.ask(self._first_question(url))

    def words(self) -> str:
        """What is on its way."""
        return (
            tn(
                "Fetching {count} picture from the web…",
                "Fetching {count} pictures from the web…",
                len(self._fetching),
            )
            if self._fetching
            else ""
        )

    def _first_question(self, url: str) -> Question:
        return Question(
            t("A picture at {host}", host=_host(url)),
            t(
                "Fetch it first, and it is checked and kept here. Or the provider fetches it from "
                "its address itself, unchecked. Your answer holds from now on; Edit, Pictures "
                "from the web changes it."
            ),
            (
                (WebPictures.FETCH, t("Fetch it first")),
                (WebPictures.HAND_ON, t("The provider fetches it")),
                (_LATER, t("Leave it out")),
            ),
            self._on_first_answer,
        )

    def _on_first_answer(self, value: str) -> None:
        waiting, self._undecided = self._undecided, []
        if value == _LATER:
            return
        self.choose(WebPictures(value))
        self.choice_made.emit(value)
        for place, url in waiting:
            self.offer(place, url)

    def fetch(self, place: str, url: str) -> None:
        """Bring it here, whatever is done with others."""
        if url in self._fetching:
            return
        self._fetching[url] = place
        self._bridge.bring_picture(url)
        self.changed.emit()

    @Slot(object)
    def _on_brought(self, fact: PictureBrought) -> None:
        place = self._fetching.pop(fact.url, None)
        if place is None:
            return
        if fact.file is not None:
            self.arrived.emit(Arrived(place, fact.url, FileImage(fact.file)))
        elif fact.error is not None:
            self._ask_again(place, fact.url, fact.error.detail)
        self.changed.emit()

    def _ask_again(self, place: str, url: str, why: str) -> None:
        def answered(value: str) -> None:
            if value == WebPictures.FETCH:
                self.fetch(place, url)
            elif value == WebPictures.HAND_ON:
                self.arrived.emit(Arrived(place, url, UrlImage(url)))

        self._questions.ask(
            Question(
                t("Not fetched from {host}", host=_host(url)),
                why,
                (
                    (WebPictures.FETCH, t("Try again")),
                    (WebPictures.HAND_ON, t("The provider fetches it")),
                    (_LATER, t("Leave it out")),
                ),
                answered,
            )
        )


def _host(url: str) -> str:
    return QUrl(url).host()
