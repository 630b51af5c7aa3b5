"""The shelf as a person uses it: by mouse, by keys, and into the slots."""

from dataclasses import replace
from json import dumps

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QPushButton

from kling_desktop.domain.errors import ErrorRecord, StorageError
from kling_desktop.domain.media import FileImage
from kling_desktop.domain.recipes import image_to_json
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.domain.shelf import PictureSet, Shelf
from kling_desktop.ui.compose.offers import SHELF_MIME, SLOT_MIME, offers
from kling_desktop.ui.shelf.drawer import ShelfDrawer
from kling_desktop.ui.shelf.rows import ITEM, holdings
from kling_desktop.ui.shelf.stock import Order, Stock
from tests.library.samples import a_task
from tests.ui.shelf.conftest import Bay


def take(bay: Bay, id: str) -> None:
    assert bay.drawer.view.choose(id)


def drop(bay: Bay, mime: QMimeData) -> None:
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(bay.drawer, QDragEnterEvent(QPoint(100, 400), copy, mime, left, plain))
    QApplication.sendEvent(bay.drawer, QDropEvent(QPointF(100, 400), copy, mime, left, plain))


def test_pictures_come_by_last_use_and_by_name(bay: Bay):
    assert bay.pictures() == ["Mara", "Studio backdrop", "vase"]
    request = MultiImageToImage(model="kling-v2-1", subjects=(bay.vase, bay.vase))
    task = a_task(request=request, created_at_ms=99)
    bay.drawer.stock.count((task, task))
    bay.drawer.stock.count((replace(task, updated_at_ms=100),))
    assert bay.pictures() == ["vase", "Mara", "Studio backdrop"]
    found = bay.drawer.stock.pictures(order=Order.NAME)
    assert [picture.title for picture in found] == ["Mara", "Studio backdrop", "vase"]
    take(bay, bay.vase.original_sha256)
    assert bay.drawer.footer._facts.words().startswith("Used in 1 task, last ")


def test_what_a_task_used_stands_there_by_itself_unless_it_was_taken_off(bay: Bay):
    lamp = bay.keep("lamp.png", "white")
    task = a_task(request=MultiImageToImage(model="kling-v2-1", subjects=(lamp,)))
    bay.drawer.stock.count((task,))
    assert "lamp" in bay.pictures()
    bay.bridge.take_off_shelf(lamp)
    assert "lamp" not in bay.pictures()


def test_search_and_chips_narrow_both_lists(bay: Bay):
    bay.drawer.view.search.setText("studio")
    assert (bay.pictures(), bay.sets()) == (["Studio backdrop"], ["In the studio"])
    bay.drawer.view.search.setText("person")
    assert (bay.pictures(), bay.sets()) == (["Mara"], [])
    bay.drawer.view.search.setText("no such thing")
    assert bay.drawer.view._nothing.text() == "Nothing matches."
    bay.drawer.view.search.clear()
    assert bay.drawer.view._chips is not None
    bay.drawer.view._chips.set_value("tag place")
    assert (bay.pictures(), bay.sets()) == (["Studio backdrop"], [])


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (Qt.Key.Key_1, "subjects[0]"),
        (Qt.Key.Key_4, "subjects[3]"),
        (Qt.Key.Key_5, "scene"),
        (Qt.Key.Key_6, "style"),
    ],
)
def test_a_figure_puts_the_picture_into_that_slot(bay: Bay, qtbot, key, place):
    take(bay, bay.studio.original_sha256)
    qtbot.keyClick(bay.drawer.view.pictures, key)
    bay.settle()
    assert bay.filler.draft.image(place) == bay.studio
    assert bay.filler.slot_of(bay.studio.original_sha256) != ""
    index = bay.drawer.view.pictures.currentIndex()
    described = index.data(Qt.ItemDataRole.AccessibleDescriptionRole)
    assert described.startswith("place, in slot ")


def test_enter_puts_it_into_the_next_free_slot(bay: Bay, qtbot):
    bay.filler.put("subjects[0]", [bay.vase])
    take(bay, bay.mara.original_sha256)
    qtbot.keyClick(bay.drawer.view.pictures, Qt.Key.Key_Return)
    assert bay.filler.draft.subjects[:2] == (bay.vase, bay.mara)


def test_a_dragged_picture_arrives_in_a_slot_as_what_it_is(bay: Bay):
    rows = bay.drawer.view.picture_rows
    mime = rows.mimeData([rows.index(0)])
    (offer,) = offers(mime)
    assert offer.image == bay.mara
    bay.filler.drop("style", mime)
    assert bay.filler.draft.style == bay.mara
    assert mime.urls() == [QUrl.fromLocalFile(str(bay.library.original_path(bay.mara)))]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'{"url": "https://a.example/"}'])
def test_a_strangers_picture_data_is_not_trusted(data: bytes):
    mime = QMimeData()
    mime.setData(SHELF_MIME, data)
    assert [offer.image for offer in offers(mime)] == [None]


def test_a_path_in_a_strangers_picture_data_is_not_followed(bay: Bay):
    evil = dumps(image_to_json(replace(bay.mara, original_sha256="../../../etc/passwd")))
    mime = QMimeData()
    mime.setData(SHELF_MIME, evil.encode())
    bay.filler.drop("scene", mime)
    assert bay.filler.draft.scene is None


def test_a_set_fills_all_slots_in_one_step_that_undo_takes_back(bay: Bay, qtbot):
    bay.filler.put("subjects[0]", [bay.vase, bay.vase])
    bay.filler.put("style", [bay.vase])
    before = bay.filler.draft
    take(bay, "s1")
    qtbot.keyClick(bay.drawer.view.sets, Qt.Key.Key_Return)
    draft = bay.filler.draft
    assert (draft.subjects, draft.scene, draft.style) == (
        (bay.mara, None, None, None),
        bay.studio,
        None,
    )
    bay.panel.undo()
    assert bay.filler.draft == before


def test_the_form_is_saved_as_a_set_whose_name_can_be_typed_at_once(bay: Bay, qtbot):
    save = bay.drawer.view.save_set
    assert not save.isEnabled()
    assert save.accessibleDescription() == "There is no picture in the form."
    bay.filler.put("subjects[1]", [bay.mara])
    bay.filler.put("scene", [bay.studio])
    assert save.isEnabled()
    save.click()
    wanted = bay.drawer.view.in_hand()
    assert isinstance(wanted, PictureSet)
    assert wanted.name == "Mara, Studio backdrop"
    assert holdings(wanted) == "1 subject, scene"
    field = bay.drawer.footer.name
    assert field.selectedText() == "Mara, Studio backdrop"
    qtbot.keyClicks(field, "Both")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert sorted(bay.sets()) == ["Both", "In the studio"]
    assert bay.bridge.shelf.sets[1].subjects == (None, bay.mara, None, None)


def test_a_picture_is_named_and_tagged_in_the_foot(bay: Bay, qtbot):
    take(bay, bay.vase.original_sha256)
    qtbot.keyClick(bay.drawer.view.pictures, Qt.Key.Key_F2)
    qtbot.keyClicks(bay.drawer.footer.name, "Blue vase")
    qtbot.keyClick(bay.drawer.footer.name, Qt.Key.Key_Return)
    bay.drawer.footer.tags.setText("Product, glass")
    qtbot.keyClick(bay.drawer.footer.tags, Qt.Key.Key_Return)
    kept = bay.bridge.shelf.picture(bay.vase.original_sha256)
    assert kept is not None
    assert (kept.name, kept.tags) == ("Blue vase", ("product", "glass"))
    assert bay.pictures()[2] == "Blue vase"
    assert bay.drawer.view.in_hand() == kept, "it stays in hand"


def test_what_is_removed_can_be_had_back(bay: Bay, qtbot):
    back = next(b for b in bay.drawer.findChildren(QPushButton) if b.text() == "Undo")
    take(bay, bay.mara.original_sha256)
    qtbot.keyClick(bay.drawer.view.pictures, Qt.Key.Key_Delete)
    assert "Mara" not in bay.pictures()
    back.click()
    assert "Mara" in bay.pictures()
    take(bay, "s1")
    qtbot.keyClick(bay.drawer.view.sets, Qt.Key.Key_Delete)
    assert bay.sets() == []
    back.click()
    assert bay.sets() == ["In the studio"]
    assert not back.isVisible()


def test_files_dropped_on_the_shelf_are_kept_there(bay: Bay):
    mime = QMimeData()
    lamp = bay.folder / "lamp.png"
    mime.setUrls([QUrl.fromLocalFile(str(lamp)), QUrl.fromLocalFile(str(bay.folder / "n.txt"))])
    drop(bay, mime)
    assert bay.bridge.asked == [("shelve", str(FileImage(lamp)))]


def test_a_picture_dragged_from_a_slot_comes_onto_the_shelf(bay: Bay):
    lamp = bay.keep("lamp.png", "white")
    bay.filler.put("scene", [lamp])
    mime = QMimeData()
    mime.setData(SLOT_MIME, b"scene")
    drop(bay, mime)
    assert bay.bridge.shelf.picture(lamp.original_sha256) is not None


def test_a_shelf_that_cannot_be_read_says_so_and_the_rest_works(bay: Bay, qtbot):
    def refuse() -> Shelf:
        raise StorageError(ErrorRecord("The shelf cannot be used", "It is from a newer version."))

    drawer = ShelfDrawer(replace(bay.desk, shelf=refuse), bay.filler)
    qtbot.addWidget(drawer)
    assert drawer._trouble.text() == "The shelf cannot be used. It is from a newer version."
    assert not drawer._trouble.isHidden()


def test_esc_puts_it_away(bay: Bay, qtbot):
    with qtbot.waitSignal(bay.drawer.closed, timeout=1000):
        qtbot.keyClick(bay.drawer.view.pictures, Qt.Key.Key_Escape)


def test_the_rows_keep_to_qts_rules(bay: Bay):
    for rows in (bay.drawer.view.picture_rows, bay.drawer.view.set_rows):
        QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
        items = list(rows.items())
        rows.set_items(items[:-1])
        rows.set_items(items)
        assert rows.index(0).data(ITEM) == items[0]


def test_the_stock_tells_each_change_once(qapp):
    stock = Stock(qapp)
    told: list[int] = []
    stock.changed.connect(lambda: told.append(1))
    task = a_task()
    stock.count((task, a_task()))
    stock.count((task,))
    assert told == [1]
