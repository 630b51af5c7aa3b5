"""Tasks for the tests of the library, and the ways that hypothesis makes them."""

import itertools
import secrets
from decimal import Decimal
from pathlib import PurePosixPath

from hypothesis import strategies as st

from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.findings import Candidate
from kling_desktop.domain.media import MediaKind, StoredImage, UrlImage
from kling_desktop.domain.money import Cost, CostBasis
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage, MultiImageToVideo
from kling_desktop.domain.tasks import Output, OutputState, Task, TaskState

CREATED_AT_MS = 1_760_000_000_000  # October 2025
STORED = StoredImage("a" * 64, "jpg", "b" * 64, "jpg", "lamp.jpg", 640, 480)
REQUEST = MultiImageToImage(model="kling-v2-1", subjects=(STORED,), prompt="A lamp in the rain")
_numbers = itertools.count(1)


def a_task(**changes: object) -> Task:
    """A frozen task with ids of its own."""
    id = secrets.token_hex(16)
    values: dict[str, object] = {
        "id": id,
        "kind": TaskKind.IMAGE,
        "provider": "sandbox",
        "base_url": None,
        "account": "",
        "external_task_id": f"kd-{id}",
        "task_id": None,
        "state": TaskState.FROZEN,
        "request": REQUEST,
        "request_sha256": "c" * 64,
        "body_sha256": "d" * 64,
        "created_at_ms": CREATED_AT_MS + next(_numbers),
        "updated_at_ms": CREATED_AT_MS,
    }
    return Task(**(values | changes))  # type: ignore[arg-type]


_text = st.text(st.characters(codec="utf-8"), max_size=40)
_hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
_sizes = st.integers(0, 2**40)
_times = st.none() | st.integers(0, 2**42)
_images = st.builds(UrlImage, _text) | st.builds(
    StoredImage, _hashes, st.just("png"), _hashes, st.just("jpg"), _text, _sizes, _sizes
)
_shared = {
    "model": _text,
    "prompt": _text,
    "negative_prompt": _text,
    "aspect_ratio": _text,
    "watermark": st.booleans(),
    "callback_url": st.none() | _text,
    "external_task_id": st.none(),
}
_pictures = st.lists(_images, max_size=4).map(tuple)
requests = st.builds(
    MultiImageToImage,
    subjects=_pictures,
    scene=st.none() | _images,
    style=st.none() | _images,
    n=st.integers(1, 9),
    **_shared,
) | st.builds(
    MultiImageToVideo,
    pictures=_pictures,
    mode=_text,
    duration_s=st.integers(1, 10),
    **_shared,
)
_files = st.none() | st.just(PurePosixPath("2025/10/a lamp 12345678-0.png"))
_outputs = st.builds(
    Output,
    index=st.integers(0, 9),
    media=st.sampled_from(MediaKind),
    url=_text,
    watermark_url=_text,
    state=st.sampled_from(OutputState),
    file=_files,
    watermarked_file=_files,
    sha256=_hashes,
    size_bytes=_sizes,
    width=_sizes,
    height=_sizes,
    duration_s=st.none() | st.floats(0, 100),
)
_units = st.none() | st.decimals(allow_nan=False, allow_infinity=False).map(Decimal)
tasks = st.builds(
    Task,
    id=st.text("0123456789abcdef", min_size=32, max_size=32),
    kind=st.sampled_from(TaskKind),
    provider=_text,
    base_url=st.none() | _text,
    account=_text,
    external_task_id=_text,
    task_id=st.none() | _text,
    state=st.sampled_from(TaskState),
    request=requests,
    request_sha256=_hashes,
    body_sha256=_hashes,
    created_at_ms=st.integers(0, 2**42),
    updated_at_ms=st.integers(0, 2**42),
    revision=st.integers(0, 1000),
    is_watched=st.booleans(),
    attempts=st.integers(0, 9),
    consents=st.integers(0, 9),
    first_sent_at_ms=_times,
    unclear_since_ms=_times,
    not_before_ms=_times,
    remote_created_at_ms=_times,
    remote_status=_text,
    result_url_seen_at_ms=_times,
    finished_at_ms=_times,
    took_ms=_times,
    candidates=st.lists(st.builds(Candidate, _text, _times, _text), max_size=2).map(tuple),
    cost=st.builds(Cost, _units, st.sampled_from(CostBasis)),
    error=st.none()
    | st.builds(ErrorRecord, _text, _text, st.sampled_from(Remedy), st.none() | _text),
    outputs=st.lists(_outputs, max_size=4, unique_by=lambda output: output.index).map(
        lambda found: tuple(sorted(found, key=lambda output: output.index))
    ),
)
