"""The words of a provider: records, envelopes, and how a task's story goes on.

Written from the provider documents, not from the app's own reading of them.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tests.fakes.wire.book import Made

if TYPE_CHECKING:
    from tests.fakes.wire.service import Service

Fields = dict[str, Any]
Shape = Callable[["Service", Made], Fields]
Story = Sequence[tuple[float, Shape]]
"""From which age in seconds on a record reads how."""


def envelope(data: Any, code: Any = 0, message: str = "SUCCEED") -> Fields:
    """An answer as Kling wraps it."""
    return {"code": code, "message": message, "request_id": "r-1", "data": data}


def refusal(code: Any, message: str = "refused") -> Fields:
    """An answer that holds no task."""
    return {"code": code, "message": message, "request_id": "r-1"}


def foreign_error(message: str, code: Any = None, kind: str = "comet_api_error") -> Fields:
    """How CometAPI itself complains."""
    return {"error": {"message": message, "type": kind, "param": "", "code": code}}


def submitted(service: "Service", task: Made) -> Fields:
    return {"task_status": "submitted"}


def processing(service: "Service", task: Made) -> Fields:
    return {"task_status": "processing", "task_result": {}}


def succeeded(service: "Service", task: Made) -> Fields:
    kind, suffix = ("videos", "mp4") if "/videos/" in task.route else ("images", "png")
    results = []
    for index in range(task.results):
        url = service.cdn.publish(f"{service.url_epoch}/{task.task_id}/{index}.{suffix}")
        results.append(
            {"index": index, "url": url} if kind == "images" else {"id": "v", "url": url}
        )
    return {
        "task_status": "succeed",
        "task_result": {kind: results},
        "final_unit_deduction": str(16 * task.results),
    }


def empty(service: "Service", task: Made) -> Fields:
    """Finished, and nothing listed."""
    return {"task_status": "succeed", "task_result": {"images": []}}


def called(word: str) -> Shape:
    """A status in other words."""

    def shape(service: "Service", task: Made) -> Fields:
        return {"task_status": word}

    return shape


def failed(reason: str, units: str | None = None) -> Shape:
    """The envelope goes on saying SUCCEED; the reason stands in the record."""

    def shape(service: "Service", task: Made) -> Fields:
        fields: Fields = {"task_status": "failed", "task_status_msg": reason}
        return fields if units is None else fields | {"final_unit_deduction": units}

    return shape


USUAL: Story = ((0, submitted), (2, processing), (8, succeeded))
SLOW: Story = ((0, submitted), (2, processing), (100, succeeded))
STUCK: Story = ((0, submitted), (2, processing))
BACKWARDS: Story = ((0, submitted), (3, succeeded), (4, processing))
