from collections.abc import Callable

import pytest

from kling_desktop.domain.media import UrlImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.domain.tasks import Task, TaskState


@pytest.fixture
def a_task() -> Callable[[TaskState], Task]:
    request = MultiImageToImage(model="kling-v2-1", subjects=(UrlImage("https://x.example/a.png"),))

    def make(state: TaskState) -> Task:
        return Task(
            id="0" * 32,
            kind=TaskKind.IMAGE,
            provider="sandbox",
            base_url=None,
            account="",
            external_task_id="kd-0",
            task_id=None,
            state=state,
            request=request,
            request_sha256="",
            body_sha256="",
            created_at_ms=0,
            updated_at_ms=0,
        )

    return make
