"""Any picture on the command line: mended by itself, changed only when asked."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from kling_desktop.sandbox import Sandbox
from tests.cli.process import Command
from tests.images.makers import (
    SECRETS,
    drawing,
    photograph,
    saved,
    see_through,
)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path_factory.mktemp("world"), pace_s=(0.2, 0.3))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def command(tmp_path: Path, sandbox: Sandbox) -> Command:
    return Command(tmp_path / "home", {"KLING_DESKTOP_SANDBOX_KEY": sandbox.key})


@pytest.fixture
def at(sandbox: Sandbox) -> list[str]:
    return ["--provider", "sandbox", "--base-url", sandbox.base_url, "--prompt", "a cup", "--json"]


def picture(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def kept(command: Command) -> list[Path]:
    return sorted(path for path in command.home.rglob("inputs/*/*") if path.is_file())


def test_what_nobody_sees_is_mended_without_being_asked(
    command: Command, at: list[str], tmp_path: Path
) -> None:
    given = [
        picture(tmp_path, "phone.heic", photograph(6, "HEIF", quality=90)),
        picture(tmp_path, "turned.jpg", photograph(6)),
        picture(tmp_path, "print.tiff", saved(drawing("CMYK"), "TIFF")),
        picture(tmp_path, "cut-out.png", saved(see_through(), "PNG")),
    ]
    made = command("image", *at, "--subject", *given, "--background", "#00A000")
    assert made.code == 0, made.said
    originals = [path.read_bytes() for path in given]
    sent = [path for path in kept(command) if path.read_bytes() not in originals]
    assert len(sent) == len(given)
    for path in sent:
        assert not any(secret in path.read_bytes() for secret in SECRETS)
        with Image.open(path) as seen:
            assert seen.format in ("JPEG", "PNG")
            assert (seen.size, seen.mode) == (drawing().size, "RGB")
    corners = set()
    for path in sent:
        with Image.open(path) as seen:
            corners.add(seen.convert("RGB").getpixel((9, 9)))
    assert (0, 160, 0) in corners


@pytest.mark.parametrize(
    ("size", "rule", "advised"),
    [
        ((900, 300), "ratio", [["--fit", "crop"], ["--fit", "pad"]]),
        ((200, 200), "side_px", [["--enlarge"]]),
    ],
)
def test_what_changes_the_look_is_done_only_when_asked(
    *,
    command: Command,
    at: list[str],
    tmp_path: Path,
    size: tuple[int, int],
    rule: str,
    advised: list[list[str]],
) -> None:
    path = picture(tmp_path, "cup.png", saved(drawing(size=size), "PNG"))
    refused = command("image", *at, "--subject", path)
    assert refused.code == 2
    (problem,) = refused.only["problems"]
    assert (problem["field"], problem["rule"]) == ("subjects[0]", rule)
    assert set(problem) == {"field", "rule", "limit", "value"}
    named = re.findall(r"--fit \w+|--enlarge", refused.said)
    assert [words.split() for words in named] == advised
    for options in advised:
        made = command("image", *at, "--subject", path, *options)
        assert made.code == 0, made.said


def test_no_repair_refuses_what_is_not_acceptable_as_it_stands(
    command: Command, at: list[str], tmp_path: Path
) -> None:
    heic = picture(tmp_path, "phone.heic", saved(drawing(), "HEIF"))
    refused = command("image", *at, "--subject", heic, "--no-repair")
    assert refused.code == 2
    (problem,) = refused.only["problems"]
    assert (problem["rule"], problem["value"]) == ("format", "HEIC")
    assert "--no-repair" in refused.said
    turned = picture(tmp_path, "turned.jpg", photograph(6))
    made = command("image", *at, "--subject", turned, "--no-repair")
    assert made.code == 0, made.said
    assert [path.read_bytes() for path in kept(command)] == [turned.read_bytes()]


def test_options_that_contradict_each_other_or_say_nothing_are_refused(
    command: Command, at: list[str], tmp_path: Path
) -> None:
    path = picture(tmp_path, "cup.png", saved(drawing(), "PNG"))
    contrary = command("image", *at, "--subject", path, "--no-repair", "--enlarge")
    assert contrary.code == 2
    assert contrary.only["problems"][0]["rule"] == "usage"
    unclear = command("video", *at, "--image", path, "--fit", "squeeze", "--background", "blue")
    assert unclear.code == 2
    named = [(problem["field"], problem["rule"]) for problem in unclear.only["problems"]]
    assert named == [("fit", "choice"), ("background", "choice")]


def test_a_video_takes_any_picture_too(command: Command, at: list[str], tmp_path: Path) -> None:
    path = picture(tmp_path, "long.webp", saved(drawing(size=(900, 300)), "WEBP"))
    made = command("video", *at, "--image", path, "--fit", "pad")
    assert made.code == 0, made.said
