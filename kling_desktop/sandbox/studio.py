"""Paints the results of accepted tasks into files, one at a time, and keeps the files.

Work starts when a task is accepted, so that a result is there when it is due; whatever a process
could not finish is painted at the first download, by whichever process is asked.
"""

import asyncio
import io
import secrets
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from PIL import Image

from kling_desktop.sandbox.brush import host_tile
from kling_desktop.sandbox.documents import Kind
from kling_desktop.sandbox.film import FRAMES_PER_S, frame_size, frames
from kling_desktop.sandbox.key import private_folder
from kling_desktop.sandbox.mp4 import write_mp4
from kling_desktop.sandbox.orders import Role
from kling_desktop.sandbox.painter import Materials, paint
from kling_desktop.sandbox.world import Source, Task, World

_PNG_EFFORT = 3  # of 9: a fifth larger than the best, in a third of the time
_ABANDONED_S = 3600  # a younger part may be what another process is painting now


class ClearedError(Exception):
    """The pictures of a task are gone after 30 days, and so are its results."""


class ClosingError(OSError):
    """The studio closes; another run will paint what is left."""


def result_name(task: Task, index: int, *, is_watermarked: bool = False) -> str:
    """The last part of a result's address."""
    suffix = "-watermarked" if is_watermarked else ""
    return f"{index}{suffix}.{'png' if task.kind is Kind.IMAGE else 'mp4'}"


class Studio:
    """Files of results under `folder`, painted from the world's pictures."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        self._folder = folder
        self._closing = threading.Event()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-studio")
        private_folder(folder)
        for part in folder.glob("*.part"):
            with suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime > _ABANDONED_S:
                    part.unlink()

    def prepare(self, task: Task) -> None:
        """Begin with a task's results; returns at once."""
        if task.failure:
            return
        with suppress(ClosingError):
            for name, variant, is_watermarked in _results(task):
                self._submit(task, name, variant, is_watermarked)

    async def file(self, task: Task, name: str) -> Path | None:
        """The finished file of a result; None if the task has no result of that name.

        Raises ClearedError, OSError.
        """
        for known, variant, is_watermarked in _results(task):
            if known == name:
                path = self._path(task, name)
                if path.exists():
                    return path
                return await _finished(self._submit(task, name, variant, is_watermarked))
        return None

    def clear(self, kept: set[int]) -> None:
        """Remove the results of all tasks but these."""
        for path in self._folder.iterdir():
            task_id = path.name.partition("-")[0]
            if path.suffix != ".part" and task_id.isdigit() and int(task_id) not in kept:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop painting; returns as soon as the frame or picture at hand is done."""
        self._closing.set()
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _path(self, task: Task, name: str) -> Path:
        return self._folder / f"{task.task_id}-{name}"

    def _submit(self, task: Task, name: str, variant: int, is_watermarked: bool) -> Future[Path]:
        try:
            return self._worker.submit(self._paint, task, name, variant, is_watermarked)
        except RuntimeError as error:  # the executor's word for "shut down"
            raise ClosingError("the studio is closed") from error

    def _paint(self, task: Task, name: str, variant: int, is_watermarked: bool) -> Path:
        path = self._path(task, name)
        if path.exists():
            return path
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        try:
            if task.kind is Kind.IMAGE:
                picture = paint(
                    self._materials(task),
                    task.recipe.aspect_ratio,
                    variant,
                    is_watermarked=is_watermarked,
                )
                picture.save(part, "PNG", compress_level=_PNG_EFFORT)
            else:
                self._film(task, part, is_watermarked)
            part.replace(path)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
        return path

    def _film(self, task: Task, part: Path, is_watermarked: bool) -> None:
        recipe = task.recipe
        size = frame_size(recipe.aspect_ratio, recipe.mode)
        stills = [self._image(source) for source in recipe.sources]
        jpegs = frames(stills, size, recipe.duration_s, is_watermarked=is_watermarked)
        with part.open("wb") as stream:
            write_mp4(
                stream,
                (self._unless_closing(jpeg) for jpeg in jpegs),
                width_px=size[0],
                height_px=size[1],
                frames_per_s=FRAMES_PER_S,
            )

    def _unless_closing(self, jpeg: bytes) -> bytes:
        if self._closing.is_set():
            raise ClosingError("the studio is closed")
        return jpeg

    def _materials(self, task: Task) -> Materials:
        by_role: dict[Role, list[Image.Image]] = {role: [] for role in Role}
        for source in task.recipe.sources:
            by_role[source.role].append(self._image(source))
        return Materials(
            subjects=by_role[Role.SUBJECT],
            scene=next(iter(by_role[Role.SCENE]), None),
            style=next(iter(by_role[Role.STYLE]), None),
        )

    def _image(self, source: Source) -> Image.Image:
        if source.sha256 is None:
            return host_tile(source.host or "")
        jpeg = self._world.picture(source.sha256)
        if jpeg is None:
            raise ClearedError
        return Image.open(io.BytesIO(jpeg)).convert("RGB")


async def _finished(future: Future[Path]) -> Path:
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        if future.cancelled():  # by closing; when the request itself is, that goes on
            raise ClosingError("the studio is closed") from None
        raise


def _results(task: Task) -> list[tuple[str, int, bool]]:
    """Name, variant and whether it carries the large mark, of every result of a task."""
    count = task.recipe.count if task.kind is Kind.IMAGE else 1
    marks = (False, True) if task.recipe.is_watermarked else (False,)
    return [
        (result_name(task, index, is_watermarked=mark), index, mark)
        for index in range(count)
        for mark in marks
    ]
