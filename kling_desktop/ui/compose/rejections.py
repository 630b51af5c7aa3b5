"""What came back refused before it was sent, while the form still says the same."""

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.facts import TaskRejected
from kling_desktop.text import t
from kling_desktop.ui.compose.judgement import FormProblem, in_form, value_at

_REMEMBERED = 20


class Rejections:
    """Remembers recent submissions with their drafts, and the last refusal of one of them."""

    def __init__(self) -> None:
        self._sent: dict[str, tuple[Submission, Draft]] = {}
        self._refused: tuple[TaskRejected, Submission, Draft] | None = None

    def remember(self, submission: Submission, draft: Draft) -> None:
        """This was handed over; a refusal of it may follow."""
        self._sent[submission.id] = (submission, draft)
        while len(self._sent) > _REMEMBERED:
            del self._sent[next(iter(self._sent))]

    def add(self, rejection: TaskRejected) -> None:
        """It came back; refusals of what somebody else asked for are not ours to show."""
        if rejection.id in self._sent:
            self._refused = (rejection, *self._sent.pop(rejection.id))

    def problems(self, draft: Draft) -> list[FormProblem]:
        """The refused fields that still hold what was refused."""
        if self._refused is None:
            return []
        rejection, _submission, then = self._refused
        if then.provider != draft.provider:
            return []
        found = [in_form(problem, then) for problem in rejection.problems]
        return [p for p in found if value_at(draft, p.place) == value_at(then, p.place)]

    def words(self, draft: Draft) -> str:
        """The refusal in one sentence, "" once the form has changed or a field says it."""
        if self._refused is None or self._refused[2] != draft or self._refused[0].problems:
            return ""
        if self._refused[0].twin is not None:
            return t("The same was asked a moment ago. Ask again")
        error = self._refused[0].error
        return f"{error.title}. {error.detail}" if error.detail else error.title

    def twin(self, draft: Draft) -> Submission | None:
        """What to hand over once more if the repetition is meant."""
        if self._refused is None or self._refused[2] != draft or self._refused[0].twin is None:
            return None
        return self._refused[1]

    def forget_words(self) -> None:
        """A new press: the old refusal is answered."""
        self._refused = None
