"""What each code, status and envelope means for the money."""

import json
from typing import Any

import httpx
import pytest

from kling_desktop.domain.answers import (
    Accepted,
    CreateAnswer,
    Deferred,
    LookUp,
    NoAnswer,
    NotFound,
    Refused,
    Unclear,
)
from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.media import MediaKind
from kling_desktop.kling.errors import create_answer, look_up_answer
from kling_desktop.kling.transport import Reply
from kling_desktop.kling.wire import read_answer


def reply_of(status: int, document: Any, headers: dict[str, str] | None = None) -> Reply:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Reply(status, httpx.Headers(headers), body)


def created(status: int, document: Any, headers: dict[str, str] | None = None) -> CreateAnswer:
    reply = reply_of(status, document, headers)
    answer = read_answer(reply.body, MediaKind.IMAGE)
    return create_answer("Kling", reply, answer, raw="raw", clock_off_s=0)


def asked(status: int, document: Any) -> LookUp:
    reply = reply_of(status, document)
    return look_up_answer("Kling", reply, read_answer(reply.body, MediaKind.IMAGE), 0)


OFFICIAL = [
    (401, 1000, Refused, Remedy.FIX_KEY, True),
    (401, 1001, Refused, Remedy.FIX_KEY, True),
    (401, 1002, Refused, Remedy.FIX_KEY, True),
    (401, 1003, Refused, Remedy.FIX_CLOCK, True),
    (401, 1004, Refused, Remedy.FIX_CLOCK, True),
    (429, 1100, Refused, Remedy.FIX_SETTINGS, True),
    (429, 1101, Refused, Remedy.TOP_UP, True),
    (429, 1102, Refused, Remedy.TOP_UP, True),
    (403, 1103, Refused, Remedy.FIX_SETTINGS, True),
    (400, 1200, Refused, Remedy.EDIT_REQUEST, False),
    (400, 1201, Refused, Remedy.EDIT_REQUEST, False),
    (404, 1202, Refused, Remedy.FIX_SETTINGS, False),
    (404, 1203, Refused, Remedy.FIX_SETTINGS, False),
    (400, 1300, Refused, Remedy.EDIT_REQUEST, False),
    (400, 1301, Refused, Remedy.EDIT_REQUEST, False),
    (429, 1302, Deferred, Remedy.WAIT, False),
    (429, 1303, Deferred, Remedy.WAIT, False),
    (429, 1304, Refused, Remedy.FIX_SETTINGS, True),
    (500, 5000, Unclear, Remedy.WAIT, False),
    (503, 5001, Unclear, Remedy.WAIT, False),
    (504, 5002, Unclear, Remedy.WAIT, False),
]


@pytest.mark.parametrize(("status", "code", "kind", "remedy", "pauses"), OFFICIAL)
@pytest.mark.parametrize("form", [int, str])
@pytest.mark.parametrize("as_success", [False, True])
def test_the_official_table_by_code_alone(status, code, kind, remedy, pauses, form, as_success):
    envelope = {"code": form(code), "message": "words", "request_id": "r"}
    outcome = created(200 if as_success else status, envelope)
    assert type(outcome) is kind
    assert not isinstance(outcome, Accepted)
    assert (outcome.error.remedy, outcome.error.code) == (remedy, str(code))
    assert getattr(outcome, "pauses_account", False) is pauses
    assert not getattr(outcome, "looks_first", False)
    assert outcome.raw == "raw"


def gateway(code: Any = "", message: str = "no") -> dict[str, Any]:
    return {"error": {"message": message, "type": "comet_api_error", "param": None, "code": code}}


PAGE = b"<html><body>nginx</body></html>"


@pytest.mark.parametrize(
    ("status", "document", "kind", "remedy"),
    [
        (400, gateway(), Refused, Remedy.EDIT_REQUEST),
        (401, gateway(), Refused, Remedy.FIX_KEY),
        (401, PAGE, Refused, Remedy.FIX_KEY),
        (402, gateway(), Refused, Remedy.TOP_UP),
        (402, PAGE, Refused, Remedy.TOP_UP),
        (403, gateway("insufficient_user_quota"), Refused, Remedy.TOP_UP),
        (403, gateway(), Refused, Remedy.FIX_SETTINGS),
        (403, PAGE, Unclear, Remedy.WAIT),
        (404, gateway(), Refused, Remedy.FIX_SETTINGS),
        (404, PAGE, Unclear, Remedy.WAIT),
        (405, PAGE, Unclear, Remedy.WAIT),
        (408, gateway(), Unclear, Remedy.WAIT),
        (413, gateway(), Refused, Remedy.EDIT_REQUEST),
        (413, PAGE, Unclear, Remedy.WAIT),
        (422, gateway(1201), Refused, Remedy.EDIT_REQUEST),
        (425, gateway(), Unclear, Remedy.WAIT),
        (499, PAGE, Unclear, Remedy.WAIT),
        (429, gateway(), Deferred, Remedy.WAIT),
        (429, PAGE, Deferred, Remedy.WAIT),
        (429, gateway(1102), Refused, Remedy.TOP_UP),
        (500, gateway("invalid_request"), Unclear, Remedy.WAIT),
        (502, PAGE, Unclear, Remedy.WAIT),
        (524, b"", Unclear, Remedy.WAIT),
        (200, PAGE, Unclear, Remedy.WAIT),
        (200, b"", Unclear, Remedy.WAIT),
        (200, {"code": 0, "data": None}, Unclear, Remedy.WAIT),
        (200, {"code": 0, "data": [{"task_id": "1"}]}, Unclear, Remedy.WAIT),
        (200, {"code": 1999, "message": "new"}, Unclear, Remedy.WAIT),
        (200, {"code": 200, "message": "ok"}, Unclear, Remedy.WAIT),
        (200, {"hello": 1}, Unclear, Remedy.WAIT),
        (301, {"code": 0, "data": {"task_id": "1"}}, Refused, Remedy.FIX_SETTINGS),
        (307, PAGE, Refused, Remedy.FIX_SETTINGS),
        (
            400,
            {"code": 1203, "message": "kling-v1-6 has been discontinued"},
            Refused,
            Remedy.EDIT_REQUEST,
        ),
    ],
)
def test_gateways_and_what_stands_before_them(status, document, kind, remedy):
    outcome = created(status, document)
    assert type(outcome) is kind
    assert not isinstance(outcome, Accepted)
    assert outcome.error.remedy is remedy


def test_a_busy_gateway_without_a_code_may_have_posted_all_the_same():
    outcome = created(429, gateway())
    assert isinstance(outcome, Deferred)
    assert outcome.looks_first


@pytest.mark.parametrize(
    "message",
    [
        "External_task_id kd-1 already exists",
        "external_task_id has already been used",
        "duplicate external id",
        "external_task_id 已存在",
    ],
)
@pytest.mark.parametrize(("status", "code"), [(400, 1201), (200, "1201"), (409, 1200)])
def test_an_id_that_is_taken_proves_that_something_exists(message, status, code):
    outcome = created(status, {"code": code, "message": message})
    assert isinstance(outcome, Unclear)
    assert outcome.exists


@pytest.mark.parametrize("status", [200, 400, 429, 500])
@pytest.mark.parametrize("code", [0, "success", 1303, 5000])
def test_a_task_id_counts_before_any_code(status, code):
    outcome = created(
        status, {"code": code, "message": "words", "data": {"task_id": "1", "task_status": "x"}}
    )
    assert isinstance(outcome, Accepted)
    assert outcome.task.task_id == "1"
    assert bool(outcome.note) is (code in (1303, 5000))


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (400, {"code": 1201, "message": "Task not found by id / external id"}),
        (400, {"code": "1201", "message": "task does not exist"}),
        (404, {"code": 1203, "message": "resource"}),
        (400, {"code": "task_not_exist", "message": "task_not_exist"}),
        (200, {"code": 1203, "message": ""}),
    ],
)
def test_not_found_is_said_in_several_ways(status, document):
    assert isinstance(asked(status, document), NotFound)


@pytest.mark.parametrize(
    ("status", "document", "pauses"),
    [
        (400, {"code": 1201, "message": "pageSize is wrong"}, False),
        (404, PAGE, False),
        (404, gateway(), False),
        (502, {"code": 1203, "message": "gone"}, False),
        (429, {"code": 1302, "message": "slow down"}, False),
        (500, gateway(), False),
        (200, PAGE, False),
        (401, {"code": 1002, "message": "key"}, True),
        (401, PAGE, True),
        (429, {"code": 1101, "message": "arrears"}, True),
        (302, PAGE, False),
    ],
)
def test_what_says_nothing_about_a_task(status, document, pauses):
    outcome = asked(status, document)
    assert isinstance(outcome, NoAnswer)
    assert outcome.pauses_account is pauses
    assert not outcome.offline


DATE = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("99999999", 300),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30),
        ("Wed, 21 Oct 2027 07:28:30 GMT", 300),
        ("Wed, 21 Oct 2025 07:28:30 GMT", None),
    ],
)
def test_retry_after_in_all_its_forms(text, seconds):
    outcome = created(429, {"code": 1303}, {"Retry-After": text, "Date": DATE})
    assert isinstance(outcome, Deferred)
    assert outcome.retry_after_s == seconds
