"""A prompt that stands for several: `{red|blue} vase` is "red vase" and "blue vase".

Groups may stand within each other. Braces without a bar between them, and braces without a
partner, stand for themselves; `\\{`, `\\}` and `\\|` always do. Any other backslash is one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice, product

MOST_PROMPTS = 64
# Groups within more groups than this stand for themselves: nobody writes them on purpose.
_DEEPEST = 12
_MARKS = "{}|"
_TOKEN = re.compile(r"\\[{}|]|[{}|\\]|[^{}|\\]+")
_UNCOUNTED = 1_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of one prompt; `is_chosen` where it comes out of a group."""

    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the prompts, in pieces, so that what differs can be shown."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """What would be sent."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class _Group:
    options: "tuple[_Sequence, ...]"


_Sequence = tuple[str | _Group, ...]


def count(text: str) -> int:
    """How many prompts `text` stands for, equal ones counted each; a million for any more."""
    return _count(_parse(text))


@lru_cache(maxsize=8)  # a form asks several times for each letter that is typed
def variants(text: str, most: int = MOST_PROMPTS) -> tuple[Variant, ...]:
    """The first `most` prompts that `text` stands for, the last group changing fastest.

    Equal ones are there once. There is always at least one.
    """
    found = _expand(_parse(text), most, is_chosen=False)
    distinct = {"".join(piece.text for piece in pieces): pieces for pieces in reversed(found)}
    return tuple(Variant(pieces) for pieces in reversed(distinct.values()))


def escaped(text: str) -> str:
    """What has to be typed so that `text` is sent, letter by letter."""
    found = variants(text, 2)
    if len(found) == 1 and found[0].text == text:
        return text
    return "".join(f"\\{letter}" if letter in _MARKS else letter for letter in text)


def _count(sequence: _Sequence) -> int:
    total = 1
    for node in sequence:
        if isinstance(node, _Group):
            options = sum(_count(option) for option in node.options)
            total = min(total * options, _UNCOUNTED)
    return total


def _expand(sequence: _Sequence, most: int, *, is_chosen: bool) -> list[tuple[Piece, ...]]:
    choices = [list(islice(_choices(node, most, is_chosen), most)) for node in sequence]
    return [tuple(chain(*parts)) for parts in islice(product(*choices), most)]


def _choices(node: str | _Group, most: int, is_chosen: bool) -> Iterator[tuple[Piece, ...]]:
    if isinstance(node, str):
        yield (Piece(node, is_chosen),)
        return
    for option in node.options:
        yield from _expand(option, most, is_chosen=True)


@dataclass(slots=True)
class _Open:
    """A group, or the whole text, while it is read."""

    options: list[_Sequence] = field(default_factory=list[_Sequence])
    nodes: list[str | _Group] = field(default_factory=list[str | _Group])

    def add(self, *nodes: str | _Group) -> None:
        for node in nodes:
            last = self.nodes[-1] if self.nodes else None
            if isinstance(node, str) and isinstance(last, str):
                self.nodes[-1] = last + node
            else:
                self.nodes.append(node)

    def next_option(self) -> None:
        self.options.append(tuple(self.nodes))
        self.nodes = []

    def close(self) -> list[_Sequence]:
        return [*self.options, tuple(self.nodes)]


@lru_cache(maxsize=8)
def _parse(text: str) -> _Sequence:
    stack = [_Open()]
    for part in _TOKEN.findall(text):
        if part == "{":
            stack.append(_Open())
        elif part == "|" and len(stack) > 1:
            stack[-1].next_option()
        elif part == "}" and len(stack) > 1:
            _close(stack)
        else:
            stack[-1].add(part[1] if part[0] == "\\" and len(part) == 2 else part)
    while len(stack) > 1:
        options = stack.pop().close()
        stack[-1].add("{", *_literal(options))
    return tuple(stack[0].nodes)


def _close(stack: list[_Open]) -> None:
    options = stack.pop().close()
    if len(options) == 1 or len(stack) > _DEEPEST:
        stack[-1].add("{", *_literal(options), "}")
    else:
        stack[-1].add(_Group(tuple(options)))


def _literal(options: list[_Sequence]) -> Iterator[str | _Group]:
    for number, option in enumerate(options):
        if number:
            yield "|"
        yield from option
