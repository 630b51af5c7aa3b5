"""Money in words: exact when reported, "about" when estimated, "at most" when in doubt. No Qt."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from kling_desktop.domain.decisions import stake
from kling_desktop.domain.money import (
    IMAGE_UNIT_DOLLARS,
    VIDEO_UNIT_DOLLARS,
    Charge,
    CostBasis,
    estimate,
)
from kling_desktop.domain.providers import ProviderProfile, TaskKind
from kling_desktop.domain.tasks import Task
from kling_desktop.text import t, tn

_UNIT_DOLLARS = {TaskKind.IMAGE: IMAGE_UNIT_DOLLARS, TaskKind.VIDEO: VIDEO_UNIT_DOLLARS}
_CENT = Decimal("0.01")


def dollars(amount: Decimal) -> str:
    """A sum for people: cents, or three places where cents would say nothing."""
    places = _CENT if not amount or amount >= _CENT * 6 else Decimal("0.001")
    return f"${amount.quantize(places)}"


def _price(task: Task, profile: ProviderProfile) -> Decimal | None:
    """By the prices we know; of what was found nobody knows what was asked."""
    return None if task.is_found else estimate(task.request, profile).dollars


def expected(task: Task, profile: ProviderProfile) -> str:
    """What the task is expected to cost: "about $0.22", "free" or "price unknown"."""
    if profile.is_free:
        return t("free")
    sum_ = _price(task, profile)
    return t("price unknown") if sum_ is None else t("about {sum}", sum=dollars(sum_))


def at_stake(task: Task, profile: ProviderProfile) -> str:
    """What may have been taken for a task of which nobody knows whether it exists."""
    if profile.is_free:
        return t("Free at {provider}", provider=profile.title)
    sum_ = _price(task, profile)
    if sum_ is None:
        return t("Price unknown at {provider}", provider=profile.title)
    return t("At most {sum} at {provider}", sum=dollars(sum_), provider=profile.title)


def stake_sentence(tasks: Sequence[Task], profile: ProviderProfile) -> str:
    """The same of one task or several, as a sentence of its own."""
    if profile.is_free:
        return t("It is free.")
    sum_ = stake(tasks, {profile.id: profile})
    if sum_.unknown and sum_.unknown == len(tasks):
        return t(
            "What is at stake is not known: {provider} sets the price.", provider=profile.title
        )
    if not sum_.unknown:
        return t("At most {sum} is at stake.", sum=dollars(sum_.dollars))
    return tn(
        "At most {sum} is at stake, and one of unknown price.",
        "At most {sum} is at stake, and {count} of unknown price.",
        sum_.unknown,
        sum=dollars(sum_.dollars),
    )


def second_price(tasks: Sequence[Task], profile: ProviderProfile) -> str:
    """What sending once more may cost on top."""
    if profile.is_free:
        return t("Free, but it may be made twice.")
    sum_ = stake(tasks, {profile.id: profile})
    if sum_.unknown and sum_.unknown == len(tasks):
        return t("You may pay twice. The price is unknown.")
    if not sum_.unknown:
        return t("You may pay twice: about {sum} more.", sum=dollars(sum_.dollars))
    return tn(
        "You may pay twice: about {sum} more, and one of unknown price.",
        "You may pay twice: about {sum} more, and {count} of unknown price.",
        sum_.unknown,
        sum=dollars(sum_.dollars),
    )


def price_words(tasks: Sequence[Task], profile: ProviderProfile) -> str:
    """The price of several tasks on a button: "about $0.84", "free" or "price unknown"."""
    if profile.is_free:
        return t("free")
    sum_ = stake(tasks, {profile.id: profile})
    return t("price unknown") if sum_.unknown else t("about {sum}", sum=dollars(sum_.dollars))


def reported_units(task: Task) -> Decimal | None:
    """What the provider itself says it took, if it said so."""
    return task.cost.units if task.cost.basis is CostBasis.REPORTED else None


def paid(task: Task, profile: ProviderProfile) -> str:
    """What a task with results has cost, and who says so."""
    if profile.is_free:
        return t("Free")
    units = reported_units(task)
    if units is None:
        sum_ = _price(task, profile)
        if sum_ is None:
            return t("Paid, price unknown")
        return t("Paid, about {sum}", sum=dollars(sum_))
    return t(
        "{sum}, as {provider} reports",
        sum=reported_sum(task.kind, profile, units),
        provider=profile.title,
    )


def taken_after_failure(task: Task, profile: ProviderProfile) -> str:
    """What is known about the money of a task that failed at the provider."""
    if profile.is_free:
        return t("It is free.")
    units = reported_units(task)
    if units is None:
        return t("{provider} does not say whether it took money.", provider=profile.title)
    if not units:
        return t("No money taken: {provider} reports 0 units.", provider=profile.title)
    return t(
        "{provider} reports {sum} taken.",
        provider=profile.title,
        sum=reported_sum(task.kind, profile, units),
    )


def reported_sum(kind: TaskKind, profile: ProviderProfile, units: Decimal) -> str:
    """Reported units in dollars where the provider's price of a unit is known."""
    if profile.has_official_prices:
        return dollars(units * _UNIT_DOLLARS[kind])
    return units_words(units)


def units_words(units: Decimal) -> str:
    """ "64 units"; a broken number keeps its places."""
    count = int(units) if units == units.to_integral_value() else 2
    return tn("{units} unit", "{units} units", count, units=f"{units.normalize():f}")


def spent_since(
    tasks: Iterable[Task], profiles: Mapping[str, ProviderProfile], since_ms: int
) -> str:
    """What went out since then, as far as the ledger knows: "Today about $1.34"."""
    known, is_estimate, unknown, doubt = Decimal(0), False, 0, Decimal(0)
    for task in tasks:
        profile = profiles.get(task.provider)
        sent_at_ms = task.first_sent_at_ms
        if profile is None or profile.is_free or sent_at_ms is None or sent_at_ms < since_ms:
            continue
        reported = reported_units(task)
        guess = _price(task, profile)
        if reported is not None and profile.has_official_prices:
            known += reported * _UNIT_DOLLARS[task.kind]
        elif task.charge is Charge.NONE or task.charge is Charge.AS_REPORTED:
            continue
        elif guess is None:
            unknown += 1
        elif task.charge is Charge.CHARGED:
            known, is_estimate = known + guess, True
        else:
            doubt += guess
    return _spent_words(known, doubt, unknown, is_estimate=is_estimate)


def _spent_words(known: Decimal, doubt: Decimal, unknown: int, *, is_estimate: bool) -> str:
    words = t("Today about {sum}") if is_estimate else t("Today {sum}")
    parts = [words.format(sum=dollars(known))]
    if doubt:
        parts.append(t("up to {sum} more on the way", sum=dollars(doubt)))
    if unknown:
        parts.append(tn("{count} of unknown price", "{count} of unknown price", unknown))
    return " · ".join(parts)
