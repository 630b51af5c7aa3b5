"""Where the owner of a home can be reached: a socket, and a note with the word to say there.

Socket and note are for their owner alone (0600). Where there are no Unix sockets it is a port of
this computer, and only who can read the note knows the word.
"""

import asyncio
import hashlib
import json
import os
import secrets
import socket
import stat
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kling_desktop.handover.frames import LONGEST_BYTES, VERSION
from kling_desktop.library.disk import write_new

# What fits into a socket's address on every system (macOS has 104 bytes with the last zero).
_LONGEST_PATH_BYTES = 100
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Note:
    """Where to knock and what to say. `address` is a socket's path or a port of this computer."""

    address: str | int
    token: str


async def listen(note_path: Path, serve: Serve) -> tuple[asyncio.Server, Note]:
    """Open the socket and leave the note; for the holder of the home's lock. Raises OSError."""
    close(note_path)
    listener, address = _bound(note_path)
    note = Note(address, secrets.token_hex(32))
    text = json.dumps({"version": VERSION, "address": note.address, "token": note.token})
    try:
        server = await _serve(listener, serve)
        write_new(note_path, [text.encode()])
    except BaseException:
        listener.close()
        raise
    return server, note


def close(note_path: Path) -> None:
    """Take note and socket away. Does nothing where there are none."""
    with suppress(OSError):
        note_path.unlink(missing_ok=True)
    with suppress(OSError):
        _socket_path(note_path).unlink(missing_ok=True)


def read_note(note_path: Path) -> Note | None:
    """What the owner left, None where nothing can be read."""
    try:
        values = json.loads(note_path.read_text(encoding="utf-8"))
        address, token = values["address"], str(values["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if values.get("version") != VERSION or not isinstance(address, str | int):
        return None
    return Note(address, token)


async def connect(note: Note) -> Streams:
    """Knock. Raises OSError when nobody is there."""
    if isinstance(note.address, int):
        return await asyncio.open_connection("127.0.0.1", note.address, limit=LONGEST_BYTES)
    if sys.platform == "win32":
        raise ConnectionRefusedError
    return await asyncio.open_unix_connection(note.address, limit=LONGEST_BYTES)


def _bound(note_path: Path) -> tuple[socket.socket, str | int]:
    if sys.platform == "win32":
        listener = socket.socket(socket.AF_INET)
        listener.bind(("127.0.0.1", 0))
        return listener, int(listener.getsockname()[1])
    path = _socket_path(note_path)
    if path.parent != note_path.parent:
        _make_private(path.parent)
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        # It does not listen yet: nobody got in under wider permissions.
        path.chmod(0o600)
    except OSError:
        listener.close()
        raise
    return listener, str(path)


async def _serve(listener: socket.socket, serve: Serve) -> asyncio.Server:
    if sys.platform == "win32":
        return await asyncio.start_server(serve, sock=listener, limit=LONGEST_BYTES)
    return await asyncio.start_unix_server(serve, sock=listener, limit=LONGEST_BYTES)


def _socket_path(note_path: Path) -> Path:
    """Beside the note; for a home too deep for a socket's address in a private runtime folder."""
    beside = note_path.with_suffix(".sock").absolute()
    if len(os.fsencode(beside)) <= _LONGEST_PATH_BYTES:
        return beside
    name = hashlib.sha256(os.fsencode(beside)).hexdigest()[:16]
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    if len(os.fsencode(runtime)) > _LONGEST_PATH_BYTES // 2:
        runtime = "/tmp"  # noqa: S108 - the folder made there is ours and checked
    return Path(runtime) / f"kling-desktop-{_user()}" / f"{name}.sock"


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != _user() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is not ours alone")


def _user() -> int:
    return 0 if sys.platform == "win32" else os.getuid()
