"""The sandbox's own credentials: minted once per folder, readable by their owner alone."""

import contextlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from kling_desktop.domain.errors import ErrorRecord, Remedy, StorageError
from kling_desktop.text import t

_RANDOM_CHARACTERS = 43  # 32 random bytes in URL-safe Base64
_KEY, _ACCESS_KEY, _SECRET_KEY = "key", "access_key", "secret_key"
_PREFIXES = {
    _KEY: "sandbox-",
    _ACCESS_KEY: "sandbox-access-",
    _SECRET_KEY: "sandbox-secret-",
}


@dataclass(frozen=True, slots=True)
class SandboxKeys:
    """Both ways to be let in: one API key, or a pair that signs a token as Kling's does."""

    key: str = field(repr=False)
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


def sandbox_key(folder: Path) -> str:
    """The API key of the sandbox in `folder`; made, with the folder, at the first call.

    Two processes that call this at once get the same key. Raises StorageError.
    """
    return _minted(folder / _KEY)


def sandbox_keys(folder: Path) -> SandboxKeys:
    """All credentials of the sandbox in `folder`, as `sandbox_key` makes them."""
    return SandboxKeys(*(_minted(folder / name) for name in _PREFIXES))


def _minted(file: Path) -> str:
    try:
        private_folder(file.parent)
        key = _read(file)
        if key is None:
            _mint(file)
            key = _read(file)
    except OSError as error:
        raise storage_error(error) from error
    if key is None:
        raise storage_error(OSError(f"{file.name} was not written"))
    return key


def private_folder(folder: Path) -> None:
    """Make `folder` for this person alone, if it is not there. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def storage_error(error: Exception) -> StorageError:
    """The sandbox's folder cannot be used; nothing was accepted."""
    return StorageError(
        ErrorRecord(
            title=t("The sandbox cannot use its folder"),
            detail=t(
                "The free sandbox keeps its tasks in the app's data folder: {reason}. "
                "Nothing was sent, and the sandbox never costs money.",
                reason=error,
            ),
            remedy=Remedy.FREE_SPACE,
        )
    )


def _read(file: Path) -> str | None:
    try:
        text = file.read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return text if len(text) == len(_PREFIXES[file.name]) + _RANDOM_CHARACTERS else None


def _put_in_place(part: Path, file: Path) -> None:
    try:
        os.link(part, file)
    except FileExistsError:
        if _read(file) is None:  # damaged; a whole key is another process's, which was first
            part.replace(file)
    except OSError:
        part.replace(file)  # a file system without hard links


def _mint(file: Path) -> None:
    """Write a whole key beside `file`, then put it in place; the first of two writers wins."""
    part = file.with_name(f"{file.name}.{secrets.token_hex(8)}.part")
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(_PREFIXES[file.name] + secrets.token_urlsafe(32))
            stream.flush()
            os.fsync(stream.fileno())
        _put_in_place(part, file)
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
