"""The six shortcuts of pay-once 6.8, each a policy that looks sensible and costs money."""

from collections.abc import Awaitable, Callable, Sequence

from kling_desktop.domain.answers import CreateAnswer, Deferred, Refused, SendPhase, Unclear
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.domain.tasks import Task, TaskState, new_external_task_id
from kling_desktop.engine.policy import Policy

Answer = Refused | Deferred | Unclear


class NewIdOnTimeout(Policy):
    """No answer came, so send it afresh, under a new id that the provider cannot refuse."""

    def external_task_id(self, task: Task) -> str:
        return new_external_task_id() if task.attempts else task.external_task_id

    def is_as_frozen(self, task: Task, body_sha256: str) -> bool:
        return True

    def may_resend(
        self, task: Task, profile: ProviderProfile, outcomes: Sequence[str], now_ms: int
    ) -> bool:
        return True


class LookUpOnceThenResend(Policy):
    """It is not found, so it does not exist, so send it again."""

    def may_resend(
        self, task: Task, profile: ProviderProfile, outcomes: Sequence[str], now_ms: int
    ) -> bool:
        return True


def _is_5xx(answer: Answer) -> bool:
    if not isinstance(answer, Unclear):
        return False
    return answer.phase is SendPhase.ANSWER_STARTED and not answer.exists


class ServerErrorMeansFailed(Policy):
    """The server says that it broke down, so nothing was made."""

    def outcome(self, answer: Answer, *, is_certain: bool) -> TaskState:
        if _is_5xx(answer):
            return TaskState.REFUSED
        return super().outcome(answer, is_certain=is_certain)


class ServerErrorMeansResend(Policy):
    """The server says that it broke down, so send it again in a while."""

    def outcome(self, answer: Answer, *, is_certain: bool) -> TaskState:
        if _is_5xx(answer):
            return TaskState.FROZEN
        return super().outcome(answer, is_certain=is_certain)


class ExistsMeansFailed(Policy):
    """ "This id exists already" is an error, and errors are refusals."""

    def outcome(self, answer: Answer, *, is_certain: bool) -> TaskState:
        if isinstance(answer, Unclear) and answer.exists:
            return TaskState.REFUSED
        return super().outcome(answer, is_certain=is_certain)


class RecordAfterTheCall(Policy):
    """One write less: what was sent is written down together with what became of it."""

    async def attempt(
        self,
        record: Callable[[], Awaitable[Task]],
        send: Callable[[], Awaitable[CreateAnswer]],
    ) -> tuple[Task, CreateAnswer]:
        answer = await send()
        return await record(), answer
