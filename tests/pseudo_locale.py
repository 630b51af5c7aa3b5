"""A language nobody speaks, made from the sentences at hand: ⟦Sévé thé píctúré ···⟧.

What it does not touch never went through `t`; what it overflows is too narrow for German.
"""

import re
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kling_desktop.resources import resource

LANGUAGE = "en"
_ACCENTS = str.maketrans("aeiouyAEIOUYncs", "áéíóúýÁÉÍÓÚÝñçš")
_FIELD = re.compile(r"(\{[^{}]*\})")


def pseudo(sentence: str) -> str:
    """`sentence` accented, a third longer, in brackets; its `{fields}` as they were."""
    pieces = _FIELD.split(sentence)
    pieces[::2] = (piece.translate(_ACCENTS) for piece in pieces[::2])
    padding = "·" * (len(sentence) // 3)
    return f"⟦{''.join(pieces)} {padding}⟧"


def write_pseudo_locale(folder: Path) -> None:
    """Put the catalogue into `folder`, for `use_language(folder, [LANGUAGE])`."""
    with resource("translations/kling_desktop.pot").open("rb") as file:
        catalog = read_po(file, locale=LANGUAGE)
    for message in catalog:
        if isinstance(message.id, str):
            message.string = pseudo(message.id) if message.id else message.string
        else:
            message.string = tuple(pseudo(form) for form in message.id)
    target = folder / LANGUAGE / "LC_MESSAGES" / "kling_desktop.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, catalog)
