"""What an answer means: one table from service code, status and phase to outcome and words.

Sources: the official error table (facts.md section 6), CometAPI's envelope (the same), and
pay-once 6.5 for what may be retried. An outcome is definite only if it comes in the other side's
own envelope with a code or status that says so; all else leaves the money in doubt.
"""

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum, auto

from kling_desktop.domain.answers import (
    Accepted,
    CreateAnswer,
    Deferred,
    NoAnswer,
    NotFound,
    Refused,
    SendPhase,
    Unclear,
)
from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.kling.transport import Exchange, Reply
from kling_desktop.kling.wire import Answer, Family
from kling_desktop.text import t, tn

CLOCK_CODES = ("1003", "1004")
UNKNOWN_KEY_CODE = "1002"  # also said of a key that was made for another region (facts.md 4)
LONGEST_RETRY_AFTER_S = 300.0

# Code 1201 has four meanings, and only its words tell them apart (pay-once section 1).
_EXISTS = re.compile(r"already (exists?|(been )?used|in use)|duplicat|已存在|重复", re.IGNORECASE)
_NOT_FOUND = re.compile(r"not found|not exist|no such|不存在", re.IGNORECASE)
_RETIRED = re.compile(r"discontinued|no longer (available|supported)|retired", re.IGNORECASE)


class Fate(Enum):
    """What a code says about the thing we asked to buy."""

    REFUSED = auto()
    ACCOUNT = auto()  # refused, and so will be everything else from this account
    FULL = auto()  # refused for now
    THROTTLED = auto()  # the same, but not by the provider's own code: a gateway may have posted
    IN_DOUBT = auto()


@dataclass(frozen=True, slots=True)
class Meaning:
    """One row of the table."""

    fate: Fate
    title: str
    remedy: Remedy


def _key() -> Meaning:
    return Meaning(Fate.ACCOUNT, t("The key was not accepted"), Remedy.FIX_KEY)


def _clock() -> Meaning:
    return Meaning(Fate.ACCOUNT, t("This computer’s clock is wrong"), Remedy.FIX_CLOCK)


def _credit() -> Meaning:
    return Meaning(Fate.ACCOUNT, t("No credit left"), Remedy.TOP_UP)


def _account() -> Meaning:
    return Meaning(Fate.ACCOUNT, t("The account may not do this"), Remedy.FIX_SETTINGS)


def _request() -> Meaning:
    return Meaning(Fate.REFUSED, t("The request was refused"), Remedy.EDIT_REQUEST)


def _policy() -> Meaning:
    return Meaning(Fate.REFUSED, t("Refused by the content rules"), Remedy.EDIT_REQUEST)


def _route() -> Meaning:
    return Meaning(Fate.REFUSED, t("Not offered at this address"), Remedy.FIX_SETTINGS)


def _retired() -> Meaning:
    return Meaning(Fate.REFUSED, t("This model is no longer offered"), Remedy.EDIT_REQUEST)


def _full() -> Meaning:
    return Meaning(Fate.FULL, t("The provider is busy"), Remedy.WAIT)


def _throttled() -> Meaning:
    return Meaning(Fate.THROTTLED, t("The provider is busy"), Remedy.WAIT)


def _moved() -> Meaning:
    return Meaning(Fate.ACCOUNT, t("The address has moved"), Remedy.FIX_SETTINGS)


def _doubt() -> Meaning:
    return Meaning(Fate.IN_DOUBT, t("It is not known whether it arrived"), Remedy.WAIT)


# Decided by code first, whatever the HTTP status: 429 alone has six of these.
_BY_CODE = {
    "1000": _key,
    "1001": _key,
    "1002": _key,
    "1003": _clock,
    "1004": _clock,
    "1100": _account,
    "1101": _credit,
    "1102": _credit,
    "1103": _account,
    "1200": _request,
    "1201": _request,
    "1202": _route,
    "1203": _route,
    "1300": _policy,
    "1301": _policy,
    "1302": _full,
    "1303": _full,
    "1304": _account,
    "5000": _doubt,
    "5001": _doubt,
    "5002": _doubt,
}
# Words of gateways that speak like OpenAI; believed only below 500.
_BY_WORD = {
    "invalid_api_key": _key,
    "insufficient_quota": _credit,
    "insufficient_user_quota": _credit,
    "model_not_found": _route,
    "invalid_request": _request,
}
_BY_STATUS = {
    400: _request,
    401: _key,
    402: _credit,
    403: _account,
    404: _route,
    405: _route,
    413: _request,
    415: _request,
    422: _request,
    429: _throttled,
}
# These mean the same whoever says them.
_SPOKEN_BY_ANYBODY = (401, 402, 429)


def meaning(status: int, answer: Answer) -> Meaning:
    """The row for an answer that holds no task."""
    if 300 <= status < 400:
        return _moved()
    is_recognised = answer.family in (Family.ENVELOPE, Family.ERROR_OBJECT)
    row = None
    if is_recognised:
        row = _BY_CODE.get(answer.code) or (_BY_WORD.get(answer.code) if status < 500 else None)
    if row is None and (is_recognised or status in _SPOKEN_BY_ANYBODY):
        row = _BY_STATUS.get(status)
    found = (row or _doubt)()
    if found.fate is Fate.REFUSED and _RETIRED.search(answer.message):
        return _retired()
    return found


def create_answer(
    provider: str, reply: Reply, answer: Answer, *, raw: str, clock_off_s: int, hint: str = ""
) -> CreateAnswer:
    """What `reply` to a create means. A task id counts before any code (pay-once 6.3).

    `clock_off_s` is by how much this computer's clock runs ahead of the provider's. `hint` is
    what a person may want to hear about a key that the provider does not know.
    """
    is_redirect = 300 <= reply.status < 400
    if answer.task is not None and not is_redirect:
        return Accepted(answer.task, raw, "" if answer.is_success else _said(provider, answer))
    if _EXISTS.search(answer.message) and not is_redirect:
        return Unclear(_taken(provider, answer), SendPhase.ANSWER_STARTED, exists=True, raw=raw)
    found = meaning(reply.status, answer)
    said = _said_of_account(provider, reply, answer, clock_off_s, hint)
    if found.fate is Fate.IN_DOUBT:
        record = _record(found, answer, said, _in_doubt())
        return Unclear(record, SendPhase.ANSWER_STARTED, raw=raw)
    if found.fate in (Fate.FULL, Fate.THROTTLED):
        record = _record(found, answer, said, t("It is sent again later; nothing was charged."))
        return Deferred(
            record,
            SendPhase.ANSWER_STARTED,
            retry_after_s(reply),
            raw,
            looks_first=found.fate is Fate.THROTTLED,
        )
    record = _record(found, answer, said, t("Nothing was created, and nothing is charged."))
    return Refused(record, raw, pauses_account=found.fate is Fate.ACCOUNT)


def create_failure(provider: str, exchange: Exchange) -> Deferred | Unclear:
    """What a create without any answer means: the phase alone decides."""
    if exchange.phase is SendPhase.NOTHING_SENT:
        return Deferred(_unreached(provider, exchange, t("Nothing was sent.")), exchange.phase)
    broke = t("The connection to {provider} broke before an answer came.", provider=provider)
    record = ErrorRecord(_doubt().title, f"{broke} {_in_doubt()}", Remedy.WAIT)
    return Unclear(record, exchange.phase)


def look_up_answer(
    provider: str,
    reply: Reply,
    answer: Answer,
    clock_off_s: int,
    hint: str = "",
    still: str | None = None,
) -> NotFound | NoAnswer:
    """What a `reply` without the record means. Asking costs nothing, so nothing is at stake.

    `still` says so, unless the question was about a task.
    """
    said = _said_of_account(provider, reply, answer, clock_off_s, hint)
    if is_not_found(reply.status, answer):
        title = t("The provider does not know this task")
        return NotFound(ErrorRecord(title, said, Remedy.WAIT, _service_code(answer)))
    found = meaning(reply.status, answer)
    still = t("Nothing has changed for the task.") if still is None else still
    # A gateway answers a path that it does not have with a redirect; that is not the account.
    if found.fate is Fate.ACCOUNT and not 300 <= reply.status < 400:
        return NoAnswer(_record(found, answer, said, still), pauses_account=True)
    title = t("{provider} gave no useful answer", provider=provider)
    record = ErrorRecord(title, f"{said} {still}".strip(), Remedy.WAIT, _service_code(answer))
    is_down = reply.status >= 500 or found.fate in (Fate.FULL, Fate.THROTTLED)
    return NoAnswer(record, is_down=is_down, retry_after_s=retry_after_s(reply))


def look_up_failure(provider: str, exchange: Exchange, still: str | None = None) -> NoAnswer:
    """What a question without any answer means: nothing, but whether we are offline."""
    still = t("Nothing has changed for the task.") if still is None else still
    record = _unreached(provider, exchange, still)
    return NoAnswer(record, offline=exchange.is_offline, is_down=not exchange.is_offline)


def another_task(provider: str) -> NoAnswer:
    """The answer was about a task that nobody asked for."""
    title = t("{provider} answered about another task", provider=provider)
    detail = t("The answer was put aside. Nothing has changed for the task.")
    return NoAnswer(ErrorRecord(title, detail, Remedy.WAIT), names_another=True)


def is_not_found(status: int, answer: Answer) -> bool:
    """Whether the other side says, in its own envelope, that there is no such task.

    At Kling that is 400 with 1201 on the older routes, else 404 with 1203.
    """
    if answer.family not in (Family.ENVELOPE, Family.ERROR_OBJECT) or status >= 500:
        return False
    if answer.code in ("1203", "task_not_exist"):
        return True
    return answer.code == "1201" and _NOT_FOUND.search(answer.message) is not None


def retry_after_s(reply: Reply) -> float | None:
    """The header Retry-After in seconds, at most five minutes; None when it says nothing sound."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 12:
        return min(float(text), LONGEST_RETRY_AFTER_S)
    then, now = http_date_s(text), http_date_s(reply.headers.get("date", ""))
    if then is None or now is None or then < now:
        return None
    return min(float(then - now), LONGEST_RETRY_AFTER_S)


def http_date_s(text: str) -> int | None:
    """An HTTP date in Unix seconds, None when it is none."""
    try:
        return int(parsedate_to_datetime(text).timestamp())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _record(found: Meaning, answer: Answer, said: str, money: str) -> ErrorRecord:
    detail = f"{said} {money}".strip()
    return ErrorRecord(found.title, detail, found.remedy, _service_code(answer))


def _service_code(answer: Answer) -> str | None:
    return None if answer.is_success else answer.code


def _said(provider: str, answer: Answer) -> str:
    if not answer.message:
        return ""
    return t("{provider} says: “{message}”.", provider=provider, message=answer.message)


def _status_said(provider: str, status: int) -> str:
    if status == 413:
        return t("{provider} found the request too large (status 413).", provider=provider)
    return t("{provider} answered with status {status}.", provider=provider, status=status)


def _said_of_account(
    provider: str, reply: Reply, answer: Answer, clock_off_s: int, hint: str
) -> str:
    """The provider's own words, with what they leave out about a key or a clock."""
    if answer.code in CLOCK_CODES:
        return _clock_said(clock_off_s)
    said = _said(provider, answer) or _status_said(provider, reply.status)
    return f"{said} {hint}".strip() if answer.code == UNKNOWN_KEY_CODE else said


def _clock_said(clock_off_s: int) -> str:
    if not clock_off_s:
        return t("The provider finds the signature’s time wrong.")
    off = _how_long(abs(clock_off_s))
    if clock_off_s > 0:
        return t("It is {time} ahead of the provider’s.", time=off)
    return t("It is {time} behind the provider’s.", time=off)


def _how_long(seconds: int) -> str:
    if seconds < 120:
        return tn("{count} second", "{count} seconds", seconds)
    return tn("{count} minute", "{count} minutes", round(seconds / 60))


def _in_doubt() -> str:
    return t("It may have been accepted, and charged. Looking for it costs nothing.")


def _taken(provider: str, answer: Answer) -> ErrorRecord:
    title = t("The provider already has it")
    detail = t("{said} It is being looked for.", said=_said(provider, answer))
    return ErrorRecord(title, detail, Remedy.WAIT, _service_code(answer))


def _unreached(provider: str, exchange: Exchange, consequence: str) -> ErrorRecord:
    if exchange.is_untrusted:
        title = t("The connection to {provider} is not safe", provider=provider)
        said = t("Its certificate is not one that this computer trusts.")
        return ErrorRecord(title, f"{said} {consequence}", Remedy.FIX_SETTINGS)
    title = t("{provider} cannot be reached", provider=provider)
    way = ""
    if exchange.proxy:
        way = t("The way there leads through the proxy {proxy}.", proxy=exchange.proxy)
    return ErrorRecord(title, f"{way} {consequence}".strip(), Remedy.WAIT)
