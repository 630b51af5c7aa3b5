"""Undo is a walk along drafts; typing is one step."""

from dataclasses import replace

import pytest

from kling_desktop.domain.drafts import Draft
from kling_desktop.ui.compose.draft_model import DraftModel

FIRST = Draft(provider="sandbox")


@pytest.fixture
def model() -> DraftModel:
    return DraftModel(FIRST)


def typed(model: DraftModel, text: str) -> None:
    for end in range(1, len(text) + 1):
        model.set(replace(model.draft, prompt=text[:end]), "prompt")


def test_undo_and_redo_walk_the_same_way(model: DraftModel):
    two, three = replace(FIRST, n=2), replace(FIRST, n=3)
    model.set(two)
    model.set(three)
    seen: list[Draft] = []
    model.changed.connect(seen.append)
    for step in (model.undo, model.undo, model.undo, model.redo, model.redo, model.redo):
        step()
    assert seen == [two, FIRST, two, three]


def test_typing_in_one_field_is_one_step(model: DraftModel):
    typed(model, "vase")
    model.undo()
    assert model.draft == FIRST
    model.redo()
    assert model.draft.prompt == "vase"


def test_typing_after_a_pause_is_another_step(model: DraftModel):
    typed(model, "vase")
    model.end()
    model.set(replace(model.draft, prompt="vase in sand"), "prompt")
    model.undo()
    assert model.draft.prompt == "vase"


def test_typing_after_an_undo_does_not_change_what_was_undone_to(model: DraftModel):
    typed(model, "vase")
    model.undo()
    typed(model, "bowl")
    model.undo()
    assert model.draft == FIRST


def test_a_new_step_forgets_what_was_undone(model: DraftModel):
    model.set(replace(FIRST, n=2))
    model.undo()
    model.set(replace(FIRST, n=3))
    assert not model.can_redo
    model.undo()
    assert model.draft == FIRST


def test_the_same_draft_is_no_step(model: DraftModel):
    model.set(replace(FIRST))
    assert not model.can_undo


def test_old_steps_fall_off_the_end(model: DraftModel):
    for n in range(1000):
        model.set(replace(FIRST, duration_s=n))
    steps = 0
    while model.can_undo:
        model.undo()
        steps += 1
    assert 100 <= steps < 1000
