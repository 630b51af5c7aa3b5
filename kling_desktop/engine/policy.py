"""The decisions on which paying once depends, in one place (pay-once 6.3, 6.5, 6.6).

The stages ask; none of them decides about money by itself.
"""

from collections.abc import Awaitable, Callable, Sequence
from itertools import dropwhile

from kling_desktop.domain.answers import CreateAnswer, Deferred, Refused, Unclear
from kling_desktop.domain.providers import Evidence, ProviderProfile
from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.engine.schedule import DAY_MS

MOST_ATTEMPTS = 3
# How an attempt ended, as the ledger keeps it: the id was taken; nothing was created.
EXISTS = "exists"
NOTHING_CREATED = frozenset({"deferred", "refused"})


class Policy:
    """What may be sent, in which order, what an answer means, and when to send again."""

    def external_task_id(self, task: Task) -> str:
        """The id that an attempt carries: one for life, whatever became of earlier attempts."""
        return task.external_task_id

    def is_as_frozen(self, task: Task, body_sha256: str) -> bool:
        """Whether a body is the one that was stored when the person pressed Generate."""
        return body_sha256 == task.body_sha256

    async def attempt(
        self,
        record: Callable[[], Awaitable[Task]],
        send: Callable[[], Awaitable[CreateAnswer]],
    ) -> tuple[Task, CreateAnswer]:
        """One attempt: SENDING is on disk before the first byte leaves. Raises what `record` does.

        A crash in between is then looked up, and never mistaken for nothing sent.
        """
        task = await record()
        return task, await send()

    def outcome(self, answer: Refused | Deferred | Unclear, *, is_certain: bool) -> TaskState:
        """Where an answer without a task leads.

        `is_certain` when nothing could exist before this attempt. Only the provider's own clear no
        is a no; "this id exists" is none.
        """
        match answer:
            case Refused() if is_certain:
                return TaskState.REFUSED
            case Deferred() if is_certain:
                return TaskState.FROZEN
            case Unclear() | Refused() | Deferred():
                # Whatever this attempt came to, an earlier one may have made the task.
                return TaskState.UNKNOWN

    def was_taken(self, outcomes: Sequence[str]) -> bool:
        """Whether the first attempt that may have made anything was told that its id exists."""
        return next(dropwhile(NOTHING_CREATED.__contains__, outcomes), "") == EXISTS

    def may_resend(
        self, task: Task, profile: ProviderProfile, outcomes: Sequence[str], now_ms: int
    ) -> bool:
        """Whether an unclear task, looked up and not found, may be sent again without asking.

        Only where the provider is proven to refuse a second task with the same id (6.6, step 4).
        Attempts that certainly made nothing do not count.
        """
        doubted = dropwhile(NOTHING_CREATED.__contains__, outcomes)
        return (
            profile.uniqueness is Evidence.PROVEN
            and profile.lookup_by_external_id is Evidence.PROVEN
            and not task.is_watched
            and sum(1 for _ in doubted) < MOST_ATTEMPTS
            and task.first_sent_at_ms is not None
            and now_ms - task.first_sent_at_ms < DAY_MS
        )


PAY_ONCE = Policy()
