"""From options to a submission. What is not even a number becomes a problem, not a crash."""

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.media import (
    Edit,
    FileImage,
    Fit,
    ImageFacts,
    ImageLimits,
    ImageSource,
    UrlImage,
)
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.prompt_text import cleaned
from kling_desktop.domain.providers import Capabilities, ProviderProfile, TaskKind
from kling_desktop.domain.requests import (
    GenerationRequest,
    MultiImageToImage,
    MultiImageToVideo,
)
from kling_desktop.domain.tasks import new_id

_LONGEST_S = 30 * 24 * 3600
_FITS = (Fit.CROP.value, Fit.PAD.value)
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be made, or the problems that already the options have.

    `taken_out` counts the characters of the prompts that cannot be sent.
    """

    provider: str
    submission: Submission | None
    problems: tuple[Problem, ...]
    timeout_s: float | None = None
    taken_out: int = 0


def wish(
    options: argparse.Namespace,
    default_provider: str,
    profiles: Mapping[str, ProviderProfile],
    own_address: str | None,
) -> Wish:
    """The submission that the options of `image` or `video` describe.

    `own_address` is where a server of one's own is, unless the options say.
    """
    kind = TaskKind(options.command)
    problems: list[Problem] = []
    options.prompt, taken_out = cleaned(options.prompt)
    options.negative_prompt, more = cleaned(options.negative_prompt)
    taken_out += more
    provider = options.provider or default_provider
    profile = _profile(profiles, provider, kind, problems)
    timeout_s = seconds(options.timeout, problems)
    can = profile.capabilities(kind) if profile else None
    if profile is None or can is None:
        return Wish(provider, None, tuple(problems))
    request = _request(options, kind, can, problems)
    if problems:
        facts = _facts(request, can.limits, as_it_stands=options.no_repair)
        named = {problem.field for problem in problems}
        others = request.problems(profile.title, can, facts)
        problems += [problem for problem in others if problem.field not in named]
        return Wish(provider, None, tuple(problems))
    submission = Submission(
        id=new_id(),
        provider=profile.id,
        request=request,
        base_url=options.base_url or _address(profile, own_address),
        as_it_stands=options.no_repair,
        twin_is_meant=True,
    )
    return Wish(provider, submission, (), timeout_s, taken_out)


def seconds(text: str | None, problems: list[Problem]) -> float | None:
    """A time limit. One that is no time is entered in `problems`."""
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= _LONGEST_S:
        problems.append(Problem("timeout", Rule.RANGE, f"0 to {_LONGEST_S}", text))
    return value


def _address(profile: ProviderProfile, own_address: str | None) -> str | None:
    return own_address if profile.base_url is None and not profile.is_free else None


def _profile(
    profiles: Mapping[str, ProviderProfile], name: str, kind: TaskKind, problems: list[Problem]
) -> ProviderProfile | None:
    able = [entry.id for entry in profiles.values() if kind in entry.routes]
    if name not in able:
        problems.append(Problem("provider", Rule.CHOICE, ", ".join(able), name))
        return None
    return profiles[name]


def _request(
    options: argparse.Namespace, kind: TaskKind, can: Capabilities, problems: list[Problem]
) -> GenerationRequest:
    edit = _edit(options, problems)
    pictures = tuple(_picture(text, edit) for text in options.pictures)
    if kind is TaskKind.IMAGE:
        return MultiImageToImage(
            model=options.model or can.default_model,
            subjects=pictures,
            scene=_picture(options.scene, edit) if options.scene else None,
            style=_picture(options.style, edit) if options.style else None,
            prompt=options.prompt,
            negative_prompt=options.negative_prompt,
            n=_number("n", options.n, Rule.RANGE, f"1 to {can.most_results}", problems),
            aspect_ratio=options.aspect_ratio or can.default_aspect_ratio,
            watermark=options.watermark,
            callback_url=options.callback_url,
            external_task_id=options.external_task_id,
        )
    durations = ", ".join(map(str, can.durations_s))
    return MultiImageToVideo(
        model=options.model or can.default_model,
        pictures=pictures,
        prompt=options.prompt,
        negative_prompt=options.negative_prompt,
        mode=options.mode,
        duration_s=_number("duration_s", options.duration, Rule.CHOICE, durations, problems),
        aspect_ratio=options.aspect_ratio or can.default_aspect_ratio,
        watermark=options.watermark,
        callback_url=options.callback_url,
        external_task_id=options.external_task_id,
    )


def _number(field: str, text: str, rule: Rule, limit: str, problems: list[Problem]) -> int:
    try:
        return int(text)
    except ValueError:
        problems.append(Problem(field, rule, limit, text))
        return 0


def _edit(options: argparse.Namespace, problems: list[Problem]) -> Edit:
    """What may be changed of every picture, beyond what nobody sees."""
    if options.fit not in (None, *_FITS):
        problems.append(Problem("fit", Rule.CHOICE, ", ".join(_FITS), options.fit))
    if not _COLOUR.fullmatch(options.background):
        problems.append(Problem("background", Rule.CHOICE, "#rrggbb", options.background))
    return Edit(
        fit=Fit(options.fit) if options.fit in _FITS else Fit.NONE,
        enlarges=options.enlarge,
        background=options.background.lower(),
    )


def _picture(text: str, edit: Edit) -> ImageSource:
    """A file, or a web address; a name with a colon is a file if there is one."""
    path = Path(text)
    if _SCHEME.match(text) and not path.exists():
        return UrlImage(text)
    return FileImage(path.expanduser().absolute(), edit)


def _facts(
    request: GenerationRequest, limits: ImageLimits, *, as_it_stands: bool
) -> dict[ImageSource, ImageFacts]:
    from kling_desktop.images.inspect import inspect, inspect_as_it_stands

    files = (image for _, image in request.images() if isinstance(image, FileImage))
    if as_it_stands:
        return {image: inspect_as_it_stands(image.path) for image in files}
    return {image: inspect(image.path, image.edit, limits) for image in files}
