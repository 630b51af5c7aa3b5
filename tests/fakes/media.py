"""A library folder and an inputs folder reduced to what the engine relies on."""

import hashlib
from dataclasses import replace
from pathlib import Path, PurePosixPath

from kling_desktop.domain.answers import Downloaded
from kling_desktop.domain.errors import ErrorRecord, RescuedError, StorageError
from kling_desktop.domain.media import (
    Asset,
    FileImage,
    ImageFacts,
    ImageFault,
    ImageLimits,
    ImageSource,
    StoredImage,
)
from kling_desktop.domain.tasks import Output, OutputState, Receipt, Task

AWAY = RescuedError(ErrorRecord("The library is away", "Scripted."))
FULL = StorageError(ErrorRecord("The disk is full", "Scripted."))


class FakeInputs:
    """Satisfies engine.ports.Inputs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def look(
        self, image: ImageSource, limits: ImageLimits, *, as_it_stands: bool
    ) -> ImageFacts | None:
        if not isinstance(image, FileImage):
            return None
        if not image.path.exists():
            return ImageFacts(fault=ImageFault.MISSING)
        return ImageFacts("PNG", 640, 480, image.path.stat().st_size)

    def keep(self, image: ImageSource, limits: ImageLimits, *, as_it_stands: bool) -> ImageSource:
        if not isinstance(image, FileImage):
            return image
        content = image.path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        (self._folder / digest).write_bytes(content)
        return StoredImage(digest, "png", digest, "png", image.path.name, 640, 480)

    def path(self, image: StoredImage) -> Path:
        return self._folder / image.sent_sha256


class FakeMedia:
    """Satisfies engine.ports.MediaStore. `is_full` makes everything that writes fail.

    While `is_away` results are kept aside, as a rescue folder does.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_full = False
        self.is_away = False
        self.rescued = folder.with_name("rescued")
        self.rescued.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)

    def check(self) -> None:
        if self.is_full:
            raise FULL

    def part(self, task: Task, output: Output, *, watermarked: bool = False) -> Path:
        return self.folder / f"{self._name(task, output, watermarked)}.part"

    def adopt(self, task: Task, output: Output) -> Output | None:
        path = self.folder / self._name(task, output, False)
        kept = self.rescued / path.name
        if kept.exists():
            if self.is_away:
                raise AWAY
            kept.rename(path)
        return self._saved(output, path) if path.exists() else None

    def finish(
        self, task: Task, output: Output, downloaded: Downloaded, *, watermarked: bool = False
    ) -> Output:
        self.check()
        path = self.folder / self._name(task, output, watermarked)
        assert not path.exists(), "an existing result would be overwritten"
        if self.is_away:
            self.part(task, output, watermarked=watermarked).rename(self.rescued / path.name)
            raise AWAY
        self.part(task, output, watermarked=watermarked).rename(path)
        if watermarked:
            return replace(output, watermarked_file=PurePosixPath(path.name))
        return self._saved(output, path)

    def describe(self, task: Task, output: Output) -> Asset:
        assert output.file is not None
        (self.folder / f"{output.file}.json").write_text(task.id)
        return Asset(
            file=output.file,
            task=task.id,
            index=output.index,
            media=output.media,
            width=1,
            height=1,
            duration_s=None,
            size_bytes=output.size_bytes,
            sha256=output.sha256,
            created_at_ms=task.created_at_ms,
            provider=task.provider,
            model=task.request.model,
            prompt=task.request.prompt,
            is_sandbox=False,
        )

    def results(self) -> list[Path]:
        """The finished files."""
        return sorted(self.folder.glob("*.png"))

    def _saved(self, output: Output, path: Path) -> Output:
        content = path.read_bytes()
        return replace(
            output,
            state=OutputState.SAVED,
            file=PurePosixPath(path.name),
            sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
        )

    @staticmethod
    def _name(task: Task, output: Output, watermarked: bool) -> str:
        return f"{task.id}-{output.index}{'-watermarked' if watermarked else ''}.png"


class FakeJournal:
    """Satisfies engine.ports.Journal."""

    def __init__(self) -> None:
        self.is_full = False
        self.receipts: list[Receipt] = []

    def append(self, receipt: Receipt) -> None:
        if self.is_full:
            raise FULL
        self.receipts.append(receipt)

    def read(self) -> list[Receipt]:
        return list(self.receipts)

    def clear(self) -> None:
        self.receipts.clear()
