import ast
import re
import tomllib

import pytest

import kling_desktop
from tests.project.tree import ROOT, files, name

REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "deb." + "debian.org")
LONGEST_FILE = 400
LONGEST_FUNCTION = 40


def text_files():
    for path in files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_file_names_this_machine_or_a_package_registry():
    strangers = (str(ROOT), *REGISTRIES)
    named = [
        f"{name(path)}: {stranger}"
        for path, text in text_files()
        for stranger in strangers
        if stranger in text
    ]
    assert named == []


def test_no_module_of_the_app_is_longer_than_a_reader_holds():
    lengths = {
        name(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in files("kling_desktop/**/*.py", "build_scripts/*.py")
    }
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_of_the_app_is_longer_than_a_screen():
    long = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in files("kling_desktop/**/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_the_window_takes_every_colour_from_its_tokens():
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|QColor\(\s*[\"'\d]|Qt\.GlobalColor")
    found = [
        f"{name(path)}:{number}: {line.strip()}"
        for path in files("kling_desktop/ui/**/*.py")
        if path.name != "theme.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if colour.search(line)
    ]
    assert found == []


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in listed for line in block.splitlines() if '"' in line]
    assert len(lines) > 10
    assert [line for line in lines if not re.match(r'"[^"]+",\s+# \w', line)] == []


def pins() -> dict[str, str]:
    """Each pin of the lock with the lines that follow it."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=\S)", text.replace("\\\n", ""), flags=re.MULTILINE)
    return {block.split("==")[0]: block for block in blocks if block.strip()}


def normal(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ;]", requirement)[0]).lower()


def test_the_lock_pins_every_dependency_with_hashes():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = pins()
    assert [name for name in map(normal, wanted) if name not in locked] == []
    exact = re.compile(r"[a-z0-9-]+==\S+( ; .*?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert [name for name, block in locked.items() if not exact.fullmatch(block)] == []


def test_the_lock_names_no_place_on_any_machine():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.findall(r"://|\bfile:|@ |--find-links|--index|--trusted", text) == []


def test_the_version_is_one_and_the_changelog_tells_of_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert kling_desktop.__version__ == project["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[?{re.escape(project['version'])}\b", changelog, re.MULTILINE)


@pytest.mark.parametrize("command", ["run", "test"])
def test_the_readme_gives_the_two_commands(command):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"python3 build_scripts/dev.py {command}\n" in readme
