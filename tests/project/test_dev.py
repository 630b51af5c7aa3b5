import subprocess
import sys

import pytest

from tests.project.tree import ROOT


def dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The script without any installed package, as it is met after a clone."""
    return subprocess.run(
        [sys.executable, "-S", "-E", ROOT / "build_scripts" / "dev.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "command", ["run", "test", "check", "bench", "package", "lock", "messages"]
)
def test_help_needs_the_standard_library_alone_and_tells_of_every_command(command):
    ended = dev("--help")
    assert ended.returncode == 0
    assert f"    {command} " in ended.stderr


@pytest.mark.parametrize("typed", [[], ["rum"]])
def test_a_wrong_command_is_answered_with_the_right_ones(typed):
    ended = dev(*typed)
    assert ended.returncode == 2
    assert "check" in ended.stderr
