"""Tasks in every state of their lives, at one fixed moment: noon of the person's day."""

from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath

from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.money import Cost, CostBasis
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage, MultiImageToVideo
from kling_desktop.domain.tasks import Output, OutputState, Task, TaskState
from tests.library.samples import STORED, a_task

_NOON = datetime(2026, 3, 4, 12, 0).astimezone()
NOW_MS = int(_NOON.timestamp() * 1000)
SECOND_MS = 1000
PICTURES = MultiImageToImage(
    model="kling-v2-1", subjects=(STORED, STORED), n=4, prompt="A lamp\nin the rain"
)
VIDEO = MultiImageToVideo(model="kling-v1-6", pictures=(STORED,), prompt="A lamp sways")
REPORTED = Cost(Decimal(64), CostBasis.REPORTED)
ERROR = ErrorRecord("Refused by the content rules", "Nothing was made.", Remedy.EDIT_REQUEST)


def output(index: int, *, is_saved: bool = True, **changes) -> Output:
    values = {"index": index, "media": MediaKind.IMAGE, "width": 400, "height": 300}
    if is_saved:
        name = PurePosixPath("2026", "03", f"lamp-{index + 1}.png")
        values |= {"state": OutputState.SAVED, "file": name, "sha256": f"{index:064x}"}
    return Output(**(values | changes))


def living(state: TaskState, **changes: object) -> Task:
    """A task of four pictures, made a minute ago at Kling."""
    minute_ago = NOW_MS - 60 * SECOND_MS
    values: dict[str, object] = {
        "state": state,
        "provider": "kling",
        "request": PICTURES,
        "created_at_ms": minute_ago,
        "updated_at_ms": minute_ago,
        "first_sent_at_ms": minute_ago,
    }
    return a_task(**(values | changes))


def film(state: TaskState, **changes: object) -> Task:
    return living(state, **({"kind": TaskKind.VIDEO, "request": VIDEO} | changes))
