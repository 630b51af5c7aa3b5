"""The grid over a real index: paging, filtering, new results, keyboard, and what it never loses."""

import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt, QThreadPool
from PySide6.QtTest import QTest

from kling_desktop.domain.media import MediaKind
from kling_desktop.library.index import Gallery, GalleryFilter
from kling_desktop.ui.library.carry import files_to_carry
from kling_desktop.ui.library.gallery_model import PAGE, GalleryModel
from kling_desktop.ui.library.gallery_view import GalleryView
from kling_desktop.ui.library.justified_view import JustifiedView
from tests.fakes.desk import DAY_MS, Shop

NOON_MS = 1_767_268_800_000


@pytest.fixture
def model(shop: Shop) -> GalleryModel:
    return GalleryModel(shop.desk.gallery, None, lambda: NOON_MS)


@pytest.fixture
def view(shop: Shop, model: GalleryModel, qtbot) -> GalleryView:
    view = GalleryView(shop.desk, model)
    qtbot.addWidget(view)
    view.resize(752, 700)
    with qtbot.waitExposed(view):
        view.show()
    return view


def fill(shop: Shop, count: int) -> list:
    return [shop.result(n, NOON_MS - n * 3_600_000) for n in range(count)]


def test_the_newest_comes_first(shop, model, qtmodeltester):
    assets = fill(shop, 5)
    qtmodeltester.check(model)
    model.reload()
    assert model.assets() == assets


def test_a_new_result_takes_its_place_by_its_time(shop, model, qtmodeltester):
    qtmodeltester.check(model)
    assets = fill(shop, 4)
    late = assets[2]
    shop.desk.library.joinpath(late.file).unlink()
    model.reload()
    newest = replace(late, file=late.file.with_name("new.png"), created_at_ms=NOON_MS + 1)
    older = replace(late, file=late.file.with_name("old.png"), created_at_ms=NOON_MS - 5_000_000)
    model.add(newest)
    model.add(older)
    times = [asset.created_at_ms for asset in model.assets()]
    assert times == sorted(times, reverse=True)
    model.add(newest)
    assert len(model.assets()) == 6


def test_a_large_library_is_read_page_by_page(shop, model, view, qtbot):
    asset = shop.result(1, NOON_MS)
    for n in range(PAGE + 60):
        shop.index.add(
            replace(asset, file=asset.file.with_name(f"{n}.png"), created_at_ms=NOON_MS - n)
        )
    model.reload()
    assert model.rowCount() == PAGE
    assert model.total == PAGE + 61
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: model.rowCount() == PAGE + 61)
    assert not model.canFetchMore(model.index(-1))


def test_the_filter_is_the_index_s(shop, model):
    shop.result(1, NOON_MS, prompt="A lamp in the rain")
    shop.result(2, NOON_MS, prompt="A vase")
    film = shop.result(3, NOON_MS, prompt="A vase turns", media=MediaKind.VIDEO, duration_s=5.0)
    model.set_filter(GalleryFilter("vase", None))
    assert model.total == 2
    model.set_filter(GalleryFilter("vase", MediaKind.VIDEO))
    assert model.assets() == [film]
    model.add(shop.result(4, NOON_MS + 5, prompt="A lamp"))
    assert model.assets() == [film]


def test_an_index_that_cannot_be_read_is_told_and_breaks_nothing(tmp_path, qtbot):
    (tmp_path / "bad.sqlite").write_bytes(b"nothing of the kind" * 500)
    model = GalleryModel(Gallery(tmp_path / "bad.sqlite"))
    with qtbot.waitSignal(model.failed):
        model.reload()
    assert model.rowCount() == 0


def test_what_is_seen_does_not_jump_when_a_result_comes_in_above(shop, model, view):
    assets = fill(shop, 60)
    model.reload()
    view.verticalScrollBar().setValue(600)
    seen = view.indexAt(QPoint(40, 100))
    before = view.visualRect(seen).top()
    asset = model.asset(seen.row())
    model.add(replace(assets[0], file=assets[0].file.with_name("n.png"), created_at_ms=NOON_MS + 9))
    assert view.visualRect(model.index_of(asset)).top() == before


def test_the_keyboard_reaches_every_result_and_enter_opens(shop, model, view, qtbot):
    assets = fill(shop, 9)
    model.reload()
    view.setFocus()
    view.setCurrentIndex(model.index(0))
    for _ in range(8):
        QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.current_asset() == assets[8]
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.current_asset() == assets[0]
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.currentIndex().row() > 0
    QTest.keyClick(view, Qt.Key.Key_End)
    with qtbot.waitSignal(view.opened) as opened:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [assets[8]]


def test_a_double_click_opens_and_the_button_on_the_tile_has_the_menu(shop, model, view, qtbot):
    (asset,) = fill(shop, 1)
    model.reload()
    box = view.visualRect(model.index(0))
    left = Qt.MouseButton.LeftButton
    with qtbot.waitSignal(view.opened) as opened:
        QTest.mouseDClick(view.viewport(), left, pos=box.topLeft() + QPoint(10, 10))
    assert opened.args == [asset]
    with qtbot.waitSignal(view.menu_wanted):
        QTest.mouseClick(view.viewport(), left, pos=box.bottomRight() - QPoint(12, 12))


def test_thumbnails_come_for_what_is_seen(shop, model, view, qtbot):
    fill(shop, 3)
    model.reload()
    view.grab()
    qtbot.waitUntil(lambda: len(view._pictures._cache) == 3)
    assert all(not pixmap.isNull() for pixmap in view._pictures._cache.values())
    QThreadPool.globalInstance().waitForDone()


def test_a_result_whose_file_is_gone_is_still_shown_as_something(shop, model, view, qtbot):
    (asset,) = fill(shop, 1)
    (shop.desk.library / asset.file).unlink()
    model.reload()
    view.grab()
    qtbot.waitUntil(lambda: len(view._pictures._cache) == 1)
    assert not view.grab().isNull()


def test_a_result_is_carried_out_as_file_and_as_picture(shop):
    (asset,) = fill(shop, 1)
    file = shop.desk.library / asset.file
    data = files_to_carry([file])
    assert [url.toLocalFile() for url in data.urls()] == [str(file)]
    assert data.hasImage()


def test_days_are_named_for_people(shop, model):
    shop.result(1, NOON_MS)
    shop.result(2, NOON_MS - DAY_MS)
    shop.result(3, NOON_MS - 2 * DAY_MS)
    model.reload()
    assert [model.tile(n)[0] for n in range(3)] == ["Today", "Yesterday", "30 December 2025"]


def references(functions: dict) -> dict[str, int]:
    return {name: sys.getrefcount(f) for name, f in functions.items() if callable(f)}


def test_the_binding_keeps_our_overrides_alive(shop, model, view, qtbot):
    """A lost reference frees a method under the view's feet (seen: setVerticalScrollMode)."""
    ours = {n: f for kind in (JustifiedView, GalleryView) for n, f in vars(kind).items()}
    before = references(ours)
    fill(shop, 40)
    for size in (600, 700, 800, 900):
        model.reload()
        view.resize(size, size)
        view.verticalScrollBar().setValue(size)
        view.scrollTo(model.index(30))
        view.set_row_height(size // 6)
        view.grab()
    after = references(ours)
    assert {name for name in before if after[name] < before[name]} == set()
