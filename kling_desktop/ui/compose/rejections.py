"""What came back refused before it was sent, while the form still says the same."""

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.facts import TaskRejected
from kling_desktop.text import t, tn
from kling_desktop.ui.compose.judgement import FormProblem, in_form, value_at

_REMEMBERED = 200

_Refused = tuple[TaskRejected, Submission, Draft]


class Rejections:
    """Remembers recent submissions with their drafts, and which of the last press were refused."""

    def __init__(self) -> None:
        self._sent: dict[str, tuple[Submission, Draft]] = {}
        self._refused: list[_Refused] = []

    def remember(self, submission: Submission, draft: Draft) -> None:
        """This was handed over; a refusal of it may follow."""
        self._sent[submission.id] = (submission, draft)
        while len(self._sent) > _REMEMBERED:
            del self._sent[next(iter(self._sent))]

    def add(self, rejection: TaskRejected) -> None:
        """It came back; refusals of what somebody else asked for are not ours to show."""
        if rejection.id not in self._sent:
            return
        submission, draft = self._sent.pop(rejection.id)
        self._refused = [entry for entry in self._refused if entry[2] == draft]
        self._refused.append((rejection, submission, draft))

    def problems(self, draft: Draft) -> list[FormProblem]:
        """The refused fields that still hold what was refused."""
        found: dict[tuple[str, str], FormProblem] = {}
        for rejection, _submission, then in self._refused:
            if then.provider == draft.provider:
                for problem in (in_form(problem, then) for problem in rejection.problems):
                    if value_at(draft, problem.place) == value_at(then, problem.place):
                        found.setdefault((problem.place, problem.words), problem)
        return list(found.values())

    def words(self, draft: Draft) -> str:
        """The refusal in one sentence, "" once the form has changed or a field says it."""
        twins = self.twins(draft)
        if twins:
            return tn(
                "The same was asked a moment ago. Ask again",
                "{count} of these were asked a moment ago. Ask again",
                len(twins),
            )
        for rejection, _submission, then in self._refused:
            if then == draft and not rejection.problems:
                error = rejection.error
                if not error.detail:
                    return error.title
                return t("{title}. {detail}", title=error.title, detail=error.detail)
        return ""

    def twins(self, draft: Draft) -> list[Submission]:
        """What to hand over once more if the repetition is meant."""
        return [
            submission
            for rejection, submission, then in self._refused
            if then == draft and rejection.twin is not None and not rejection.problems
        ]

    def forget_words(self) -> None:
        """A new press: the old refusal is answered."""
        self._refused = []
