"""The prompt: what may be typed, what helps to write it, and several prompts at once."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.facts import TaskRejected
from kling_desktop.domain.media import FileImage
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.domain.tasks import TaskState
from kling_desktop.resources import resource
from kling_desktop.ui.compose.text_field import TextField
from kling_desktop.ui.look import Look
from tests.ui.compose.conftest import Bench
from tests.ui.compose.test_compose_panel import set_draft
from tests.ui.tasks.lives import living

CONTROL = Qt.KeyboardModifier.ControlModifier
HTML = "<b>bold</b> <img src='file:///etc/passwd'> %s {0} {name!r} =cmd()"


def focus(bench: Bench, qtbot) -> None:
    edit = bench.form.prompts.prompt.edit
    bench.panel.window().activateWindow()
    edit.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is edit)


# What may be typed


@pytest.mark.parametrize(
    ("length", "counter", "is_sent"), [(2500, "2500 / 2500", True), (2501, "1 too many", False)]
)
def test_e14_the_limit_is_exact(ready: Bench, length: int, counter: str, is_sent: bool):
    set_draft(ready, prompt="🏺" * length)
    assert ready.form.prompts.prompt.counter() == counter
    ready.panel.generate()
    assert bool(ready.submissions) is is_sent


@pytest.mark.parametrize(("length", "tone"), [(2299, "third"), (2300, "warning"), (2501, "danger")])
def test_the_counter_warns_before_the_limit(bench: Bench, length: int, tone: str):
    set_draft(bench, prompt="a" * length)
    assert bench.form.prompts.prompt._count.property("tone") == tone


def test_e14_nul_and_lone_surrogates_go_with_a_word(bench: Bench):
    field, note = bench.form.prompts.prompt, bench.form.prompts.prompt_note
    field.edit.setPlainText("a\0va\0se")
    assert bench.panel.draft().prompt == "avase"
    assert field.text() == "avase"
    assert note.words() == "2 characters that cannot be sent were taken out."
    QTest.keyClicks(field.edit, "s")
    assert note.words() == ""


def test_e14_a_recalled_prompt_is_clean_too(bench: Bench):
    set_draft(bench, prompt="va\0se", negative_prompt="\ud800blur")
    assert (bench.panel.draft().prompt, bench.panel.draft().negative_prompt) == ("vase", "blur")


def test_e14_only_spaces_are_no_prompt(ready: Bench):
    set_draft(ready, prompt="   ", provider="sandbox", kind=TaskKind.VIDEO)
    ready.panel.generate()
    assert ready.submissions[-1].request.prompt == ""
    assert ready.panel.draft().prompt == "   "


LINES = st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\u2028\u2029\ufdd0\ufdd1")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(LINES))
def test_e14_what_is_typed_arrives_letter_by_letter(qtbot, text: str):
    field = TextField(Look(resource("icons"), "light"), "Prompt", "")
    typed: list[str] = [""]
    field.typed.connect(typed.append)
    field.edit.setPlainText(text)
    assert typed[-1] == text
    field.show_text(text, 2500)
    assert field.text() == text


def test_e15_a_prompt_that_looks_like_markup_is_shown_as_it_is(ready: Bench, qtbot):
    set_draft(ready, prompt=HTML)
    assert ready.form.prompts.prompt.text() == HTML
    ready.panel.generate()
    assert ready.submissions[-1].request.prompt == HTML
    ready.panel.show_presets()
    card = ready.presets
    card.ask_for_name()
    card.name.setText(HTML)
    card._on_save()
    card._on_remove_wanted(0)
    assert card.undo_line.words() == f"“{HTML}” is deleted."
    labels = [*ready.panel.findChildren(QLabel), *card.findChildren(QLabel)]
    formats = {label.textFormat() for label in labels if label.isVisible()}
    card.hide()
    assert Qt.TextFormat.RichText not in formats


# Mentions


def mentioning(bench: Bench, picture) -> None:
    vase, coat = FileImage(picture("vase.png")), FileImage(picture("coat.png"))
    set_draft(bench, subjects=(vase, coat, None, None), style=FileImage(picture("ink.png")))


def test_at_offers_the_pictures_and_puts_in_plain_words(bench: Bench, picture, qtbot):
    mentioning(bench, picture)
    focus(bench, qtbot)
    edit, offered = bench.form.prompts.prompt.edit, bench.form.prompts.mention_list
    edit.insertPlainText("A 🏺 by ")
    qtbot.keyClicks(edit, "@")
    model = offered.popup.model()
    words = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert words == ["subject 1", "subject 2", "style"]
    assert not model.index(0, 0).data(Qt.ItemDataRole.DecorationRole).isNull()
    qtbot.keyClick(offered.popup, Qt.Key.Key_Down)
    qtbot.keyClick(offered.popup, Qt.Key.Key_Return)
    assert edit.toPlainText() == "A 🏺 by subject 2"
    assert bench.panel.draft().prompt == "A 🏺 by subject 2"
    assert not offered.popup.isVisible()


def test_typing_on_narrows_the_list_and_escape_closes_it(bench: Bench, picture, qtbot):
    mentioning(bench, picture)
    focus(bench, qtbot)
    edit, offered = bench.form.prompts.prompt.edit, bench.form.prompts.mention_list
    qtbot.keyClicks(edit, "@st")
    assert offered.popup.model().rowCount() == 1
    qtbot.keyClick(offered.popup, Qt.Key.Key_Escape)
    assert not offered.popup.isVisible()
    assert edit.toPlainText() == "@st"


def test_an_address_is_no_mention(bench: Bench, picture, qtbot):
    mentioning(bench, picture)
    focus(bench, qtbot)
    qtbot.keyClicks(bench.form.prompts.prompt.edit, "me@")
    assert not bench.form.prompts.mention_list.popup.isVisible()


def test_mentions_are_marked_where_they_stand(bench: Bench, picture):
    mentioning(bench, picture)
    set_draft(bench, prompt="🏺🏺 subject 1 and Subject 2")
    marked = bench.form.prompts.prompt.edit.extraSelections()
    assert [selection.cursor.selectedText() for selection in marked] == ["subject 1", "Subject 2"]


def test_a_subject_that_is_left_out_is_remarked_on_quietly(bench: Bench, picture):
    mentioning(bench, picture)
    note = bench.form.prompts.prompt_note
    set_draft(bench, prompt="a vase")
    assert note.words() == ""
    set_draft(bench, prompt="subject 1 alone")
    assert note.words() == "Subject 2 is not mentioned."
    assert not note.is_problem
    set_draft(bench, prompt="subject 1, subject 2, subject 3")
    assert note.words() == "Subject 3 is mentioned, but its slot is empty."
    set_draft(bench, prompt="picture 1", kind=TaskKind.VIDEO)
    assert note.words() == "Picture 2 is not mentioned."


# History


def test_control_up_walks_to_earlier_prompts_and_back(ready: Bench, qtbot):
    for prompt in ("oldest", "older", "older"):
        set_draft(ready, prompt=prompt)
        ready.panel.generate()
    set_draft(ready, prompt="being typed")
    focus(ready, qtbot)
    edit = ready.form.prompts.prompt.edit
    before = ready.panel.draft()
    seen = []
    keys = [Qt.Key.Key_Up] * 3 + [Qt.Key.Key_Down] * 3
    for key in keys:
        qtbot.keyClick(edit, key, CONTROL)
        seen.append(ready.panel.draft().prompt)
    assert seen == ["older", "oldest", "oldest", "older", "being typed", "being typed"]
    qtbot.keyClick(edit, Qt.Key.Key_Up, CONTROL)
    ready.panel.undo()
    assert ready.panel.draft() == before


def test_the_history_knows_tasks_and_can_be_searched(ready: Bench, qtbot):
    request = MultiImageToImage(model="kling-v2-1", subjects=(), prompt="a {pear}|")
    ready.panel.know_tasks([replace(living(TaskState.DONE), request=request)])
    set_draft(ready, prompt="{red|blue} vase")
    ready.panel._cabinet.remember("{red|blue} vase")
    ready.panel.show_history()
    card = ready.history
    QTest.keyClicks(card.picks.search, "PEAR")
    QTest.keyClick(card.picks.search, Qt.Key.Key_Return)
    assert not card.isVisible()
    assert ready.panel.draft().prompt == "a {pear}|"
    ready.panel.undo()
    assert ready.panel.draft().prompt == "{red|blue} vase"


def test_the_history_is_there_after_a_restart(ready: Bench, tmp_path, make_bench):
    set_draft(ready, prompt="{red|blue} vase")
    ready.panel.generate()
    ready.panel.generate()
    ready.panel.finish()
    assert make_bench(tmp_path).panel._cabinet.prompts() == ["{red|blue} vase"]


# Templates


def test_a_template_is_written_used_changed_and_deleted_with_undo(bench: Bench, tmp_path):
    set_draft(bench, prompt="late light")
    bench.panel.show_templates()
    card = bench.templates
    card.new.click()
    card.name.setText("Still life")
    card.text.setPlainText("{subject} on a table, {prompt}")
    card.done.click()
    QTest.keyClick(card.picks.list, Qt.Key.Key_Return)
    assert card.gaps["prompt"].text() == "late light"
    card.gaps["subject"].setText("A {red|blue} vase")
    QTest.keyClick(card.gaps["subject"], Qt.Key.Key_Return)
    assert bench.panel.draft().prompt == "A {red|blue} vase on a table, late light"
    bench.panel.undo()
    assert bench.panel.draft().prompt == "late light"
    bench.panel.show_templates()
    QTest.keyClick(card.picks.list, Qt.Key.Key_F2)
    card.text.setPlainText("A still life")
    card.done.click()
    QTest.keyClick(card.picks.list, Qt.Key.Key_Delete)
    assert bench.panel._cabinet._templates.items == []
    card.undo_line.button.click()
    QTest.keyClick(card.picks.list, Qt.Key.Key_Return)
    assert bench.panel.draft().prompt == "A still life"
    bench.panel.finish()
    assert '"A still life"' in (tmp_path / "templates.json").read_text("utf-8")


# Alternatives


def test_several_prompts_are_looked_over_before_any_is_queued(ready: Bench, qtbot):
    set_draft(ready, provider="kling", n=2, prompt="a {red|blue|green} vase")
    footer = ready.panel._footer
    assert (footer.button.text(), footer.button.cost()) == ("Look over 3 prompts", "about $0.34")
    ready.panel.generate()
    assert ready.submissions == []
    assert footer.preview.isVisible()
    model = footer.preview.list.model()
    said = [model.index(n, 0).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(3)]
    assert said[0] == "a red vase, about $0.11"
    assert footer.button.text() == "Queue 3 tasks"
    ready.panel.generate()
    assert [s.request.prompt for s in ready.submissions] == [
        "a red vase",
        "a blue vase",
        "a green vase",
    ]
    assert len({s.id for s in ready.submissions}) == 3
    assert not footer.preview.isVisible()


def test_a_prompt_can_be_left_out_by_keyboard(ready: Bench, qtbot):
    set_draft(ready, provider="kling", prompt="a {red|blue} vase")
    ready.panel.generate()
    footer = ready.panel._footer
    qtbot.keyClick(footer.preview.list, Qt.Key.Key_Space)
    assert footer.button.text() == "Queue 1 task"
    assert footer.button.cost() == "about $0.056"
    qtbot.keyClick(footer.preview.list, Qt.Key.Key_Down)
    qtbot.keyClick(footer.preview.list, Qt.Key.Key_Space)
    ready.panel.generate()
    assert ready.submissions == []
    assert ready.says() == "Tick at least one prompt."
    qtbot.keyClick(footer.preview.list, Qt.Key.Key_Space)
    ready.panel.generate()
    assert [s.request.prompt for s in ready.submissions] == ["a blue vase"]


def test_escape_and_every_change_lead_back_from_the_preview(ready: Bench, qtbot):
    set_draft(ready, prompt="a {red|blue} vase")
    preview = ready.panel._footer.preview
    ready.panel.generate()
    qtbot.keyClick(preview.list, Qt.Key.Key_Escape)
    assert not preview.isVisible()
    assert ready.panel._footer.button.text() == "Look over 2 prompts"
    ready.panel.generate()
    set_draft(ready, n=4)
    assert not preview.isVisible()
    assert ready.submissions == []


def test_a16_a_double_click_never_confirms_what_nobody_has_read(ready: Bench, qtbot):
    set_draft(ready, prompt="a {red|blue} vase")
    button = ready.panel._footer.button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    second = QMouseEvent(
        QEvent.Type.MouseButtonDblClick,
        QPointF(button.rect().center()),
        QPointF(button.rect().center()),
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(button, second)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert ready.panel._footer.preview.isVisible()
    assert ready.submissions == []
    assert not ready.panel.actions_by_name()["generate"].autoRepeat()


def test_more_than_sixty_four_are_refused(ready: Bench):
    set_draft(ready, prompt="{a|b}" * 7)
    ready.panel.generate()
    assert ready.submissions == []
    assert ready.says() == "This makes more than 64 prompts. Send fewer at once."
    set_draft(ready, prompt="{a|b}" * 6)
    ready.panel.generate()
    ready.panel.generate()
    assert len(ready.submissions) == 64


def test_one_id_of_ones_own_cannot_stand_for_several(ready: Bench):
    set_draft(ready, prompt="{a|b}", external_task_id="mine-1")
    ready.panel.generate()
    assert ready.submissions == []
    assert ready.says().startswith("One id cannot stand for 2 tasks.")
    assert ready.panel.focusWidget() is ready.form.more.fields["external_task_id"]


def test_the_longest_prompt_is_what_counts(bench: Bench):
    set_draft(bench, prompt="{" + "a" * 10 + "|b}c")
    assert bench.form.prompts.prompt.counter() == "11 / 2500"


def test_the_braces_button_wraps_what_is_selected(bench: Bench):
    set_draft(bench, prompt="a red vase")
    edit = bench.form.prompts.prompt.edit
    cursor = edit.textCursor()
    cursor.setPosition(2)
    cursor.setPosition(5, QTextCursor.MoveMode.KeepAnchor)
    edit.setTextCursor(cursor)
    bench.form.prompts.put_alternatives()
    QTest.keyClicks(edit, "blue")
    assert bench.panel.draft().prompt == "a {red|blue} vase"


def refuse_all(bench: Bench, twin: str | None) -> None:
    error = ErrorRecord("Not sent", "", Remedy.DECIDE)
    for submission in bench.submissions:
        bench.panel.show_rejection(TaskRejected(submission.id, (), error, twin=twin))


def test_repetitions_among_several_are_asked_about_together(ready: Bench, qtbot):
    meant = []
    ready.panel.twin_meant.connect(meant.append)
    set_draft(ready, prompt="a {red|blue} vase")
    ready.panel.generate()
    ready.panel.generate()
    refuse_all(ready, "earlier")
    assert ready.says() == "2 of these were asked a moment ago. Ask again"
    qtbot.mouseClick(ready.panel._footer.line, Qt.MouseButton.LeftButton)
    assert [s.request.prompt for s in meant] == ["a red vase", "a blue vase"]
    assert {s.id for s in meant}.isdisjoint(s.id for s in ready.submissions)


def test_the_question_about_repetitions_can_be_switched_off(ready: Bench):
    ready.panel.generate()
    ready.panel.set_asks_before_twins(False)
    ready.panel.generate()
    ready.panel.set_asks_before_twins(True)
    ready.panel.generate()
    assert [s.twin_is_meant for s in ready.submissions] == [False, True, False]


def test_a_refused_field_of_several_is_said_once(ready: Bench):
    set_draft(ready, prompt="a {red|blue} vase")
    ready.panel.generate()
    ready.panel.generate()
    problem = Problem("callback_url", Rule.URL, "", "x")
    for submission in ready.submissions:
        error = ErrorRecord("Not sent", "")
        ready.panel.show_rejection(TaskRejected(submission.id, (problem,), error))
    assert len(ready.panel._judge().problems) == 1
