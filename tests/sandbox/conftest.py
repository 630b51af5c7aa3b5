"""A sandbox in a temporary folder, a client for it, and small pictures that differ well."""

import base64
import io
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from kling_desktop.sandbox import Sandbox

IMAGES = "/v1/images/multi-image2image"


@dataclass
class Clock:
    """The sandbox's time, moved by the test."""

    ms: int = 1_800_000_000_000

    def __call__(self) -> int:
        return self.ms


def pattern(seed: int, size: tuple[int, int] = (400, 400)) -> Image.Image:
    """Soft random blots: no two seeds look alike, at any scale."""
    dice = random.Random(seed)
    blots = Image.new("RGB", (5, 5))
    for x in range(5):
        for y in range(5):
            blots.putpixel((x, y), tuple(dice.randrange(20, 236) for _ in range(3)))
    return blots.resize(size, Image.Resampling.BICUBIC)


def fetch(address: str, **options: Any) -> httpx.Response:
    """As anybody without a key. Plain HTTP: certificates, slow to load, are left out."""
    return httpx.get(address, verify=False, **options)


def encoded(image: Image.Image, format: str = "JPEG") -> str:
    buffer = io.BytesIO()
    image.save(buffer, format)
    return base64.b64encode(buffer.getvalue()).decode()


@dataclass
class Account:
    """Asks one sandbox as its account."""

    sandbox: Sandbox
    http: httpx.Client

    def create(self, path: str = IMAGES, **fields: object) -> httpx.Response:
        if "subject_image_list" not in fields and "/images/" in path:
            fields["subject_image_list"] = [{"subject_image": encoded(pattern(1))}]
        return self.http.post(path, json=fields)

    def accepted(self, path: str = IMAGES, **fields: object) -> str:
        answer = self.create(path, **fields).json()
        assert answer["code"] == 0, answer
        return answer["data"]["task_id"]

    def task(self, id: str, path: str = IMAGES) -> dict:
        return self.http.get(f"{path}/{id}").json()["data"]

    def addresses(self, id: str) -> list[str]:
        return [image["url"] for image in self.task(id)["task_result"]["images"]]


OpenAccount = Callable[..., Account]


@contextmanager
def opening(folder: Path) -> Iterator[OpenAccount]:
    opened: list[Account] = []

    def open_one(**options: object) -> Account:
        sandbox = Sandbox(folder, **{"pace_s": (0, 0), **options})
        sandbox.start()
        headers = {"Authorization": f"Bearer {sandbox.key}"}
        # Plain HTTP: reading the certificates of half the world would be most of a test.
        http = httpx.Client(base_url=sandbox.base_url, headers=headers, timeout=30, verify=False)
        opened.append(Account(sandbox, http))
        return opened[-1]

    yield open_one
    for account in opened:
        account.http.close()
        account.sandbox.stop()


@pytest.fixture
def open_account(tmp_path: Path) -> Iterator[OpenAccount]:
    """Start a sandbox over the test's folder; every task is done at once unless told otherwise."""
    with opening(tmp_path / "sandbox") as open_one:
        yield open_one


@pytest.fixture(scope="module")
def empty_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """One for all tests of a module that never create anything."""
    with opening(tmp_path_factory.mktemp("empty")) as open_one:
        yield open_one()


@pytest.fixture
def account(open_account: OpenAccount) -> Account:
    return open_account()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_pattern() -> Callable[..., Image.Image]:
    return pattern


@pytest.fixture
def encode() -> Callable[..., str]:
    return encoded
