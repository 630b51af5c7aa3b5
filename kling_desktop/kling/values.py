"""Single values out of an answer, whatever stands there. Nothing here raises."""

from decimal import Decimal, InvalidOperation
from typing import Any, cast

LONGEST_ID = 512
LONGEST_WORDS = 1000
_FIRST_MILLISECOND_TIME = 10**11  # below it a time is in seconds (facts.md section 5)
_LAST_TIME_MS = 10**14
_MOST_UNITS = 10**9


def time_ms_of(value: object) -> int | None:
    """Unix milliseconds, from seconds too, as number or text."""
    number = number_of(value)
    if number is None or number < 1:
        return None
    if number < _FIRST_MILLISECOND_TIME:
        number *= 1000
    return int(number) if number < _LAST_TIME_MS else None


def units_of(value: object) -> Decimal | None:
    """An amount of units, None when it is no sound one."""
    number = number_of(value)
    return number if number is not None and 0 <= number < _MOST_UNITS else None


def number_of(value: object) -> Decimal | None:
    """A finite number, also out of text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def code_of(value: object) -> str:
    """A code as text: "0", "1201", "task_not_exist", "" if there is none."""
    number = number_of(value)
    if number is not None and -(10**9) < number < 10**9 and number == int(number):
        return str(int(number))
    return folded(value) if isinstance(value, str) else ""


def id_of(value: object) -> str | None:
    """An id, always as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            value = str(value)
        except ValueError:  # longer than Python writes out
            return None
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_ID:
        return None
    return value.strip() if value.strip().isprintable() else None


def plain(value: object) -> str:
    """Text that can be stored and compared: no half characters, no control signs."""
    if not isinstance(value, str):
        return ""
    whole = value.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else " " for c in whole).strip()


def words_of(value: object) -> str:
    """The other side's words, plain and shortened."""
    return plain(value[: 2 * LONGEST_WORDS] if isinstance(value, str) else value)[:LONGEST_WORDS]


def folded(value: str) -> str:
    """A word for comparing."""
    return words_of(value).casefold()


def dict_of(value: object) -> dict[str, Any]:
    """An object's fields; none of anything else."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def list_of(value: object) -> list[object]:
    """A list's items; none of anything else."""
    return cast(list[object], value) if isinstance(value, list) else []
