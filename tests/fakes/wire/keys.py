"""Who asks: a bearer key, or a signed token, checked as the provider does."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from tests.fakes.wire.records import Fields, refusal


@dataclass(frozen=True)
class Account:
    """An account and, for one that signs, its secret."""

    name: str
    secret: str = ""


class RefusedError(Exception):
    """The answer to somebody who is not let in."""

    def __init__(self, code: int, status: int = 401) -> None:
        super().__init__(code)
        self.status = status
        self.document: Fields = refusal(code, "Authorization is not valid")


def account_of(header: str, accounts: dict[str, Account], now_ms: int) -> str:
    """The name of the account. Raises RefusedError."""
    token = header.removeprefix("Bearer ")
    if not header:
        raise RefusedError(1001)
    if token in accounts:
        return accounts[token].name
    claims = _claims(token, accounts)
    if claims["nbf"] > now_ms / 1000:
        raise RefusedError(1003)
    if claims["exp"] <= now_ms / 1000:
        raise RefusedError(1004)
    return accounts[claims["iss"]].name


def _claims(token: str, accounts: dict[str, Account]) -> dict[str, Any]:
    try:
        head, payload, signature = token.split(".")
        claims = json.loads(_bytes(payload))
        secret = accounts[claims["iss"]].secret
    except (ValueError, KeyError):
        raise RefusedError(1002) from None
    expected = hmac.digest(secret.encode(), f"{head}.{payload}".encode(), hashlib.sha256)
    if not secret or not hmac.compare_digest(expected, _bytes(signature)):
        raise RefusedError(1002)
    return claims


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
