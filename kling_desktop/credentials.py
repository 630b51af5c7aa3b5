"""Where keys come from and where they are kept: the environment, the OS keyring, this run.

The keyring is spoken to from one daemon thread of its own: a locked ring shows a window and
blocks until somebody answers, possibly for ever, and may neither stop the engine nor the exit.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from kling_desktop.domain.errors import ErrorRecord, KeyUnavailableError, Remedy
from kling_desktop.domain.facts import AccountChanged, KeyPlace
from kling_desktop.domain.keys import AccessKeyPair, ApiKey, Credential, Secret, clean_key
from kling_desktop.domain.providers import KeyKind, ProviderProfile
from kling_desktop.domain.requests import base_url as bare_base_url
from kling_desktop.text import t

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

KEYRING_LIMIT_S = 10.0
_API_KEY, _ACCESS_KEY, _SECRET_KEY = "api_key", "access_key", "secret_key"
_PARTS = (_API_KEY, _ACCESS_KEY, _SECRET_KEY)

_T = TypeVar("_T")
_Parts = Mapping[str, str | None]


class Keys:
    """The keys of one home. `service` names its entries in the keyring, `environment` wins.

    A key in the keyring is one entry per part, `<key entry>/<part>`, and bound to its address:
    but for the documented one the entry is `<key entry>@https://host:port`. `backend` None means
    the system's own keyring, looked for when first needed; one that forgets, or writes plain text,
    is refused and the key is kept for this run only.

    Everywhere `base_url` None means where the provider's new tasks go.
    """

    def __init__(
        self,
        service: str,
        environment: Mapping[str, str],
        backend: "KeyringBackend | None" = None,
        *,
        limit_s: float = KEYRING_LIMIT_S,
    ) -> None:
        self._service = service
        self._environment = environment
        self._backend = backend
        self._session: dict[str, Credential] = {}
        self._thread = _KeyringThread(limit_s)

    async def find(self, profile: ProviderProfile, base_url: str | None) -> Credential:
        """The key to use at `base_url`.

        A key that was kept for one address never goes to another; what the environment holds for
        the provider goes to any. Raises KeyUnavailableError.
        """
        named = self.from_environment(profile)
        if named is not None:
            return named
        entry = _entry(profile, base_url)
        if entry is None:
            raise KeyUnavailableError(_no_address(profile))
        if kept := self._session.get(entry):
            return kept
        try:
            kept = await self._read(entry)
        except Exception as error:
            raise KeyUnavailableError(_trouble(error, t("Nothing was sent."))) from error
        if kept is None:
            raise KeyUnavailableError(_no_key(profile, base_url))
        return kept

    async def save(
        self, profile: ProviderProfile, credential: Credential, base_url: str | None = None
    ) -> AccountChanged:
        """Replace what is kept for the address, all parts or none, and read it back.

        Where the keyring does not keep it, it serves until the end of this run, and `error` says
        so.
        """
        entry = _entry(profile, base_url)
        if entry is None:
            return self._account(profile, base_url, None, _no_address(profile))
        if not all(_parts(credential).values()):
            return await self._state(profile, base_url, _empty_key())
        try:
            await self._thread.run(lambda: self._write(entry, _all_parts(credential)))
        except Exception as error:
            self._session[entry] = credential
            consequence = t("The key is kept for this run only.")
            return self._account(profile, base_url, None, _trouble(error, consequence))
        self._session.pop(entry, None)
        return self._account(profile, base_url, credential, None)

    async def remove(self, profile: ProviderProfile, base_url: str | None = None) -> AccountChanged:
        """Forget what is kept for the address. A key in the environment is not ours to remove."""
        entry = _entry(profile, base_url)
        if entry is None:
            return self._account(profile, base_url, None, None)
        self._session.pop(entry, None)
        nothing: _Parts = dict.fromkeys(_PARTS)
        try:
            await self._thread.run(lambda: self._write(entry, nothing))
        except Exception as error:
            if not _is_no_keyring(error):
                trouble = _trouble(error, t("The key may still be in the keyring."))
                return self._account(profile, base_url, None, trouble)
        return self._account(profile, base_url, None, None)

    async def state(self, profile: ProviderProfile, base_url: str | None = None) -> AccountChanged:
        """Where the key for the address would come from now."""
        return await self._state(profile, base_url, None)

    async def _state(
        self, profile: ProviderProfile, base_url: str | None, error: ErrorRecord | None
    ) -> AccountChanged:
        known = self._account(profile, base_url, None, error)
        entry = _entry(profile, base_url)
        if known.place is not KeyPlace.NONE or entry is None:
            return known
        try:
            return self._account(profile, base_url, await self._read(entry), error)
        except Exception as trouble:
            return self._account(profile, base_url, None, error or _trouble(trouble, ""))

    def _account(
        self,
        profile: ProviderProfile,
        base_url: str | None,
        in_keyring: Credential | None,
        error: ErrorRecord | None,
    ) -> AccountChanged:
        places = (
            (KeyPlace.ENVIRONMENT, self.from_environment(profile)),
            (KeyPlace.SESSION, self._session.get(_entry(profile, base_url) or "")),
            (KeyPlace.KEYRING, in_keyring),
        )
        told = AccountChanged(
            profile.id, KeyPlace.NONE, error=error, base_url=_address(profile, base_url)
        )
        for place, credential in places:
            if credential is not None:
                return replace(told, place=place, ends=_ends(credential))
        return told

    def from_environment(self, profile: ProviderProfile) -> Credential | None:
        """The key that the environment names for a provider, if it names a whole one."""
        for kind, variables in profile.key_variables.items():
            values = [clean_key(self._environment.get(variable, "")) for variable in variables]
            if values and all(values):
                return _credential(kind, values)
        return None

    async def _read(self, entry: str) -> Credential | None:
        """What the keyring has; None also where there is no keyring worth the name."""
        try:
            return await self._thread.run(lambda: self._read_here(entry))
        except Exception as error:
            if _is_no_keyring(error):
                return None
            raise

    # From here on: on the keyring's thread.

    def _read_here(self, entry: str) -> Credential | None:
        parts = self._parts_kept(self._ring(), entry)
        if api_key := parts[_API_KEY]:
            return _credential(KeyKind.API_KEY, [api_key])
        access_key, secret_key = parts[_ACCESS_KEY], parts[_SECRET_KEY]
        if access_key and secret_key:
            return _credential(KeyKind.ACCESS_KEY, [access_key, secret_key])
        return None

    def _write(self, entry: str, wanted: _Parts) -> None:
        ring = self._ring()
        before = self._parts_kept(ring, entry)
        try:
            self._put(ring, entry, wanted)
            self._check_kept(ring, entry, wanted)
        except Exception:
            with suppress(Exception):  # the first trouble is the one to speak of
                self._put(ring, entry, before)
            raise

    def _check_kept(self, ring: "KeyringBackend", entry: str, wanted: _Parts) -> None:
        if self._parts_kept(ring, entry) != wanted:
            raise _NotKeptError

    def _put(self, ring: "KeyringBackend", entry: str, wanted: _Parts) -> None:
        for part, text in wanted.items():
            name = f"{entry}/{part}"
            if text is not None:
                ring.set_password(self._service, name, text)  # pyright: ignore[reportUnknownMemberType]
            elif ring.get_password(self._service, name) is not None:
                ring.delete_password(self._service, name)

    def _parts_kept(self, ring: "KeyringBackend", entry: str) -> _Parts:
        return {part: ring.get_password(self._service, f"{entry}/{part}") for part in _PARTS}

    def _ring(self) -> "KeyringBackend":
        """The keyring. Raises _NoKeyringError where none keeps a secret safely."""
        from keyring import get_keyring
        from keyring.backends.chainer import ChainerBackend

        found = self._backend or get_keyring()
        members = found.backends if isinstance(found, ChainerBackend) else [found]
        for member in members:
            # The plain text ones of keyrings.alt have 0.5, null and fail less (environment.md 4).
            is_foreign = type(member).__module__.startswith("keyrings.")
            if member.priority >= 1 and not is_foreign:
                return member
        raise _NoKeyringError


class _NoKeyringError(Exception):
    """No backend that keeps a secret, and keeps it secret."""


class _NotKeptError(Exception):
    """What was read back is not what was written."""


class _KeyringThread:
    """Runs one call at a time on a daemon thread, and waits for each no longer than the limit."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._unanswered: Future[object] | None = None

    async def run(self, work: Callable[[], _T]) -> _T:
        """The result of `work`, or what it raised. Raises TimeoutError after the limit, and at
        once while an earlier call still hangs."""
        if self._unanswered is not None and not self._unanswered.done():
            raise TimeoutError
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="keyring", daemon=True)
            self._thread.start()
        job: Future[_T] = Future()
        self._jobs.put(lambda: _answer(job, work))
        try:
            # Not wait_for: in Python 3.11 it forgets that it was cancelled when the answer comes
            # at the same moment, and whoever waits for the cancelled task waits for ever.
            async with asyncio.timeout(self._limit_s):
                return await asyncio.wrap_future(job)
        except TimeoutError:
            self._unanswered = job  # pyright: ignore[reportAttributeAccessIssue]
            raise

    def _serve(self) -> None:
        while True:
            self._jobs.get()()


def _answer(job: Future[_T], work: Callable[[], _T]) -> None:
    if not job.set_running_or_notify_cancel():
        return
    try:
        job.set_result(work())
    except Exception as error:
        job.set_exception(error)


def _credential(kind: KeyKind, values: list[str]) -> Credential:
    if kind is KeyKind.API_KEY:
        return ApiKey(Secret(values[0]))
    return AccessKeyPair(Secret(values[0]), Secret(values[1]))


def _parts(credential: Credential) -> dict[str, str]:
    if isinstance(credential, ApiKey):
        return {_API_KEY: credential.key.reveal()}
    return {
        _ACCESS_KEY: credential.access_key.reveal(),
        _SECRET_KEY: credential.secret_key.reveal(),
    }


def _all_parts(credential: Credential) -> _Parts:
    """Every part an entry may have: a new key of one kind takes the place of the other kind."""
    return {**dict.fromkeys(_PARTS), **_parts(credential)}


def _ends(credential: Credential) -> str:
    shown = credential.key if isinstance(credential, ApiKey) else credential.access_key
    return shown.ends()


def _address(profile: ProviderProfile, base_url: str | None) -> str | None:
    return bare_base_url(base_url) if base_url else profile.base_url


def _entry(profile: ProviderProfile, base_url: str | None) -> str | None:
    """The name of an address's entries; None without an address that may be spoken to."""
    address = _address(profile, base_url)
    if address is None:
        return None
    return profile.key_entry if address == profile.home_url else f"{profile.key_entry}@{address}"


def _variables(profile: ProviderProfile) -> str:
    either = (t(" with ").join(names) for names in profile.key_variables.values() if names)
    return t(" or ").join(either)


def _no_key(profile: ProviderProfile, base_url: str | None) -> ErrorRecord:
    address = _address(profile, base_url)
    variables = _variables(profile)
    if address != profile.home_url:
        title = t("There is no key for {address} yet", address=address)
        why = t("A key that is kept goes to its own address alone.")
    else:
        title = t("There is no key for {provider} yet", provider=profile.title)
        why = ""
    step = t("Enter one under Accounts, or set {variables}. Nothing was sent.", variables=variables)
    return ErrorRecord(title, f"{why} {step}".strip(), Remedy.FIX_KEY)


def _no_address(profile: ProviderProfile) -> ErrorRecord:
    title = t("{provider} needs a base URL", provider=profile.title)
    detail = t("A key is kept for one address alone. Nothing was kept or sent.")
    return ErrorRecord(title, detail, Remedy.FIX_SETTINGS)


def _empty_key() -> ErrorRecord:
    detail = t("A part of it is missing. What was kept before is unchanged.")
    return ErrorRecord(t("The key is empty"), detail, Remedy.FIX_KEY)


def _is_no_keyring(error: Exception) -> bool:
    from keyring.errors import NoKeyringError

    return isinstance(error, (_NoKeyringError, NoKeyringError))


def _trouble(error: Exception, consequence: str) -> ErrorRecord:
    """Why the keyring did not do it. A backend's own words are left out: they may quote a key."""
    from keyring.errors import InitError, KeyringLocked

    if _is_no_keyring(error):
        title, why = t("There is no keyring"), t("This computer has none that keeps keys safe.")
    elif isinstance(error, (KeyringLocked, InitError)):
        title, why = t("The keyring is locked"), t("Unlock it and try again.")
    elif isinstance(error, TimeoutError):
        title = t("The keyring does not answer")
        why = t("Perhaps it asks for its password in another window.")
    elif isinstance(error, _NotKeptError):
        title, why = t("The keyring did not keep the key"), t("It read back differently.")
    else:
        title = t("The keyring failed")
        why = t("It reported {kind}.", kind=type(error).__name__)
    return ErrorRecord(title, f"{why} {consequence}".strip(), Remedy.FIX_KEY)
