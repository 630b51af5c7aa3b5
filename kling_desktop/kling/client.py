"""One account at one base URL: create, ask, list, download. Satisfies engine.ports.Provider."""

import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import httpx

from kling_desktop.domain.answers import (
    CostsAnswer,
    CreateAnswer,
    DownloadAnswer,
    Found,
    KeyTest,
    LookUp,
    NoAnswer,
    NotFound,
    Outgoing,
    RemoteTask,
)
from kling_desktop.domain.errors import ErrorRecord, Remedy, StorageError
from kling_desktop.domain.keys import AccessKeyPair, Credential, fingerprint
from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.providers import ProviderProfile, Route, TaskKind
from kling_desktop.kling import account, errors, wire
from kling_desktop.kling.addresses import AddressPolicy, checked_base_url, is_local
from kling_desktop.kling.auth import authorization
from kling_desktop.kling.body import JsonBody
from kling_desktop.kling.download import DownloadLimits, Downloads
from kling_desktop.kling.known_paths import KnownPaths, SessionPaths
from kling_desktop.kling.proxies import (
    ProxyOf,
    checked_proxy,
    shown_proxy,
    system_proxy,
)
from kling_desktop.kling.transport import Exchange, Reply, Timeouts, api_client, exchange, tls
from kling_desktop.text import t

log = logging.getLogger(__name__)

LONGEST_RAW = 4000
SHORTEST_REDACTED_KEY = 8  # a shorter text is no key, and would be found everywhere

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all (0 when unknown)."""

IsIt = Callable[[RemoteTask, str], bool]
"""Whether a record answers a question for an id."""


class KlingClient:
    """Speaks to `profile` at `base_url` with `credential`; `now_ms` is Unix time.

    Never raises for what the network or the other side does. Raises AppError at once for a base
    URL or a proxy that may not be used, KeyUnavailableError for a key that no header can carry.
    Results are fetched from loopback only when the base URL itself is loopback. `known_paths`
    remembers where a provider answers questions.
    """

    def __init__(
        self,
        profile: ProviderProfile,
        base_url: str,
        credential: Credential,
        *,
        now_ms: Callable[[], int],
        timeouts: Timeouts | None = None,
        policy: AddressPolicy | None = None,
        limits: DownloadLimits | None = None,
        known_paths: KnownPaths | None = None,
        proxy_of: ProxyOf = system_proxy,
    ) -> None:
        self.profile = profile
        self.account = fingerprint(credential)
        self.clock_ahead_ms: int | None = None
        self._base_url = checked_base_url(base_url)
        self._credential = credential
        self._now_ms = now_ms
        self._timeouts = timeouts or Timeouts()
        here = is_local(self._base_url)
        proxy = checked_proxy(self._base_url, proxy_of)
        self._shown_proxy = shown_proxy(proxy) if proxy else ""
        context = tls()
        policy = policy or AddressPolicy(allows_loopback=here)
        self._downloads = Downloads(policy, limits or DownloadLimits(), context, proxy_of)
        # A reused connection may be dropped under the POST, so each create gets a fresh one.
        self._creates = api_client(context, self._timeouts, proxy=proxy, keeps_connections=False)
        self._asks = api_client(context, self._timeouts, proxy=proxy, keeps_connections=True)
        self._clock_off_s = 0
        self._known_paths = known_paths or SessionPaths()
        self._hint = account.region_hint(profile, self._base_url)
        self._authorization()

    def body_sha256(self, outgoing: Outgoing) -> str:
        """Hash of the exact bytes that `create` will send. Reads the files; raises StorageError."""
        try:
            return self._body(outgoing).sha256()
        except OSError as error:
            raise _inputs_missing(error) from error

    async def create(self, outgoing: Outgoing, progress: Progress) -> CreateAnswer:
        """Send once. Raises StorageError before sending when a picture's file is gone.

        A signature whose time the provider finds wrong was refused before any task could exist;
        it alone is renewed, with the provider's own clock, and the same bytes go once more.
        """
        kind = outgoing.request.kind
        body = self._body(outgoing)
        tried = await self._send(kind, body, progress)
        if self._corrects_clock(tried, kind):
            tried = await self._send(kind, body, progress)
        if tried.reply is None:
            return errors.create_failure(self.profile.title, tried)
        answer = wire.read_answer(tried.reply.body, _media(kind))
        return errors.create_answer(
            self.profile.title,
            tried.reply,
            answer,
            raw=_excerpt(tried.reply),
            clock_off_s=self._clock_off_s,
            hint=self._hint,
        )

    async def get(self, kind: TaskKind, task_id: str) -> LookUp:
        """Ask for one task by the provider's id."""
        return await self._look_up(kind, task_id, _is_the_task)

    async def find(self, kind: TaskKind, external_task_id: str) -> LookUp:
        """Ask for one task by our id. A record without an echo of it may still be another's."""
        return await self._look_up(kind, external_task_id, _is_by_our_id)

    async def page(
        self, kind: TaskKind, number: int, size: int = wire.LARGEST_LIST_PAGE
    ) -> Sequence[RemoteTask] | NoAnswer:
        """One page of the provider's list, newest first; pages count from 1 (S1: to 1000, of at
        most 500). Beyond the last, and where no list is documented, a page is empty."""
        path = self._route(kind).list_path
        if path is None:
            return ()
        asked = await self._ask(wire.list_path(path, number, size), kind)
        if asked.reply is None:
            return errors.look_up_failure(self.profile.title, asked)
        answer = wire.read_answer(asked.reply.body, _media(kind))
        if asked.reply.status == 200 and answer.is_success and answer.has_list:
            return answer.tasks
        outcome = self._nothing_found(asked.reply, answer)
        return outcome if isinstance(outcome, NoAnswer) else NoAnswer(outcome.error)

    async def costs(self) -> CostsAnswer:
        """The packs of the last 30 days; free, and up to 12 hours old."""
        path = self.profile.costs_path
        if path is None:
            return account.no_costs(self.profile.title)
        now_ms = self._now_ms()
        path = wire.costs_path(path, now_ms - account.SINCE_MS, now_ms)
        asked = await self._ask(path, TaskKind.IMAGE)
        return account.costs_answer(
            self.profile.title, asked, clock_off_s=self._clock_off_s, hint=self._hint
        )

    async def test_key(self) -> KeyTest:
        """Ask something that costs nothing, and say what it shows of the key."""
        if self.profile.costs_path is not None:
            tested = account.tested_by_costs(self._base_url, await self.costs())
            if tested is not None:
                return tested
        kind = next(iter(self.profile.routes))
        answer = await self.find(kind, f"kd-no-task-{self._now_ms()}")
        return account.tested_by_look_up(self._base_url, answer)

    async def download(self, url: str, part: Path, progress: Progress) -> DownloadAnswer:
        """Fetch a result into `part`, without credentials, and verify its container.

        What an earlier call left in `part` is continued. Raises StorageError for our own disk.
        """
        return await self._downloads.fetch(url, part, progress)

    async def aclose(self) -> None:
        """Close connections."""
        await self._creates.aclose()
        await self._asks.aclose()

    def _route(self, kind: TaskKind) -> Route:
        return self.profile.routes[kind]

    def _body(self, outgoing: Outgoing) -> JsonBody:
        return wire.create_body(outgoing, self._route(outgoing.request.kind))

    def _authorization(self) -> str:
        return authorization(self._credential, self._now_ms() // 1000 - self._clock_off_s)

    async def _send(self, kind: TaskKind, body: JsonBody, progress: Progress) -> Exchange:
        try:
            length = body.length()
        except OSError as error:
            raise _inputs_missing(error) from error
        async with aclosing(body.stream(lambda done: progress(done, length))) as content:
            request = self._creates.build_request(
                "POST",
                self._base_url + self._route(kind).create_path,
                content=content,
                headers={
                    "Authorization": self._authorization(),
                    "Content-Type": "application/json",
                    "Content-Length": str(length),
                },
            )
            return await self._exchange(self._creates, request, self._timeouts.create_total_s)

    async def _ask(self, path: str, kind: TaskKind) -> Exchange:
        asked = await self._ask_once(path)
        return await self._ask_once(path) if self._corrects_clock(asked, kind) else asked

    async def _ask_once(self, path: str) -> Exchange:
        request = self._asks.build_request(
            "GET", self._base_url + path, headers={"Authorization": self._authorization()}
        )
        return await self._exchange(self._asks, request, self._timeouts.ask_total_s)

    async def _exchange(
        self, client: httpx.AsyncClient, request: httpx.Request, total_s: float
    ) -> Exchange:
        """An exchange whose answer, if it echoes our key, loses it before anybody reads it."""
        done = replace(await exchange(client, request, total_s), proxy=self._shown_proxy)
        if done.reply is not None:
            self._compare_clocks(done.reply)
        token = request.headers["Authorization"].removeprefix("Bearer ").encode()
        if done.reply is None or len(token) < SHORTEST_REDACTED_KEY:
            return done
        body = done.reply.body.replace(token, b"[key]")
        return replace(done, reply=replace(done.reply, body=body))

    def _compare_clocks(self, reply: Reply) -> None:
        """Learn from the answer's date, a whole second, how far apart the two clocks are."""
        theirs_s = errors.http_date_s(reply.headers.get("date", ""))
        if theirs_s is not None:
            ahead_ms = self._now_ms() - theirs_s * 1000 - 500
            self.clock_ahead_ms = ahead_ms if abs(ahead_ms) >= 1000 else 0

    async def _look_up(self, kind: TaskKind, id: str, is_it: IsIt) -> LookUp:
        """Ask at the path that worked before, then at the others where a task may be found."""
        answers: list[NotFound | NoAnswer] = []
        for template in self._query_paths(kind):
            asked = await self._ask(wire.query_path(template, id), kind)
            if asked.reply is None:
                return errors.look_up_failure(self.profile.title, asked)
            outcome, is_elsewhere = self._judge(asked.reply, kind, lambda task: is_it(task, id))
            if isinstance(outcome, Found):
                self._known_paths.remember(self._what(kind), template)
                return outcome
            answers.append(outcome)
            if not is_elsewhere:
                break
        # Where the route exists, its word counts; a page at another path says nothing.
        return next((a for a in answers if isinstance(a, NotFound)), answers[0])

    def _query_paths(self, kind: TaskKind) -> list[str]:
        route = self._route(kind)
        paths = [route.query_path, *route.query_alternates]
        known = self._known_paths.get(self._what(kind))
        return sorted(paths, key=lambda path: path != known)

    def _what(self, kind: TaskKind) -> str:
        return f"{self.profile.id} {self._base_url} {kind.value}"

    def _nothing_found(self, reply: Reply, answer: wire.Answer) -> NotFound | NoAnswer:
        return errors.look_up_answer(
            self.profile.title, reply, answer, self._clock_off_s, self._hint
        )

    def _judge(
        self, reply: Reply, kind: TaskKind, is_it: Callable[[RemoteTask], bool]
    ) -> tuple[LookUp, bool]:
        """What a reply says of the task, and whether another path is worth asking."""
        answer = wire.read_answer(reply.body, _media(kind))
        records = (answer.task,) if answer.task else answer.tasks
        if records and reply.status == 200 and not reply.is_cut:
            found = next(filter(is_it, records), None)
            if found is not None:
                return Found(found), False
            log.warning("%s answered about another task", self.profile.id)
            return errors.another_task(self.profile.title), False
        outcome = self._nothing_found(reply, answer)
        is_elsewhere = (
            isinstance(outcome, NotFound)
            or reply.status in (301, 302, 307, 308, 404, 405)
            or (reply.status < 500 and answer.family is wire.Family.UNRECOGNISED)
        )
        return outcome, is_elsewhere

    def _corrects_clock(self, tried: Exchange, kind: TaskKind) -> bool:
        """Whether a signature's time was refused; if so the next is signed by their clock."""
        if tried.reply is None or not isinstance(self._credential, AccessKeyPair):
            return False
        answer = wire.read_answer(tried.reply.body, _media(kind))
        if answer.code not in errors.CLOCK_CODES or answer.task is not None:
            return False
        theirs_s = errors.http_date_s(tried.reply.headers.get("date", ""))
        if theirs_s is not None:
            self._clock_off_s = self._now_ms() // 1000 - theirs_s
        return True


def _is_the_task(task: RemoteTask, task_id: str) -> bool:
    return task.task_id == task_id


def _is_by_our_id(task: RemoteTask, external_task_id: str) -> bool:
    """Without an echo nothing speaks against it; when it was made is for the asker to judge."""
    return task.external_task_id in (external_task_id, None)


def _media(kind: TaskKind) -> MediaKind:
    return MediaKind.IMAGE if kind is TaskKind.IMAGE else MediaKind.VIDEO


def _excerpt(reply: Reply) -> str:
    text = reply.body[: 4 * LONGEST_RAW].decode("utf-8", "replace")
    plain = "".join(c if c.isprintable() else " " for c in text)
    return f"HTTP {reply.status} {plain[:LONGEST_RAW]}"


def _inputs_missing(error: OSError) -> StorageError:
    log.error("an input cannot be read: %s", type(error).__name__)
    detail = t("A picture that was kept for sending cannot be read any more. Nothing was sent.")
    return StorageError(ErrorRecord(t("A picture is missing"), detail, Remedy.FIND_LIBRARY))
