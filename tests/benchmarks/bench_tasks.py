"""A thousand tasks in flight, then five thousand finished at once: the engine beside a client that
asks for each task every five seconds, against the same provider on this computer.

    python -m tests.benchmarks.bench_tasks [IN_FLIGHT [FINISHED]]

Counted by the provider: questions per finished task, downloads apart. Measured here: the time
from when the provider had a result to when its row says that the file is safe; the processor time
of the engine's thread; and the longest time for which the GUI thread did not come round.
"""

import asyncio
import io
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import uvicorn
from PIL import Image
from PySide6.QtCore import QCoreApplication, QTimer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kling_desktop.bridge import EngineThread
from kling_desktop.domain.facts import TaskChanged
from kling_desktop.domain.findings import Finding, RouteKey, Trait
from kling_desktop.domain.keys import ApiKey, Secret, fingerprint
from kling_desktop.domain.providers import Evidence, TaskKind
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.domain.tasks import SETTLED, Task, TaskState, new_id
from kling_desktop.library.ledger import open_ledger
from kling_desktop.library.notebook import LedgerNotebook
from kling_desktop.paths import app_paths

KEY = "bench-key"
PATH = "/v1/images/multi-image2image"
NAIVE_S = 5.0
GAP_MS = 5
AT_ONCE = (0.0, 0.0)


def png() -> bytes:
    """A small picture."""
    target = io.BytesIO()
    Image.new("RGB", (64, 48), "#4a6").save(target, "PNG")
    return target.getvalue()


@dataclass
class World:
    """The provider: every task exists from the start and is done at its own moment."""

    done_at_s: dict[str, float]
    began_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    questions: int = 0
    downloads: int = 0
    picture: bytes = field(default_factory=png)
    address: str = ""

    def record(self, task_id: str) -> dict[str, Any]:
        """A task as it is now."""
        done_ms = int(self.done_at_s[task_id] * 1000)
        is_done = time.time() >= self.done_at_s[task_id]
        url = f"{self.address}/results/{task_id}.png"
        return {
            "task_id": task_id,
            "task_status": "succeed" if is_done else "processing",
            "created_at": self.began_ms,
            "updated_at": done_ms if is_done else self.began_ms,
            "task_result": {"images": [{"index": 0, "url": url}]} if is_done else {},
        }

    def routes(self) -> list[Route]:
        """What it answers."""
        return [
            Route(PATH, self.list),
            Route(PATH + "/{task_id}", self.one),
            Route("/results/{task_id}.png", self.result),
        ]

    async def list(self, request: Request) -> JSONResponse:
        self.questions += 1
        number, size = (int(request.query_params[name]) for name in ("pageNum", "pageSize"))
        page = list(self.done_at_s)[(number - 1) * size : number * size]
        return JSONResponse({"code": 0, "data": [self.record(task_id) for task_id in page]})

    async def one(self, request: Request) -> JSONResponse:
        self.questions += 1
        task_id = request.path_params["task_id"]
        if task_id not in self.done_at_s:
            return JSONResponse({"code": 1203, "message": "task not found"}, 404)
        return JSONResponse({"code": 0, "data": self.record(task_id)})

    async def result(self, request: Request) -> Response:
        self.downloads += 1
        return Response(self.picture, media_type="image/png")


@contextmanager
def serving(world: World) -> Iterator[World]:
    """The provider on a port of its own, in a thread of its own."""
    config = uvicorn.Config(Starlette(routes=world.routes()), port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    world.address = f"http://127.0.0.1:{port}"
    try:
        yield world
    finally:
        server.should_exit = True
        thread.join()


def world_of(count: int, spread_s: tuple[float, float]) -> World:
    """`count` tasks that are done between two moments from now."""
    now_s = time.time()
    return World({str(10**9 + n): now_s + random.uniform(*spread_s) for n in range(count)})


def fill_ledger(home: Path, world: World, sent_ago_s: float) -> None:
    """The rows of an app that was closed with everything under way."""
    paths = app_paths(home)
    now_ms = time.time_ns() // 1_000_000
    with closing(open_ledger(paths.ledger)) as ledger:
        notebook = LedgerNotebook(ledger)
        route = RouteKey("custom", world.address, TaskKind.IMAGE)
        for trait in (Trait.LIST, Trait.LOOKUP):
            notebook.keep_finding(Finding(route, trait, Evidence.PROVEN, now_ms, "the benchmark"))
        with ledger.reading() as connection:
            connection.execute("PRAGMA synchronous = OFF")  # preparing is not measured
        for number, task_id in enumerate(world.done_at_s):
            ledger.add(row_of(world, task_id, number, now_ms - int(sent_ago_s * 1000)))


def row_of(world: World, task_id: str, number: int, sent_ms: int) -> Task:
    """One accepted task."""
    id = new_id()
    return Task(
        id=id,
        kind=TaskKind.IMAGE,
        provider="custom",
        base_url=world.address,
        account=fingerprint(ApiKey(Secret(KEY))),
        external_task_id=f"kd-{id}",
        task_id=task_id,
        state=TaskState.ACCEPTED,
        request=MultiImageToImage(model="kling-v2-1", subjects=(), prompt=f"lamp {number}"),
        request_sha256=id,
        body_sha256=id,
        created_at_ms=sent_ms + number,
        updated_at_ms=sent_ms,
        first_sent_at_ms=sent_ms,
        remote_created_at_ms=world.began_ms,
    )


@dataclass
class Outcome:
    """What one run showed. Delays in seconds."""

    questions: float
    delays_s: list[float]
    total_s: float
    engine_cpu_s: float = 0.0
    stall_ms: float = 0.0


class Watch:
    """Counts rows that are done and the gaps of the GUI thread."""

    def __init__(self, application: QCoreApplication, world: World) -> None:
        self._application, self._world = application, world
        self._last_s = time.monotonic()
        self._left = set(world.done_at_s)
        self.stall_ms = 0.0
        self.delays_s: list[float] = []
        self._timer = QTimer(application, interval=GAP_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """A beat of the GUI thread."""
        now_s = time.monotonic()
        self.stall_ms = max(self.stall_ms, (now_s - self._last_s) * 1000 - GAP_MS)
        self._last_s = now_s

    def changed(self, fact: TaskChanged) -> None:
        """A row was written."""
        task = fact.task
        if task.state not in SETTLED or task.task_id not in self._left:
            return
        self._left.discard(task.task_id)
        if task.state is TaskState.DONE and task.finished_at_ms is not None:
            done_s = self._world.done_at_s[task.task_id]
            self.delays_s.append(task.finished_at_ms / 1000 - done_s)
        if not self._left:
            self._application.quit()


def thread_cpu_s(native_id: int) -> float:
    """User and system time of one thread of this process (proc(5))."""
    fields = Path(f"/proc/self/task/{native_id}/stat").read_text(encoding="ascii").rsplit(")")[1]
    ticks = fields.split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def engine_run(
    application: QCoreApplication, folder: Path, world: World, sent_ago_s: float
) -> Outcome:
    """The app's own engine on its own thread, from its start to the last file."""
    fill_ledger(folder, world, sent_ago_s)
    environment = {"KLING_DESKTOP_CUSTOM_KEY": KEY}
    engine = EngineThread(app_paths(folder), environment)
    watch = Watch(application, world)
    engine.task_changed.connect(watch.changed)
    before = {thread.native_id for thread in threading.enumerate()}
    began_s = time.monotonic()
    engine.start()
    application.exec()
    total_s = time.monotonic() - began_s
    tids = {int(path.name) for path in Path("/proc/self/task").iterdir()}
    cpu_s = max(thread_cpu_s(tid) for tid in tids - before - {os.getpid()})
    engine.stop()
    count = len(world.done_at_s)
    return Outcome(world.questions / count, watch.delays_s, total_s, cpu_s, watch.stall_ms)


async def naive_run(world: World, folder: Path) -> Outcome:
    """What most clients do: a loop for each task, a question every five seconds."""
    delays_s: list[float] = []
    limits = httpx.Limits(max_connections=8)

    async def follow(client: httpx.AsyncClient, task_id: str) -> None:
        await asyncio.sleep(random.uniform(0, NAIVE_S))
        while True:
            answer = await client.get(f"{world.address}{PATH}/{task_id}")
            images = answer.json()["data"]["task_result"].get("images")
            if images:
                break
            await asyncio.sleep(NAIVE_S)
        content = (await client.get(images[0]["url"])).content
        (folder / f"{task_id}.png").write_bytes(content)
        delays_s.append(time.time() - world.done_at_s[task_id])

    began_s = time.monotonic()
    async with httpx.AsyncClient(limits=limits, timeout=600) as client:
        await asyncio.gather(*(follow(client, task_id) for task_id in world.done_at_s))
    return Outcome(world.questions / len(world.done_at_s), delays_s, time.monotonic() - began_s)


def say(what: str, *values: str) -> None:
    """One row of the table."""
    sys.stdout.write(f"{what:42}" + "".join(f"{value:>14}" for value in values) + "\n")
    sys.stdout.flush()


def compare(
    application: QCoreApplication, what: str, count: int, spread: tuple[float, float]
) -> None:
    """One scene, played to both in turn."""
    with tempfile.TemporaryDirectory(prefix="kling-desktop-bench-") as name:
        folder = Path(name)
        with serving(world_of(count, spread)) as world:
            naive = asyncio.run(naive_run(world, folder))
        with serving(world_of(count, spread)) as world:
            sent_ago_s = 60.0 if spread == AT_ONCE else 0.0
            ours = engine_run(application, folder / "home", world, sent_ago_s)
    say(what, "app", "every 5 s", "ratio")
    for name, mine, other in (
        ("questions per finished task", ours.questions, naive.questions),
        ("“succeed” to file, median (s)", median(ours.delays_s), median(naive.delays_s)),
        ("first start to last file (s)", ours.total_s, naive.total_s),
    ):
        say(f"  {name}", f"{mine:.3f}", f"{other:.3f}", f"{mine / other:.2f} ×")
    say("  processor time of the engine's thread", f"{ours.engine_cpu_s:.1f} s")
    say("  longest stall of the GUI thread", f"{ours.stall_ms:.0f} ms")


def main() -> int:
    """Play both scenes."""
    in_flight, finished = ([int(word) for word in sys.argv[1:]] + [1000, 5000])[:2]
    application = QCoreApplication(sys.argv)
    compare(application, f"{in_flight} in flight, done after 20 to 40 s", in_flight, (20.0, 40.0))
    compare(application, f"{finished} finished at once", finished, AT_ONCE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
