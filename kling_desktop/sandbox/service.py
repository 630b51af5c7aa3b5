"""The routes: who may ask, what is read, what is answered.

Every answer but a result's bytes is the official envelope. A create is answered only after its
task is on disk.
"""

import asyncio
import hmac
import logging
import secrets
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from kling_desktop.sandbox.answers import PACK_UNITS, costs, created_record, task_record
from kling_desktop.sandbox.documents import Kind, Reading, Rules
from kling_desktop.sandbox.door import Door
from kling_desktop.sandbox.faults import Fault, Faults, Page, Step
from kling_desktop.sandbox.intake import take_in
from kling_desktop.sandbox.orders import read_order
from kling_desktop.sandbox.refusals import (
    Refusal,
    envelope,
    http_status,
    not_found,
    parameter_invalid,
)
from kling_desktop.sandbox.studio import ClearedError, Studio
from kling_desktop.sandbox.world import Status, Task, World

_log = logging.getLogger(__name__)

# Six pictures of 10 MB in Base64, and room for the words.
_LARGEST_BODY_BYTES = 96 * 1024 * 1024
_COSTS_PARAMETERS = ("start_time", "end_time", "resource_pack_name")
Answer = Callable[[Request, bytes], Awaitable[object]]


class _PageError(Exception):
    """A scripted page is to be answered in place of an envelope."""

    def __init__(self, page: Page) -> None:
        self.response = Response(page.body, page.status, media_type=page.content_type)


@dataclass(frozen=True)
class Service:
    """One run of the sandbox. `hang_up` closes a client's connection without another byte.

    `refused` gets a line for each request that was refused, the newest last.
    """

    world: World
    studio: Studio
    door: Door
    reading: Reading
    port: int
    pace_s: tuple[float, float]
    now_ms: Callable[[], int]
    faults: Faults
    hang_up: Callable[[tuple[str, int]], None]
    refused: deque[str]
    _run_secret: bytes = field(default_factory=partial(secrets.token_bytes, 32))

    @property
    def base_url(self) -> str:
        """Where this run listens."""
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> Starlette:
        """The routes as an ASGI application."""
        routes = [Route("/results/{token}/{name}", self._result, methods=["GET"])]
        if self.reading.is_kling:
            costs = self._guarded(self._costs, _COSTS_PARAMETERS)
            routes.append(Route("/account/costs", costs, methods=["GET"]))
        for rules in self.reading.routes():
            routes += self._routes(rules)
        return Starlette(routes=routes, exception_handlers={HTTPException: self._no_route})

    def _routes(self, rules: Rules) -> list[Route]:
        create = self._guarded(partial(self._create, rules=rules))
        query = self._guarded(partial(self._query, kind=rules.kind))
        page = self._guarded(partial(self._page, kind=rules.kind), ("pageNum", "pageSize"))
        routes = [
            Route(rules.path, create, methods=["POST"]),
            Route(rules.path + "/{id:path}", query, methods=["GET"]),
        ]
        if self.reading.has_list(rules):
            routes.append(Route(rules.path, page, methods=["GET"]))
        return routes

    def _guarded(
        self, answer: Answer, parameters: tuple[str, ...] = ()
    ) -> Callable[[Request], Awaitable[Response]]:
        """Check host and key, read the body, wrap what comes out, whatever happens."""

        async def endpoint(request: Request) -> Response:
            request_id = secrets.token_hex(16)
            try:
                body = await self._admitted_body(request)
                self._check_parameters(request, parameters)
                return JSONResponse(envelope(request_id, await answer(request, body)))
            except Refusal as refusal:
                return self._refuse(request, request_id, refusal)
            except (OSError, sqlite3.Error):
                _log.exception("The sandbox's world could not be used")
                broken = envelope(request_id, code=5000, message="internal error")
                return JSONResponse(broken, 500)
            except _PageError as error:
                return error.response
            except ClientDisconnect:
                return Response()  # to nobody

        return endpoint

    def _refuse(self, request: Request, request_id: str, refusal: Refusal) -> Response:
        words = f"{request.method} {request.url.path}: {refusal.code} {refusal.message}"
        self.refused.append(words)
        wrapping = envelope(request_id, code=refusal.code, message=refusal.message)
        return JSONResponse(wrapping, refusal.http_status)

    async def _admitted_body(self, request: Request) -> bytes:
        """The body of a request that may ask. Refused ones are read too, and thrown away:
        a client that is still sending would not see the answer otherwise. Raises Refusal.
        """
        refusal = self._refusal_at_the_door(request)
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if refusal is None and size > _LARGEST_BODY_BYTES:
                refusal = Refusal(1200, "request body is too large")
                chunks.clear()
            if refusal is None:
                chunks.append(chunk)
        if refusal is not None:
            raise refusal
        return b"".join(chunks)

    def _refusal_at_the_door(self, request: Request) -> Refusal | None:
        if not self._is_our_host(request):
            return Refusal(1103, "the Host header is not this sandbox's")
        try:
            self.door.check(request.headers.get("authorization", ""))
        except Refusal as refusal:
            return refusal
        return None

    def _check_parameters(self, request: Request, documented: tuple[str, ...]) -> None:
        for name in request.query_params:
            if self.reading.is_strict and name not in documented:
                raise parameter_invalid(f"{name[:40]} is not a parameter of {request.url.path}")

    def _is_our_host(self, request: Request) -> bool:
        """A web page that points its own name at loopback comes with that name."""
        host = request.headers.get("host", "")
        return host in (f"127.0.0.1:{self.port}", f"localhost:{self.port}")

    async def _create(self, request: Request, body: bytes, *, rules: Rules) -> object:
        content_type = request.headers.get("content-type", "")
        if not content_type.lower().startswith("application/json"):
            raise Refusal(1200, "Content-Type must be application/json")
        fault = self.faults.next()
        if fault is not None and not fault.creates:
            await self._suffer(fault, request)
            raise Refusal(5000, fault.message)
        task = await asyncio.to_thread(self._accept, body, rules)
        self.studio.prepare(task)
        await self._suffer(fault, request)
        return created_record(task, self.now_ms())

    async def _suffer(self, fault: Fault | None, request: Request) -> None:
        """Let a fault happen; returns when the truth is to be told all the same."""
        if fault is None:
            return
        await asyncio.sleep(fault.delay_s)
        if fault.page is not None:
            raise _PageError(fault.page)
        if fault.code is None:
            self._hang_up(request)
            raise ClientDisconnect
        if fault.code:
            raise Refusal(fault.code, fault.message)

    def _hang_up(self, request: Request) -> None:
        if request.client:
            self.hang_up((request.client.host, request.client.port))

    def _accept(self, body: bytes, rules: Rules) -> Task:
        new, pictures = take_in(read_order(body, rules, self.reading), self.pace_s)
        return self.world.accept(new, pictures)

    async def _query(self, request: Request, _: bytes, *, kind: Kind) -> object:
        await self._suffer(self.faults.next(Step.QUERY), request)
        id = request.path_params["id"]
        task = await asyncio.to_thread(self.world.find, kind, id)
        if task is None:
            raise not_found(id)
        return task_record(task, self.now_ms(), self._address)

    async def _page(self, request: Request, _: bytes, *, kind: Kind) -> object:
        await self._suffer(self.faults.next(Step.LIST), request)
        number = _number(request, "pageNum", 1, 1, 1000)
        size = _number(request, "pageSize", 30, 1, 500)
        tasks = await asyncio.to_thread(self.world.page, kind, number, size)
        now_ms = self.now_ms()
        return [task_record(task, now_ms, self._address) for task in tasks]

    async def _costs(self, request: Request, _: bytes) -> object:
        for name in ("start_time", "end_time"):
            _number(request, name, None, 0, 1 << 53)
        spent = {kind: await asyncio.to_thread(self.world.spent_units, kind) for kind in Kind}
        return costs({kind: PACK_UNITS[kind] - spent[kind] for kind in Kind})

    async def _result(self, request: Request) -> Response:
        """A result's bytes: no key asked, as at a CDN; the token is the permission."""
        token, name = request.path_params["token"], request.path_params["name"]
        task_id, _, signature = token.partition("-")
        is_signed = hmac.compare_digest(signature.encode(), self._signature(task_id).encode())
        if not is_signed or not self._is_our_host(request):
            return PlainTextResponse("This address has expired.", 403)
        task = await asyncio.to_thread(self._find_any, task_id)
        try:
            path = await self.studio.file(task, name) if task and self._is_out(task) else None
        except (ClearedError, FileNotFoundError):
            path = None
        except (OSError, sqlite3.Error):
            _log.exception("A result could not be painted")
            return PlainTextResponse("The result could not be painted.", 500)
        if path is None:
            return PlainTextResponse("There is no such result.", 404)
        fault = self.faults.next(Step.RESULT)
        return FileResponse(path) if fault is None else await self._spoiled(fault, path, request)

    async def _spoiled(self, fault: Fault, path: Path, request: Request) -> Response:
        await asyncio.sleep(fault.delay_s)
        if fault.page is not None:
            return _PageError(fault.page).response
        if fault.code:
            return PlainTextResponse(fault.message, http_status(fault.code))
        if fault.code == 0:
            return FileResponse(path)

        async def half() -> AsyncIterator[bytes]:
            data = await asyncio.to_thread(path.read_bytes)
            yield data[: len(data) // 2]
            self._hang_up(request)

        length = {"Content-Length": str(path.stat().st_size)}
        return StreamingResponse(half(), headers=length, media_type="application/octet-stream")

    async def _no_route(self, request: Request, error: Exception) -> Response:
        """Unknown paths and methods, as the official table has them."""
        is_method = isinstance(error, HTTPException) and error.status_code == 405
        code, words = (
            (1202, "method is invalid") if is_method else (1203, "resource does not exist")
        )
        return self._refuse(request, secrets.token_hex(16), Refusal(code, words))

    def _is_out(self, task: Task) -> bool:
        now_ms = self.now_ms()
        return task.status(now_ms) is Status.SUCCEED and not task.is_cleared(now_ms)

    def _find_any(self, task_id: str) -> Task | None:
        return self.world.find(Kind.IMAGE, task_id) or self.world.find(Kind.VIDEO, task_id)

    def _address(self, task: Task, name: str) -> str:
        task_id = str(task.task_id)
        return f"{self.base_url}/results/{task_id}-{self._signature(task_id)}/{name}"

    def _signature(self, task_id: str) -> str:
        """Different in every run: an address of an earlier run counts as expired."""
        return hmac.digest(self._run_secret, task_id.encode(), "sha256").hex()


def _number(request: Request, name: str, default: int | None, least: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None and default is not None:
        return default
    if text is None or not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise parameter_invalid(f"{name} value '{(text or '')[:40]}' is invalid")
    return int(text)
