"""A JSON body in which pictures stay on disk: text pieces and files, sent as Base64 in passing.

Eighty megabytes of Base64 never stand in memory, the length is exact beforehand, and the same
pieces give the same bytes each time.
"""

import asyncio
import binascii
import hashlib
import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# A multiple of three, so that pieces join without padding between them.
_PIECE_BYTES = 3 * 2**18

Json = str | int | bool | Path | Mapping[str, "Json"] | Sequence["Json"]
"""What a body may hold. A Path becomes a string: the file's bytes as raw Base64."""


@dataclass(frozen=True, slots=True)
class JsonBody:
    """The pieces of one JSON document. Equal pieces over equal files give identical bytes."""

    pieces: tuple[bytes | Path, ...]

    def length(self) -> int:
        """The exact number of bytes. Raises OSError when a file is gone."""
        return sum(
            len(piece) if isinstance(piece, bytes) else 4 * -(-piece.stat().st_size // 3)
            for piece in self.pieces
        )

    def sha256(self) -> str:
        """The hash of the bytes, in hex. Reads every file; raises OSError."""
        digest = hashlib.sha256()
        for piece in self.pieces:
            if isinstance(piece, bytes):
                digest.update(piece)
                continue
            with piece.open("rb") as file:
                while text := _next_base64(file):
                    digest.update(text)
        return digest.hexdigest()

    async def stream(self, sent: Callable[[int], None]) -> AsyncGenerator[bytes, None]:
        """The bytes, read as they are wanted; `sent` hears how many have been handed on.

        To be closed by whoever asked: a picture is open while its bytes are on their way.
        """
        done = 0
        for piece in self.pieces:
            if isinstance(piece, bytes):
                yield piece
                done += len(piece)
                continue
            with piece.open("rb") as file:
                while text := await asyncio.to_thread(_next_base64, file):
                    yield text
                    done += len(text)
                    sent(done)
        sent(done)


def json_body(document: Mapping[str, Json]) -> JsonBody:
    """`document` as a body: keys in the order given, ASCII only, no blanks."""
    joined: list[bytes | Path] = []
    for piece in _pieces(document):
        if isinstance(piece, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += piece
        else:
            joined.append(piece)
    return JsonBody(tuple(joined))


def _next_base64(file: BinaryIO) -> bytes:
    return binascii.b2a_base64(file.read(_PIECE_BYTES), newline=False)


def _pieces(value: Json) -> Iterator[bytes | Path]:
    if isinstance(value, Path):
        yield from (b'"', value, b'"')
    elif isinstance(value, Mapping):
        yield b"{"
        for number, (key, item) in enumerate(value.items()):
            yield (b"," if number else b"") + json.dumps(key).encode() + b":"
            yield from _pieces(item)
        yield b"}"
    elif isinstance(value, (str, int)):
        yield json.dumps(value).encode()
    else:
        yield b"["
        for number, item in enumerate(value):
            yield b"," if number else b""
            yield from _pieces(item)
        yield b"]"
