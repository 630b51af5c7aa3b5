"""What a task's row is made of, and the words that rows, menus and the rail share. No Qt."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from kling_desktop.domain.decisions import DecisionGroup
from kling_desktop.domain.facts import EngineState, Progressed
from kling_desktop.domain.providers import ProviderProfile, TaskKind
from kling_desktop.domain.requests import MultiImageToVideo
from kling_desktop.domain.tasks import SETTLED, Task, TaskState
from kling_desktop.text import t, tn
from kling_desktop.ui.tasks import time_words

_S = TaskState


class Section(IntEnum):
    """The parts of the list, top to bottom."""

    NEEDS_YOU, ON_THE_WAY, WAITING, FINISHED, EARLIER = range(5)


class Action(StrEnum):
    """A step a person can take with a task."""

    KEEP_CHECKING = "keep_checking"
    DECIDE = "decide"
    LOOK_AGAIN = "look_again"
    DOWNLOAD_AGAIN = "download_again"
    CHANGE_REQUEST = "change_request"
    MAKE_AGAIN = "make_again"
    ACCOUNTS = "accounts"
    STOP_FOLLOWING = "stop_following"
    DETAILS = "details"
    SHOW = "show"
    COPY_PROMPT = "copy_prompt"
    COPY_ID = "copy_id"


class Tone(StrEnum):
    """The colour a title carries; its icon says the same."""

    BUSY = "busy"
    GOOD = "good"
    WARNING = "warning"
    DANGER = "danger"
    QUIET = "quiet"


class Mark(StrEnum):
    """How one segment of the journey line is drawn."""

    PAST = "past"
    NOW = "now"
    COMING = "coming"
    UNSURE = "unsure"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Journey:
    """Where a task is on its way: Kept, Sent, Made, Saved. `share` is of the step in progress."""

    step: int
    mark: Mark = Mark.NOW
    share: float = 0.5

    def marks(self) -> tuple[Mark, ...]:
        """One mark a segment."""
        before = (Mark.PAST,) * self.step
        return (*before, self.mark, *(Mark.COMING,) * 3)[:4]


@dataclass(frozen=True, slots=True)
class TaskRow:
    """What a row shows. `is_sentence`: the second line is a sentence and is never cut short.

    `is_group`: it speaks for several tasks.
    """

    section: Section
    icon: str
    tone: Tone
    title: str
    second: str
    meta: str = ""
    fact: str = ""
    is_sentence: bool = False
    journey: Journey | None = None
    actions: tuple[Action, ...] = ()
    has_results: bool = False
    is_sandbox: bool = False
    is_ticking: bool = False
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """What a row depends on beside its task. `group`: the row speaks for all tasks of it."""

    profile: ProviderProfile
    now_ms: int
    engine: EngineState = EngineState.RUNNING
    progress: Progressed | None = None
    place: int = field(default=0)  # of the waiting ones; 1 is next
    group: DecisionGroup | None = None

    @property
    def provider(self) -> str:
        """The provider's name for people."""
        return self.profile.title


def section_of(task: Task, now_ms: int) -> Section:
    """The part of the list a task belongs to."""
    if task.state is _S.NEEDS_DECISION and not task.is_watched:
        return Section.NEEDS_YOU
    if task.state in SETTLED or task.is_watched:
        ended_ms = task.finished_at_ms or task.updated_at_ms
        is_today = ended_ms >= time_words.midnight_ms(now_ms)
        return Section.FINISHED if is_today else Section.EARLIER
    return Section.WAITING if task.state is _S.FROZEN else Section.ON_THE_WAY


def section_name(section: Section) -> str:
    """The heading of a part of the list."""
    return {
        Section.NEEDS_YOU: t("Needs you"),
        Section.ON_THE_WAY: t("On the way"),
        Section.WAITING: t("Waiting"),
        Section.FINISHED: t("Finished today"),
        Section.EARLIER: t("Finished earlier"),
    }[section]


def step_names() -> tuple[str, str, str, str]:
    """The four steps of the journey line."""
    return t("Kept"), t("Sent"), t("Made"), t("Saved")


def whole_journey(task: Task, row: TaskRow) -> Journey:
    """The line of any task, those at rest included, for the rail."""
    if row.journey is not None:
        return row.journey
    if task.state is _S.DONE:
        return Journey(4)
    if task.state is _S.NEEDS_DECISION:
        return Journey(1, Mark.UNSURE)
    if task.state in (_S.DONE_PARTIAL, _S.EXPIRED):
        return Journey(3, Mark.STOPPED)
    if task.state in (_S.REFUSED, _S.DRAFT):
        return Journey(1, Mark.STOPPED)
    if task.state is _S.REMOTE_FAILED:
        return Journey(2, Mark.STOPPED)
    return Journey(0, Mark.COMING) if task.state is _S.FROZEN else Journey(1, Mark.UNSURE)


def journey_words(journey: Journey) -> str:
    """The journey line for a tooltip or a screen reader."""
    step = min(journey.step, 3)
    name = step_names()[step]
    if journey.mark is Mark.UNSURE:
        return t("Step {number} of 4: {name}, not certain", number=step + 1, name=name)
    if journey.mark is Mark.STOPPED:
        return t("Stopped at step {number} of 4: {name}", number=step + 1, name=name)
    return t("Step {number} of 4: {name}", number=step + 1, name=name)


def action_words(action: Action) -> str:
    """What stands on the button or in the menu."""
    return {
        Action.KEEP_CHECKING: t("Keep checking"),
        Action.DECIDE: t("Decide…"),
        Action.LOOK_AGAIN: t("Look again"),
        Action.DOWNLOAD_AGAIN: t("Download again · free"),
        Action.CHANGE_REQUEST: t("Change it…"),
        Action.MAKE_AGAIN: t("Make again…"),
        Action.ACCOUNTS: t("Accounts…"),
        Action.STOP_FOLLOWING: t("Stop following"),
        Action.DETAILS: t("Details"),
        Action.SHOW: t("Show"),
        Action.COPY_PROMPT: t("Copy prompt"),
        Action.COPY_ID: t("Copy id"),
    }[action]


def menu_of(task: Task, row: TaskRow) -> tuple[Action, ...]:
    """Every step that makes sense for a task now, for its context menu.

    A row that speaks for several tasks has the steps for all of them.
    """
    if row.is_group:
        return row.actions
    steps = list(row.actions)
    if task.saved:
        steps.insert(0, Action.SHOW)
    if task.state not in SETTLED | {_S.FROZEN, _S.SENDING}:
        steps.append(Action.LOOK_AGAIN)
    if not task.is_found:
        steps.append(Action.MAKE_AGAIN)
    if not task.is_watched and task.state not in SETTLED:
        steps.append(Action.STOP_FOLLOWING)
    steps.append(Action.DETAILS)
    if task.request.prompt:
        steps.append(Action.COPY_PROMPT)
    steps.append(Action.COPY_ID)
    return tuple(dict.fromkeys(steps))


def excerpt(task: Task) -> str:
    """The prompt on one line, after what is out of the ordinary about the task."""
    if task.is_found:
        return t("Found on your account")
    words = " ".join(task.request.prompt.split()) or t("No prompt")
    return t("Made twice: {prompt}", prompt=words) if task.twin_of else words


def number_words(task: Task) -> str:
    """What was asked for: "4 pictures", "Video, 5 s"; of what was found only the kind is known."""
    if task.is_found:
        return t("Video") if task.kind is TaskKind.VIDEO else t("Pictures")
    if isinstance(task.request, MultiImageToVideo):
        return t("Video, {seconds} s", seconds=task.request.duration_s)
    return tn("{count} picture", "{count} pictures", task.request.results)
