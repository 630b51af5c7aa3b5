"""What may stand in a prompt: everything but what no provider could be sent."""

import re

from kling_desktop.text import tn

# NUL ends texts in too many places; half a pair of surrogates cannot be written as UTF-8.
_UNSENDABLE = re.compile("[\0\ud800-\udfff]")


def cleaned(text: str) -> tuple[str, int]:
    """`text` without NUL and lone surrogates, and how many characters that took out."""
    return _UNSENDABLE.subn("", text)


def taken_out_words(count: int) -> str:
    """What is said when `cleaned` took something out."""
    return tn(
        "{count} character that cannot be sent was taken out.",
        "{count} characters that cannot be sent were taken out.",
        count,
    )
