"""What a result was made from, by the task that made it or by the sidecar beside it."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kling_desktop.domain import recipes
from kling_desktop.domain.drafts import Draft, draft_of
from kling_desktop.domain.money import Cost, CostBasis
from kling_desktop.domain.requests import GenerationRequest, is_not_known
from kling_desktop.domain.tasks import Task
from kling_desktop.library.sidecar import NotASidecarError, read_sidecar, sidecar_path


@dataclass(frozen=True, slots=True)
class Recipe:
    """One task's request and what is known of its making. Times are Unix milliseconds."""

    request: GenerationRequest
    provider: str
    created_at_ms: int
    sent_at_ms: int | None
    finished_at_ms: int | None
    cost: Cost

    @property
    def is_found(self) -> bool:
        """Whether the task was found on an account: the request was never here."""
        return is_not_known(self.request)

    def draft(self) -> Draft:
        """The form, filled with it."""
        return draft_of(self.request, self.provider)


def recipe_of(task: Task) -> Recipe:
    """From the ledger's own record."""
    return Recipe(
        request=task.request,
        provider=task.provider,
        created_at_ms=task.created_at_ms,
        sent_at_ms=task.first_sent_at_ms,
        finished_at_ms=task.finished_at_ms,
        cost=task.cost,
    )


def recipe_from_sidecar(file: Path) -> Recipe | None:
    """From the file beside a result; None when it is missing or cannot be understood."""
    try:
        values = read_sidecar(sidecar_path(file))
        times = values["times"]
        return Recipe(
            request=recipes.from_json(values["request"]),
            provider=str(values["provider"]),
            created_at_ms=int(times["created_at_ms"]),
            sent_at_ms=times.get("first_sent_at_ms"),
            finished_at_ms=times.get("finished_at_ms"),
            cost=_cost(values.get("cost") or {}),
        )
    except (NotASidecarError, OSError, ValueError, KeyError, TypeError):
        return None


def _cost(values: dict[str, Any]) -> Cost:
    try:
        units = None if values.get("units") is None else Decimal(str(values["units"]))
        return Cost(units, CostBasis(values.get("basis", CostBasis.ESTIMATE)))
    except (InvalidOperation, ValueError):
        return Cost()
