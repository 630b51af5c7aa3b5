"""A provider that keeps every byte it is sent, and a CDN beside it that must not be sent a key."""

import base64
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image


def _png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (320, 320), "teal").save(buffer, "PNG")
    return buffer.getvalue()


PICTURE = _png()


@dataclass(frozen=True)
class Heard:
    """One request as it arrived."""

    line: str
    headers: str
    authorization: str
    body: str


class Listening(ThreadingHTTPServer):
    """One host. `mode` is "works", "echoes" (401, the key quoted back) or "page" (502, same)."""

    daemon_threads = True

    def __init__(self, mode: str, cdn: "Listening | None") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mode = mode
        self.cdn = cdn
        self.heard: list[Heard] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def everything(self) -> str:
        return "\n".join(f"{heard.line}\n{heard.headers}{heard.body}" for heard in self.heard)


class _Handler(BaseHTTPRequestHandler):
    server: Listening  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_POST(self) -> None:
        self._hear()
        if self.server.mode == "works":
            self._answer(200, {"code": 0, "message": "SUCCEED", "data": self._task("submitted")})
        else:
            self._complain()

    def do_GET(self) -> None:
        self._hear()
        if self.server.cdn is None:
            self._send(200, PICTURE, "image/png")
        elif self.server.mode != "works":
            self._complain()
        elif self.path.startswith("/account/costs"):
            self._answer(200, {"code": 0, "message": "SUCCEED", "data": {"code": 0}})
        else:
            self._answer(200, {"code": 0, "message": "SUCCEED", "data": self._task("succeed")})

    def _task(self, status: str) -> dict[str, object]:
        assert self.server.cdn is not None
        url = f"{self.server.cdn.url}/r/1.png?Signature=signed-address"
        images = [{"index": 0, "url": url}] if status == "succeed" else []
        return {
            "task_id": str(2**60 + self.server.server_port),
            "task_status": status,
            "created_at": 1_800_000_000_000,
            "updated_at": 1_800_000_000_000,
            "task_result": {"images": images} if images else {},
        }

    def _complain(self) -> None:
        quoted = self.headers.get("Authorization", "")
        if self.server.mode == "echoes":
            self._answer(401, {"code": 1002, "message": f"not authorised: {quoted}"})
        else:
            self._send(502, f"<html>{quoted}</html>".encode(), "text/html")

    def _hear(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        authorization = self.headers.get("Authorization", "")
        heard = Heard(self.requestline, str(self.headers), authorization, body.decode())
        self.server.heard.append(heard)

    def _answer(self, status: int, document: object) -> None:
        self._send(status, json.dumps(document).encode(), "application/json")

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def listening(*modes: str) -> Iterator[list[Listening]]:
    """One provider for each mode, and last the CDN they share."""
    cdn = Listening("works", None)
    servers = [*(Listening(mode, cdn) for mode in modes), cdn]
    threads = [threading.Thread(target=server.serve_forever, args=(0.02,)) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield servers
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()


def disguises(key: str) -> list[bytes]:
    """A key as it stands, and as it would look in other clothes."""
    plain = key.encode()
    coded = [base64.b64encode(b" " * pad + plain)[2:-4] for pad in range(3)]
    return [plain, plain.hex().encode(), *coded]
