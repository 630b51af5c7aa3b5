"""A desk for panels: a real library folder with pictures, a real index, real thumbnails."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import cast

from PIL import Image

from kling_desktop.domain.media import Asset, MediaKind
from kling_desktop.inputs import LibraryInputs
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.index import Gallery, Index
from kling_desktop.library.thumbnails import Thumbnails
from kling_desktop.resources import resource
from kling_desktop.ui.desk import Bridge, Desk, Drawer
from kling_desktop.ui.look import Look
from tests.fakes.bridge import FakeBridge

DAY_MS = 86_400_000


@dataclass
class Shop:
    """The desk and what stands behind it."""

    desk: Desk
    index: Index

    def result(
        self, number: int, created_at_ms: int, *, prompt: str = "A lamp", **changes
    ) -> Asset:
        """A picture in the library folder and in the index. Its size tells its number."""
        name = PurePosixPath("2026", "01", f"lamp {number:08x}-1.png")
        file = self.desk.library / name
        file.parent.mkdir(parents=True, exist_ok=True)
        width, height = 40 + number % 7 * 10, 40
        Image.new("RGB", (width, height), (number % 256, 80, 120)).save(file)
        asset = Asset(
            file=name,
            task=f"{number:032x}",
            index=0,
            media=MediaKind.IMAGE,
            width=width,
            height=height,
            duration_s=None,
            size_bytes=file.stat().st_size,
            sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
            created_at_ms=created_at_ms,
            provider="sandbox",
            model="kling-v2-1",
            prompt=prompt,
            is_sandbox=True,
        )
        asset = replace(asset, **changes)
        self.index.add(asset)
        return asset


def a_drawer(folder: Path) -> Drawer:
    """The person's own files, all in one folder; none of them there yet."""
    return Drawer(
        *(folder / f"{name}.json" for name in ("draft", "prompts", "presets", "templates"))
    )


def a_shop(folder: Path, look: Look) -> Shop:
    """Everything under `folder`."""
    library = folder / "library"
    LibraryFolder(library).prepare()
    index = Index(folder / "index.sqlite", library)
    index.open()
    desk = Desk(
        bridge=cast(Bridge, FakeBridge()),
        look=look,
        profiles=PROFILES,
        gallery=Gallery(folder / "index.sqlite"),
        thumbnails=Thumbnails(folder / "thumbnails"),
        library=library,
        input_path=lambda image: library / "inputs" / image.name,
        look_at=LibraryInputs(LibraryFolder(library)).judge,
        copy_of=LibraryInputs(LibraryFolder(library)).copy,
        resource=resource,
        scratch=folder / "scratch",
        default_provider="sandbox",
        drawer=a_drawer(folder),
    )
    return Shop(desk, index)
