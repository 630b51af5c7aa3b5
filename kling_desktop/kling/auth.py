"""The Authorization header: a pure function of credential and clock (facts.md section 4)."""

from kling_desktop.domain.errors import ErrorRecord, KeyUnavailableError, Remedy
from kling_desktop.domain.keys import AccessKeyPair, ApiKey, Credential
from kling_desktop.text import t

LIFETIME_S = 1800
# The documented sample's allowance for a clock that runs a little ahead.
NOT_BEFORE_MARGIN_S = 5


def authorization(credential: Credential, now_s: int) -> str:
    """The header's value at `now_s` (Unix seconds). A pair signs anew each time: nothing expires.

    Raises KeyUnavailableError for a key with characters that no header can carry.
    """
    if isinstance(credential, ApiKey):
        token = credential.key.reveal()
    else:
        token = _signed(credential, now_s)
    if not (token.isascii() and token.isprintable() and token):
        raise KeyUnavailableError(
            ErrorRecord(
                t("The key cannot be used"),
                t("It is empty or holds characters that a key never has. Nothing was sent."),
                Remedy.FIX_KEY,
            )
        )
    return f"Bearer {token}"


def _signed(pair: AccessKeyPair, now_s: int) -> str:
    import jwt  # loads cryptography; only accounts with a pair need it

    claims = {
        "iss": pair.access_key.reveal(),
        "exp": now_s + LIFETIME_S,
        "nbf": now_s - NOT_BEFORE_MARGIN_S,
    }
    return jwt.encode(claims, pair.secret_key.reveal(), algorithm="HS256")
