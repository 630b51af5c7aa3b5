"""Prompts with gaps: `{subject} on a table` asks for a subject before it is used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

# A brace that is not escaped, and between it and its partner no bar: that is an alternative.
_FIELD = re.compile(r"(?<!\\)\{([^{}|\\\n]{1,40})\}")

PROMPT_FIELD = "prompt"
"""The field that is filled with what stands in the form already."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt that somebody keeps under a name."""

    name: str
    text: str


def fields(text: str) -> tuple[str, ...]:
    """What the template asks for, each once, in order."""
    return tuple(dict.fromkeys(_FIELD.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The prompt with `values` in its gaps; a gap without a value stays as it is."""
    return _FIELD.sub(lambda found: values.get(found[1]) or found[0], text)


def template_to_json(template: Template) -> Json:
    """The template as plain JSON values."""
    return {"name": template.name, "text": template.text}


def template_from_json(values: object) -> Template | None:
    """The template that was written, None for values of another shape."""
    if not isinstance(values, dict):
        return None
    found = cast(Json, values)
    name, text = found.get("name"), found.get("text")
    if not isinstance(name, str) or not isinstance(text, str) or not name.strip():
        return None
    return Template(name, text)
