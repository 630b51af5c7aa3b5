"""How often one provider at one address may be asked: a bucket of tokens, and a breaker.

Plain counters on monotonic seconds that the caller hands in; no clock, no waiting.
"""

from dataclasses import dataclass

_BURST = 10.0
_PER_S = 4.0
# What is left by rounding is no time: a clock may not move by it, and the wait would never end.
_NO_TIME_S = 1e-6
# So many questions in a row without an answer, and only single ones are tried, ever more seldom.
_BREAKS_AT = 5
_FIRST_REST_S = 15.0
_LONGEST_REST_S = 3600.0
# Without a network a try costs nobody anything, and it comes back at any time.
_LONGEST_OFFLINE_S = 60.0


@dataclass(slots=True)
class Pace:
    """The state of one provider at one address."""

    tokens: float = _BURST
    counted_at_s: float = 0.0
    rests_until_s: float = 0.0
    failures: int = 0

    @property
    def is_broken(self) -> bool:
        """Whether it has not been of use for so long that it is only tried now and then."""
        return self.failures >= _BREAKS_AT

    def delay_s(self, now_s: float) -> float:
        """How long the next question has to wait."""
        lacking_s = (1.0 - self._filled(now_s)) / _PER_S
        delay_s = max(lacking_s, self.rests_until_s - now_s)
        return delay_s if delay_s > _NO_TIME_S else 0.0

    def take(self, now_s: float) -> None:
        """A question goes out now."""
        self.tokens = self._filled(now_s) - 1.0
        self.counted_at_s = now_s

    def answered(self) -> None:
        """Somebody who looks after tasks has answered."""
        self.failures = 0

    def failed(self, now_s: float, jitter: float, *, is_offline: bool) -> None:
        """No useful answer came."""
        self.failures += 1
        if self.is_broken:
            longest_s = _LONGEST_OFFLINE_S if is_offline else _LONGEST_REST_S
            rest_s = min(_FIRST_REST_S * 2.0 ** min(self.failures - _BREAKS_AT, 10), longest_s)
            self.rest(now_s, rest_s * (1 + jitter / 4))

    def refused(self, now_s: float, retry_s: float) -> None:
        """The key was refused: a single question tries it again after `retry_s`."""
        self.failures = max(self.failures, _BREAKS_AT)
        self.rest(now_s, retry_s)

    def rest(self, now_s: float, seconds: float) -> None:
        """Ask nothing for so long: the other side wishes it."""
        self.rests_until_s = max(self.rests_until_s, now_s + seconds)

    def relieve(self) -> None:
        """A person wants to know now, or something has changed."""
        self.rests_until_s = 0.0
        self.failures = 0

    def _filled(self, now_s: float) -> float:
        return min(_BURST, self.tokens + max(0.0, now_s - self.counted_at_s) * _PER_S)
