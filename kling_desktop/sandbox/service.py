"""The routes: who may ask, what is read, what is answered.

Every answer but a result's bytes is the official envelope. A create is answered only after its
task is on disk.
"""

import asyncio
import hmac
import logging
import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from kling_desktop.sandbox.answers import PACK_UNITS, costs, created_record, task_record
from kling_desktop.sandbox.faults import Fault, Faults
from kling_desktop.sandbox.intake import take_in
from kling_desktop.sandbox.orders import (
    Kind,
    Reader,
    read_image_order,
    read_json,
    read_legacy_order,
    read_video_order,
)
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
_CREATE_ROUTES: tuple[tuple[str, Kind, Reader], ...] = (
    ("/v1/images/multi-image2image", Kind.IMAGE, read_image_order),
    ("/v1/videos/multi-image2video", Kind.VIDEO, read_video_order),
    ("/kling/v1/images/multi-image2image", Kind.IMAGE, read_image_order),
    ("/kling/v1/videos/multi-image2video", Kind.VIDEO, read_video_order),
    ("/kling/v1/images/generations", Kind.IMAGE, read_legacy_order),
)


@dataclass(frozen=True)
class Service:
    """One run of the sandbox. `hang_up` closes a client's connection without another byte."""

    world: World
    studio: Studio
    key: str
    port: int
    pace_s: tuple[float, float]
    now_ms: Callable[[], int]
    faults: Faults
    hang_up: Callable[[tuple[str, int]], None]
    _run_secret: bytes = field(default_factory=partial(secrets.token_bytes, 32))

    @property
    def base_url(self) -> str:
        """Where this run listens."""
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> Starlette:
        """The routes as an ASGI application."""
        routes = [
            Route("/account/costs", self._guarded(self._costs), methods=["GET"]),
            Route("/results/{token}/{name}", self._result, methods=["GET"]),
        ]
        for path, kind, reader in _CREATE_ROUTES:
            create = self._guarded(partial(self._create, reader=reader))
            page = self._guarded(partial(self._page, kind=kind))
            routes.append(Route(path, create, methods=["POST"]))
            routes.append(Route(path, page, methods=["GET"]))
            query = self._guarded(partial(self._query, kind=kind))
            routes.append(Route(path + "/{id:path}", query, methods=["GET"]))
        return Starlette(routes=routes, exception_handlers={HTTPException: _no_route})

    def _guarded(
        self, answer: Callable[[Request, bytes], Awaitable[object]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Check host and key, read the body, wrap what comes out, whatever happens."""

        async def endpoint(request: Request) -> Response:
            request_id = secrets.token_hex(16)
            try:
                data = await answer(request, await self._admitted_body(request))
            except Refusal as refusal:
                refused = envelope(request_id, code=refusal.code, message=refusal.message)
                return JSONResponse(refused, refusal.http_status)
            except (OSError, sqlite3.Error):
                _log.exception("The sandbox's world could not be used")
                broken = envelope(request_id, code=5000, message="internal error")
                return JSONResponse(broken, 500)
            except ClientDisconnect:
                return Response()  # to nobody
            return JSONResponse(envelope(request_id, data))

        return endpoint

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
        authorization = request.headers.get("authorization", "")
        if not authorization:
            return Refusal(1001, "Authorization is empty")
        scheme, _, key = authorization.partition(" ")
        is_ours = hmac.compare_digest(key.strip().encode(), self.key.encode())
        if scheme.lower() != "bearer" or not is_ours:
            return Refusal(1002, "Authorization is invalid")
        return None

    def _is_our_host(self, request: Request) -> bool:
        """A web page that points its own name at loopback comes with that name."""
        host = request.headers.get("host", "")
        return host in (f"127.0.0.1:{self.port}", f"localhost:{self.port}")

    async def _create(self, request: Request, body: bytes, *, reader: Reader) -> object:
        content_type = request.headers.get("content-type", "")
        if not content_type.lower().startswith("application/json"):
            raise Refusal(1200, "Content-Type must be application/json")
        fault = self.faults.next()
        if fault is None or fault.creates:
            task = await asyncio.to_thread(self._accept, reader, body)
            self.studio.prepare(task)
            if fault is None:
                return created_record(task, self.now_ms())
            await self._suffer(fault, request)
            return created_record(task, self.now_ms())
        await self._suffer(fault, request)
        raise Refusal(5000, fault.message)

    async def _suffer(self, fault: Fault, request: Request) -> None:
        await asyncio.sleep(fault.delay_s)
        if fault.code is None:
            if request.client:
                self.hang_up((request.client.host, request.client.port))
            raise ClientDisconnect
        if fault.code:
            raise Refusal(fault.code, fault.message)

    def _accept(self, reader: Reader, body: bytes) -> Task:
        new, pictures = take_in(reader(read_json(body)), self.pace_s)
        return self.world.accept(new, pictures)

    async def _query(self, request: Request, _: bytes, *, kind: Kind) -> object:
        id = request.path_params["id"]
        task = await asyncio.to_thread(self.world.find, kind, id)
        if task is None:
            raise not_found(id)
        return task_record(task, self.now_ms(), self._address)

    async def _page(self, request: Request, _: bytes, *, kind: Kind) -> object:
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
        return FileResponse(path)

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


async def _no_route(_: Request, error: Exception) -> Response:
    """Unknown paths and methods, as the official table has them."""
    is_method = isinstance(error, HTTPException) and error.status_code == 405
    code = 1202 if is_method else 1203
    message = "method is invalid" if is_method else "resource does not exist"
    return JSONResponse(
        envelope(secrets.token_hex(16), code=code, message=message), http_status(code)
    )
