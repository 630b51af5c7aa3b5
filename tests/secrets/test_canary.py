"""F09, the whole way: keys that sing. Each may be heard at its own host and nowhere else."""

import getpass
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import jwt
import pytest

from kling_desktop.kling.profiles import PROFILES
from tests.cli.process import PICTURES, ROOT
from tests.secrets.listening import Listening, disguises, listening

CANARIES = {
    "KLING_API_KEY": "api-key-kling-canary-hkqzvwxj-kling",
    "KLING_ACCESS_KEY": "AKcanaryhkqzvwxjpairaccess",
    "KLING_SECRET_KEY": "SKcanaryhkqzvwxjpairsecretoftwoandthirtybytes",
    "COMETAPI_KEY": "sk-canary-hkqzvwxj-comet",
    "POWERTOKENS_API_KEY": "pt-canary-hkqzvwxj-power",
    "KLING_DESKTOP_CUSTOM_KEY": "canaryhkqzvwxjcustom",
}
PROMPT = "many canaries underground"


@dataclass
class Run:
    """One command against one host: what it is, how it has to end, which keys its host hears."""

    provider: str
    mode: str
    keys: tuple[str, ...]
    code: int
    plan: str = "loud"
    without: tuple[str, ...] = ()
    home: Path = field(default_factory=Path)


RUNS = {
    "kling": Run("kling", "works", ("KLING_API_KEY",), 0),
    "pair": Run("kling", "works", (), 0, without=("KLING_API_KEY",)),
    "comet": Run("cometapi", "works", ("COMETAPI_KEY",), 0),
    "legacy, refused": Run("cometapi-legacy", "echoes", ("COMETAPI_KEY",), 3),
    "power, unclear": Run("powertokens", "page", ("POWERTOKENS_API_KEY",), 4),
    "custom, a mistake": Run("custom", "works", ("KLING_DESKTOP_CUSTOM_KEY",), 4, plan="crash"),
    "kling, killed": Run("kling", "works", ("KLING_API_KEY",), -9, plan="kill"),
}


def begin(run: Run, host: Listening) -> "subprocess.Popen[bytes]":
    module = ["tests.secrets.loud", run.plan]
    if run.plan == "kill":
        plan = {"at": "SqliteLedger.save_outputs", "when": "after"}
        module = ["tests.cli.dying", json.dumps(plan)]
    environment = {**os.environ, **CANARIES}
    for name in run.without:
        del environment[name]
    line = ["image", "--provider", run.provider, "--base-url", host.url, "--json"]
    if run.code == 4:
        line += ["--timeout", "5"]
    pictures = ["--prompt", PROMPT, "--subject", *(str(picture) for picture in PICTURES)]
    return subprocess.Popen(
        [sys.executable, "-m", *module, "--home", str(run.home), *line, *pictures],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def leaks(data: bytes) -> list[str]:
    return [name for name, key in CANARIES.items() if any(d in data for d in disguises(key))]


def files_of(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def check_ended(name: str, run: Run, ended: tuple[int, bytes, bytes]) -> None:
    code, out, said = ended
    assert code == run.code, (name, said.decode())
    assert leaks(out + said) == [], name
    names = {file.name for file in files_of(run.home)}
    assert {"ledger.sqlite"} <= names
    if run.plan != "kill":
        assert "raw.log" in names, "nothing was logged loudly, so nothing was proven"
    if run.code == 0:
        assert any(file.endswith(".png.json") for file in names)
    for file in files_of(run.home):
        assert leaks(file.read_bytes()) == [], (name, file)
        assert leaks(str(file).encode()) == [], (name, file)


def check_heard(name: str, run: Run, host: Listening) -> None:
    heard = host.everything().encode()
    assert set(leaks(heard)) == set(run.keys), name
    assert (run.plan == "crash") == (not any("POST" in heard.line for heard in host.heard)), name
    assert all(heard.authorization.startswith("Bearer ") for heard in host.heard), name
    for heard in host.heard:
        assert leaks((heard.line + heard.body).encode()) == [], (name, heard.line)


def test_f09_f22_a_key_is_heard_at_its_own_host_and_nowhere_else(tmp_path: Path) -> None:
    with listening(*(run.mode for run in RUNS.values())) as (*hosts, cdn):
        begun = []
        for (name, run), host in zip(RUNS.items(), hosts, strict=True):
            run.home = tmp_path / name
            begun.append((name, run, host, begin(run, host)))
        ended = [process.communicate(timeout=100) for *_, process in begun]
    for (name, run, host, process), (out, said) in zip(begun, ended, strict=True):
        check_ended(name, run, (process.returncode, out, said))
        check_heard(name, run, host)
    assert cdn.heard
    assert leaks(cdn.everything().encode()) == []
    assert "Authorization" not in cdn.everything()
    _check_pair(hosts[list(RUNS).index("pair")])
    for host in hosts:
        _check_nothing_of_the_person(host, tmp_path)
    assert "signed-address" in cdn.everything()
    for file in files_of(tmp_path):
        if file.suffix == ".log":
            assert b"signed-address" not in file.read_bytes(), f"F10: {file}"


def _check_pair(host: Listening) -> None:
    """The AccessKey is named inside the token, signed by a SecretKey that stayed here."""
    token = host.heard[0].authorization.removeprefix("Bearer ")
    claims = jwt.decode(
        token,
        CANARIES["KLING_SECRET_KEY"],
        algorithms=["HS256"],
        options={"verify_exp": False, "verify_nbf": False},
    )
    assert claims["iss"] == CANARIES["KLING_ACCESS_KEY"]


def _check_nothing_of_the_person(host: Listening, home: Path) -> None:
    """F22: an account may be shared; what goes there says nothing of this computer."""
    own = {str(home), str(ROOT), platform.node(), getpass.getuser(), *names_of(PICTURES)}
    for heard in host.heard:
        fields = json.loads(heard.body or "{}")
        fields.pop("subject_image_list", None)  # the pictures' bytes, which hold any letters
        said = heard.line + json.dumps(fields)
        assert [word for word in own if word in said] == [], said
        assert not any(word in fields.get("external_task_id", "") for word in PROMPT.split()[1:])


def names_of(files: list[Path]) -> set[str]:
    return {file.stem for file in files}


def test_every_key_has_its_canary() -> None:
    named = {
        variable
        for id, profile in PROFILES.items()
        if id != "sandbox"
        for variables in profile.key_variables.values()
        for variable in variables
    }
    assert named == set(CANARIES)


@pytest.mark.parametrize("name", CANARIES)
def test_a_leak_would_be_found(name: str) -> None:
    key = CANARIES[name].encode()
    assert name in leaks(b"x" + key + b"y")
    assert name in leaks(key.hex().encode())
