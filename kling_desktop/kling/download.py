"""Results come home: fetched without credentials, from allowed addresses, verified to the end."""

import asyncio
import logging
import re
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin

import httpx

from kling_desktop.domain.answers import DownloadAnswer, Downloaded, DownloadFailed
from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.media import MediaKind
from kling_desktop.kling.addresses import AddressPolicy, AddressRefusedError
from kling_desktop.kling.containers import HEAD_BYTES, MEDIA_OF
from kling_desktop.kling.partfile import PartFile, Start
from kling_desktop.kling.proxies import ProxyOf, system_proxy
from kling_desktop.kling.transport import USER_AGENT, is_untrusted
from kling_desktop.text import t

log = logging.getLogger(__name__)

_WRITE_BYTES = 1024 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_DEAD = (401, 403, 404, 410)
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """Where a download is given up. Sizes in bytes, times in seconds."""

    image_bytes: int = 100 * 1024 * 1024
    video_bytes: int = 2 * 1024 * 1024 * 1024
    redirects: int = 5
    connect_s: float = 10
    read_s: float = 30
    total_s: float = 3600
    slow_after_s: float = 30
    slowest_bytes_per_s: int = 1024

    def largest(self, media: MediaKind) -> int:
        """The most that a result of this kind may have."""
        return self.video_bytes if media is MediaKind.VIDEO else self.image_bytes


class _GivenUpError(Exception):
    """Carries out of the depth why. `keeps` says whether the part may be continued."""

    def __init__(self, why: str, *, keeps: bool = True, url_is_dead: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.keeps = keeps
        self.url_is_dead = url_is_dead


def _of_a_result(why: str) -> ErrorRecord:
    detail = t("{why} The result is still at the provider.", why=why)
    return ErrorRecord(t("The result could not be fetched"), detail, Remedy.RETRY)


class Downloads:
    """Fetches results one call at a time or several; holds nothing between two calls.

    `record` makes of a reason what is said where it is not a result that was to be fetched.
    """

    def __init__(
        self,
        policy: AddressPolicy,
        limits: DownloadLimits,
        context: ssl.SSLContext,
        proxy_of: ProxyOf = system_proxy,
        record: Callable[[str], ErrorRecord] | None = None,
    ) -> None:
        self._policy = policy
        self._limits = limits
        self._record = record
        self._context = context
        self._proxy_of = proxy_of

    async def fetch(self, url: str, part: Path, progress: Progress) -> DownloadAnswer:
        """The result at `url` in `part`, or why not. Raises StorageError for our own disk."""
        file = PartFile(part)
        try:
            async with asyncio.timeout(self._limits.total_s):
                return await self._fetch(url, file, progress)
        except AddressRefusedError as error:
            return DownloadFailed(self._record(error.why) if self._record else error.record)
        except _GivenUpError as error:
            if not error.keeps:
                await asyncio.to_thread(file.discard)
            return DownloadFailed(self._say(error.why), url_is_dead=error.url_is_dead)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            log.info("a download broke off: %s", type(error).__name__)
            return DownloadFailed(self._say(_broken(error)), offline=_is_offline(error))

    def _say(self, why: str) -> ErrorRecord:
        return (self._record or _of_a_result)(why)

    async def _fetch(self, url: str, file: PartFile, progress: Progress) -> Downloaded:
        start = await asyncio.to_thread(file.start)
        if not await self._take(url, file, start, progress):
            # What lay here is of another version, or whole already in a way nobody confirms.
            await asyncio.to_thread(file.discard)
            if not await self._take(url, file, Start(), progress):
                raise _given_up(t("The server’s answer makes no sense."))
        done = await asyncio.to_thread(file.finished)
        if done is None:
            raise _given_up(t("What arrived is not a whole picture or video."), keeps=False)
        return done

    async def _take(self, url: str, file: PartFile, start: Start, progress: Progress) -> bool:
        """Bring what follows `start`. False when the server does not go on there."""
        async with AsyncExitStack() as stack:
            response = await self._open(stack, url, start)
            if response.status_code == 416:
                return start.offset > 0 and start.offset == start.total_bytes
            goes_on = _place(response, start)
            if goes_on is None:
                return False
            await asyncio.to_thread(file.open, goes_on)
            try:
                await self._save(response, file, goes_on, progress)
            finally:
                file.close()
        if goes_on.total_bytes not in (None, file.size):
            raise _given_up(t("The server sent less than it announced."))
        return True

    async def _save(
        self, response: httpx.Response, file: PartFile, start: Start, progress: Progress
    ) -> None:
        """Write the answer's body as it comes, within the size of its kind and not too slowly."""
        largest: int | None = None
        waiting = bytearray()
        slow = _Pace(self._limits)
        async for piece in response.aiter_raw():
            slow.arrived(len(piece))
            waiting += piece
            if len(waiting) < (HEAD_BYTES if largest is None else _WRITE_BYTES):
                continue
            await asyncio.to_thread(file.write, waiting)
            waiting.clear()
            largest = largest or await self._largest(file)
            if max(file.size, start.total_bytes or 0) > largest:
                raise _given_up(t("It is larger than anything that is taken in."), keeps=False)
            progress(file.size, start.total_bytes or 0)
        await asyncio.to_thread(file.write, waiting)
        progress(file.size, start.total_bytes or 0)

    async def _largest(self, file: PartFile) -> int:
        extension = await asyncio.to_thread(file.extension)
        if extension is None:
            raise _given_up(t("What came is neither a picture nor a video."), keeps=False)
        return self._limits.largest(MEDIA_OF[extension])

    async def _open(self, stack: AsyncExitStack, url: str, start: Start) -> httpx.Response:
        """The answer's head, after at most five redirects, each address checked anew."""
        for _ in range(self._limits.redirects + 1):
            response = await self._ask(stack, url, start)
            if response.status_code not in _REDIRECTS:
                return response
            try:
                url = urljoin(url, response.headers.get("location", ""))
            except ValueError:
                raise _given_up(t("The server points to nowhere.")) from None
        raise _given_up(t("The server keeps pointing elsewhere."))

    async def _ask(self, stack: AsyncExitStack, url: str, start: Start) -> httpx.Response:
        parts = self._policy.check_url(url)
        proxy = self._proxy_of(parts)
        asked = httpx.URL(url)
        if proxy is not None:
            # The proxy resolves the name, so nothing but the address's own words can be checked.
            self._policy.check_literal(parts)
            targets = [asked]
        else:
            found = await self._policy.addresses(parts)
            targets = [asked.copy_with(host=address) for address in found]
        client = await stack.enter_async_context(self._client(proxy))
        for target in targets[:-1]:
            try:
                return await self._send(stack, client, target, asked, start)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._send(stack, client, targets[-1], asked, start)

    async def _send(
        self,
        stack: AsyncExitStack,
        client: httpx.AsyncClient,
        target: httpx.URL,
        asked: httpx.URL,
        start: Start,
    ) -> httpx.Response:
        """Ask `target`, an address that was checked, under the name of `asked`."""
        headers = {
            "Host": asked.netloc.decode("ascii"),
            "User-Agent": USER_AGENT,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }
        if start.offset:
            headers |= {"Range": f"bytes={start.offset}-", "If-Range": start.etag}
        # Built by hand: a client's own requests carry the cookies it was given before.
        request = httpx.Request(
            "GET", target, headers=headers, extensions={"sni_hostname": asked.raw_host.decode()}
        )
        response = await client.send(request, stream=True)
        stack.push_async_callback(response.aclose)
        return response

    def _client(self, proxy: str | None) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=self._context,
            proxy=proxy,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(self._limits.read_s, connect=self._limits.connect_s),
        )


class _Pace:
    """Notices a server that sends a byte a second, which no read timeout does."""

    def __init__(self, limits: DownloadLimits) -> None:
        self._window_s = limits.slow_after_s
        self._fewest = limits.slowest_bytes_per_s * limits.slow_after_s
        self._since = time.monotonic()
        self._bytes = 0

    def arrived(self, count: int) -> None:
        """Raises TimeoutError when too little came in the last while."""
        self._bytes += count
        now = time.monotonic()
        if now - self._since < self._window_s:
            return
        if self._bytes < self._fewest:
            raise TimeoutError
        self._since, self._bytes = now, 0


def _place(response: httpx.Response, start: Start) -> Start | None:
    """Where the answer's body belongs, None when it does not continue what is there.

    Raises _GivenUpError for an answer that is no result.
    """
    status = response.status_code
    if status in _DEAD:
        raise _dead(status)
    if status not in (200, 206):
        raise _given_up(t("The server answered with status {status}.", status=status))
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise _given_up(t("The server sent it packed, though it was asked not to."))
    etag = response.headers.get("etag", "")
    if not etag.startswith('"'):
        etag = ""  # a weak one promises no identical bytes
    if status == 200:
        length = response.headers.get("content-length", "")
        return Start(0, etag, int(length) if length.isdigit() else None)
    found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", "").strip())
    if found is None or int(found[1]) != start.offset:
        return None
    total = None if found[2] == "*" else int(found[2])
    if start.offset and (etag not in ("", start.etag) or start.total_bytes not in (None, total)):
        return None
    return replace(start, etag=etag or start.etag, total_bytes=total)


def _given_up(why: str, *, keeps: bool = True) -> _GivenUpError:
    return _GivenUpError(why, keeps=keeps)


def _dead(status: int) -> _GivenUpError:
    why = t("Its address is no longer valid (status {status}).", status=status)
    return _GivenUpError(why, url_is_dead=True)


def _is_offline(error: Exception) -> bool:
    is_unreached = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, socket.gaierror))
    return is_unreached and not is_untrusted(error)


def _broken(error: Exception) -> str:
    if is_untrusted(error):
        return t("This computer does not trust the server’s certificate.")
    if _is_offline(error):
        return t("The server cannot be reached.")
    return t("The connection broke, or was too slow.")
