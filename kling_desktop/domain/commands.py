"""What people ask for, as frozen values; the window and the command line make them."""

from dataclasses import dataclass

from kling_desktop.domain.media import FileImage
from kling_desktop.domain.requests import GenerationRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Buy this once. `id` is made by the asker, so that a row can be shown at once.

    `base_url` None means the provider's own. `as_it_stands` forbids mending an upload copy.
    `twin_is_meant` says that an equal request of the last ten minutes is known and wanted again;
    without it such a twin is rejected with the remedy DECIDE, and nothing is sent. `previewed`
    holds the SHA-256 of files as the person saw them: other bytes are rejected as CHANGED.
    """

    id: str
    provider: str
    request: GenerationRequest
    base_url: str | None = None
    as_it_stands: bool = False
    twin_is_meant: bool = False
    previewed: tuple[tuple[FileImage, str], ...] = ()
