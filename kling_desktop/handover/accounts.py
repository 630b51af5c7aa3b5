"""Whose key pays: what was asked with one key in the environment is never bought with another."""

from collections.abc import Mapping

from kling_desktop.credentials import Keys
from kling_desktop.domain.commands import Submission
from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy
from kling_desktop.domain.keys import fingerprint
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.handover.orders import Order
from kling_desktop.text import t


class Accounts:
    """The accounts that a process pays with. A key itself never travels."""

    def __init__(self, keys: Keys, profiles: Mapping[str, ProviderProfile]) -> None:
        self._keys = keys
        self._profiles = profiles

    def asked_with(self, submission: Submission) -> str | None:
        """The account that the environment here names, None where it names none."""
        profile = self._profiles[submission.provider]
        if profile.is_free and submission.base_url is None:
            return None
        named = self._keys.from_environment(profile)
        return None if named is None else fingerprint(named)

    async def objection(self, order: Order) -> ErrorRecord | None:
        """Why an order of another process must not be bought here."""
        submission = order.submission
        if submission is None:
            return None
        profile = self._profiles.get(submission.provider)
        if profile is None:
            return _unknown_here(submission.provider)
        if order.account is None:
            return None
        try:
            address = submission.base_url or profile.home_url
            own = fingerprint(await self._keys.find(profile, address))
        except AppError:
            own = None
        return None if own == order.account else _another_key(profile.title)


def _another_key(provider: str) -> ErrorRecord:
    return ErrorRecord(
        t("Another key is in use here"),
        t(
            "The process that has this home open does not use the key for {provider} that this "
            "command was given. Close it, or give it the same key. Nothing was sent.",
            provider=provider,
        ),
        Remedy.CLOSE_OTHER,
    )


def _unknown_here(provider: str) -> ErrorRecord:
    return ErrorRecord(
        t("The provider is not known there"),
        t(
            "The process that has this home open started before “{provider}” was set up. "
            "Close it and try again. Nothing was sent.",
            provider=provider,
        ),
        Remedy.CLOSE_OTHER,
    )
