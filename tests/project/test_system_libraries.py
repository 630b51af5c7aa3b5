import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.tree import ROOT

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="other systems bring Qt's libraries along"
)
ENSURE = """
import sys
sys.path.insert(0, "build_scripts")
import system_libraries
from environment import Stop
try:
    system_libraries.ensure({"libc.so.6": "libc6", "libnever.so.9": "libnever9"})
except Stop as stop:
    sys.exit(str(stop))
"""
OFFER = ENSURE.replace("ensure(", "offer(")
LINE = "apt-get install --yes --no-install-recommends libnever9"


def ensure(programs: Path, code: str = ENSURE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": f"{programs}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_system_without_apt_is_told_what_is_missing(tmp_path):
    ended = ensure(tmp_path)
    assert ended.returncode == 1
    assert "libnever.so.9" in ended.stderr
    assert "libc.so.6" not in ended.stderr


def test_apt_is_run_by_root_and_told_to_anybody_else(tmp_path):
    typed = tmp_path / "typed"
    for program in ("apt-get", "env"):
        script = tmp_path / program
        script.write_text(f'#!/bin/sh\necho {program} "$@" >> {typed}\n', encoding="utf-8")
        script.chmod(0o755)
    ended = ensure(tmp_path)
    assert ended.returncode == 1, "the library cannot be there afterwards either"
    told = typed.read_text(encoding="utf-8") if os.geteuid() == 0 else ended.stderr
    assert LINE in told


def test_what_tests_can_do_without_is_offered_and_never_in_the_way(tmp_path):
    ended = ensure(tmp_path, OFFER)
    assert ended.returncode == 0
    assert "skipped (libnever9)" in ended.stderr
    for program in ("apt-get", "env"):
        (tmp_path / program).write_text("#!/bin/sh\nexit 100\n", encoding="utf-8")
        (tmp_path / program).chmod(0o755)
    assert ensure(tmp_path, OFFER).returncode == 0
