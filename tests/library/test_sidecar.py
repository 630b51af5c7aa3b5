import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings

from kling_desktop.domain import recipes
from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.money import Cost, CostBasis
from kling_desktop.domain.requests import GenerationRequest
from kling_desktop.domain.tasks import Output, OutputState
from kling_desktop.library.sidecar import (
    NotASidecarError,
    asset_of,
    read_sidecar,
    sidecar_path,
    values_of,
    write_sidecar,
)
from tests.library import samples
from tests.library.samples import REQUEST, a_task

OUTPUT = Output(
    2,
    MediaKind.IMAGE,
    url="https://cdn/result?signature=1",
    watermark_url="https://cdn/marked?signature=1",
    state=OutputState.SAVED,
    file=PurePosixPath("2025/10/A lamp 12345678-2.png"),
    sha256="f" * 64,
    size_bytes=1234,
    width=64,
    height=36,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    assert OUTPUT.file is not None
    path = sidecar_path(tmp_path / OUTPUT.file)
    path.parent.mkdir(parents=True)
    return path


def write(path: Path, values: dict[str, Any]) -> dict[str, Any]:
    return write_sidecar(path, values, path.with_name("spare.part"))


def test_a_sidecar_has_everything_to_repeat_the_request_and_nothing_secret(path: Path) -> None:
    task = a_task(
        task_id="99887766",
        account="fingerprint",
        base_url="https://gateway.example",
        cost=Cost(Decimal("16.50"), CostBasis.REPORTED),
    )
    write(path, values_of(task, OUTPUT))
    assert path.name == "A lamp 12345678-2.png.json"
    values = read_sidecar(path)
    assert recipes.from_json(values["request"]) == REQUEST
    assert (values["format"], values["revision"], values["index"]) == (1, 1, 2)
    assert values["id"] == task.id
    assert values["external_task_id"] == task.external_task_id
    assert values["task_id"] == "99887766"
    assert (values["provider"], values["model"]) == ("sandbox", "kling-v2-1")
    assert values["times"]["created_at_ms"] == task.created_at_ms
    assert values["cost"] == {"units": "16.50", "basis": "reported"}
    assert values["file"]["sha256"] == OUTPUT.sha256
    text = path.read_text(encoding="utf-8")
    for secret in ("https://", "signature", "fingerprint", str(path.parent)):
        assert secret not in text


@given(request=samples.requests)
@settings(deadline=None, max_examples=50)
def test_every_request_comes_back_from_a_sidecar(
    request: GenerationRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("sidecar") / "x.png.json"
    write(path, values_of(a_task(request=request), OUTPUT))
    assert recipes.from_json(read_sidecar(path)["request"]) == request


def test_what_others_wrote_into_it_survives(path: Path) -> None:
    task = a_task()
    values = write(path, values_of(task, OUTPUT))
    values["rating"] = 5
    values["file"]["seen"] = True
    path.write_text(json.dumps(values), encoding="utf-8")
    changed = values_of(replace(task, finished_at_ms=5), OUTPUT)
    assert write(path, changed)["revision"] == 2
    again = read_sidecar(path)
    assert again["rating"] == 5
    assert again["file"]["seen"] is True
    assert again["file"]["sha256"] == OUTPUT.sha256
    assert again["times"]["saved_at_ms"] == 5


def test_the_same_again_writes_nothing(path: Path) -> None:
    task = a_task()
    write(path, values_of(task, OUTPUT))
    before = path.stat().st_mtime_ns, path.read_bytes()
    assert write(path, values_of(task, OUTPUT))["revision"] == 1
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', "[" * 100_000, "\x00\xff"])
def test_a_corrupt_one_is_kept_aside_and_written_anew(path: Path, text: str) -> None:
    for number in ("", ".1"):
        path.write_text(text, encoding="latin-1")
        with pytest.raises(NotASidecarError):
            read_sidecar(path)
        write(path, values_of(a_task(), OUTPUT))
        assert read_sidecar(path)["revision"] == 1
        bad = path.with_name(f"{path.name}{number}.bad")
        assert bad.read_text(encoding="latin-1") == text


def test_one_from_a_newer_version_stays_as_it_is(path: Path) -> None:
    text = json.dumps({"format": 2, "something": "else"})
    path.write_text(text, encoding="utf-8")
    task = a_task()
    values = write(path, values_of(task, OUTPUT))
    assert path.read_text(encoding="utf-8") == text
    assert asset_of(values, path).task == task.id


def test_the_gallery_sees_the_place_where_the_pair_really_stands(path: Path) -> None:
    write(path, values_of(a_task(provider="kling"), OUTPUT))
    moved = path.rename(path.with_name("my lamp.v2.png.json"))
    asset = asset_of(read_sidecar(moved), moved)
    assert asset.file == PurePosixPath("2025/10/my lamp.v2.png")
    assert not asset.is_sandbox
