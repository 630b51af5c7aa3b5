"""Every sentence for people passes through here: gettext with named fields and plurals.

Standard library only, at the very bottom of the import order, because the domain, the command
line and the window all speak.
"""

import gettext
from pathlib import Path

DOMAIN = "kling_desktop"


class _Speech:
    """The language in use. One per process, as gettext itself has it."""

    translations: gettext.NullTranslations = gettext.NullTranslations()


def use_language(folder: Path, languages: list[str] | None = None) -> None:
    """Take translations from `folder` (`<language>/LC_MESSAGES/kling_desktop.mo`).

    `languages` None means the environment's. A language without a catalogue speaks English.
    """
    _Speech.translations = gettext.translation(DOMAIN, folder, languages, fallback=True)


def t(message: str, /, **fields: object) -> str:
    """`message` in the person's language, with its `{named}` fields filled in."""
    translated = _Speech.translations.gettext(message)
    return translated.format(**fields) if fields else translated


def tn(singular: str, plural: str, count: int, /, **fields: object) -> str:
    """The form of the sentence that fits `count`, which also fills the field `{count}`."""
    translated = _Speech.translations.ngettext(singular, plural, count)
    return translated.format(count=count, **fields)


def mark(message: str, /) -> str:
    """A sentence in a table, collected for translation here and given to `t` where it is said."""
    return message
