"""What a message says of money is never cut."""

import pytest

from kling_desktop.resources import resource
from kling_desktop.ui.look import Look
from kling_desktop.ui.message_bar import Message, MessageBar

REFUSED = Message(
    "Kling refused the key.", "It says: access key not found. Nothing was sent, nothing was paid."
)


@pytest.fixture
def bar(qapp, qtbot) -> MessageBar:
    look = Look(resource("icons"), "light")
    look.apply()
    bar = MessageBar(look)
    qtbot.addWidget(bar)
    bar.show_message(REFUSED)
    return bar


@pytest.mark.parametrize("width", [240, 320, 520])
def test_the_whole_sentence_has_room_however_narrow_the_column(bar, width):
    bar.resize(width, bar.height())
    bar.grab()
    label = bar._sentence
    assert label.text() == REFUSED.sentence
    assert label.height() >= label.heightForWidth(label.width())
    assert label.geometry().bottom() < bar.height()
    assert bar._fact.geometry().bottom() <= label.geometry().top()


def test_where_there_is_room_it_is_one_line(bar):
    bar.resize(320, bar.height())
    bar.resize(1200, bar.height())
    bar.grab()
    assert bar._fact.geometry().right() < bar._sentence.geometry().left()
    assert bar.height() < 2 * 28
