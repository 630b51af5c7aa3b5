"""Trouble can be scripted at every step that a client takes."""

import httpx
import pytest

from kling_desktop.sandbox import Fault, Faults, Page, Step
from tests.sandbox.conftest import fetch

IMAGES = "/v1/images/multi-image2image"
GATEWAY = Page(502, b"<html>Bad Gateway</html>")


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
def done(open_account, faults):
    """An account with a finished task, its id and the address of its result."""
    account = open_account(faults=faults)
    task_id = account.accepted()
    return account, task_id, account.addresses(task_id)[0]


def test_questions_meet_codes_pages_and_silence_and_then_the_truth(done, faults):
    account, task_id, _ = done
    for step, path in ((Step.QUERY, f"{IMAGES}/{task_id}"), (Step.LIST, IMAGES)):
        truth = account.http.get(path).json()["data"]
        faults.add(Fault(code=1302), Fault(page=GATEWAY), Fault(), Fault(code=0), at=step)
        assert account.http.get(path).status_code == 429
        answer = account.http.get(path)
        assert (answer.status_code, answer.content) == (502, GATEWAY.body)
        assert answer.headers["content-type"].startswith("text/html")
        with pytest.raises(httpx.RemoteProtocolError):
            account.http.get(path)
        assert account.http.get(path).json()["data"] == truth


def test_a_page_may_hide_a_create_that_happened(open_account, faults):
    account = open_account(faults=faults)
    faults.add(Fault(page=GATEWAY), Fault(page=GATEWAY, creates=False))
    assert account.create(external_task_id="there", prompt="sandbox fail").status_code == 502
    assert account.create(external_task_id="not").status_code == 502
    assert account.task("there")["task_status"] == "failed"
    assert account.sandbox.world.creations() == 1


def test_a_result_can_break_off_and_come_whole_the_next_time(done, faults):
    _, _, address = done
    faults.add(Fault(), Fault(page=Page(200, b"<html>")), Fault(code=5001), at=Step.RESULT)
    with pytest.raises(httpx.RemoteProtocolError):
        fetch(address)
    assert fetch(address).content == b"<html>"
    assert fetch(address).status_code == 503
    assert fetch(address).content.startswith(b"\x89PNG")
