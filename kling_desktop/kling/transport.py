"""One HTTP exchange, watched closely enough to say how far it got (pay-once section 4).

The exception types of httpx do not tell what was sent: httpcore swallows write errors and then
reports a read error. Only the trace events prove a phase.
"""

import asyncio
import logging
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import truststore

from kling_desktop import __version__
from kling_desktop.domain.answers import SendPhase

USER_AGENT = f"kling-desktop/{__version__}"
LARGEST_ANSWER_BYTES = 4 * 1024 * 1024

# Both loggers write addresses, and a result's address is signed: a secret in itself.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long is waited, in seconds. `read_s` is per read, hence the totals beside it."""

    connect_s: float = 15
    read_s: float = 60
    write_s: float = 120
    create_total_s: float = 900
    ask_total_s: float = 45

    def per_step(self) -> httpx.Timeout:
        """For httpx, which knows no total."""
        return httpx.Timeout(self.read_s, connect=self.connect_s, write=self.write_s)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as bytes. `is_cut` when it did not arrive to its end."""

    status: int
    headers: httpx.Headers
    body: bytes
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """What became of one request: how far it got, what came back, what went wrong.

    `proxy` is the one on the way, as it may be shown, "" for none.
    """

    phase: SendPhase
    reply: Reply | None
    failure: Exception | None = None
    proxy: str = ""

    @property
    def is_untrusted(self) -> bool:
        """Whether the other side's certificate was the trouble."""
        return is_untrusted(self.failure)

    @property
    def is_offline(self) -> bool:
        """Whether nobody could be reached at all."""
        return self.phase is SendPhase.NOTHING_SENT and not self.is_untrusted


def is_untrusted(error: BaseException | None) -> bool:
    """Whether a failure comes from a certificate that this computer does not trust."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


_PHASES = {
    "http11.send_request_headers.started": SendPhase.HEADERS_STARTED,
    "http11.send_request_body.complete": SendPhase.BODY_COMPLETE,
    "http11.receive_response_headers.complete": SendPhase.ANSWER_STARTED,
}


@dataclass(slots=True)
class _Watch:
    """Follows one request through httpcore's trace events."""

    phase: SendPhase = SendPhase.NOTHING_SENT
    is_connect: bool = False
    status: int = 0
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytearray = field(default_factory=bytearray)

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        # A proxy's CONNECT carries nothing of ours to the provider. Only the start of a step names
        # its request; the end belongs to the request that was named last.
        if (request := info.get("request")) is not None:
            self.is_connect = getattr(request, "method", None) == b"CONNECT"
        if event in _PHASES and not self.is_connect:
            self.phase = _PHASES[event]

    def reply(self, *, is_cut: bool) -> Reply | None:
        if not self.status:
            return None
        body, is_short = _decoded(bytes(self.body), self.headers.get("content-encoding", ""))
        return Reply(self.status, self.headers, body, is_cut or is_short)


def tls() -> ssl.SSLContext:
    """Certificates as the system trusts them, a company's own included."""
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def api_client(
    context: ssl.SSLContext, timeouts: Timeouts, *, proxy: str | None, keeps_connections: bool
) -> httpx.AsyncClient:
    """A client that speaks HTTP/1.1, follows no redirect and repeats nothing.

    `proxy` is the only one it uses, whatever the environment says.
    """
    return httpx.AsyncClient(
        verify=context,
        proxy=proxy,
        trust_env=False,
        http2=False,
        follow_redirects=False,
        timeout=timeouts.per_step(),
        limits=httpx.Limits(max_keepalive_connections=None if keeps_connections else 0),
        headers={
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        },
    )


async def exchange(client: httpx.AsyncClient, request: httpx.Request, total_s: float) -> Exchange:
    """Send once and read the answer, within `total_s`. What the network does is never raised."""
    watch = _Watch()
    request.extensions["trace"] = watch.trace
    failure: Exception | None = None
    is_cut = True
    try:
        async with asyncio.timeout(total_s):
            is_cut = not await _read(client, request, watch)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        failure = error
    return Exchange(watch.phase, watch.reply(is_cut=is_cut), failure)


async def _read(client: httpx.AsyncClient, request: httpx.Request, watch: _Watch) -> bool:
    """Collect the answer in `watch`. False when it was larger than any honest one."""
    response = await client.send(request, stream=True)
    try:
        watch.status, watch.headers = response.status_code, response.headers
        async for piece in response.aiter_raw():
            watch.body += piece[: LARGEST_ANSWER_BYTES - len(watch.body)]
            if len(watch.body) >= LARGEST_ANSWER_BYTES:
                return False
        return True
    finally:
        await response.aclose()


def _decoded(body: bytes, encoding: str) -> tuple[bytes, bool]:
    """`body` unpacked if it was packed unasked, and whether it came out short.

    Never more than the cap: three hundred kilobytes of gzip can become three hundred megabytes.
    """
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return body, False
    unpacker = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)  # finds out which of the two
    try:
        plain = unpacker.decompress(body, LARGEST_ANSWER_BYTES)
    except zlib.error:
        return body, True
    return plain, not unpacker.eof
