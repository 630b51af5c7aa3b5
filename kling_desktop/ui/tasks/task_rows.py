"""The row of a task in each state of its life. No Qt.

About money a row says only what the ledger knows (`Task.charge`, `Task.cost`) and what the
profile's prices estimate.
"""

from collections.abc import Callable

from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.facts import EngineState
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.tasks import FETCHED, SETTLED, Task, TaskState, deadline_ms
from kling_desktop.text import t, tn
from kling_desktop.ui.tasks import money_words, time_words
from kling_desktop.ui.tasks.decision_rows import group_row, undecided_row
from kling_desktop.ui.tasks.task_words import (
    Action,
    Journey,
    Mark,
    Situation,
    TaskRow,
    Tone,
    excerpt,
    number_words,
    section_of,
)

# Nobody documents how long a task takes; after this the row stops looking ordinary.
_LONG_MS = {TaskKind.IMAGE: 5 * 60_000, TaskKind.VIDEO: 15 * 60_000}
_DAY_MS = 24 * 3_600_000
_S = TaskState


def row_of(task: Task, s: Situation) -> TaskRow:
    """The row of a task. Every state has one."""
    if s.group is not None:
        return group_row(s.group, s)
    if task.is_watched and task.state not in SETTLED:
        return _watched(task, s)
    return _ROWS[task.state](task, s)


def _asked(task: Task, s: Situation) -> str:
    return f"{number_words(task)} · {money_words.expected(task, s.profile)}"


def _draft(task: Task, s: Situation) -> TaskRow:
    return TaskRow(
        section=section_of(task, s.now_ms),
        icon="stop",
        tone=Tone.QUIET,
        title=t("Taken back before sending"),
        second=excerpt(task),
        meta=t("Nothing was sent, nothing was paid."),
        fact=time_words.clock(task.updated_at_ms, s.now_ms),
        actions=(Action.MAKE_AGAIN,),
    )


def _frozen(task: Task, s: Situation) -> TaskRow:
    icon, title, tone = _why_waiting(task, s)
    is_held = s.engine is EngineState.PAUSED
    wait_ms = (task.not_before_ms or 0) - s.now_ms
    starts_later = wait_ms > 0 and not is_held
    fact = t("next") if s.place == 1 and not is_held else ""
    if starts_later:
        fact = t("again in {time}", time=time_words.span(wait_ms))
    return TaskRow(
        section=section_of(task, s.now_ms),
        icon=icon,
        tone=tone,
        title=title,
        second=task.error.detail if task.error else excerpt(task),
        is_sentence=task.error is not None,
        meta=_asked(task, s),
        fact=fact,
        actions=(Action.ACCOUNTS,) if _is_about_account(task) else (),
        is_ticking=starts_later,
    )


def _why_waiting(task: Task, s: Situation) -> tuple[str, str, Tone]:
    if s.engine is EngineState.PAUSED:
        return "on-hold", t("On hold"), Tone.QUIET
    if s.engine is EngineState.OFFLINE:
        title = t("Waits until {provider} answers", provider=s.provider)
        return "offline", title, Tone.WARNING
    if task.error:
        return "waiting", task.error.title, Tone.WARNING
    title = tn(
        "Waits for a free place at {provider}",
        "Waits for {count} free places at {provider}",
        task.request.results,
        provider=s.provider,
    )
    return "waiting", title, Tone.QUIET


def _is_about_account(task: Task) -> bool:
    return task.error is not None and task.error.remedy in (
        Remedy.FIX_KEY,
        Remedy.TOP_UP,
        Remedy.FIX_SETTINGS,
    )


def _sending(task: Task, s: Situation) -> TaskRow:
    pictures = sum(1 for _ in task.request.images())
    done, total = _bytes(s, is_upload=True)
    return TaskRow(
        section=section_of(task, s.now_ms),
        icon="sending",
        tone=Tone.BUSY,
        title=tn("Sending {count} picture", "Sending {count} pictures", pictures),
        second=excerpt(task),
        meta=_asked(task, s),
        fact=time_words.megabytes(done, total),
        journey=Journey(1, share=done / total if total else 0.1),
    )


def _bytes(s: Situation, *, is_upload: bool) -> tuple[int, int]:
    progress = s.progress
    if progress is None or progress.is_upload is not is_upload:
        return 0, 0
    return progress.done_bytes, progress.total_bytes


def _unknown(task: Task, s: Situation) -> TaskRow:
    since_ms = task.unclear_since_ms or task.updated_at_ms
    return TaskRow(
        section=section_of(task, s.now_ms),
        icon="checking",
        tone=Tone.WARNING,
        title=t("May have been accepted"),
        second=t("Checking before anything is sent again."),
        is_sentence=True,
        meta=money_words.at_stake(task, s.profile),
        fact=time_words.span(s.now_ms - since_ms),
        journey=Journey(1, Mark.UNSURE),
        is_ticking=True,
    )


def _accepted(task: Task, s: Situation) -> TaskRow:
    return _followed(
        task, s, "queue", t("Sent. Waiting its turn at {provider}"), Journey(2, Mark.COMING)
    )


def _running(task: Task, s: Situation) -> TaskRow:
    title = t("Sent. {provider} is working on it")
    return _followed(task, s, "working", title, Journey(2, share=_made_share(task, s)))


def _followed(task: Task, s: Situation, icon: str, title: str, journey: Journey) -> TaskRow:
    spent_ms = s.now_ms - (task.remote_created_at_ms or task.first_sent_at_ms or task.created_at_ms)
    is_long = spent_ms > _LONG_MS[task.kind]
    time = time_words.span(spent_ms)
    if is_long:
        title = t("{provider} is taking longer than usual")
        time = t("{time} so far", time=time)
    return TaskRow(
        section=section_of(task, s.now_ms),
        icon=icon,
        tone=Tone.BUSY,
        title=title.format(provider=s.provider),
        second=excerpt(task),
        meta=_asked(task, s),
        fact=time,
        journey=journey,
        is_ticking=True,
    )


def _made_share(task: Task, s: Situation) -> float:
    # Nobody reports how far a task is: the line creeps towards the end and never reaches it.
    spent_ms = s.now_ms - (task.remote_created_at_ms or task.first_sent_at_ms or task.created_at_ms)
    usual_ms = _LONG_MS[task.kind] / 5
    return round(min(0.95, spent_ms / (spent_ms + usual_ms)), 2) if spent_ms > 0 else 0.05


def _missing(task: Task, s: Situation) -> TaskRow:
    return TaskRow(
        section=section_of(task, s.now_ms),
        icon="warning",
        tone=Tone.WARNING,
        title=t("{provider} does not find it now", provider=s.provider),
        second=t("It was accepted there. The app goes on asking."),
        is_sentence=True,
        meta=money_words.at_stake(task, s.profile),
        fact=time_words.clock(task.updated_at_ms, s.now_ms),
        journey=Journey(2, Mark.UNSURE),
        actions=(Action.LOOK_AGAIN,),
    )


def _fetching(task: Task, s: Situation) -> TaskRow:
    done, total = _bytes(s, is_upload=False)
    count = len(task.outputs) or task.request.results
    saved = len(task.saved)
    share = (saved + (done / total if total else 0)) / count
    return TaskRow(
        section=section_of(task, s.now_ms),
        icon="saving",
        tone=Tone.BUSY,
        title=t("Made. Saving {number} of {count}", number=min(saved + 1, count), count=count),
        second=excerpt(task),
        meta=money_words.paid(task, s.profile),
        fact=time_words.megabytes(done, total),
        journey=Journey(3, share=max(0.05, share)),
    )


def _fetch_paused(task: Task, s: Situation) -> TaskRow:
    row = _fetching(task, s)
    return TaskRow(
        section=row.section,
        icon="warning",
        tone=Tone.WARNING,
        title=t("Made. Saving waits"),
        second=task.error.detail if task.error else t("The next try comes by itself."),
        is_sentence=True,
        meta=_kept(task, s) or row.meta,
        journey=row.journey,
        actions=(Action.DOWNLOAD_AGAIN,),
    )


def _kept(task: Task, s: Situation) -> str:
    left = (deadline_ms(task, s.profile) - s.now_ms) // _DAY_MS
    if left < 1:
        return ""
    return tn(
        "Kept at {provider} for {count} day",
        "Kept at {provider} for {count} days",
        int(left),
        provider=s.provider,
    )


def _done(task: Task, s: Situation) -> TaskRow:
    count = len(task.saved)
    if task.kind is TaskKind.VIDEO:
        title = t("1 sandbox video saved") if s.profile.is_free else t("1 video saved")
    elif s.profile.is_free:
        title = tn("{count} sandbox picture saved", "{count} sandbox pictures saved", count)
    else:
        title = tn("{count} picture saved", "{count} pictures saved", count)
    return TaskRow(
        section=section_of(task, s.now_ms),
        icon="done",
        tone=Tone.GOOD,
        title=title,
        second=excerpt(task),
        meta=money_words.paid(task, s.profile),
        fact=_ended(task, s),
        has_results=True,
        is_sandbox=s.profile.is_free,
    )


def _done_partial(task: Task, s: Situation) -> TaskRow:
    count, saved = len(task.outputs), len(task.saved)
    kept = _kept(task, s)
    title = tn(
        "{saved} of {all} saved, one still missing",
        "{saved} of {all} saved, {count} still missing",
        count - saved,
        saved=saved,
        all=count,
    )
    return TaskRow(
        section=section_of(task, s.now_ms),
        icon="drop",
        tone=Tone.WARNING,
        title=title,
        second=excerpt(task),
        meta=kept or money_words.paid(task, s.profile),
        fact=_ended(task, s),
        has_results=saved > 0,
        actions=(Action.DOWNLOAD_AGAIN,),
        is_sandbox=s.profile.is_free,
    )


def _ended(task: Task, s: Situation) -> str:
    return time_words.clock(task.finished_at_ms or task.updated_at_ms, s.now_ms)


def _refused(task: Task, s: Situation) -> TaskRow:
    title = task.error.title if task.error else t("{provider} refused it", provider=s.provider)
    detail = task.error.detail if task.error else t("Nothing was made, nothing was paid.")
    return _failed(task, s, title, detail)


def _remote_failed(task: Task, s: Situation) -> TaskRow:
    title = (
        task.error.title if task.error else t("{provider} could not make it", provider=s.provider)
    )
    why = task.error.detail if task.error else ""
    money = money_words.taken_after_failure(task, s.profile)
    return _failed(task, s, title, f"{why} {money}".strip())


def _expired(task: Task, s: Situation) -> TaskRow:
    title = t("{provider} keeps it no longer", provider=s.provider)
    detail = t("What was made there was not saved in time. It cannot be fetched any more.")
    return _failed(task, s, title, f"{detail} {money_words.paid(task, s.profile)}.")


def _failed(task: Task, s: Situation, title: str, detail: str) -> TaskRow:
    first = Action.ACCOUNTS if _is_about_account(task) else Action.CHANGE_REQUEST
    if task.state is _S.EXPIRED:
        first = Action.MAKE_AGAIN
    actions = (Action.DETAILS,) if task.is_found else (first, Action.DETAILS)
    return TaskRow(
        section=section_of(task, s.now_ms),
        icon="failed",
        tone=Tone.DANGER,
        title=title,
        second=detail,
        is_sentence=True,
        fact=_ended(task, s),
        actions=actions,
    )


def _watched(task: Task, s: Situation) -> TaskRow:
    may_charge = t("{provider} goes on and may charge.", provider=s.provider)
    made = t("It was made; what can be saved comes home quietly.")
    free = t("What comes of it still comes home.")
    paid_words = made if task.state in FETCHED else may_charge
    return TaskRow(
        section=section_of(task, s.now_ms),
        icon="stop",
        tone=Tone.QUIET,
        title=t("Stopped following"),
        second=free if s.profile.is_free else paid_words,
        is_sentence=True,
        meta=_asked(task, s),
        fact=time_words.clock(task.updated_at_ms, s.now_ms),
        actions=(Action.LOOK_AGAIN,),
    )


_ROWS: dict[TaskState, Callable[[Task, Situation], TaskRow]] = {
    _S.DRAFT: _draft,
    _S.FROZEN: _frozen,
    _S.SENDING: _sending,
    _S.UNKNOWN: _unknown,
    _S.NEEDS_DECISION: undecided_row,
    _S.REFUSED: _refused,
    _S.ACCEPTED: _accepted,
    _S.RUNNING: _running,
    _S.REMOTE_OK: _fetching,
    _S.FETCHING: _fetching,
    _S.FETCH_PAUSED: _fetch_paused,
    _S.DONE: _done,
    _S.DONE_PARTIAL: _done_partial,
    _S.REMOTE_FAILED: _remote_failed,
    _S.MISSING: _missing,
    _S.EXPIRED: _expired,
}
