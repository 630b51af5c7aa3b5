"""The sandbox as a process of its own: announced once, killed without loss, ended by a signal."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from kling_desktop.sandbox import Sandbox, created_external_ids, sandbox_key

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
        found = httpx.get(sandbox.base_url + path, headers=headers).json()
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
