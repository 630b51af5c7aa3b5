"""The sandbox as a process of its own: announced once, killed without loss, ended by a signal."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import jwt
import pytest

from kling_desktop.sandbox import Sandbox, created_external_ids, sandbox_key
from tests.cli.process import ROOT
from tests.sandbox.conftest import fetch

SERVE = """
import json, sys
from pathlib import Path
from kling_desktop.sandbox import Sandbox, serve_forever
announce = lambda base_url, keys: print(json.dumps([base_url, keys.key]), flush=True)
serve_forever(Sandbox(Path(sys.argv[1])), announce)
"""
FIELDS = {
    "subject_image_list": [{"subject_image": "https://example.com/a.png"}],
    "external_task_id": "from-outside",
}


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    command = [sys.executable, "-c", SERVE, str(folder)]
    process = subprocess.Popen(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        base_url, key = json.loads(process.stdout.readline())
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=base_url, headers=headers) as http:
            yield process, http
    finally:
        process.kill()
        process.communicate()


def test_a_task_survives_the_death_of_the_process_that_accepted_it(tmp_path):
    with serving(tmp_path) as (process, http):
        answer = http.post("/v1/images/multi-image2image", json=FIELDS).json()
        process.kill()
        process.wait()
    assert created_external_ids(tmp_path) == ["from-outside"]
    sandbox = Sandbox(tmp_path)
    sandbox.start()
    try:
        headers = {"Authorization": f"Bearer {sandbox.key}"}
        path = "/v1/images/multi-image2image/from-outside"
        found = fetch(sandbox.base_url + path, headers=headers).json()
        assert found["data"]["task_id"] == answer["data"]["task_id"]
    finally:
        sandbox.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_quietly(tmp_path, number):
    key = sandbox_key(tmp_path)
    with serving(tmp_path) as (process, http):
        assert http.headers["Authorization"] == f"Bearer {key}"
        process.send_signal(number)
        output, errors = process.communicate(timeout=10)
        assert (process.returncode, output, errors) == (0, "", "")


def test_the_command_announces_both_kinds_of_key_and_stands_for_one_provider(tmp_path):
    command = [sys.executable, "-m", "kling_desktop", "--home", str(tmp_path), "sandbox"]
    process = subprocess.Popen(
        [*command, "--as", "kling", "--strict"], cwd=ROOT, text=True, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert set(told) == {"base_url", "key", "access_key", "secret_key"}
        times = {"exp": int(time.time()) + 60, "nbf": int(time.time()) - 5}
        token = jwt.encode({"iss": told["access_key"], **times}, told["secret_key"], "HS256")
        with httpx.Client(base_url=told["base_url"], verify=False) as http:
            for key in (told["key"], token):
                headers = {"Authorization": f"Bearer {key}"}
                assert http.get("/v1/images/multi-image2image", headers=headers).status_code == 200
                answer = http.post(
                    "/v1/images/multi-image2image", json=FIELDS | {"size": "4k"}, headers=headers
                )
                assert answer.json()["message"].startswith("size is not a parameter of")
    finally:
        process.kill()
        process.communicate()
    ended = subprocess.run(
        [*command, "--as", "openai"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "kling, cometapi, powertokens" in ended.stderr
