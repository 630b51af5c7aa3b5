"""Doors that do not exist, and what tells when somebody builds one.

Whoever adds one of them finds its row here, brings the guard that the row asks for, and its tests.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from kling_desktop.domain import recipes
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.library.sidecar import asset_of
from tests.library.samples import STORED
from tests.project.tree import ROOT, files, name

SOURCES = [path for path in files("**/*.py") if path.is_relative_to(ROOT / "kling_desktop")]


def mentions(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Import():
            yield from (("import", alias.name) for alias in node.names)
        case ast.ImportFrom():
            yield from (("import", f"{node.module}.{alias.name}") for alias in node.names)
        case ast.Attribute():
            yield "use", node.attr
        case ast.Name():
            yield "use", node.id


@cache
def mentioned() -> frozenset[tuple[str, str, str]]:
    """(file, "import" or "use", name) of everything that the app's code names."""
    return frozenset(
        (name(path), *mention)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for mention in mentions(node)
    )


def importers(*modules: str) -> set[str]:
    pattern = re.compile(rf"^(?:{'|'.join(map(re.escape, modules))})(?:\.|$)")
    return {file for file, how, named in mentioned() if how == "import" and pattern.match(named)}


def users(*names: str) -> set[str]:
    """Files that name one of these as a variable, a function or an attribute."""
    return {file for file, how, named in mentioned() if how == "use" and named in names}


def test_f13_a_recipe_of_somebody_else_brings_pictures_and_words_and_nothing_else() -> None:
    request = MultiImageToImage(model="kling-v2-1", subjects=(STORED,), prompt="a lamp")
    foreign = recipes.to_json(request) | {
        "base_url": "https://evil.example",
        "provider": "custom",
        "library": "/etc",
        "output": "/etc/cron.d/x",
        "external_task_id": "stolen",
    }
    assert recipes.from_json(foreign) == request
    for path in ({"path": "/etc/passwd"}, {"name": "../../etc/passwd"}):
        with pytest.raises(ValueError, match="not a recipe"):
            recipes.from_json(foreign | {"subjects": [path]})


def test_f13_a_sidecar_cannot_say_where_its_result_lies() -> None:
    values = {
        "id": "x",
        "index": 0,
        "provider": "kling",
        "model": "m",
        "is_sandbox": False,
        "base_url": "https://evil.example",
        "request": {"prompt": ""},
        "times": {"created_at_ms": 0},
        "file": {
            "name": "/etc/passwd",
            "media": "image",
            "sha256": "",
            "size_bytes": 1,
            "width": 1,
            "height": 1,
            "duration_s": None,
        },
    }
    asset = asset_of(values, Path("/library/2026/01/lamp.png.json"))
    assert asset.file.as_posix() == "2026/01/lamp.png"


def test_f16_no_program_is_started_and_one_module_alone_opens_files() -> None:
    assert importers("subprocess", "pty", "multiprocessing", "webbrowser") == set()
    assert users("system", "popen", "startfile", "QProcess", "execv", "execve", "posix_spawn") == (
        set()
    )
    assert users("QDesktopServices", "openUrl") == {"kling_desktop/ui/outside.py"}


def test_f17_no_archive_is_opened() -> None:
    assert importers("zipfile", "tarfile", "shutil.unpack_archive", "gzip", "bz2", "lzma") == set()
    assert users("unpack_archive", "extractall") == set()


def test_f18_nothing_is_loaded_by_a_name_that_others_choose() -> None:
    assert importers("pickle", "marshal", "shelve", "runpy", "imp") == set()
    # Qt's own plugin, by its full path, to see whether Qt could load it.
    assert importers("ctypes") == {"kling_desktop/ui/display.py"}
    assert users("addLibraryPath", "setLibraryPaths", "QPluginLoader", "load_module") == set()
    assert users("eval", "__import__", "exec_module") == set()
    called = {file for file in users("exec") if "/ui/" not in file}
    assert called == {"kling_desktop/app.py"}, "Qt's own exec: the event loop, and drags in ui/"


def test_f18_the_installed_command_takes_no_module_from_the_current_folder(tmp_path: Path) -> None:
    """As the script that an installation makes: Python puts its folder first, not the current."""
    trap = tmp_path / "trap"
    trap.mkdir()
    for module in ("httpx", "PIL", "keyring", "json", "kling_desktop", "sitecustomize"):
        (trap / f"{module}.py").write_text("raise SystemExit('trapped')")
    script = tmp_path / "bin" / "kling-desktop"
    script.parent.mkdir()
    script.write_text("import sys\nfrom kling_desktop.__main__ import main\nsys.exit(main())\n")
    ended = subprocess.run(
        [sys.executable, script, "--home", tmp_path / "home", "providers"],
        cwd=trap,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert "kling" in ended.stdout


def test_f18_qt_looks_for_plugins_beside_itself_alone() -> None:
    code = "from PySide6.QtCore import QCoreApplication as A; a = A([]); print(A.libraryPaths())"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd="/", capture_output=True, text=True, check=True
    )
    paths = [Path(path) for path in ast.literal_eval(ended.stdout)]
    here = {Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    assert paths
    assert [path for path in paths if not any(path.is_relative_to(own) for own in here)] == []


def test_f19_what_is_installed_is_what_the_lock_has_hashed() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pins = re.findall(r"^[a-z0-9][^\s=]*==", lock, re.MULTILINE)
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert len(pins) == len(blocks) > 40
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert '"--require-hashes"' in (ROOT / "build_scripts" / "environment.py").read_text("utf-8")


def test_f20_the_app_does_not_bring_itself_up_to_date() -> None:
    assert importers("pip", "ensurepip", "venv", "importlib.metadata", "urllib.request") <= {
        "kling_desktop/kling/download.py",  # asks the system for its proxies
        "kling_desktop/kling/proxies.py",
    }
    assert users("urlopen", "urlretrieve", "build_opener") == set()
    said = "".join(path.read_text("utf-8") for path in SOURCES)
    addresses = {found.rstrip("/.") for found in re.findall(r"https://([\w.-]+\.\w+)", said)}
    hosts = {host for host in addresses if not host.endswith(("example.com", "example.org"))}
    assert hosts <= {
        "api-singapore.klingai.com",
        "api-beijing.klingai.com",
        "api.klingai.com",
        "api.cometapi.com",
        "api.powertokens.ai",
    }


def test_f21_nothing_listens_but_the_sandbox_and_the_owners_door() -> None:
    listeners = {
        "create_server",
        "start_server",
        "start_unix_server",
        "create_unix_server",
        "bind",
        "listen",
        "QLocalServer",
        "QTcpServer",
        "QUdpSocket",
        "QDBusConnection",
    }
    assert users(*listeners) == {
        "kling_desktop/sandbox/server.py",
        "kling_desktop/handover/place.py",  # guarded: see test_handover.py
        "kling_desktop/handover/door.py",  # which asks for it
    }
    assert importers("pickle", "marshal", "shelve", "multiprocessing") == set()
    assert importers("socketserver", "http.server", "xmlrpc", "uvicorn") == {
        "kling_desktop/sandbox/listener.py"
    }


def test_f23_what_stays_in_memory_is_said() -> None:
    said = re.sub(r"\s+", " ", (ROOT / "README.md").read_text("utf-8"))
    assert "in memory" in said
