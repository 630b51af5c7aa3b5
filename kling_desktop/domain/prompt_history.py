"""Prompts that were used before, newest first, each once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

MOST_REMEMBERED = 500

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class UsedPrompt:
    """A prompt and when it was used, in milliseconds since 1970."""

    text: str
    at_ms: int


def newest_first(used: Iterable[UsedPrompt], most: int = MOST_REMEMBERED) -> list[UsedPrompt]:
    """Each prompt once, with its last use; blank ones are none."""
    last: dict[str, UsedPrompt] = {}
    for prompt in used:
        known = last.get(prompt.text)
        if prompt.text.strip() and (known is None or known.at_ms < prompt.at_ms):
            last[prompt.text] = prompt
    return sorted(last.values(), key=lambda prompt: -prompt.at_ms)[:most]


def used_to_json(prompt: UsedPrompt) -> Json:
    """The prompt as plain JSON values."""
    return {"text": prompt.text, "at_ms": prompt.at_ms}


def used_from_json(values: object) -> UsedPrompt | None:
    """The prompt that was written, None for values of another shape."""
    if not isinstance(values, dict):
        return None
    found = cast(Json, values)
    text, at_ms = found.get("text"), found.get("at_ms")
    if not isinstance(text, str) or type(at_ms) is not int:
        return None
    return UsedPrompt(text, at_ms)
