"""When to do what, as pure functions and plain counters: no clock, no I/O.

`jitter` is a number from 0 to 1 that the caller draws.
"""

from dataclasses import dataclass

from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.domain.tasks import Task, deadline_ms

_MINUTE_S = 60.0
_HOUR_S = 60 * _MINUTE_S
_DAY_S = 24 * _HOUR_S
DAY_MS = 24 * 60 * 60 * 1000

# When an unclear outcome is looked up, in seconds after the doubt was recorded (pay-once 6.6).
LOOKUPS_S = (0.0, 5.0, 15.0, 30.0, 60.0, 120.0)
# How often a task must be unknown to its provider, and for how long, to be called missing.
MISSES = 5
MISSING_AFTER_MS = DAY_MS
# Our clock and a provider's may differ by this much when a task has to fit a time window.
CLOCK_SKEW_MS = 5 * 60 * 1000
# The smallest packs allow nine; larger ones are found out by trying (facts.md section 7).
SLOTS = 9
MOST_SLOTS = 100
# Before this part of the quickest time a task can hardly be done.
_EARLY = 0.75
_FIRST_LOOK_S = 3.0
# Each attempt is a row in the ledger, so a day without network must not make thousands.
LONGEST_DEFERRAL_S = 120.0
# A provider's own wish when to come again is followed up to here.
LONGEST_WISH_S = 300.0
# Without a usable key: a keyring may ask its owner each time, and a new key is noticed at once.
KEY_RETRY_S = 600.0


def lookup_delay_s(looked: int, age_s: float) -> float:
    """How long after lookup number `looked` (from 1) the next one comes."""
    if looked < len(LOOKUPS_S):
        return LOOKUPS_S[looked] - LOOKUPS_S[looked - 1]
    return 10 * _MINUTE_S if age_s < _DAY_S else _HOUR_S


@dataclass(frozen=True, slots=True)
class Expected:
    """How long such tasks take there, in seconds: nine of ten are no quicker, nine no slower."""

    quick_s: float
    slow_s: float


def poll_delay_s(age_s: float, expected: Expected | None, jitter: float) -> float:
    """How long to wait before asking again after a task that was sent `age_s` ago.

    Once soon after sending, for what fails at once; then seldom as long as it can hardly be done,
    often around the expected end, ever more seldom behind it. Without an expectation the pauses
    grow with the age.
    """
    if age_s > _HOUR_S:
        return 10 * _MINUTE_S * (1 + jitter / 10)
    if expected is None:
        return min(max(1.0, age_s / 10), _MINUTE_S) * (1 + jitter / 10)
    begins_s = expected.quick_s * _EARLY
    often_s = min(max(1.0, expected.quick_s / 12), 10.0)
    if age_s < _FIRST_LOOK_S < begins_s:
        delay_s = _FIRST_LOOK_S - age_s
    elif age_s < begins_s:
        delay_s = min(begins_s - age_s, max(often_s, expected.quick_s / 2), 10 * _MINUTE_S)
    else:
        late_s = max(0.0, age_s - expected.slow_s)
        delay_s = min(often_s + late_s / 5, _MINUTE_S)
    return max(1.0, delay_s) * (1 + jitter / 10)


def retry_delay_s(failures: int, jitter: float, longest_s: float = _MINUTE_S) -> float:
    """Full-jitter backoff after the nth failure in a row (from 1), never below a second."""
    return 1.0 + jitter * min(2.0 ** min(failures, 10), longest_s - 1.0)


def is_past_keeping(task: Task, profile: ProviderProfile, now_ms: int) -> bool:
    """Whether the provider has long deleted the results."""
    return now_ms > deadline_ms(task, profile) + DAY_MS


@dataclass(slots=True)
class Slots:
    """How many results one account makes at a time, as far as we have learnt."""

    limit: int = SLOTS
    successes: int = 0

    def has_room(self, used: int, weight: int) -> bool:
        """Whether `weight` more fit. One task alone always does."""
        return used == 0 or used + weight <= self.limit

    def refuse(self, used: int) -> None:
        """The provider said that it is full with `used` of ours running (1303)."""
        self.limit = max(1, min(self.limit - 1, used))
        self.successes = 0

    def accept(self, used: int) -> None:
        """A task was taken, and `used` run now: every fifth at the limit raises it by one."""
        if used < self.limit:
            return
        self.successes += 1
        if self.successes % 5 == 0:
            self.limit = min(self.limit + 1, MOST_SLOTS)
