"""What the rules say of a draft, in terms of the form: problems by place, price, what is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kling_desktop.domain.alternatives import MOST_PROMPTS, count
from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.facts import AccountChanged, KeyPlace
from kling_desktop.domain.money import Estimate, estimate, total
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.providers import Capabilities, ProviderProfile, TaskKind
from kling_desktop.domain.requests import Facts, GenerationRequest
from kling_desktop.domain.sentences import field_name, sentence
from kling_desktop.text import t, tn

Accounts = Mapping[str, AccountChanged]


@dataclass(frozen=True, slots=True)
class FormProblem:
    """A broken rule at a place of the form (`subjects[2]` is the third slot, whatever is sent).

    `problem` is None where no rule of the request is broken but the account is not ready.
    """

    place: str
    words: str
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """One draft, judged. `request` is None when the provider makes nothing of this kind.

    `requests` are the tasks that a press would buy, one for each prompt, `cost` is their sum.
    """

    profile: ProviderProfile
    can: Capabilities
    request: GenerationRequest | None
    problems: tuple[FormProblem, ...]
    withheld: tuple[str, ...]
    cost: Estimate
    requests: tuple[GenerationRequest, ...] = ()

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing was put in yet."""
        return any(p.place == "subjects" and _is_required(p) for p in self.problems)

    def at(self, place: str) -> FormProblem | None:
        """The first problem at a place."""
        return next((p for p in self.problems if p.place == place), None)


def judge(
    draft: Draft, profiles: Mapping[str, ProviderProfile], facts: Facts, accounts: Accounts
) -> Judgement:
    """Every problem of the draft at its provider, and what it would cost."""
    profile = profiles[draft.provider]
    can = profile.capabilities(draft.kind)
    if can is None:
        missing = FormProblem("provider", not_made(profile, draft.kind))
        unknown = Estimate(None, None)
        can = _nothing_of(draft.kind, profiles)
        return Judgement(profile, can, None, (missing,), (), unknown)
    request = draft.request(can)
    found = request.problems(profile.title, can, facts)
    problems = [in_form(problem, draft) for problem in found]
    if no_key := _no_key(profile, accounts):
        problems.append(no_key)
    requests = draft.requests(can)
    problems += _of_prompts(draft, len(requests), has_own_id=request.external_task_id is not None)
    problems.sort(key=_order)
    cost = total(estimate(each, profile) for each in requests)
    withheld = draft.withheld(can)
    return Judgement(profile, can, request, tuple(problems), withheld, cost, requests)


def _of_prompts(draft: Draft, made: int, *, has_own_id: bool) -> Iterator[FormProblem]:
    """What is wrong with several prompts at once."""
    if count(draft.prompt) > MOST_PROMPTS:
        words = t("This makes more than {most} prompts. Send fewer at once.", most=MOST_PROMPTS)
        yield FormProblem("prompt", words)
    if made > 1 and has_own_id:
        words = tn(
            "One id cannot stand for {count} task. Take it out.",
            "One id cannot stand for {count} tasks. Take it out, or the alternatives.",
            made,
        )
        yield FormProblem("external_task_id", words)


def _nothing_of(kind: TaskKind, profiles: Mapping[str, ProviderProfile]) -> Capabilities:
    """The limits that hold elsewhere, with every field switched off."""
    found = (profile.capabilities(kind) for profile in profiles.values())
    can = next(can for can in found if can is not None)
    return replace(can, models=(), default_model="", optional_fields=frozenset())


_ORDER = (
    *("subjects[0]", "subjects[1]", "subjects[2]", "subjects[3]", "subjects", "scene", "style"),
    *("prompt", "negative_prompt", "provider", "model", "aspect_ratio", "n", "duration_s", "mode"),
    *("watermark", "callback_url", "external_task_id"),
)


def _order(problem: FormProblem) -> int:
    return _ORDER.index(problem.place) if problem.place in _ORDER else len(_ORDER)


def in_form(problem: Problem, draft: Draft) -> FormProblem:
    """A problem of the request `draft` makes, at the place of the form where its cause stands."""
    name, _, rest = problem.field.partition("[")
    if problem.rule is Rule.CHANGED:
        place = _place(name, rest, draft)
        return FormProblem(place, sentence(problem), problem)
    if name in ("scene", "style") and problem.rule is not Rule.NOT_OFFERED:
        return FormProblem(name, _what_to_do(name, problem.rule), problem)
    if name not in ("subjects", "images"):
        return FormProblem(problem.field, sentence(problem), problem)
    if not rest:
        return FormProblem("subjects", _how_many(problem), problem)
    place = _place(name, rest, draft)
    slot = place.removeprefix("subjects")
    said = replace(problem, field=f"{name}{slot}")
    return FormProblem(place, _what_to_do(place, problem.rule), said)


def _place(name: str, rest: str, draft: Draft) -> str:
    if not rest:
        return name
    places, index = draft.places(), int(rest[:-1])
    return places[index] if index < len(places) else f"subjects[{index}]"


def _what_to_do(place: str, rule: Rule) -> str:
    # The slot itself says what is wrong; the line says the step.
    named = {"scene": t("the scene"), "style": t("the style")}
    picture = named.get(place) or t("picture {number}", number=int(place[9:-1]) + 1)
    if rule is Rule.RATIO:
        return t("Crop {picture} to fit, or replace it.", picture=picture)
    if rule is Rule.SIDE:
        return t("Enlarge {picture}, or replace it.", picture=picture)
    return t("Replace {picture} or take it out.", picture=picture)


def _how_many(problem: Problem) -> str:
    if problem.rule is Rule.REQUIRED:
        first = t("subject 1") if problem.field == "subjects" else t("slot 1")
        return t("Put a picture into {slot} to begin.", slot=first)
    if problem.rule is Rule.TOO_FEW:
        lacking = int(problem.limit) - int(problem.value)
        return tn(
            "{count} more picture is needed: this route takes {limit} or more.",
            "{count} more pictures are needed: this route takes {limit} or more.",
            lacking,
            limit=problem.limit,
        )
    return sentence(problem)


def _no_key(profile: ProviderProfile, accounts: Accounts) -> FormProblem | None:
    account = accounts.get(profile.id)
    if profile.is_free or account is None:
        return None
    if account.base_url is None and profile.base_url is None:
        words = t("{provider} has no address yet. Add one.", provider=profile.title)
        return FormProblem("provider", words)
    if account.place is not KeyPlace.NONE:
        return None
    words = t("{provider} has no key yet. Add one.", provider=profile.title)
    return FormProblem("provider", words)


def _is_required(problem: FormProblem) -> bool:
    return problem.problem is not None and problem.problem.rule is Rule.REQUIRED


def not_made(profile: ProviderProfile, kind: TaskKind) -> str:
    """Why a kind of task is out of reach at a provider."""
    if kind is TaskKind.VIDEO:
        return t("{provider} makes no videos.", provider=profile.title)
    return t("{provider} makes no pictures.", provider=profile.title)


def not_taken(profile: ProviderProfile, field: str) -> str:
    """Why a field is switched off."""
    return t(
        "{provider} does not take this: {field}.", provider=profile.title, field=field_name(field)
    )


def no_place(draft: Draft, judgement: Judgement, place: str) -> str:
    """Why nothing can be put into an empty slot, "" where something can."""
    profile, can = judgement.profile, judgement.can
    if draft.image(place) is not None or judgement.request is None:
        return ""
    if place in ("scene", "style"):
        return "" if place in can.optional_fields else not_taken(profile, place)
    if len(draft.places()) < can.most_images:
        return ""
    most = can.most_images
    return tn(
        "{provider} takes {count} picture.",
        "{provider} takes at most {count} pictures.",
        most,
        provider=profile.title,
    )


def kept(profile: ProviderProfile, field: str) -> str:
    """What happens to something filled in that the provider does not take."""
    return t(
        "Kept, not sent: {provider} does not take this.",
        provider=profile.title,
        field=field_name(field),
    )


def value_at(draft: Draft, place: str) -> object:
    """What stands at a place of the form; a problem holds only while it is unchanged."""
    if place.startswith("subjects["):
        return draft.image(place)
    if place == "aspect_ratio":
        return (draft.kind, draft.aspect_ratio, draft.video_aspect_ratio)
    if place == "model":
        return draft.models
    return getattr(draft, place, None)
