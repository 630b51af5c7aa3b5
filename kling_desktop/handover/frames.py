"""One message: four bytes of length and a JSON object. Too long or malformed ends the talk."""

import asyncio
import json
from typing import Any, cast

Json = dict[str, Any]

VERSION = 1
LONGEST_BYTES = 256 * 1024  # a prompt, its pictures' paths, or an error in a provider's words
_HEAD_BYTES = 4


class MalformedError(Exception):
    """What came is none of our messages. Its text never carries what came."""


def packed(values: Json) -> bytes:
    """A message as it travels. Raises MalformedError for one that would be refused there."""
    body = json.dumps(values).encode()
    if len(body) > LONGEST_BYTES:
        raise MalformedError("too long")
    return len(body).to_bytes(_HEAD_BYTES) + body


async def receive(reader: asyncio.StreamReader, longest_bytes: int = LONGEST_BYTES) -> Json | None:
    """The next message; None when the other side has gone. Raises MalformedError.

    The length is judged before any of the body is read.
    """
    try:
        length = int.from_bytes(await reader.readexactly(_HEAD_BYTES))
        if length > longest_bytes:
            raise MalformedError("too long")
        body = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    try:
        values = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise MalformedError("not JSON") from problem
    if not isinstance(values, dict):
        raise MalformedError("not an object")
    return cast(Json, values)
