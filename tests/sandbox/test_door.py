"""A token is let in exactly when Kling would: signed by our pair, by HS256, and in its time."""

import base64
import json

import jwt
import pytest

from kling_desktop.domain.keys import AccessKeyPair, Secret
from kling_desktop.kling.auth import LIFETIME_S, NOT_BEFORE_MARGIN_S, authorization
from kling_desktop.sandbox import Sandbox, SandboxKeys, sandbox_keys
from kling_desktop.sandbox.door import Door
from kling_desktop.sandbox.refusals import Refusal

NOW_S = 1_800_000_000
KEYS = SandboxKeys(
    "sandbox-" + "k" * 43, "sandbox-access-" + "a" * 43, "sandbox-secret-" + "s" * 43
)


def answer(header: str, *, takes_pairs: bool = True) -> int:
    try:
        Door(KEYS, lambda: NOW_S * 1000, takes_pairs=takes_pairs).check(header)
    except Refusal as refusal:
        return refusal.code if refusal.http_status == 401 else refusal.http_status
    return 0


def claims(**changed: object) -> dict[str, object]:
    whole = {"iss": KEYS.access_key, "exp": NOW_S + 1800, "nbf": NOW_S - 5} | changed
    return {name: value for name, value in whole.items() if value is not ...}


def signed(secret: str = KEYS.secret_key, algorithm: str = "HS256", **changed: object) -> str:
    return "Bearer " + jwt.encode(claims(**changed), secret, algorithm=algorithm)


def unsigned() -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims())
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return "Bearer " + b".".join([*coded, b""]).decode()


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", 1001),
        ("Bearer", 1002),
        ("Basic " + KEYS.key, 1002),
        ("Bearer " + KEYS.secret_key, 1002),
        ("Bearer " + KEYS.key, 0),
        ("bearer  " + KEYS.key, 0),
        ("Bearer a.b.c", 1002),
        (signed(), 0),
        (signed(exp=NOW_S + 0.5), 0),
        (signed(nbf=NOW_S), 0),
        (signed(secret="x" * 58), 1000),
        (signed(algorithm="HS512", secret=KEYS.secret_key + "longer"), 1000),
        (unsigned(), 1000),
        (signed(iss="somebody"), 1002),
        (signed(iss=...), 1002),
        (signed(exp=...), 1000),
        (signed(nbf=...), 1000),
        (signed(exp="soon"), 1000),
        (signed(exp=float("nan")), 1000),
        (signed(nbf=NOW_S + 1), 1003),
        (signed(exp=NOW_S), 1004),
    ],
)
def test_each_header_gets_its_code(header, code):
    assert answer(header) == code


def test_gateways_know_nothing_of_pairs():
    assert answer(signed(), takes_pairs=False) == 1002
    assert answer("Bearer " + KEYS.key, takes_pairs=False) == 0


def test_the_apps_own_tokens_are_let_in_for_half_an_hour():
    pair = AccessKeyPair(Secret(KEYS.access_key), Secret(KEYS.secret_key))
    early, late = -LIFETIME_S, NOT_BEFORE_MARGIN_S
    codes = [answer(authorization(pair, NOW_S + off)) for off in (early, early + 1, late, late + 1)]
    assert codes == [1004, 0, 0, 1003]


def test_a_world_mints_its_pair_once_and_lets_it_in(account, tmp_path):
    keys = sandbox_keys(tmp_path / "sandbox")
    assert keys == account.sandbox.keys == Sandbox(tmp_path / "sandbox").keys
    assert len({keys.key, keys.access_key, keys.secret_key}) == 3
    assert "sandbox-" not in repr(keys)
    now_s = account.sandbox._now_ms() // 1000
    times = {"exp": now_s + 60, "nbf": now_s - 5}
    token = jwt.encode({"iss": keys.access_key, **times}, keys.secret_key, algorithm="HS256")
    account.http.headers["Authorization"] = f"Bearer {token}"
    account.accepted(prompt="sandbox fail")
