import pytest

from kling_desktop.resources import resource


def test_a_checkout_finds_its_own_icons():
    assert resource("icons").is_dir()
    assert resource("icons/check.svg").read_text(encoding="utf-8").lstrip().startswith("<")


@pytest.mark.parametrize("name", ["nothing.svg", "../pyproject.toml", "/etc/hostname"])
def test_nothing_is_found_that_is_no_resource(name):
    with pytest.raises(FileNotFoundError):
        resource(name)
