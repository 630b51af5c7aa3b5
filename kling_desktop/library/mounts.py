"""Which folders are on a network: SQLite's locks and syncs cannot be relied on there."""

from pathlib import Path

from kling_desktop.domain.errors import Remedy, StorageError
from kling_desktop.library.failures import database_refused
from kling_desktop.text import t

_TABLE = Path("/proc/self/mountinfo")  # Linux; elsewhere only the path itself tells
_NETWORK = frozenset(
    {"afs", "ceph", "cifs", "coda", "davfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3"}
    | {"smbfs", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"}
)
_POINT = 4  # proc(5): the fifth field of a line is where the file system is mounted


def refuse_network_folder(path: Path, table: Path = _TABLE) -> None:
    """Raise StorageError if `path` is on a network file system. `table` is a mountinfo file."""
    kind = "smb" if str(path).startswith(("\\\\", "//")) else _file_system(path, table)
    if kind == "smb" or kind in _NETWORK:
        raise _refused(path, kind)


def _file_system(path: Path, table: Path) -> str:
    """The type of the file system that `path` is on; empty where that is not told."""
    try:
        lines = table.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    longest, found = -1, ""
    resolved = path.resolve()
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(), after.split()
        if len(fields) <= _POINT or not kinds:
            continue
        point = Path(_unescaped(fields[_POINT]))
        if len(point.parts) >= longest and resolved.is_relative_to(point):
            longest, found = len(point.parts), kinds[0]
    return found


def _unescaped(text: str) -> str:
    for code, sign in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, sign)
    return text


def _refused(path: Path, kind: str) -> StorageError:
    detail = t(
        "“{folder}” is on a network drive ({kind}), where a database can lose what was written. "
        "Nothing was sent. Choose a home on this computer; the library folder may stay there.",
        folder=path.parent,
        kind=kind,
    )
    return database_refused(path, detail, Remedy.FIX_SETTINGS)
