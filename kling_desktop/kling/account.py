"""Questions about an account that cost nothing: what it has left, and whether its key works."""

from urllib.parse import urlsplit

from kling_desktop.domain.answers import Costs, CostsAnswer, Found, KeyTest, LookUp, NoAnswer, Pack
from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.facts import KeyCheck
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.kling import errors, wire
from kling_desktop.kling.transport import Exchange
from kling_desktop.text import t, tn

SINCE_MS = 30 * 24 * 3600 * 1000
_MOST_NAMED_PACKS = 5


def costs_answer(provider: str, asked: Exchange, *, clock_off_s: int, hint: str) -> CostsAnswer:
    """What an exchange about costs showed."""
    if asked.reply is None:
        return errors.look_up_failure(provider, asked, still="")
    answer, packs = wire.read_packs(asked.reply.body)
    is_whole = asked.reply.status == 200 and not asked.reply.is_cut
    if is_whole and answer.family is wire.Family.ENVELOPE and answer.is_success:
        return Costs(packs)
    outcome = errors.look_up_answer(provider, asked.reply, answer, clock_off_s, hint, still="")
    return outcome if isinstance(outcome, NoAnswer) else NoAnswer(outcome.error)


def no_costs(provider: str) -> NoAnswer:
    """There is nobody to ask."""
    title = t("{provider} tells nobody what is left", provider=provider)
    return NoAnswer(ErrorRecord(title, t("Nothing was asked.")))


def tested_by_costs(base_url: str, answer: CostsAnswer) -> KeyTest | None:
    """What the question about costs says of the key; None when it says nothing."""
    tried = t("Asked {host} what the account has left: free.", host=_host(base_url))
    if isinstance(answer, Costs):
        return KeyTest(KeyCheck.WORKS, f"{tried} {_packs_said(answer.packs)}", packs=answer.packs)
    return _tested(tried, answer) if answer.pauses_account or answer.offline else None


def tested_by_look_up(base_url: str, answer: LookUp) -> KeyTest:
    """What the question for a task that does not exist says of the key."""
    tried = t("Asked {host} for a task that does not exist: free.", host=_host(base_url))
    if isinstance(answer, NoAnswer):
        return _tested(tried, answer)
    found = t("It answered, although there is none.")
    said = found if isinstance(answer, Found) else t("It knows none, so it took the key.")
    return KeyTest(KeyCheck.WORKS, f"{tried} {said}")


def region_hint(profile: ProviderProfile, base_url: str) -> str:
    """What to think of where a key is unknown: perhaps it was made for another region."""
    others = [_host(region.base_url) for region in profile.regions if region.base_url != base_url]
    if len(others) == len(profile.regions):
        return ""
    return t(
        "A key works in its own region only; this was {host}. If yours was made for another "
        "({others}), name that region in providers.toml.",
        host=_host(base_url),
        others=", ".join(others),
    )


def _tested(tried: str, answer: NoAnswer) -> KeyTest:
    if answer.error.remedy is Remedy.TOP_UP:
        said, check = t("It took the key; there is no credit."), KeyCheck.WORKS
    elif answer.pauses_account:
        said, check = t("It refused."), KeyCheck.REFUSED
    else:
        said, check = t("That shows nothing about the key."), KeyCheck.NO_ANSWER
    return KeyTest(check, f"{tried} {said}", answer.error)


def _packs_said(packs: tuple[Pack, ...]) -> str:
    active = [pack for pack in packs if pack.status == "online"]
    if not active:
        return t("The key works; no pack of units is active.")
    counted = tn("{count} pack is active", "{count} packs are active", len(active))
    named = "; ".join(_pack_said(pack) for pack in active[:_MOST_NAMED_PACKS])
    return t("{packs} ({named}). Figures up to 12 hours old.", packs=counted, named=named)


def _pack_said(pack: Pack) -> str:
    if pack.remaining is None or pack.total is None:
        return pack.name
    left, total = (f"{units.normalize():f}" for units in (pack.remaining, pack.total))
    return t("{name}: {left} of {total} units left", name=pack.name, left=left, total=total)


def _host(base_url: str) -> str:
    return urlsplit(base_url).netloc
