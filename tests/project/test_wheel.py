"""The wheel, installed outside the checkout, is a whole app: resources, entry point, window."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from kling_desktop.kling.profiles import PROFILES
from tests.project.tree import ROOT, files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", folder]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, ROOT], check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`kling-desktop` in an environment of its own, which borrows the dependencies of this one."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", python]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--quiet", wheel], check=True)
    return folder / "bin" / "kling-desktop"


def run(command: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [command, *arguments],
        cwd=cwd,
        env={**env, "HOME": str(cwd)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_carries_every_resource(wheel):
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    ours = (path.relative_to(ROOT / "resources") for path in files("resources/**/*"))
    assert {f"kling_desktop/_resources/{path.as_posix()}" for path in ours} <= carried


def test_the_installed_command_lists_the_providers(command, tmp_path):
    ended = run(command, "providers", "--json", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    answered = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [entry["id"] for entry in answered] == list(PROFILES)


def test_the_installed_app_takes_the_tour(command, tmp_path):
    pictures = tmp_path / "pictures"
    ended = run(command, "tour", "--out", str(pictures), cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert list(pictures.glob("*.png"))
