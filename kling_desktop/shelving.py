"""Brings pictures into the home before they are sent: onto the shelf, and down from the web."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kling_desktop.domain.errors import AppError, BugError
from kling_desktop.domain.facts import PictureBrought, ShelfChanged
from kling_desktop.domain.media import ImageSource, StoredImage, UrlImage
from kling_desktop.domain.shelf import PictureSet, Shelf, ShelfPicture, neat_name, neat_tags
from kling_desktop.engine.ports import Clock, Emit
from kling_desktop.engine.serial import Threads
from kling_desktop.library.disk import make_folder
from kling_desktop.library.failures import folder_failure
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.shelf import ShelfFile

_log = logging.getLogger(__name__)


class Shelving:
    """The shelf's one writer. Each change is told as ShelfChanged.

    `keep` gives a picture's stored form (blocking; see `engine.ports.Inputs`), `brought` is the
    folder for pictures from the web. Methods raise AppError, StorageError among them; but for
    `shelve` the shelf is then as it was.
    """

    def __init__(
        self,
        folder: LibraryFolder,
        brought: Path,
        keep: Callable[[ImageSource], ImageSource],
        threads: Threads,
        clock: Clock,
        emit: Emit,
    ) -> None:
        self._file = ShelfFile(folder)
        self._brought = brought
        self._keep = keep
        self._threads = threads
        self._clock = clock
        self._emit = emit

    async def shelve(self, images: tuple[ImageSource, ...]) -> None:
        """Put pictures on the shelf; those that stand there keep their names. No web addresses.

        One that cannot be kept does not stop the others: its AppError is raised in the end.
        """
        kept: list[StoredImage] = []
        failure: AppError | None = None
        for image in filter(_is_ours, images):
            try:
                kept.append(await self._kept(image))
            except AppError as problem:
                failure = failure or problem
        now_ms = self._clock.now_ms()

        def change(shelf: Shelf) -> Shelf:
            for image in kept:
                known = shelf.picture(image.original_sha256)
                known = known or ShelfPicture(image, added_at_ms=now_ms)
                shelf = shelf.with_picture(replace(known, is_hidden=False))
            return shelf

        if kept:
            await self._change(change)
        if failure is not None:
            raise failure

    async def describe(self, image: StoredImage, name: str, tags: str) -> None:
        """Name and tag a picture (`tags` as words between commas); it then stands on the shelf."""
        now_ms = self._clock.now_ms()

        def change(shelf: Shelf) -> Shelf:
            known = shelf.picture(image.original_sha256)
            known = known or ShelfPicture(image, added_at_ms=now_ms)
            return shelf.with_picture(
                replace(known, name=neat_name(name), tags=neat_tags(tags), is_hidden=False)
            )

        await self._change(change)

    async def take_off(self, image: StoredImage) -> None:
        """Show a picture no longer; name, tags and the picture itself stay kept."""

        def change(shelf: Shelf) -> Shelf:
            known = shelf.picture(image.original_sha256) or ShelfPicture(image)
            return shelf.with_picture(replace(known, is_hidden=True))

        await self._change(change)

    async def save_set(self, wanted: PictureSet) -> None:
        """Keep a set, in place of the one with its id; its pictures come onto the shelf too."""
        kept = {image: await self._kept(image) for image in wanted.images() if _is_ours(image)}

        def own(image: ImageSource | None) -> ImageSource | None:
            return kept.get(image, image) if image is not None else None

        now_ms = self._clock.now_ms()
        whole = replace(
            wanted,
            name=neat_name(wanted.name),
            subjects=tuple(own(image) for image in wanted.subjects),
            scene=own(wanted.scene),
            style=own(wanted.style),
            created_at_ms=wanted.created_at_ms or now_ms,
        )

        def change(shelf: Shelf) -> Shelf:
            for image in kept.values():
                if shelf.picture(image.original_sha256) is None:
                    shelf = shelf.with_picture(ShelfPicture(image, added_at_ms=now_ms))
            return shelf.with_set(whole)

        await self._change(change)

    async def remove_set(self, id: str) -> None:
        """Forget a set; its pictures stay."""
        await self._change(lambda shelf: shelf.without_set(id))

    async def bring_picture(self, url: str) -> None:
        """Fetch a picture from the web into a file; told as PictureBrought, also when it fails."""
        from kling_desktop.kling.web_picture import fetch_picture

        part = self._brought / f"{secrets.token_hex(16)}.part"
        try:
            await self._threads.aside(_make_folder, self._brought)
            answer = await fetch_picture(url, part)
            file = part.with_name(f"web-{answer.sha256[:16]}.{answer.extension}")
            await self._threads.aside(_rename, part, file)
        except AppError as problem:
            _log.info("a picture was not fetched: %s", problem.record.detail)
            self._emit(PictureBrought(url, error=problem.record))
        else:
            self._emit(PictureBrought(url, file))

    async def _kept(self, image: ImageSource) -> StoredImage:
        kept = await self._threads.aside(self._keep, image)
        if not isinstance(kept, StoredImage):
            raise BugError("a picture of this computer is kept as one")
        return kept

    async def _change(self, change: Callable[[Shelf], Shelf]) -> None:
        self._emit(ShelfChanged(await self._threads.in_order(self._file.change, change)))


def _is_ours(image: ImageSource) -> bool:
    return not isinstance(image, UrlImage)


def _make_folder(folder: Path) -> None:
    try:
        make_folder(folder)
    except OSError as problem:
        raise folder_failure(problem) from problem


def _rename(part: Path, file: Path) -> None:
    try:
        part.replace(file)
    except OSError as problem:
        raise folder_failure(problem) from problem
