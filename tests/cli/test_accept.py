"""The way out of a damaged ledger or a lost library, by the command line."""

from contextlib import closing
from pathlib import Path

from kling_desktop.library.ledger import open_ledger, read_tasks
from kling_desktop.paths import app_paths
from tests.cli.process import Command
from tests.library.samples import a_task


def test_d03_a_damaged_ledger_without_a_copy_is_set_aside_when_a_person_says_so(
    tmp_path: Path,
) -> None:
    command, paths = Command(tmp_path / "home", {}), app_paths(tmp_path / "home")
    paths.ledger.parent.mkdir(parents=True)
    paths.ledger.write_bytes(b"nonsense" * 1000)
    refused = command("resume", "--json")
    assert refused.code == 5, refused.said
    assert "library --accept" in refused.said
    assert command("library", "--accept").code == 0
    assert read_tasks(paths.ledger) == []
    assert paths.ledger.with_name("ledger.set-aside-1.sqlite").read_bytes() == b"nonsense" * 1000
    assert command("resume", "--json").code == 0


def test_a19_what_was_not_sent_stays_so_until_a_person_says_so(tmp_path: Path) -> None:
    command, paths = Command(tmp_path / "home", {}), app_paths(tmp_path / "home")
    paths.config.mkdir(parents=True)
    paths.witness.write_text('{"ledger": "the one before", "generation": 9, "is_review": false}')
    with closing(open_ledger(paths.ledger)) as ledger:
        ledger.add(a_task())
    held = command("resume", "--json")
    assert held.code == 5, held.said
    assert "library --accept" in held.said
    assert (held.only["state"], read_tasks(paths.ledger)[0].attempts) == ("frozen", 0)
