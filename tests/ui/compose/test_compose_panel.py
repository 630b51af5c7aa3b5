"""From the form to what is bought, and what the form says on the way."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from kling_desktop.domain.drafts import Draft, draft_of
from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.facts import AccountChanged, KeyCheck, KeyPlace, TaskRejected
from kling_desktop.domain.media import FileImage
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage, MultiImageToVideo
from tests.ui.compose.conftest import Bench, files

CONTROL = Qt.KeyboardModifier.ControlModifier


def set_draft(bench: Bench, **values: object) -> None:
    bench.panel.recall(replace(bench.panel.draft(), **values))  # type: ignore[arg-type]
    bench.settle()


def rejected(bench: Bench, *problems: Problem, twin: str | None = None) -> None:
    error = ErrorRecord("Not sent", "Nothing was paid.", Remedy.EDIT_REQUEST)
    id = bench.submissions[-1].id
    bench.panel.show_rejection(TaskRejected(id, problems, error, twin=twin))


def test_what_is_bought_is_what_the_form_says(ready: Bench, qtbot):
    qtbot.keyClicks(ready.form.prompts.prompt.edit, "Vase in the sand")
    qtbot.keyClick(ready.form.number.field, Qt.Key.Key_Up)
    ready.form.ratio.cell("4:3").click()
    ready.panel.generate()
    (submission,) = ready.submissions
    (vase,) = (image for image in ready.panel.draft().subjects if image)
    assert submission.provider == "sandbox"
    assert submission.request == MultiImageToImage(
        model="kling-v2-1",
        subjects=(vase,),
        prompt="Vase in the sand",
        n=2,
        aspect_ratio="4:3",
    )


def test_every_press_buys_under_an_id_of_its_own_and_leaves_the_form(ready: Bench, qtbot):
    before = ready.panel.draft()
    for _press in range(2):
        qtbot.mouseClick(ready.panel._footer.button, Qt.MouseButton.LeftButton)
    first, second = ready.submissions
    assert first.id != second.id
    assert first.request == second.request
    assert ready.panel.draft() == before


def test_a_video_is_bought_with_length_and_mode(ready: Bench):
    ready.panel._kind.button("video").click()
    ready.form.duration.button("10").click()
    ready.form.mode.button("pro").click()
    ready.panel.generate()
    request = ready.submissions[-1].request
    assert isinstance(request, MultiImageToVideo)
    assert (request.duration_s, request.mode, request.model) == (10, "pro", "kling-v1-6")


def test_an_empty_form_says_where_to_begin_and_leads_there(bench: Bench):
    assert bench.says() == "Put a picture into subject 1 to begin."
    bench.panel.generate()
    assert bench.submissions == []
    assert bench.panel.focusWidget() is bench.slot("subjects[0]")


def test_a_bad_picture_stops_the_press_and_takes_the_focus(ready: Bench, picture):
    ready.drop("subjects[2]", files(picture("tiny.png", 50, 50)))
    ready.panel.generate()
    assert ready.submissions == []
    assert ready.says() == "Enlarge picture 3, or replace it."
    assert ready.panel.focusWidget() is ready.slot("subjects[2]")


def test_a_problem_waits_until_the_field_was_left(ready: Bench, qtbot):
    field, note = ready.form.more.fields["callback_url"], ready.form.more.notes["callback_url"]
    ready.form.more.unfold()
    field.setFocus()
    qtbot.keyClicks(field, "ftp:x")
    assert note.words() == ""
    field.editingFinished.emit()
    assert "is not a web address" in note.words()
    assert field.accessibleDescription() == note.words()
    field.selectAll()
    qtbot.keyClicks(field, "https://example.org/told")
    assert note.words() == ""


def test_a_press_opens_the_fold_in_which_the_problem_is(ready: Bench):
    set_draft(ready, external_task_id="12345")
    ready.panel.generate()
    assert ready.submissions == []
    field = ready.form.more.fields["external_task_id"]
    assert field.isVisible()
    assert ready.panel.focusWidget() is field


def test_the_counter_counts_code_points(bench: Bench):
    prompt = bench.form.prompts.prompt
    prompt.edit.setPlainText("🏺" * 10)
    assert prompt.counter() == "10 / 2500"
    prompt.edit.setPlainText("🏺" * 2512)
    assert prompt.counter() == "12 too many"
    assert bench.panel.draft().prompt == "🏺" * 2512


@pytest.mark.parametrize("provider", ["kling", "cometapi", "cometapi-legacy", "powertokens"])
def test_changing_the_provider_to_and_fro_loses_nothing(ready: Bench, picture, provider: str):
    ready.drop("scene", files(picture("dunes.png")))
    set_draft(
        ready,
        prompt="p",
        negative_prompt="n",
        watermark=True,
        callback_url="https://example.org",
        external_task_id="mine-1",
        n=4,
        aspect_ratio="21:9",
    )
    before = ready.panel.draft()
    ready.form.provider.picked.emit(provider)
    assert ready.panel.draft() == replace(before, provider=provider)
    ready.form.provider.picked.emit("sandbox")
    assert ready.panel.draft() == before


def test_what_a_provider_does_not_take_is_kept_said_and_not_sent(ready: Bench, picture):
    ready.drop("subjects[1]", files(picture("coat.png")))
    set_draft(ready, provider="cometapi-legacy", negative_prompt="blur", watermark=True)
    form = ready.form
    assert form.prompts.negative.text() == "blur"
    assert form.prompts.negative_note.words().startswith("Kept, not sent")
    assert form.more.notes["watermark"].words().startswith("Kept, not sent")
    assert not form.more.watermark.isEnabled()
    assert "CometAPI, older route" in form.more.watermark.toolTip()
    ready.panel.generate()
    request = ready.submissions[-1].request
    assert (request.negative_prompt, request.watermark) == ("", False)
    assert ready.panel.draft().negative_prompt == "blur"


def test_a_provider_that_makes_no_videos_says_so(ready: Bench):
    set_draft(ready, provider="powertokens")
    video = ready.panel._kind.button("video")
    assert not video.isEnabled()
    assert video.accessibleDescription() == "PowerTokens makes no videos."
    set_draft(ready, kind=TaskKind.VIDEO)
    ready.panel.generate()
    assert ready.submissions == []
    assert ready.says() == "PowerTokens makes no videos."


def test_a_route_that_needs_two_pictures_asks_for_the_other(ready: Bench):
    set_draft(ready, provider="cometapi-legacy")
    ready.panel.generate()
    assert ready.submissions == []
    assert ready.says().startswith("1 more picture is needed")
    assert ready.panel.focusWidget() is ready.slot("subjects[1]")


def test_each_provider_keeps_its_own_model(ready: Bench):
    set_draft(ready, provider="kling")
    ready.form.model_picker.picked.emit("kling-v2")
    ready.form.provider.picked.emit("sandbox")
    assert ready.form.model_picker.currentText() == "kling-v2-1"
    ready.form.provider.picked.emit("kling")
    assert ready.form.model_picker.currentText() == "kling-v2"


@pytest.mark.parametrize(
    ("provider", "n", "cost"),
    [("sandbox", 4, "free"), ("kling", 4, "about $0.22"), ("cometapi", 4, "price unknown")],
)
def test_the_price_stands_on_the_button(ready: Bench, provider: str, n: int, cost: str):
    set_draft(ready, provider=provider, n=n)
    button = ready.panel._footer.button
    assert (button.text(), button.cost()) == ("Generate 4 pictures", cost)
    assert button.accessibleName() == f"Generate 4 pictures, {cost}"


def test_the_other_choices_of_a_video_have_their_price(ready: Bench):
    set_draft(ready, provider="kling", kind=TaskKind.VIDEO)
    assert ready.form._prices.text() == "10 s: about $0.56. Pro: about $0.49."
    assert ready.panel._footer.button.cost() == "about $0.28"


def test_without_a_key_the_press_leads_to_the_accounts(ready: Bench):
    ready.panel.set_account(AccountChanged("kling", KeyPlace.NONE))
    set_draft(ready, provider="kling")
    ready.panel.generate()
    assert ready.submissions == []
    assert ready.accounts_asked == 1
    works = AccountChanged("kling", KeyPlace.KEYRING, check=KeyCheck.WORKS)
    ready.panel.set_account(works)
    ready.panel.generate()
    assert len(ready.submissions) == 1


def test_profiles_that_share_an_account_share_its_state(ready: Bench, picture):
    ready.drop("subjects[1]", files(picture("coat.png")))
    ready.panel.set_account(AccountChanged("cometapi", KeyPlace.NONE))
    set_draft(ready, provider="cometapi-legacy")
    ready.panel.generate()
    assert ready.submissions == []


def test_a_refusal_stands_beside_its_field_until_that_changes(ready: Bench, qtbot):
    set_draft(ready, external_task_id="mine-1", prompt="Vase")
    ready.panel.generate()
    used = Problem("external_task_id", Rule.EXTERNAL_ID_USED, "", "mine-1")
    rejected(ready, used)
    note = ready.form.more.notes["external_task_id"]
    assert "was used before" in note.words()
    qtbot.keyClicks(ready.form.prompts.prompt.edit, "s")
    assert "was used before" in note.words()
    qtbot.keyClicks(ready.form.more.fields["external_task_id"], "2")
    assert note.words() == ""


def test_a_refused_picture_is_found_though_slots_before_it_are_empty(bench: Bench, picture):
    bench.drop("subjects[3]", files(picture("vase.png")))
    bench.panel.generate()
    rejected(bench, Problem("subjects[0]", Rule.DAMAGED, "", "damaged"))
    assert bench.slot("subjects[3]").view.verdict.title == "Damaged file"


def test_a_refusal_without_a_field_is_said_above_the_button(ready: Bench):
    ready.panel.generate()
    rejected(ready)
    assert ready.says() == "Not sent. Nothing was paid."
    set_draft(ready, prompt="other")
    assert ready.says() == "Free, made on this computer."


def test_a_repetition_is_asked_about_and_meant_by_a_second_press(ready: Bench, qtbot):
    meant = []
    ready.panel.twin_meant.connect(meant.append)
    ready.panel.generate()
    rejected(ready, twin="earlier")
    assert ready.panel._footer.line.is_link
    qtbot.mouseClick(ready.panel._footer.line, Qt.MouseButton.LeftButton)
    (again,) = meant
    assert again.request == ready.submissions[0].request
    assert again.id != ready.submissions[0].id


def test_a16_a_second_press_never_means_a_second_purchase_by_itself(ready: Bench, qtbot):
    qtbot.mouseClick(ready.panel._footer.button, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(ready.panel._footer.button, Qt.MouseButton.LeftButton)
    first, *more = ready.submissions
    assert all(each.request == first.request for each in more), "so the engine knows the twin"
    assert not any(each.twin_is_meant for each in ready.submissions)


def test_a_refusal_of_somebody_elses_task_changes_nothing(ready: Bench):
    before = ready.says()
    error = ErrorRecord("Not sent", "")
    ready.panel.show_rejection(TaskRejected("stranger", (), error))
    assert ready.says() == before


def test_undo_in_the_prompt_is_the_forms_undo(ready: Bench, qtbot):
    edit = ready.form.prompts.prompt.edit
    edit.setFocus()
    before = ready.panel.draft()
    qtbot.keyClicks(edit, "Vase")
    ready.panel.window().activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is edit)
    qtbot.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    assert (ready.panel.draft(), edit.toPlainText()) == (before, "")
    qtbot.keySequence(edit, QKeySequence(QKeySequence.StandardKey.Redo))
    assert edit.toPlainText() == "Vase"


def test_control_enter_generates_from_within_the_prompt(ready: Bench, qtbot):
    edit = ready.form.prompts.prompt.edit
    ready.panel.window().activateWindow()
    edit.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is edit)
    qtbot.keyClick(edit, Qt.Key.Key_Return, CONTROL)
    assert len(ready.submissions) == 1


def test_a_recalled_request_fills_the_whole_form(bench: Bench, picture):
    request = MultiImageToVideo(
        model="kling-v1-6",
        pictures=(FileImage(picture("a.png")), FileImage(picture("b.png"))),
        prompt="slow",
        negative_prompt="blur",
        mode="pro",
        duration_s=10,
        aspect_ratio="9:16",
        watermark=True,
        callback_url="https://example.org",
        external_task_id="mine-1",
    )
    bench.panel.recall(draft_of(request, "kling"))
    bench.settle()
    bench.panel.generate()
    assert bench.submissions[-1].request == replace(request, external_task_id=None)
    bench.panel.undo()
    assert bench.panel.draft() == Draft(provider="sandbox")


def test_the_samples_fill_the_form_at_the_free_provider(bench: Bench, picture):
    set_draft(bench, provider="kling")
    samples = [picture("vase.png"), picture("coat.png"), picture("dunes.png")]
    bench.panel.fill_samples(samples)
    bench.settle()
    bench.panel.generate()
    (submission,) = bench.submissions
    assert submission.provider == "sandbox"
    assert isinstance(submission.request, MultiImageToImage)
    assert submission.request.scene == FileImage(samples[2])


def test_the_wheel_never_changes_what_is_bought(ready: Bench, qtbot):

    before = ready.panel.draft()
    for field in (ready.form.number.field, ready.form.provider, ready.form.model_picker):
        field.clearFocus()
        place = QPointF(5, 5)
        none, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.NoButton
        phase = Qt.ScrollPhase.NoScrollPhase
        turn = QWheelEvent(place, place, QPoint(0, 0), QPoint(0, 120), buttons, none, phase, False)
        QApplication.sendEvent(field, turn)
    assert ready.panel.draft() == before


def test_every_command_of_the_column_is_there_for_the_menus(bench: Bench):
    actions = bench.panel.actions_by_name()
    wanted = {"undo", "redo", "paste", "clear", "generate", *(f"slot {n}" for n in range(1, 7))}
    assert wanted <= set(actions)
    assert all(isinstance(action, QAction) for action in actions.values())
    actions["slot 5"].trigger()
    assert bench.panel.focusWidget() is bench.slot("scene")


def test_the_prompt_can_be_pulled_longer_by_its_bar_but_not_without_end(bench: Bench, qtbot):
    field = bench.form.prompts.prompt
    before = field.edit.height()
    bar = field.rect().bottomLeft() - QPoint(-20, 10)
    for pull, longer in ((40, 40), (900, 140), (-900, 0)):
        start = field.edit.height()
        qtbot.mousePress(field, Qt.MouseButton.LeftButton, pos=bar)
        moved = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(bar) + QPointF(0, pull + before - start),
            QPointF(bar),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(field, moved)
        assert field.edit.height() == before + longer
        bar = bar + QPoint(0, field.edit.height() - start)


def test_a_server_of_ones_own_is_sent_to_where_its_key_belongs(ready: Bench):
    set_draft(ready, provider="custom")
    ready.panel.set_account(AccountChanged("custom", KeyPlace.KEYRING, "key••••"))
    ready.panel.generate()
    assert ready.submissions == []
    assert ready.says() == "Custom has no address yet. Add one."
    address = "https://gateway.example.org"
    ready.panel.set_account(AccountChanged("custom", KeyPlace.KEYRING, base_url=address))
    ready.panel.generate()
    assert [submission.base_url for submission in ready.submissions] == [address]


def test_what_is_said_about_a_model_stands_with_it(ready: Bench):
    picker = ready.form.model_picker
    set_draft(ready, provider="kling")
    said = {
        picker.itemText(row): picker.itemData(row, Qt.ItemDataRole.ToolTipRole)
        for row in range(picker.count())
    }
    assert said["kling-v2-1"] == picker.accessibleDescription() == "Advised for new work."
    assert "retired on 2026-09-15" in said["kling-v2"]
