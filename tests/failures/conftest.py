"""A home on the wire, for every test here; each must end in the universal check."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from anyio import to_thread

from tests.failures.stand import Stand, World
from tests.fakes.wire.loop import WireLoop


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """asyncio on a loop whose time skips ahead."""
    return "asyncio", {"loop_factory": WireLoop}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, WireLoop)
    loop.limiter = to_thread.current_default_thread_limiter()
    made = World()
    await made.up()
    yield made
    await made.down()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder on the quickest disk there is: every step here is synced."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture
async def stand(folder: Path, world: World) -> AsyncIterator[Stand]:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    made = Stand(folder, world)
    await made.open()
    yield made
    if made.is_open:
        await made.crash()
    assert made.is_judged, "a test here ends in `await stand.ends(creations=...)`"
