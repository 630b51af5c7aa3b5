"""Each awkward picture: the verdict, the copy, and a second opinion on the copy by Qt."""

import hashlib
from pathlib import Path

import pytest

from kling_desktop.domain.errors import AppError
from kling_desktop.domain.media import COMMON_LIMITS, Acceptance
from kling_desktop.images.inspect import inspect, inspect_as_it_stands
from kling_desktop.images.prepare import upload_copy
from tests.images.awkward import CASES, Awkward
from tests.images.makers import SECRETS
from tests.images.opinions import breaches, by_qt, distance, seen_by_qt

pytestmark = pytest.mark.usefixtures("qapp")
ACCEPTED = [case for case in CASES if case.acceptance is not Acceptance.REFUSED]


def name(case: Awkward) -> str:
    return f"{case.row}-{case.name}"


@pytest.fixture
def file(tmp_path: Path, case: Awkward) -> Path:
    path = tmp_path / case.name
    path.write_bytes(case.data)
    return path


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 60
    assert len({name(case) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_the_verdict(case: Awkward, file: Path) -> None:
    facts = inspect(file, case.edit)
    broken = [problem.rule for problem in facts.problems("scene", COMMON_LIMITS, case.name)]
    assert broken == list(case.rules)
    assert facts.acceptance(COMMON_LIMITS, case.edit) is case.acceptance
    if case.acceptance is not Acceptance.REFUSED:
        assert facts.mends == case.mends


@pytest.mark.parametrize("case", ACCEPTED, ids=name)
def test_the_copy_keeps_every_rule_and_no_secret(case: Awkward, file: Path) -> None:
    copy = upload_copy(file, case.edit)
    assert breaches(copy.sent, COMMON_LIMITS) == []
    assert [secret for secret in SECRETS if secret in copy.sent] == []
    assert upload_copy(file, case.edit) == copy
    assert copy.original == file.read_bytes()
    facts = copy.facts
    assert facts == inspect(file, case.edit)
    assert facts.original_sha256 == hashlib.sha256(copy.original).hexdigest()
    assert facts.original_size_bytes == len(copy.original)
    format, image = by_qt(copy.sent)
    assert (facts.width, facts.height) == (image.width(), image.height())
    assert (facts.format, facts.size_bytes) == (format.upper(), len(copy.sent))
    assert copy.sent_extension == {"JPEG": "jpg", "PNG": "png"}[facts.format]
    assert (copy.sent == copy.original) is (case.mends == ())


@pytest.mark.parametrize("case", [case for case in ACCEPTED if case.looks], ids=name)
def test_the_copy_looks_as_the_picture_did(case: Awkward, file: Path) -> None:
    assert case.looks is not None
    assert distance(seen_by_qt(upload_copy(file, case.edit).sent), case.looks()) < 12


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.acceptance is Acceptance.REFUSED], ids=name
)
def test_what_cannot_be_read_has_no_copy(case: Awkward, file: Path) -> None:
    if inspect(file, case.edit).fault is None:
        facts = upload_copy(file, case.edit).facts
        assert facts.acceptance(COMMON_LIMITS, case.edit) is Acceptance.REFUSED
        return
    with pytest.raises(AppError):
        upload_copy(file, case.edit)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_as_it_stands_nothing_is_mended(case: Awkward, file: Path) -> None:
    facts = inspect_as_it_stands(file)
    assert facts.mends == ()
    if facts.fault is None:
        assert (facts.format, facts.size_bytes) == (facts.original_format, file.stat().st_size)
