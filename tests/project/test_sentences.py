import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from kling_desktop.resources import resource
from kling_desktop.text import t, tn, use_language
from tests.project.tree import files
from tests.pseudo_locale import LANGUAGE, pseudo, write_pseudo_locale


@pytest.fixture
def template() -> Catalog:
    with resource("translations/kling_desktop.pot").open("rb") as file:
        return read_po(file)


@pytest.fixture
def spoken(tmp_path: Path) -> Iterator[None]:
    write_pseudo_locale(tmp_path)
    use_language(tmp_path, [LANGUAGE])
    yield
    use_language(tmp_path / "none", [LANGUAGE])


def fields(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name}


def forms(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]


def test_every_field_of_every_sentence_has_a_name(template: Catalog):
    for message in template:
        for form in forms(message.id):
            parsed = string.Formatter().parse(form)
            names = [name for _text, name, _spec, _conversion in parsed if name is not None]
            assert all(name.isidentifier() for name in names), form


def test_a_plural_says_its_number(template: Catalog):
    plurals = [message.id for message in template if isinstance(message.id, tuple)]
    assert plurals
    assert [pair for pair in plurals if not fields(pair[1])] == []


def test_a_translation_says_everything_and_keeps_the_fields():
    for po in files("**/*.po"):
        with po.open("rb") as file:
            catalog = read_po(file, locale=po.parent.parent.name)
        for message in catalog:
            if not message.id:
                continue
            said = forms(message.string)
            assert all(said), message.id
            allowed = set().union(*map(fields, forms(message.id)))
            assert fields(said[-1]) == allowed, message.id
            assert all(fields(form) <= allowed for form in said), message.id


def test_sentences_are_spoken_in_the_language_that_was_chosen(spoken: None):
    sentence = "Aspect ratio"
    assert t(sentence) == pseudo(sentence) != sentence


def test_a_sentence_without_a_translation_stays_english(spoken: None):
    assert t("Never written anywhere, {name}", name="reader") == ("Never written anywhere, reader")
    assert tn("{count} never", "{count} nevers", 2) == "2 nevers"
