"""From a judged draft to what is bought: the footer, the look over several prompts, repetitions."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal, Slot

from kling_desktop.domain import alternatives
from kling_desktop.domain.commands import Submission
from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.facts import TaskRejected
from kling_desktop.domain.money import Estimate, estimate, total
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.tasks import new_id
from kling_desktop.text import t, tn
from kling_desktop.ui.compose.alternatives_preview import PreviewRow
from kling_desktop.ui.compose.footer import ComposeFooter
from kling_desktop.ui.compose.judgement import Accounts, FormProblem, Judgement
from kling_desktop.ui.compose.pictures import InputPictures
from kling_desktop.ui.compose.prices import cost_sentence, cost_words
from kling_desktop.ui.compose.rejections import Rejections
from kling_desktop.ui.look import announce


class Checkout(QObject):
    """`bought` carries a Submission, `twin_meant` one that is a repetition and meant, `asked` the
    prompt as it was typed. With `asks_before_twins` off a repetition is always meant.
    """

    bought = Signal(object)
    twin_meant = Signal(object)
    asked = Signal(str)

    def __init__(
        self, footer: ComposeFooter, pictures: InputPictures, *, asks_before_twins: bool
    ) -> None:
        super().__init__(footer)
        self._footer, self._preview = footer, footer.preview
        self._pictures = pictures
        self._rejections = Rejections()
        self._shown: tuple[Draft, Judgement] | None = None
        self.asks_before_twins = asks_before_twins
        self._preview.changed.connect(self._on_preview_changed)
        self._preview.left.connect(self._on_preview_left)

    def add_rejection(self, rejection: TaskRejected) -> None:
        """A submission did not become a task."""
        self._rejections.add(rejection)

    def problems(self, draft: Draft) -> list[FormProblem]:
        """What was refused and still stands in the form."""
        return self._rejections.problems(draft)

    def begin(self) -> None:
        """A new press: what was refused before is answered."""
        self._rejections.forget_words()

    def forget(self) -> None:
        """The form has changed: what was looked over is no longer what would be queued."""
        self._preview.hide()

    def show(
        self, draft: Draft, judgement: Judgement, first: FormProblem | None, *, was_pressed: bool
    ) -> None:
        """Say what a press does and what it costs, or the `first` problem that may be shown."""
        self._shown = (draft, judgement)
        self._show_offer(draft, judgement)
        line = self._footer.line
        if first is not None and first.place == "subjects" and judgement.is_at_rest:
            tone = "warning" if was_pressed else ""
            line.say(first.words, tone, is_link=bool(tone))
        elif first is not None:
            line.say(first.words, "danger", is_link=True)
        else:
            self._say_all_is_well(draft, judgement)

    def _say_all_is_well(self, draft: Draft, judgement: Judgement) -> None:
        line, is_open = self._footer.line, self._preview.is_open
        count = len(judgement.requests)
        if said := self._rejections.words(draft):
            has_twins = bool(self._rejections.twins(draft))
            line.say(said, "warning" if has_twins else "danger", is_link=has_twins)
        elif is_open and not self._preview.chosen():
            line.say(t("Tick at least one prompt."), "warning")
        elif count > 1 and not is_open:
            line.say(
                tn(
                    "{count} prompt. You see it before it is queued.",
                    "{count} prompts. You see them before they are queued.",
                    count,
                )
            )
        else:
            line.say(cost_sentence(self._cost(judgement), judgement.profile))

    def _cost(self, judgement: Judgement) -> Estimate:
        if not self._preview.is_open:
            return judgement.cost
        chosen = (judgement.requests[number] for number in self._preview.chosen())
        return total(estimate(request, judgement.profile) for request in chosen)

    def _show_offer(self, draft: Draft, judgement: Judgement) -> None:
        count = len(judgement.requests)
        is_at_rest = judgement.is_at_rest
        if self._preview.is_open:
            chosen = len(self._preview.chosen())
            is_at_rest = not chosen
            words = tn("Queue {count} task", "Queue {count} tasks", chosen)
        elif count > 1:
            words = tn("Look over {count} prompt", "Look over {count} prompts", count)
        elif draft.kind is TaskKind.VIDEO:
            words = t("Generate 1 video")
        else:
            words = tn("Generate {count} picture", "Generate {count} pictures", draft.n)
        cost = cost_words(self._cost(judgement))
        self._footer.button.show_offer(words, cost, is_at_rest=is_at_rest)

    def press(self, draft: Draft, judgement: Judgement, accounts: Accounts) -> None:
        """Buy a draft without problems. Several prompts are shown first, and bought by a second
        press."""
        assert judgement.request is not None
        if len(judgement.requests) > 1 and not self._preview.is_open:
            self._preview.open_with(_rows(draft, judgement), judgement.request.results)
            self.show(draft, judgement, None, was_pressed=True)
            self._preview.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        chosen = self._preview.chosen() if self._preview.is_open else (0,)
        if not chosen:
            announce(self._footer, self._footer.line.text())
            return
        made = self._submissions(judgement, chosen, accounts)
        self._preview.hide()
        self._hand_over(draft, judgement, made)
        self.asked.emit(draft.prompt)
        for submission in made:
            self.bought.emit(submission)

    def _submissions(
        self, judgement: Judgement, chosen: Sequence[int], accounts: Accounts
    ) -> list[Submission]:
        profile = judgement.profile
        account = accounts.get(profile.id)
        return [
            Submission(
                id=new_id(),
                provider=profile.id,
                request=request,
                base_url=account.base_url if account and profile.base_url is None else None,
                twin_is_meant=not self.asks_before_twins,
                previewed=self._pictures.previewed(image for _, image in request.images()),
            )
            for request in map(judgement.requests.__getitem__, chosen)
        ]

    def _hand_over(
        self, draft: Draft, judgement: Judgement, submissions: Sequence[Submission]
    ) -> None:
        for submission in submissions:
            self._rejections.remember(submission, draft)
        self.show(draft, judgement, None, was_pressed=True)

    def mean_twins(self, draft: Draft, judgement: Judgement) -> None:
        """The repetitions that were asked about are meant."""
        twins = self._rejections.twins(draft)
        self._rejections.forget_words()
        again = [replace(twin, id=new_id()) for twin in twins]
        self._hand_over(draft, judgement, again)
        for submission in again:
            self.twin_meant.emit(submission)

    @Slot()
    def _on_preview_changed(self) -> None:
        if self._shown is not None and self._preview.is_open:
            self.show(*self._shown, None, was_pressed=True)

    @Slot()
    def _on_preview_left(self) -> None:
        self._preview.hide()
        if self._shown is not None:
            self.show(*self._shown, None, was_pressed=True)
        self._footer.button.setFocus(Qt.FocusReason.OtherFocusReason)


def _rows(draft: Draft, judgement: Judgement) -> list[PreviewRow]:
    """Every prompt with the price of its task."""
    made = alternatives.variants(draft.prompt)
    return [
        PreviewRow(variant, estimate(request, judgement.profile))
        for variant, request in zip(made, judgement.requests, strict=True)
    ]
