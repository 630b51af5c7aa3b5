"""A library panel over a real folder, a real index and real thumbnails."""

from pathlib import Path

import pytest

from kling_desktop.resources import resource
from kling_desktop.ui.look import Look
from tests.fakes.desk import a_shop


@pytest.fixture
def look(qapp) -> Look:
    look = Look(resource("icons"), "light")
    look.apply()
    return look


@pytest.fixture
def shop(tmp_path: Path, look: Look):
    shop = a_shop(tmp_path, look)
    yield shop
    shop.index.close()
