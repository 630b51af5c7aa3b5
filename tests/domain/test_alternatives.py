"""One text for several prompts: what comes out, in which order, and never anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.domain.alternatives import MOST_PROMPTS, count, escaped, variants

TEXTS = st.text(st.sampled_from("ab {}|\\é🏺\n"), max_size=40)


def prompts(text: str, most: int = MOST_PROMPTS) -> list[str]:
    return [variant.text for variant in variants(text, most)]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("", [""]),
        ("a vase", ["a vase"]),
        ("{red|blue} vase", ["red vase", "blue vase"]),
        ("{a|b} {1|2}", ["a 1", "a 2", "b 1", "b 2"]),
        ("a{| very} old", ["a old", "a very old"]),
        ("{red|{light|dark} blue}", ["red", "light blue", "dark blue"]),
        ("{a|a|b}", ["a", "b"]),
        ("{subject} by a {b|c}", ["{subject} by a b", "{subject} by a c"]),
        ("{see {a|b}}", ["{see a}", "{see b}"]),
        ("{a|b", ["{a|b"]),
        ("a|b}", ["a|b}"]),
        ("{x|{a|b}", ["{x|a", "{x|b"]),
        (r"\{a|b\}", ["{a|b}"]),
        (r"{a\|b|c}", ["a|b", "c"]),
        (r"{\{|\}}", ["{", "}"]),
        (r"C:\new\share", [r"C:\new\share"]),
        ("\\", ["\\"]),
    ],
)
def test_what_a_text_stands_for(text: str, made: list[str]):
    assert prompts(text) == made


def test_what_was_chosen_is_told_apart():
    (_first, second) = variants("a {red|{light|dark} blue} vase", 2)
    assert [(p.text, p.is_chosen) for p in second.pieces] == [
        ("a ", False),
        ("light", True),
        (" blue", True),
        (" vase", False),
    ]


@given(st.text())
def test_whatever_is_escaped_comes_out_letter_by_letter(text: str):
    assert prompts(escaped(text)) == [text]


@given(TEXTS)
def test_an_escaped_text_of_marks_comes_out_too(text: str):
    assert prompts(escaped(text)) == [text]


@given(TEXTS)
def test_there_is_always_a_prompt_and_each_only_once(text: str):
    made = prompts(text)
    assert made
    assert len(set(made)) == len(made) <= min(MOST_PROMPTS, count(text))


@given(TEXTS)
def test_without_a_bar_or_a_brace_nothing_is_chosen(text: str):
    if "|" not in text or "{" not in text:
        assert count(text) == 1


@given(st.lists(st.lists(st.integers().map(str), min_size=2, max_size=4, unique=True), max_size=3))
def test_groups_beside_each_other_multiply(groups: list[list[str]]):
    text = ",".join("{" + "|".join(options) + "}" for options in groups)
    expected = [""]
    for options in groups:
        expected = [f"{made},{option}" for made in expected for option in options]
    assert prompts(text) == [made.removeprefix(",") for made in expected]
    assert count(text) == len(expected)


@given(st.recursive(st.just("a"), lambda inner: st.tuples(inner, inner), max_leaves=40))
def test_nested_groups_count_what_they_make(tree: object):
    names = iter(range(1000))

    def write(node: object) -> str:
        if isinstance(node, tuple):
            return "{" + "|".join(write(part) for part in node) + "}"
        return f"n{next(names)}."

    text = write(tree)
    leaves = next(names)
    if text.count("{") <= 12:
        assert prompts(text) == [f"n{number}." for number in range(leaves)]


@pytest.mark.parametrize("text", ["{a|b}" * 5000, "{a|" * 5000 + "}" * 5000, "{" * 100_000])
def test_what_nobody_would_write_is_answered_all_the_same(text: str):
    assert 1 <= len(prompts(text)) <= MOST_PROMPTS
    assert count(text) <= 1_000_000
