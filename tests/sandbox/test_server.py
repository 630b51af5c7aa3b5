"""Who may ask, how it starts and stops, and what it says when it cannot."""

import os
import socket
import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from kling_desktop.domain.errors import AppError, StorageError
from kling_desktop.sandbox import Fault, Faults, Sandbox, sandbox_key
from tests.sandbox.conftest import fetch

COSTS = "/account/costs?start_time=0&end_time=1"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": ""}, 401, 1001),
        ({"Authorization": "Bearer"}, 401, 1002),
        ({"Authorization": "Bearer sandbox-guess"}, 401, 1002),
        ({"Authorization": "Bearer schlüssel".encode()}, 401, 1002),
        ({"Host": "evil.example.com"}, 403, 1103),
        ({"Host": "127.0.0.1"}, 403, 1103),
    ],
)
def test_without_the_key_or_under_another_name_nothing_is_answered(
    empty_account, headers, status, code
):
    answer = empty_account.http.get(COSTS, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_wrong_key_is_told_even_to_a_client_that_sends_much(account):
    account.http.headers["Authorization"] = "Bearer old"
    answer = account.create(scene_image="A" * 20_000_000)
    assert answer.json()["code"] == 1002
    assert account.sandbox.world.creations() == 0


def test_unknown_paths_and_methods_answer_with_the_official_codes(empty_account):
    assert empty_account.http.get("/v1/images/none").json()["code"] == 1203
    answer = empty_account.http.put("/account/costs")
    assert (answer.status_code, answer.json()["code"]) == (404, 1202)


def test_the_key_is_minted_once_for_all_who_ask_at_once(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: sandbox_key(tmp_path / "new"), range(16)))
    assert len(keys) == 1
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["key"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are by user there")
def test_key_and_world_are_for_their_owner_alone(account, tmp_path):
    account.accepted(prompt="sandbox fail")
    files = [file for file in (tmp_path / "sandbox").iterdir() if file.is_file()]
    assert {"key", "world.sqlite", "world.sqlite-wal"} <= {file.name for file in files}
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_damaged_key_is_minted_anew(tmp_path):
    first = sandbox_key(tmp_path)
    (tmp_path / "key").write_text("sand")
    assert sandbox_key(tmp_path) not in ("sand", first)


def test_stopping_frees_port_thread_and_the_painter_in_the_middle_of_a_film(open_account):
    before = set(threading.enumerate())
    account = open_account()
    fields = {"image_list": [{"image": "https://example.com"}], "mode": "pro", "duration": "10"}
    account.accepted("/v1/videos/multi-image2video", **fields)
    port = int(account.sandbox.base_url.rsplit(":", 1)[1])
    account.sandbox.stop()
    assert set(threading.enumerate()) <= before
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_stopping_does_not_wait_for_a_slow_answer(open_account):
    account = open_account(faults=Faults(Fault(code=0, delay_s=3600)))
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(account.create)
        while account.sandbox.world.creations() == 0:
            pass
        account.sandbox.stop()
        assert isinstance(pending.exception(), httpx.TransportError) or pending.result()
    assert not account.sandbox.is_running


def test_a_taken_port_is_said_in_words(account, tmp_path):
    port = int(account.sandbox.base_url.rsplit(":", 1)[1])
    with pytest.raises(AppError, match=f"port {port}"):
        Sandbox(tmp_path / "other", port=port).start()


def test_a_world_of_a_newer_version_is_left_alone(open_account, tmp_path):
    open_account().sandbox.stop()
    file = tmp_path / "sandbox" / "world.sqlite"
    connection = sqlite3.connect(file)
    connection.execute("pragma user_version = 99")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(StorageError, match="newer version"):
        Sandbox(tmp_path / "sandbox").start()
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="folder"):
        Sandbox(tmp_path / "file" / "sandbox")


def test_it_listens_on_loopback_alone_and_starts_again(open_account):
    account = open_account()
    assert account.sandbox.base_url.startswith("http://127.0.0.1:")
    account.sandbox.stop()
    account.sandbox.stop()
    account.sandbox.start()
    headers = {"Authorization": f"Bearer {account.sandbox.key}"}
    assert fetch(account.sandbox.base_url + COSTS, headers=headers).status_code == 200


def test_the_key_stays_out_of_answers_and_urls(account, tmp_path):
    task_id = account.accepted()
    text = account.http.get(f"/v1/images/multi-image2image/{task_id}").text
    assert account.sandbox.key not in text
    assert os.fsencode(account.sandbox.key) not in (tmp_path / "sandbox/world.sqlite").read_bytes()
