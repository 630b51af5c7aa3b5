"""Times and amounts of data in words. No Qt."""

from datetime import datetime

from kling_desktop.domain.findings import Candidate, Stray
from kling_desktop.text import t

_MEGABYTE = 1024 * 1024
_LONGEST_ID = 14


def midnight_ms(now_ms: int) -> int:
    """When the person's day began."""
    now = datetime.fromtimestamp(now_ms / 1000).astimezone()
    return int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def clock(at_ms: int, now_ms: int) -> str:
    """ "14:31" today, "20 Nov" on another day, with the year where it is another."""
    at = datetime.fromtimestamp(at_ms / 1000).astimezone()
    now = datetime.fromtimestamp(now_ms / 1000).astimezone()
    if at.date() == now.date():
        return f"{at:%H:%M}"
    return f"{at.day} {at:%b}" if at.year == now.year else f"{at.day} {at:%b %Y}"


def span(duration_ms: int) -> str:
    """ "0:48", "6:12", "1:02:05"."""
    seconds = max(0, duration_ms // 1000)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def megabytes(done: int, total: int) -> str:
    """ "4.1 of 9.0 MB", nothing where nothing is known."""
    if total:
        return t(
            "{done} of {total} MB", done=f"{done / _MEGABYTE:.1f}", total=f"{total / _MEGABYTE:.1f}"
        )
    return t("{done} MB", done=f"{done / _MEGABYTE:.1f}") if done else ""


def made_words(seen: Candidate | Stray, now_ms: int) -> tuple[str, str]:
    """A task as its provider lists it: its id, when it was made, and the provider's own word."""
    made = t("made at an unknown time")
    if seen.created_at_ms is not None:
        made = t("made {time}", time=clock(seen.created_at_ms, now_ms))
    return short_id(seen.task_id), ", ".join(part for part in (made, seen.status) if part)


def short_id(task_id: str) -> str:
    """The ends of a provider's id: enough to compare it."""
    return f"{task_id[:6]}…{task_id[-4:]}" if len(task_id) > _LONGEST_ID else task_id
