"""The person's own small files: whole or not at all, and nobody else's are touched."""

import json
from pathlib import Path

import pytest

from kling_desktop.plain_files import read_plain, write_plain


def test_what_is_written_is_read_again_as_it_was(tmp_path: Path):
    file = tmp_path / "new" / "draft.json"
    values = {"format": 1, "prompt": "Väse 🏺", "path": "/a/\udcff.png"}
    write_plain(file, values)
    assert read_plain(file).values == values
    assert "Väse 🏺" in file.read_text("utf-8")
    assert [path.name for path in file.parent.iterdir()] == ["draft.json"]
    assert file.stat().st_mode & 0o077 == 0


def test_where_there_is_no_file_there_are_no_values(tmp_path: Path):
    found = read_plain(tmp_path / "draft.json")
    assert (found.values, found.problem, found.is_ours) == ({}, None, True)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_is_kept_beside(tmp_path: Path, damage: bytes):
    file = tmp_path / "draft.json"
    file.write_bytes(damage)
    found = read_plain(file)
    assert found.values == {}
    assert found.is_ours
    assert found.problem is not None
    assert (tmp_path / "draft.json.bad").read_bytes() == damage
    assert not file.exists()


def test_a_file_from_a_newer_version_is_left_alone(tmp_path: Path):
    file = tmp_path / "draft.json"
    file.write_text(json.dumps({"format": 2, "prompt": "x"}))
    found = read_plain(file)
    assert (found.values, found.is_ours) == ({}, False)
    assert file.exists()


def test_a_file_that_cannot_be_read_now_is_left_alone(tmp_path: Path):
    (tmp_path / "draft.json").mkdir()
    found = read_plain(tmp_path / "draft.json")
    assert not found.is_ours
    assert found.problem is not None


def test_a_failed_write_leaves_the_old_values(tmp_path: Path):
    file = tmp_path / "draft.json"
    write_plain(file, {"format": 1, "n": 1})
    (tmp_path / "draft.json.part").mkdir()
    with pytest.raises(OSError, match="draft"):
        write_plain(file, {"format": 1, "n": 2})
    assert read_plain(file).values["n"] == 1
