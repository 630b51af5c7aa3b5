"""What the tests of the providers share: a request with a picture on disk, and clients."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kling_desktop.domain.answers import Outgoing
from kling_desktop.domain.keys import AccessKeyPair, ApiKey, Credential, Secret
from kling_desktop.domain.media import StoredImage
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.kling.client import KlingClient
from kling_desktop.kling.download import DownloadLimits
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.kling.transport import Timeouts

KEY = ApiKey(Secret("api-key-kling-canary-0123456789"))
PAIR = AccessKeyPair(Secret("access-key-canary"), Secret("secret-key-canary-of-32-bytes-or-more"))
FAST = Timeouts(connect_s=2, read_s=0.3, write_s=0.3, create_total_s=5, ask_total_s=0.6)


@dataclass
class Kept:
    """Pictures as the library keeps them for sending."""

    folder: Path

    def picture(self, name: str, data: bytes) -> StoredImage:
        (self.folder / name).write_bytes(data)
        return StoredImage(name, "png", name, "png", f"{name}.png", 400, 400)

    @property
    def files(self) -> dict[str, Path]:
        return {path.name: path for path in self.folder.iterdir()}


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    folder = tmp_path / "inputs"
    folder.mkdir()
    return Kept(folder)


@pytest.fixture
def outgoing(kept: Kept) -> Outgoing:
    request = MultiImageToImage(
        model="kling-v2-1", subjects=(kept.picture("cat", b"a cat"),), prompt="a cat"
    )
    return Outgoing(request, "kd-one", kept.files)


ClientOf = Callable[..., KlingClient]


@pytest.fixture
def client_of() -> ClientOf:
    def make(
        url: str,
        credential: Credential = KEY,
        provider: str = "kling",
        timeouts: Timeouts = FAST,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        limits: DownloadLimits | None = None,
    ) -> KlingClient:
        return KlingClient(
            PROFILES[provider], url, credential, now_ms=now_ms, timeouts=timeouts, limits=limits
        )

    return make
