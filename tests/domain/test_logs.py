"""What must never stand in a log does not, whoever wrote the line."""

import logging
from contextlib import suppress
from pathlib import Path

import pytest

from kling_desktop.logs import redacted, start_logging


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Bearer sk-canary-0123456789",
        "using eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJjYW5hcnkifQ.canary",
        "key api-key-kling-canary-1234567890",
        "GET https://cdn.example.org/r/canary.png?Signature=canary 200",
        "body " + "canary" * 60,
    ],
)
def test_f09_f10_keys_and_signed_addresses_are_masked(line):
    assert "canary" not in redacted(line)


def test_f10_a_host_stays_readable():
    assert redacted("https://cdn.example.org/a?b=c") == "https://cdn.example.org/[masked]"


@pytest.fixture
def our_log():
    yield logging.getLogger("kling_desktop")
    for handler in list(logging.getLogger("kling_desktop").handlers):
        logging.getLogger("kling_desktop").removeHandler(handler)
        with suppress(OSError):  # what a full disk says at the end, as `logging.shutdown` has it
            handler.close()
    logging.getLogger("kling_desktop").propagate = True


def test_d28_the_log_is_masked_on_disk_and_its_owners_alone(tmp_path, our_log):
    start_logging(tmp_path / "logs")
    our_log.warning("refused %s", "Bearer sk-canary-0123456789")
    written = tmp_path / "logs" / "kling-desktop.log"
    assert "refused Bearer [masked]" in written.read_text()
    assert written.stat().st_mode & 0o077 == 0


def test_f24_the_log_grows_to_a_limit_and_stays_private(tmp_path, our_log):
    start_logging(tmp_path / "logs")
    for number in range(80):
        our_log.info("%d %s", number, "many words " * 10_000)
    written = list((tmp_path / "logs").iterdir())
    assert len(written) == 6
    assert sum(file.stat().st_size for file in written) < 7_000_000
    assert {file.stat().st_mode & 0o077 for file in written} == {0}
    assert (tmp_path / "logs" / "kling-desktop.log").read_text().splitlines()[-1].find(": 79 ") > 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_f24_a_full_disk_under_the_log_stops_nothing(tmp_path, our_log):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "kling-desktop.log").symlink_to("/dev/full")
    start_logging(tmp_path / "logs")
    our_log.warning("goes on")


def test_f24_a_log_that_cannot_be_written_stops_nothing(tmp_path, our_log):
    (tmp_path / "logs").write_text("a file, not a folder")
    start_logging(tmp_path / "logs")
    our_log.warning("goes on")
