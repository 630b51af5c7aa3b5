"""Values out of `providers.toml`, each checked for what it is to be."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from kling_desktop.domain.providers import Evidence, Weight
from kling_desktop.domain.requests import base_url
from kling_desktop.kling.values import dict_of, list_of
from kling_desktop.kling.wire import FIELD_NAMES
from kling_desktop.text import t

_PATH = re.compile(r"/[A-Za-z0-9._~/-]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_RATIO = re.compile(r"[1-9][0-9]?:[1-9][0-9]?")
_LONGEST_TEXT = 200
_OPTIONAL = frozenset(
    {"scene", "style", "negative_prompt", "watermark", "callback_url", "external_task_id"}
)
_REQUIRED = _OPTIONAL | {"model", "subjects", "images", "prompt"}
_FORMATS = frozenset({"JPEG", "PNG", "WEBP"})


class WrongValueError(Exception):
    """A value is not what it should be; the text says what it should be."""


Reader = Callable[[object], object]
Readers = Mapping[str, tuple[str, Reader]]
"""For each key of a table: the attribute it changes, and how it is read."""


def all_of(
    where: str, table: Mapping[str, Any], readers: Readers, problems: list[str]
) -> dict[str, Any]:
    """The attributes that `table` sets. What is wrong in it is added to `problems`."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key not in readers:
            able = ", ".join(readers)
            problems.append(t("{key} is not known; {able} are.", key=f"{where}.{key}", able=able))
            continue
        attribute, reader = readers[key]
        try:
            found[attribute] = reader(value)
        except WrongValueError as wrong:
            problems.append(t("{key} has to be {what}.", key=f"{where}.{key}", what=wrong))
    return found


def text(value: object) -> str:
    """Words on one line."""
    is_text = isinstance(value, str) and value.strip() and len(value) <= _LONGEST_TEXT
    if not is_text or not str(value).isprintable():
        raise WrongValueError(t("a text on one line"))
    return str(value).strip()


def texts(value: object) -> tuple[str, ...]:
    """A list of words."""
    items = list_of(value)
    if not items and value != []:
        raise WrongValueError(t("a list of texts"))
    return tuple(text(item) for item in items)


def address(value: object) -> str:
    """A base URL."""
    found = base_url(value) if isinstance(value, str) else None
    if found is None:
        raise WrongValueError(t("https:// with a host and perhaps a port, without a path"))
    return found


def path(value: object) -> str:
    """The path of a route."""
    if not isinstance(value, str) or not _PATH.fullmatch(value) or _climbs(value):
        raise WrongValueError(t("a path such as {sample}", sample="/v1/images/multi-image2image"))
    return value


def path_or_none(value: object) -> str | None:
    """The path of a route that may be missing, which "" says."""
    return None if value == "" else path(value)


def query_path(value: object) -> str:
    """The path of a question for one task."""
    if not isinstance(value, str) or value.count("{id}") != 1:
        raise WrongValueError(
            t("a path with one {id}, such as {sample}", id="{id}", sample="/v1/images/x/{id}")
        )
    path(value.replace("{id}", "0"))
    return value


def query_paths(value: object) -> tuple[str, ...]:
    """Several of them."""
    items = list_of(value)
    if not items and value != []:
        raise WrongValueError(t("a list of paths"))
    return tuple(query_path(item) for item in items)


def field_names(value: object) -> dict[str, str]:
    """Spellings by Kling's own."""
    names: dict[str, str] = {}
    for ours, theirs in dict_of(value).items():
        if ours not in FIELD_NAMES or not isinstance(theirs, str) or not _NAME.fullmatch(theirs):
            able = ", ".join(sorted(FIELD_NAMES))
            raise WrongValueError(t("a table of names for {able}", able=able))
        names[ours] = theirs
    spelled = [names.get(name, name) for name in FIELD_NAMES]
    if not isinstance(value, dict) or len(set(spelled)) != len(spelled):
        raise WrongValueError(t("a table that gives no name twice"))
    return names


def optional_fields(value: object) -> frozenset[str]:
    """Fields of a request that a route takes."""
    return _some_of(value, _OPTIONAL)


def required_fields(value: object) -> frozenset[str]:
    """Fields of a request that a route insists on."""
    return _some_of(value, _REQUIRED)


def formats(value: object) -> tuple[str, ...]:
    """Kinds of picture."""
    return tuple(sorted(_some_of(value, _FORMATS)))


def count(least: int, most: int) -> Callable[[object], int]:
    """A whole number in a range."""

    def read(value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        raise WrongValueError(t("a whole number from {least} to {most}", least=least, most=most))

    return read


def durations(value: object) -> tuple[int, ...]:
    """Seconds that a video may last."""
    read = count(1, 60)
    found = tuple(read(item) for item in list_of(value))
    if not found:
        raise WrongValueError(t("a list of seconds"))
    return found


def ratio(value: object) -> str:
    """The shape of a result."""
    if not isinstance(value, str) or not _RATIO.fullmatch(value):
        raise WrongValueError(t("a shape such as {sample}", sample="16:9"))
    return value


def ratios(value: object) -> tuple[str, ...]:
    """Shapes that are offered."""
    found = tuple(ratio(item) for item in list_of(value))
    if not found:
        raise WrongValueError(t("a list of shapes such as {sample}", sample="16:9"))
    return found


def weight(value: object) -> Weight:
    """What a task counts."""
    return Weight(_one_of(value, [each.value for each in Weight]))


def evidence(value: object) -> Evidence:
    """What is known of a provider. PROVEN lets the app send again by itself, so it is not here."""
    able = [each.value for each in Evidence if each is not Evidence.PROVEN]
    return Evidence(_one_of(value, able))


def megabytes(value: object) -> int:
    """A size in bytes."""
    return count(1, 100)(value) * 1024 * 1024


def widest(value: object) -> Fraction:
    """How many times longer than wide."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 1 <= value <= 100:
        return Fraction(str(value))
    raise WrongValueError(t("a number from {least} to {most}", least=1, most=100))


def _some_of(value: object, able: frozenset[str]) -> frozenset[str]:
    items = list_of(value)
    if isinstance(value, list) and all(isinstance(item, str) and item in able for item in items):
        return frozenset(str(item) for item in items)
    raise WrongValueError(t("a list out of {able}", able=", ".join(sorted(able))))


def _one_of(value: object, able: list[str]) -> str:
    if isinstance(value, str) and value in able:
        return value
    raise WrongValueError(t("one of {able}", able=", ".join(able)))


def _climbs(value: str) -> bool:
    return any(part in (".", "..") for part in value.split("/")) or "//" in value
