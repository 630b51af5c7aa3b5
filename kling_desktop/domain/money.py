"""Units, prices and what may be said about them. Decimal throughout, never float."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.domain.requests import GenerationRequest, MultiImageToImage


class CostBasis(StrEnum):
    """Where a figure comes from."""

    ESTIMATE = "estimate"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Cost:
    """Units of a task, None when unknown. Reported ones are the provider's own deduction."""

    units: Decimal | None = None
    basis: CostBasis = CostBasis.ESTIMATE


NO_COST = Cost()


class Charge(StrEnum):
    """What the ledger knows about money (pay-once 6.2)."""

    NONE = "none"
    POSSIBLE = "possible"
    CHARGED = "charged"
    AS_REPORTED = "as_reported"


# facts.md section 7: official prices. Gateways set their own, which no document gives.
IMAGE_UNITS = Decimal(16)
VIDEO_UNITS_PER_S = {"std": Decimal("0.4"), "pro": Decimal("0.7")}
IMAGE_UNIT_DOLLARS = Decimal("0.0035")
VIDEO_UNIT_DOLLARS = Decimal("0.14")


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a request is expected to cost. None means that the price is unknown."""

    units: Decimal | None
    dollars: Decimal | None


def estimate(request: GenerationRequest, profile: ProviderProfile) -> Estimate:
    """The official price of `request` where `profile` has official prices, nothing if free."""
    if profile.is_free:
        return Estimate(Decimal(0), Decimal(0))
    if not profile.has_official_prices:
        return Estimate(None, None)
    if isinstance(request, MultiImageToImage):
        units = IMAGE_UNITS * request.n
        return Estimate(units, units * IMAGE_UNIT_DOLLARS)
    rate = VIDEO_UNITS_PER_S.get(request.mode)
    if rate is None:
        return Estimate(None, None)
    units = rate * request.duration_s
    return Estimate(units, units * VIDEO_UNIT_DOLLARS)


def total(estimates: Iterable[Estimate]) -> Estimate:
    """The sum, exact; unknown as soon as one of them is."""
    units, dollars = Decimal(0), Decimal(0)
    for each in estimates:
        if each.units is None or each.dollars is None:
            return Estimate(None, None)
        units, dollars = units + each.units, dollars + each.dollars
    return Estimate(units, dollars)
