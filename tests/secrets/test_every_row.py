"""Every danger to a secret has a test that carries its number."""

import re

from tests.project.tree import ROOT, files

DANGERS = [f"f{number:02}" for number in range(1, 25)]


def test_each_danger_has_a_test() -> None:
    named = {
        danger
        for path in files("**/test_*.py")
        if path.is_relative_to(ROOT / "tests")
        for test in re.findall(r"def (test_f\d\d_\w+)", path.read_text("utf-8"))
        for danger in re.findall(r"f\d\d(?=_)", test)
    }
    assert [danger for danger in DANGERS if danger not in named] == []
