"""A saved result of a task as the gallery's value, without asking the index."""

from pathlib import PurePosixPath

from kling_desktop.domain.media import Asset
from kling_desktop.domain.tasks import Output, Task


def asset_of(task: Task, output: Output, *, is_free: bool) -> Asset:
    """What the gallery would show for `output`, which is saved."""
    return Asset(
        file=output.file or PurePosixPath(),
        task=task.id,
        index=output.index,
        media=output.media,
        width=output.width,
        height=output.height,
        duration_s=output.duration_s,
        size_bytes=output.size_bytes,
        sha256=output.sha256,
        created_at_ms=task.created_at_ms,
        provider=task.provider,
        model=task.request.model,
        prompt=task.request.prompt,
        is_sandbox=is_free,
    )
