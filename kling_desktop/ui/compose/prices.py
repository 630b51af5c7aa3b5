"""Prices in words. What is a guess says "about"; what nobody publishes says so."""

from dataclasses import replace
from decimal import Decimal

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.money import Estimate, estimate
from kling_desktop.domain.providers import ProviderProfile, TaskKind
from kling_desktop.text import t

_CENT = Decimal("0.01")
_TENTH_OF_A_CENT = Decimal("0.001")


def dollars(amount: Decimal) -> str:
    """`$0.22`; below ten cents with a third figure where it has one: `$0.056`."""
    exact = amount.quantize(_TENTH_OF_A_CENT)
    is_fine = amount < Decimal("0.1") and exact != amount.quantize(_CENT)
    return f"${exact if is_fine else amount.quantize(_CENT)}"


def cost_words(cost: Estimate) -> str:
    """What stands on the button."""
    if cost.dollars is None:
        return t("price unknown")
    if not cost.dollars:
        return t("free")
    return t("about {amount}", amount=dollars(cost.dollars))


def cost_sentence(cost: Estimate, profile: ProviderProfile) -> str:
    """What stands above the button when nothing is wrong."""
    if profile.is_free:
        return t("Free, made on this computer.")
    if cost.units is None:
        return t("{provider} does not publish a price.", provider=profile.title)
    units = f"{cost.units.normalize():f}"
    return t("{units} units at {provider}.", units=units, provider=profile.title)


def unit_price(profile: ProviderProfile, kind: TaskKind) -> str:
    """The price of one result in the list of providers."""
    can = profile.capabilities(kind)
    if can is None:
        return ""
    draft = Draft(provider=profile.id, kind=kind)
    cost = estimate(draft.request(can), profile)
    if profile.is_free:
        return t("Runs on this computer")
    if cost.dollars is None:
        return t("Price unknown")
    amount = dollars(cost.dollars)
    if kind is TaskKind.VIDEO:
        return t("About {amount} for 5 seconds", amount=amount)
    return t("About {amount} a picture", amount=amount)


def other_choices(draft: Draft, profile: ProviderProfile) -> str:
    """What the other length and the other mode of a video would cost; "" where not known."""
    can = profile.capabilities(draft.kind)
    if can is None or profile.is_free:
        return ""
    said: list[str] = []
    for seconds in can.durations_s:
        if seconds != draft.duration_s:
            cost = estimate(replace(draft, duration_s=seconds).request(can), profile)
            said += _priced(t("{seconds} s", seconds=seconds), cost)
    for mode in can.modes:
        if mode != draft.mode:
            cost = estimate(replace(draft, mode=mode).request(can), profile)
            said += _priced(mode_name(mode), cost)
    return " ".join(said)


def _priced(choice: str, cost: Estimate) -> list[str]:
    if cost.dollars is None:
        return []
    return [t("{choice}: about {amount}.", choice=choice, amount=dollars(cost.dollars))]


def mode_name(mode: str) -> str:
    """The word for a mode of making videos."""
    return {"std": t("Standard"), "pro": t("Pro")}.get(mode, mode)
