"""Collects every sentence for people into the catalogue, and compiles the translations of it.

    messages.py            refresh the template, update each translation, compile it
    messages.py --check    change nothing; exit 1 where the above would

Runs in `.venv` (Babel). Sentences are the literals given to `t`, `tn` and `mark`. Without line
numbers and dates in it, the catalogue changes only when a sentence does. To begin a language, make
the folder `resources/translations/<language>/LC_MESSAGES` and run this.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
NAME = "kling_desktop"
KEYWORDS = {"t": None, "tn": (1, 2), "mark": None}


class Plain(Catalog):
    """A catalogue whose header says only what gettext reads: nothing that goes stale."""

    def __init__(self, language: str | None = None) -> None:
        super().__init__(language, header_comment="# Kling Desktop", fuzzy=False, charset="utf-8")

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """Language, plural forms, encoding."""
        kept = ("Language", "Plural-Forms", "Content-Type")
        headers = dict(super().mime_headers)
        lines = [(name, headers[name]) for name in kept if name in headers]
        return [*lines[:-1], (lines[-1][0], lines[-1][1] + "\n")]


def collect(source: Path) -> Catalog:
    """The template: every sentence of the Python files under `source`, once."""
    catalog = Plain()
    found = extract_from_dir(
        source, [("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
    )
    for _file, _line, message, comments, context in found:
        catalog.add(message, auto_comments=comments, context=context)
    return catalog


def translation_texts(template: Catalog, po: Path) -> tuple[bytes, bytes]:
    """The refreshed `.po` and the compiled `.mo` of one language; new sentences stay empty."""
    language = po.parent.parent.name
    known = read_po(io.BytesIO(po.read_bytes() if po.exists() else b""), locale=language)
    catalog = Plain(language)
    for message in template:
        if message.id:
            old = known.get(message.id)
            kept = old.string if old is not None and not old.fuzzy else None
            catalog.add(message.id, kept, auto_comments=message.auto_comments)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    return _text(catalog), compiled.getvalue()


def outputs(root: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file this script keeps under the checkout `root`, with what belongs in it."""
    template = collect(root / NAME)
    folder = root / "resources" / "translations"
    yield folder / f"{NAME}.pot", _text(template)
    for language in sorted(path for path in folder.glob("*/LC_MESSAGES") if path.is_dir()):
        po = language / f"{NAME}.po"
        text, compiled = translation_texts(template, po)
        yield po, text
        yield po.with_suffix(".mo"), compiled


def main() -> int:
    """Write, or with --check compare."""
    is_check = "--check" in sys.argv[1:]
    stale: list[str] = []
    for file, content in outputs(ROOT):
        if file.exists() and file.read_bytes() == content:
            continue
        stale.append(str(file.relative_to(ROOT)))
        if not is_check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    for name in stale:
        sys.stdout.write(f"{name} {'is out of date' if is_check else 'written'}\n")
    if is_check and stale:
        sys.stdout.write("`python3 build_scripts/dev.py messages` brings them up to date.\n")
        return 1
    return 0


def _text(catalog: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, no_location=True, sort_output=True)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
