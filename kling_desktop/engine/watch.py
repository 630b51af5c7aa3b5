"""What nobody waits for: results about to be deleted there, and strays, looked for once a day."""

import logging
from typing import TYPE_CHECKING

from kling_desktop.domain.errors import AppError, ErrorRecord, KeyUnavailableError, Remedy
from kling_desktop.domain.findings import RouteKey
from kling_desktop.domain.tasks import FETCHED, deadline_ms
from kling_desktop.engine.book import OvertakenError
from kling_desktop.engine.schedule import DAY_MS
from kling_desktop.engine.strays import notice_strays, tell_strays
from kling_desktop.engine.sweep import read_list
from kling_desktop.text import t, tn

if TYPE_CHECKING:
    from kling_desktop.engine.context import Context

_log = logging.getLogger(__name__)
_HOUR_S = 3600.0
# After the start, so that a person's own questions go first.
_FIRST_SWEEP_S = 20.0
_SWEEP_EVERY_MS = DAY_MS
_KEPT_MS = 31 * DAY_MS
_SOON_MS, _AT_ONCE_MS = 7 * DAY_MS, 2 * DAY_MS
_DEADLINE = "deadline"


async def watch_deadlines(ctx: "Context") -> None:
    """Say hourly which results are still only at their provider, and when that ends (C30)."""
    while True:
        tell_deadlines(ctx)
        await ctx.clock.sleep(_HOUR_S)


def tell_deadlines(ctx: "Context") -> None:
    """Say it now: once within seven days of the end, and once more within two."""
    now_ms = ctx.clock.now_ms()
    waiting = [task for task in ctx.book.rows.values() if task.state in FETCHED]
    left_ms = [deadline_ms(task, ctx.profile(task)) - now_ms for task in waiting]
    near = [ms for ms in left_ms if 0 < ms <= _SOON_MS]
    if not near:
        ctx.troubles.calm(_DEADLINE)
        return
    limit_ms = _AT_ONCE_MS if min(near) <= _AT_ONCE_MS else _SOON_MS
    count = sum(1 for ms in near if ms <= limit_ms)
    ctx.troubles.alarm(_DEADLINE, _ends_soon(count, limit_ms // DAY_MS))


async def watch_accounts(ctx: "Context", *, is_review: bool) -> None:
    """Look through the accounts for strays: in review at once, and then once a day.

    Never raises.
    """
    await ctx.clock.sleep(0.0 if is_review else _FIRST_SWEEP_S)
    while True:
        try:
            await tell_strays(ctx)
            swept_ms = await ctx.threads.in_order(ctx.notebook.swept_at_ms)
            now_ms = ctx.clock.now_ms()
            if is_review or swept_ms is None or not 0 <= now_ms - swept_ms < _SWEEP_EVERY_MS:
                is_whole = await sweep_accounts(ctx, everywhere=is_review)
                if is_whole:  # else in an hour
                    await ctx.threads.in_order(ctx.notebook.remember_sweep, now_ms)
                is_review = is_review and not is_whole
        except AppError as problem:
            _log.warning("no look for strays: %s", problem)
        await ctx.clock.sleep(_HOUR_S)


async def sweep_accounts(ctx: "Context", *, everywhere: bool) -> bool:
    """Read the list of each account in use, or of each there is a key for; whether all answered."""
    since_ms = ctx.clock.now_ms() - _KEPT_MS
    recent = [task for task in ctx.book.rows.values() if task.created_at_ms >= since_ms]
    routes = {task.route for task in recent}
    if everywhere:
        routes |= {
            RouteKey(profile.id, None, kind)
            for profile in ctx.providers.all()
            for kind in profile.routes
        }
    answered = [await _sweep(ctx, route, since_ms) for route in sorted(routes, key=str)]
    return all(answered)


async def _sweep(ctx: "Context", route: RouteKey, since_ms: int) -> bool:
    profile = ctx.providers.profile(route.provider)
    listed = profile.routes.get(route.kind)
    is_ours = profile.is_free and route.base_url is None  # it need not be started for this
    if listed is None or listed.list_path is None or is_ours:
        return True
    try:
        provider = await ctx.providers.open(route.provider, route.base_url)
        scan = await read_list(ctx, provider, route, since_ms)
        await notice_strays(ctx, provider, route, scan.tasks.values())
    except KeyUnavailableError:
        return True  # no account is in use there
    except (AppError, OvertakenError) as problem:
        _log.info("%s is not looked through: %s", route.provider, problem)
        return False
    return scan.is_answered


def _ends_soon(count: int, days: int) -> ErrorRecord:
    return ErrorRecord(
        t("Results are deleted soon"),
        tn(
            "A result that was paid for is not on this computer yet; its provider deletes it "
            "within {days} days.",
            "{count} results that were paid for are not on this computer yet; their provider "
            "deletes them within {days} days.",
            count,
            days=days,
        ),
        Remedy.RETRY,
    )
