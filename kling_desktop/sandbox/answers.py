"""How tasks and the account look in answers: the field names of S1 and of facts.md."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kling_desktop.sandbox.documents import Kind
from kling_desktop.sandbox.studio import result_name
from kling_desktop.sandbox.world import Status, Task

Address = Callable[[Task, str], str]
"""Gives the web address of a task's result by its name."""

# What a new account holds, so that the notional count has something to count down from.
PACK_UNITS = {Kind.IMAGE: Decimal(100_000), Kind.VIDEO: Decimal(5_000)}
_PACK_NAMES = {Kind.IMAGE: "Sandbox-Image-Free-9Con", Kind.VIDEO: "Sandbox-Video-Free-5Con"}


def created_record(task: Task, now_ms: int) -> dict[str, Any]:
    """The `data` of an accepted create."""
    return {
        "task_id": str(task.task_id),
        "task_info": {"external_task_id": task.external_task_id} if task.external_task_id else {},
        "task_status": task.status(now_ms).value,
        "created_at": task.created_ms,
        "updated_at": task.updated_ms(now_ms),
    }


def task_record(task: Task, now_ms: int, address: Address) -> dict[str, Any]:
    """A task in a query. The deduction is "0", because the sandbox is free."""
    status = task.status(now_ms)
    record = created_record(task, now_ms)
    record["task_status_msg"] = (task.failure or "") if status is Status.FAILED else ""
    record["watermark_info"] = {"enabled": task.recipe.is_watermarked}
    record["task_result"] = {}
    if status in (Status.SUCCEED, Status.FAILED):
        record["final_unit_deduction"] = "0"
    if status is Status.SUCCEED:
        is_image = task.kind is Kind.IMAGE
        results = _images(task, address) if is_image else [_video(task, address)]
        record["task_result"] = {"images" if is_image else "videos": results}
    return record


def costs(remaining: dict[Kind, Decimal]) -> dict[str, Any]:
    """The inner answer of `/account/costs`: what Kling would have left after the same work."""
    return {
        "code": 0,
        "msg": "success",
        "resource_pack_subscribe_infos": [
            {
                "resource_pack_name": _PACK_NAMES[kind],
                "resource_pack_id": f"sandbox-{kind.value}",
                "resource_pack_type": "decreasing_total",
                "total_quantity": float(PACK_UNITS[kind]),
                "remaining_quantity": float(units),
                "purchase_time": 0,
                "effective_time": 0,
                "invalid_time": 253_402_300_799_000,  # the last second of the year 9999
                "status": "online" if units > 0 else "runOut",
            }
            for kind, units in remaining.items()
        ],
    }


def _urls(task: Task, index: int, address: Address) -> dict[str, str]:
    marked = result_name(task, index, is_watermarked=True)
    return {
        "url": address(task, result_name(task, index)),
        "watermark_url": address(task, marked) if task.recipe.is_watermarked else "",
    }


def _images(task: Task, address: Address) -> list[dict[str, Any]]:
    return [{"index": index, **_urls(task, index, address)} for index in range(task.recipe.count)]


def _video(task: Task, address: Address) -> dict[str, Any]:
    id = f"{task.task_id}-0"
    return {"id": id, **_urls(task, 0, address), "duration": str(task.recipe.duration_s)}
