"""What surrounds a prompt: templates, history, mentions, and what cannot be sent."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.media import FileImage
from kling_desktop.domain.mentions import mentions, unmentioned, without_picture, word_for
from kling_desktop.domain.prompt_history import (
    UsedPrompt,
    newest_first,
    used_from_json,
    used_to_json,
)
from kling_desktop.domain.prompt_text import cleaned
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.templates import (
    Template,
    fields,
    filled,
    template_from_json,
    template_to_json,
)

ONE = FileImage(Path("/one.png"))
TWO = replace(Draft(provider="sandbox"), subjects=(ONE, ONE, None, None))


def test_a_template_asks_for_each_gap_once_and_for_no_alternative():
    text = r"{subject} in {time of day}, {a|b}, \{kept}, {subject}, {}"
    assert fields(text) == ("subject", "time of day")
    assert (
        filled(text, {"subject": "a vase"})
        == r"a vase in {time of day}, {a|b}, \{kept}, a vase, {}"
    )


@given(st.text(), st.text(min_size=1))
def test_a_value_is_put_in_as_it_is(around: str, value: str):
    before = around.replace("{", "").replace("}", "").replace("\\", "")
    assert filled(f"{before}{{x}}{before}", {"x": value}) == f"{before}{value}{before}"


def test_a_template_survives_json():
    template = Template("Still life", "{subject} on a table")
    assert template_from_json(template_to_json(template)) == template
    assert template_from_json({"name": "", "text": "x"}) is None
    assert template_from_json("x") is None


def test_the_history_has_each_prompt_once_newest_first():
    used = [UsedPrompt("a", 1), UsedPrompt("b", 2), UsedPrompt("a", 3), UsedPrompt(" ", 9)]
    assert newest_first(used) == [UsedPrompt("a", 3), UsedPrompt("b", 2)]
    assert newest_first(used, 1) == [UsedPrompt("a", 3)]


@given(st.lists(st.builds(UsedPrompt, st.text(max_size=2), st.integers(0, 9))))
def test_no_prompt_is_forgotten_and_none_twice(used: list[UsedPrompt]):
    found = newest_first(used)
    assert sorted(p.text for p in found) == sorted({p.text for p in used if p.text.strip()})
    assert [p.at_ms for p in found] == sorted((p.at_ms for p in found), reverse=True)


def test_a_used_prompt_survives_json():
    assert used_from_json(used_to_json(UsedPrompt("vase", 5))) == UsedPrompt("vase", 5)
    assert used_from_json({"text": "vase", "at_ms": "5"}) is None
    assert used_from_json(None) is None


def test_e14_nul_and_lone_surrogates_are_taken_out_and_counted():
    assert cleaned("a\0b\ud83d c\udc00") == ("ab c", 3)
    assert cleaned("👩\u200d🚀 e\u0301 \u202eabc") == ("👩\u200d🚀 e\u0301 \u202eabc", 0)


@given(st.text(st.characters(codec="utf-8")))
def test_e14_every_other_text_is_left_alone(text: str):
    without = text.replace("\0", "")
    assert cleaned(text) == (without, len(text) - len(without))


def test_mentions_are_found_where_they_stand():
    draft = replace(TWO, prompt="The Subject 1 near picture 2; subject 12, a scene")
    assert [(m.place, draft.prompt[m.start : m.end]) for m in mentions(draft)] == [
        ("subjects[0]", "Subject 1"),
        ("subjects[1]", "picture 2"),
    ]
    assert [m.place for m in mentions(replace(draft, scene=ONE))][-1] == "scene"


@pytest.mark.parametrize(
    ("prompt", "left_out"),
    [("a vase", ()), ("subject 1 alone", ("subjects[1]",)), ("subject 1, subject 2", ())],
)
def test_a_subject_is_left_out_only_where_others_are_spoken_of(prompt, left_out):
    assert unmentioned(replace(TWO, prompt=prompt)) == left_out


def test_a_mention_without_a_picture_is_known():
    assert without_picture(replace(TWO, prompt="subject 2 and subject 3")) == ("subjects[2]",)


def test_a_video_speaks_of_pictures():
    assert word_for("subjects[1]", TaskKind.VIDEO) == "picture 2"
    assert word_for("subjects[1]", TaskKind.IMAGE) == "subject 2"
    assert word_for("style", TaskKind.IMAGE) == "style"
