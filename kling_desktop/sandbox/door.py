"""Who may ask: one API key, or tokens that a pair of keys signs (facts.md section 4)."""

import hmac
import math
from collections.abc import Callable
from typing import Any

from kling_desktop.sandbox.key import SandboxKeys
from kling_desktop.sandbox.refusals import Refusal


class Door:
    """Judges the Authorization header. `takes_pairs` is for Kling: gateways know API keys only."""

    def __init__(
        self, keys: SandboxKeys, now_ms: Callable[[], int], *, takes_pairs: bool = True
    ) -> None:
        self._keys = keys
        self._now_ms = now_ms
        self._takes_pairs = takes_pairs

    def check(self, authorization: str) -> None:
        """Let in or raise Refusal 1000 to 1004, each as the official table means it."""
        if not authorization:
            raise Refusal(1001, "Authorization is empty")
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer":
            raise Refusal(1002, "Authorization is invalid")
        if hmac.compare_digest(token.encode(), self._keys.key.encode()):
            return
        if not self._takes_pairs or token.count(".") != 2:
            raise Refusal(1002, "Authorization is invalid")
        self._check_times(self._claims(token))

    def _claims(self, token: str) -> dict[str, Any]:
        """What a token says that our pair signed. Its times are judged by the world's clock."""
        import jwt  # loads cryptography; most clients come with the API key

        try:
            header = jwt.get_unverified_header(token)
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        except jwt.PyJWTError as error:
            raise Refusal(1002, "Authorization is invalid") from error
        if header.get("alg") != "HS256":
            raise Refusal(1000, "Authentication failed: alg must be HS256")
        if issuer != self._keys.access_key:
            raise Refusal(1002, "Authorization is invalid: access key not found")
        try:
            return jwt.decode(
                token,
                self._keys.secret_key,
                algorithms=["HS256"],
                options={
                    "require": ["iss", "exp", "nbf"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.PyJWTError as error:
            raise Refusal(1000, f"Authentication failed: {error}") from error

    def _check_times(self, claims: dict[str, Any]) -> None:
        expires, begins = claims["exp"], claims["nbf"]
        if not _is_time(expires) or not _is_time(begins):
            raise Refusal(1000, "Authentication failed: exp and nbf must be numbers of seconds")
        now_s = self._now_ms() / 1000
        if begins > now_s:
            raise Refusal(1003, "Authorization is not yet valid")
        if expires <= now_s:
            raise Refusal(1004, "Authorization has expired")


def _is_time(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
