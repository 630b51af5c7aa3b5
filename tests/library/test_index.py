import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kling_desktop.domain.errors import StorageError
from kling_desktop.domain.media import Asset, MediaKind
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.index import Gallery, GalleryFilter, Index, cursor_of

EVERYTHING = GalleryFilter()


def an_asset(number: int, prompt: str = "a lamp", **changes: object) -> Asset:
    asset = Asset(
        file=PurePosixPath(f"2025/10/{number:06}-0.png"),
        task=f"{number:032x}",
        index=0,
        media=MediaKind.IMAGE,
        width=64,
        height=36,
        duration_s=None,
        size_bytes=10,
        sha256="a" * 64,
        created_at_ms=number * 1000,
        provider="sandbox",
        model="kling-v2-1",
        prompt=prompt,
        is_sandbox=True,
    )
    return replace(asset, **changes)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index.sqlite"


@pytest.fixture
def index(tmp_path: Path, path: Path):
    folder = LibraryFolder(tmp_path / "library")
    folder.prepare()
    with closing(Index(path, folder.root)) as index:
        yield index


def found(path: Path, text: str) -> list[int]:
    assets = Gallery(path).page(GalleryFilter(text), None, 100)
    return [asset.created_at_ms // 1000 for asset in assets]


def test_without_an_index_the_gallery_is_empty(path: Path) -> None:
    assert Gallery(path).page(EVERYTHING, None, 10) == []
    assert Gallery(path).count(EVERYTHING) == 0
    assert not path.exists()


def test_pages_follow_each_other_newest_first_without_gap_or_repetition(
    index: Index, path: Path
) -> None:
    assets = [an_asset(number) for number in range(20)]
    four = [an_asset(7, file=PurePosixPath(f"2025/10/z-{n}.png"), index=n) for n in range(1, 5)]
    for asset in [*reversed(assets), *four]:
        index.add(asset)
    gallery, seen = Gallery(path), list[Asset]()
    while page := gallery.page(EVERYTHING, cursor_of(seen[-1]) if seen else None, 3):
        seen += page
    expected = sorted([*assets, *four], key=lambda a: (-a.created_at_ms, a.index))
    assert seen == expected
    assert gallery.count(EVERYTHING) == len(expected)


def test_a_result_that_is_entered_again_stands_there_once_as_it_is_now(
    index: Index, path: Path
) -> None:
    index.add(an_asset(1, "a lamp"))
    index.add(an_asset(1, "a cat"))
    assert Gallery(path).count(EVERYTHING) == 1
    assert (found(path, "lamp"), found(path, "cat")) == ([], [1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lamp", [2, 1]),
        ("LAM", [2, 1]),
        ("rain lamp", [1]),
        ("cafe", [3]),
        ("CAFÉ", [3]),
        ("的灯", [4]),
        ("雨中", [4]),
        ("灯雨", []),
        ("kling-v2", [4, 3, 2, 1]),
        ("sandbox", [4, 3, 2, 1]),
        ("kd-ext2", [2]),
        ("99887", [2]),
        ("0000000000000000000000000000000", [4, 3, 2, 1]),
        ("nothing", []),
        ("   ", [4, 3, 2, 1]),
        ("!!! lamp", [2, 1]),
        ("***", [4, 3, 2, 1]),
    ],
)
def test_a_search_finds_beginnings_of_words_in_any_order(
    index: Index, path: Path, text: str, expected: list[int]
) -> None:
    index.add(an_asset(1, "a lamp in the rain"))
    index.add(an_asset(2, "two Lamps"), ("kd-ext2", "99887766"))
    index.add(an_asset(3, "un café"))
    index.add(an_asset(4, "雨中的灯"))
    assert found(path, text) == expected


@given(text=st.text(max_size=30) | st.text('"*()-:^{}+ ANDORNEAR', max_size=30))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_typed_is_an_operator_or_an_error(index: Index, path: Path, text: str) -> None:
    index.add(an_asset(1, text))
    assert found(path, text) == [1]


def test_a_prompt_with_a_lone_surrogate_can_be_kept_and_searched(index: Index, path: Path) -> None:
    index.add(an_asset(1, "lamp \ud800"))
    assert found(path, "lamp \ud800") == [1]


def test_one_kind_can_be_asked_for(index: Index, path: Path) -> None:
    index.add(an_asset(1))
    video = an_asset(2, media=MediaKind.VIDEO, duration_s=5.0)
    index.add(video)
    videos = GalleryFilter(media=MediaKind.VIDEO)
    assert Gallery(path).page(videos, None, 10) == [video]
    assert Gallery(path).count(videos) == 1
    assert Gallery(path).count(GalleryFilter("lamp", MediaKind.IMAGE)) == 1


def test_an_unusable_index_is_made_anew(index: Index, path: Path) -> None:
    index.add(an_asset(1))
    index.close()
    for spoil in (spoil_bytes, spoil_version, spoil_truncated, spoil_other):
        spoil(path)
        findings = index.open()
        assert findings is not None
        assert Gallery(path).page(EVERYTHING, None, 10) == []
        index.add(an_asset(1))
        assert found(path, "lamp") == [1]
        index.close()
    assert index.open() is None


def spoil_bytes(path: Path) -> None:
    path.write_bytes(b"nonsense" * 1000)


def spoil_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def spoil_truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:10_000])


def spoil_other(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE assets (something)")
        connection.commit()


def test_an_index_is_not_emptied_because_the_drive_is_gone(index: Index, path: Path) -> None:
    index.add(an_asset(1))
    root = path.parent / "library"
    root.rename(path.parent / "elsewhere")
    with pytest.raises(StorageError):
        index.rebuild()
    assert found(path, "lamp") == [1]


def test_several_threads_may_add(index: Index, path: Path) -> None:
    def add(first: int) -> None:
        for number in range(first, first + 20):
            index.add(an_asset(number))

    threads = [threading.Thread(target=add, args=(first,)) for first in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Gallery(path).count(EVERYTHING) == 60


def test_another_library_in_its_place_is_read_anew(index: Index, path: Path) -> None:
    index.add(an_asset(1))
    index.close()
    root = path.parent / "library"
    root.rename(path.parent / "elsewhere")
    assert index.open() is None
    index.close()
    LibraryFolder(root).prepare()
    assert index.open() is not None
    assert found(path, "lamp") == []


def test_without_a_library_there_is_nothing_to_build_from(tmp_path: Path, path: Path) -> None:
    nowhere = Index(path, tmp_path / "nowhere")
    for _ in range(2):
        with pytest.raises(StorageError):
            nowhere.open()
    assert Gallery(path).count(EVERYTHING) == 0


def test_many_results_of_one_moment_all_have_their_place(index: Index, path: Path) -> None:
    assets = [
        an_asset(1, task="the same", index=n % 3, file=PurePosixPath(f"2025/10/{n}.png"))
        for n in range(30)
    ]
    for asset in assets:
        index.add(asset)
    gallery, seen = Gallery(path), list[Asset]()
    while page := gallery.page(GalleryFilter("lamp"), cursor_of(seen[-1]) if seen else None, 4):
        seen += page
    assert len(seen) == 30
    assert set(seen) == set(assets)


@pytest.mark.parametrize("when", [-1, 0, 10**18])
def test_a_time_that_cannot_be_is_no_obstacle(index: Index, path: Path, when: int) -> None:
    index.add(an_asset(1, created_at_ms=when))
    assert Gallery(path).count(EVERYTHING) == 1
