"""Credentials as values that do not show themselves."""

import hashlib
from dataclasses import dataclass

_MASK = "•" * 8
_AROUND_A_KEY = "\"'`“”‘’ "


class Secret:
    """A text that never appears in a repr, a log line or a comparison's failure message.

    `reveal` is called in two places only: where a request is signed and where a key is stored.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def ends(self) -> str:
        """The first and last characters with a mask between, to recognise a key by."""
        if len(self._text) < 12:
            return _MASK
        return f"{self._text[:4]}{_MASK}{self._text[-3:]}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(masked)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One bearer key."""

    key: Secret


@dataclass(frozen=True, slots=True)
class AccessKeyPair:
    """AccessKey and SecretKey, which sign a JWT (facts.md section 4)."""

    access_key: Secret
    secret_key: Secret


Credential = ApiKey | AccessKeyPair


def fingerprint(credential: Credential) -> str:
    """Which account a credential belongs to, without saying the credential: 16 hex digits.

    Of a pair only the AccessKey counts, so a renewed SecretKey is still the same account.
    """
    known = credential.key if isinstance(credential, ApiKey) else credential.access_key
    salted = b"kling-desktop account\0" + known.reveal().encode()
    return hashlib.sha256(salted).hexdigest()[:16]


def clean_key(text: str) -> str:
    """A pasted key without spaces, quotes, line breaks, zero-width signs or "Bearer "."""
    words = "".join(c if c.isprintable() else " " for c in text).strip(_AROUND_A_KEY)
    if words.lower().startswith("bearer "):
        words = words[7:]
    return "".join(words.split()).strip(_AROUND_A_KEY)
