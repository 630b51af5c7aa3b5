"""Days and results in words. No Qt."""

from datetime import date, datetime

from kling_desktop.domain.media import Asset, MediaKind
from kling_desktop.text import t, tn
from kling_desktop.ui.tasks import time_words


def day(at_ms: int, now_ms: int) -> str:
    """The day's heading: "Today", "Yesterday", "12 November", with the year where it differs."""
    then, now = _date(at_ms), _date(now_ms)
    age = (now - then).days
    if age == 0:
        return t("Today")
    if age == 1:
        return t("Yesterday")
    return f"{then.day} {then:%B}" if then.year == now.year else f"{then.day} {then:%B %Y}"


def _date(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000).astimezone().date()


def results(count: int) -> str:
    """ "12 results"."""
    return tn("{count} result", "{count} results", count)


def name_of(asset: Asset) -> str:
    """What a result is called: its prompt, shortened by whoever shows it."""
    kind = t("Video") if asset.media is MediaKind.VIDEO else t("Picture")
    prompt = " ".join(asset.prompt.split())
    return f"{kind}: {prompt}" if prompt else kind


def described(asset: Asset, now_ms: int) -> str:
    """Everything the tile shows by signs."""
    parts = [f"{asset.width} × {asset.height}"]
    if asset.duration_s is not None:
        parts.append(time_words.span(round(asset.duration_s * 1000)))
    if asset.is_sandbox:
        parts.append(t("Sandbox"))
    made = datetime.fromtimestamp(asset.created_at_ms / 1000).astimezone()
    parts.append(f"{day(asset.created_at_ms, now_ms)}, {made:%H:%M}")
    return ", ".join(parts)
