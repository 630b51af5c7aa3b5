"""The rows that ask: one task whose outcome is unclear, or all of one account. No Qt."""

from kling_desktop.domain.decisions import DecisionGroup
from kling_desktop.domain.tasks import Task
from kling_desktop.text import t, tn
from kling_desktop.ui.tasks import money_words, time_words
from kling_desktop.ui.tasks.task_words import (
    Action,
    Section,
    Situation,
    TaskRow,
    Tone,
    excerpt,
    number_words,
)

_LONGEST_NAME = 40  # of a prompt, where it only tells one task from another


def undecided_row(task: Task, s: Situation) -> TaskRow:
    """One task: what happened, what is at stake, and which it is."""
    sent_ms = task.first_sent_at_ms or task.updated_at_ms
    asked = t(
        "No clear answer from {provider} ({time}), and not found there since.",
        provider=s.provider,
        time=time_words.clock(sent_ms, s.now_ms),
    )
    return TaskRow(
        section=Section.NEEDS_YOU,
        icon="needs-you",
        tone=Tone.WARNING,
        title=t("May have been accepted"),
        second=f"{asked} {money_words.stake_sentence([task], s.profile)}",
        is_sentence=True,
        meta=f"{_shortened(excerpt(task))} · {number_words(task)}",
        actions=(Action.KEEP_CHECKING, Action.DECIDE),
        journey=None,
    )


def _shortened(words: str) -> str:
    return words if len(words) <= _LONGEST_NAME else f"{words[: _LONGEST_NAME - 1].rstrip()}…"


def group_row(group: DecisionGroup, s: Situation) -> TaskRow:
    """All tasks of an account: how many, since when, and what is at stake."""
    asked = t(
        "No clear answer from {provider} since {time}, and not found there by {until}.",
        provider=s.provider,
        time=time_words.clock(group.since_ms, s.now_ms),
        until=time_words.clock(group.asked_at_ms, s.now_ms),
    )
    return TaskRow(
        section=Section.NEEDS_YOU,
        icon="needs-you",
        tone=Tone.WARNING,
        title=tn(
            "{count} may have been accepted",
            "{count} may have been accepted",
            len(group.tasks),
        ),
        second=f"{asked} {money_words.stake_sentence(group.tasks, s.profile)}",
        is_sentence=True,
        actions=(Action.KEEP_CHECKING, Action.DECIDE),
        is_group=True,
    )
