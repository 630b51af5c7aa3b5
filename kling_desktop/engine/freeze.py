"""From a submission to a frozen task: judged, inputs kept, ids and hashes fixed, one row written.

Nothing is sent here. Whatever goes wrong, no task exists afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from kling_desktop.domain.answers import Outgoing
from kling_desktop.domain.commands import Submission
from kling_desktop.domain.errors import ErrorRecord, Remedy, StorageError
from kling_desktop.domain.media import ImageFacts, ImageLimits, ImageSource, StoredImage
from kling_desktop.domain.money import Cost, estimate
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.domain.recipes import request_sha256
from kling_desktop.domain.requests import GenerationRequest, MultiImageToImage, base_url
from kling_desktop.domain.sentences import sentence
from kling_desktop.domain.tasks import Task, TaskState, new_external_task_id
from kling_desktop.engine.context import Context
from kling_desktop.engine.ports import Provider
from kling_desktop.text import t, tn

TWIN_WINDOW_MS = 10 * 60 * 1000
Request = TypeVar("Request", bound=GenerationRequest)


class RejectedError(Exception):
    """The request breaks rules, or repeats a recent one; nothing was sent."""

    def __init__(
        self, problems: tuple[Problem, ...], error: ErrorRecord, twin: str | None = None
    ) -> None:
        super().__init__(error.title)
        self.problems = problems
        self.error = error
        self.twin = twin


@dataclass(frozen=True, slots=True)
class Frozen:
    """A new task, and the recent task that asked for the same, if there is one."""

    task: Task
    twin: Task | None


async def freeze(ctx: Context, submission: Submission) -> Frozen:
    """Keep everything that the task needs and write it as FROZEN (pay-once 6.3, step 1).

    Raises RejectedError, KeyUnavailableError, StorageError, or another AppError when the provider
    cannot be opened.
    """
    profile, address = await _judge(ctx, submission)
    provider = await ctx.providers.open(profile.id, address)
    external_task_id = await _external_id(ctx, submission, provider)
    await ctx.book.check()
    await ctx.threads.aside(ctx.media.check)
    request = await _keep(ctx, submission, profile)
    twin = await _twin(ctx, submission, request)
    now_ms = ctx.clock.now_ms()
    task = Task(
        id=submission.id,
        kind=request.kind,
        provider=profile.id,
        base_url=address,
        account=provider.account,
        external_task_id=external_task_id,
        task_id=None,
        state=TaskState.FROZEN,
        request=request,
        request_sha256=request_sha256(profile.id, request),
        body_sha256="",
        created_at_ms=now_ms,
        updated_at_ms=now_ms,
        cost=Cost(estimate(request, profile).units),
    )
    body_sha256 = await ctx.threads.aside(provider.body_sha256, await outgoing(ctx, task))
    return Frozen(await ctx.book.add(replace(task, body_sha256=body_sha256)), twin)


async def outgoing(ctx: Context, task: Task) -> Outgoing:
    """The task as it is sent, always made from the kept copies. Raises StorageError."""

    def find() -> dict[str, Path]:
        stored = [image for _, image in task.request.images() if isinstance(image, StoredImage)]
        files = {image.sent_sha256: ctx.inputs.path(image) for image in stored}
        gone = [path.name for path in files.values() if not path.is_file()]
        if gone:
            raise StorageError(_inputs_gone(gone))
        return files

    files = await ctx.threads.aside(find)
    return Outgoing(task.request, ctx.policy.external_task_id(task), files)


async def _judge(ctx: Context, submission: Submission) -> tuple[ProviderProfile, str | None]:
    profile = ctx.providers.profile(submission.provider)
    request = submission.request
    problems: list[Problem] = []
    address = base_url(submission.base_url) if submission.base_url else None
    if submission.base_url and not address:
        problems.append(Problem("base_url", Rule.BASE_URL, "https", submission.base_url))
    elif not (address or profile.base_url or profile.is_free):
        problems.append(Problem("base_url", Rule.REQUIRED, "", ""))
    can = profile.capabilities(request.kind)
    if can is None:
        offer = ", ".join(kind.value for kind in profile.routes)
        problems.append(Problem("kind", Rule.CHOICE, offer, request.kind.value))
    else:
        problems += request.problems(profile.title, can, await _look(ctx, submission, can.limits))
    if problems:
        raise RejectedError(tuple(problems), _broken_rules(problems))
    address = address or profile.base_url
    return profile, None if address == profile.home_url else address


async def _look(
    ctx: Context, submission: Submission, limits: ImageLimits
) -> dict[ImageSource, ImageFacts]:
    facts: dict[ImageSource, ImageFacts] = {}
    for _, image in submission.request.images():
        found = await ctx.threads.aside(
            ctx.inputs.look, image, limits, as_it_stands=submission.as_it_stands
        )
        if found is not None:
            facts[image] = found
    return facts


async def _external_id(ctx: Context, submission: Submission, provider: Provider) -> str:
    wanted = submission.request.external_task_id
    if wanted is None:
        return new_external_task_id()
    holder = await ctx.threads.in_order(
        ctx.book.ledger.by_external_id, submission.provider, provider.account, wanted
    )
    if holder is not None:
        problem = Problem("external_task_id", Rule.EXTERNAL_ID_USED, "", wanted)
        raise RejectedError((problem,), _broken_rules([problem]))
    return wanted


async def _keep(
    ctx: Context, submission: Submission, profile: ProviderProfile
) -> GenerationRequest:
    can = profile.capabilities(submission.request.kind)
    assert can is not None, "judged before"
    kept: dict[ImageSource, ImageSource] = {}
    for _, image in submission.request.images():
        kept[image] = await ctx.threads.aside(
            ctx.inputs.keep, image, can.limits, as_it_stands=submission.as_it_stands
        )
    # The id is the task's from here on, and "make again" never copies it.
    return replace(_with_images(submission.request, kept.__getitem__), external_task_id=None)


def _with_images(
    request: GenerationRequest, kept: Callable[[ImageSource], ImageSource]
) -> GenerationRequest:
    if isinstance(request, MultiImageToImage):
        return replace(
            request,
            subjects=tuple(map(kept, request.subjects)),
            scene=request.scene and kept(request.scene),
            style=request.style and kept(request.style),
        )
    return replace(request, pictures=tuple(map(kept, request.pictures)))


async def _twin(ctx: Context, submission: Submission, request: GenerationRequest) -> Task | None:
    since_ms = ctx.clock.now_ms() - TWIN_WINDOW_MS
    same = request_sha256(submission.provider, request)
    twin = await ctx.threads.in_order(ctx.book.ledger.recent_twin, same, since_ms)
    if twin is not None and not submission.twin_is_meant:
        raise RejectedError((), twin_record(ctx, twin), twin.id)
    return twin


def twin_record(ctx: Context, twin: Task) -> ErrorRecord:
    """What to say about a request that was made a moment ago already."""
    minutes = max(1, round((ctx.clock.now_ms() - twin.created_at_ms) / 60_000))
    return ErrorRecord(
        t("The same was asked for a moment ago"),
        tn(
            "Task {id} asked for exactly this {count} minute ago. Another is another purchase.",
            "Task {id} asked for exactly this {count} minutes ago. Another is another purchase.",
            minutes,
            id=twin.id[:8],
        ),
        Remedy.DECIDE,
    )


def _broken_rules(problems: list[Problem]) -> ErrorRecord:
    said = " ".join(sentence(problem) for problem in problems)
    return ErrorRecord(
        t("Not sent: the request needs a change"),
        t("{problems} Nothing was sent.", problems=said),
        Remedy.EDIT_REQUEST,
    )


def _inputs_gone(names: list[str]) -> ErrorRecord:
    return ErrorRecord(
        t("A kept picture is missing"),
        t(
            "Not sent: {names} is gone from the library's inputs folder.",
            names=", ".join(names),
        ),
        Remedy.FIND_LIBRARY,
    )
