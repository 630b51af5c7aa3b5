"""facts.md section 6: the official error table by row, in each envelope, and what is beside it.

Of each row: what it means for a create, what for a question, and that people hear whose words it
is, what became of the money, and the one step that helps.
"""

import json
from dataclasses import dataclass
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
    RemoteState,
    Unclear,
)
from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.media import MediaKind
from kling_desktop.kling import errors
from kling_desktop.kling.errors import create_answer, look_up_answer
from kling_desktop.kling.transport import Reply
from kling_desktop.kling.wire import read_answer

NO_MONEY, LATER = "nothing is charged", "sent again later"
IN_DOUBT = "may have been accepted, and charged"


@dataclass(frozen=True)
class Row:
    """What a row of the table comes to. `pauses` when the whole account must wait."""

    status: int
    code: int
    create: type
    remedy: Remedy
    pauses: bool
    money: str
    title: str


def refused(status: int, code: int, remedy: Remedy, title: str, *, pauses: bool = True) -> Row:
    return Row(status, code, Refused, remedy, pauses, NO_MONEY, title)


TABLE = [
    refused(401, 1000, Remedy.FIX_KEY, "The key was not accepted"),
    refused(401, 1001, Remedy.FIX_KEY, "The key was not accepted"),
    refused(401, 1002, Remedy.FIX_KEY, "The key was not accepted"),
    refused(401, 1003, Remedy.FIX_CLOCK, "This computer’s clock is wrong"),
    refused(401, 1004, Remedy.FIX_CLOCK, "This computer’s clock is wrong"),
    refused(429, 1100, Remedy.FIX_SETTINGS, "The account may not do this"),
    refused(429, 1101, Remedy.TOP_UP, "No credit left"),
    refused(429, 1102, Remedy.TOP_UP, "No credit left"),
    refused(403, 1103, Remedy.FIX_SETTINGS, "The account may not do this"),
    refused(400, 1200, Remedy.EDIT_REQUEST, "The request was refused", pauses=False),
    refused(400, 1201, Remedy.EDIT_REQUEST, "The request was refused", pauses=False),
    refused(404, 1202, Remedy.FIX_SETTINGS, "Not offered at this address", pauses=False),
    refused(404, 1203, Remedy.FIX_SETTINGS, "Not offered at this address", pauses=False),
    refused(400, 1300, Remedy.EDIT_REQUEST, "Refused by the content rules", pauses=False),
    refused(400, 1301, Remedy.EDIT_REQUEST, "Refused by the content rules", pauses=False),
    Row(429, 1302, Deferred, Remedy.WAIT, False, LATER, "The provider is busy"),
    Row(429, 1303, Deferred, Remedy.WAIT, False, LATER, "The provider is busy"),
    refused(429, 1304, Remedy.FIX_SETTINGS, "The account may not do this"),
    Row(500, 5000, Unclear, Remedy.WAIT, False, IN_DOUBT, "It is not known whether it arrived"),
    Row(503, 5001, Unclear, Remedy.WAIT, False, IN_DOUBT, "It is not known whether it arrived"),
    Row(504, 5002, Unclear, Remedy.WAIT, False, IN_DOUBT, "It is not known whether it arrived"),
]
EACH_ROW = pytest.mark.parametrize("row", TABLE, ids=[f"s6_{row.code}" for row in TABLE])
WORDS = "the service’s own words"


def official(code: object) -> dict[str, Any]:
    return {"code": code, "message": WORDS, "request_id": "r"}


def gateway(code: object) -> dict[str, Any]:
    return {"error": {"message": WORDS, "type": "comet_api_error", "param": None, "code": code}}


def created(status: int, document: Any, hint: str = "") -> CreateAnswer:
    body = json.dumps(document).encode()
    answer = read_answer(body, MediaKind.IMAGE)
    reply = Reply(status, httpx.Headers(), body)
    return create_answer("Kling", reply, answer, raw="", clock_off_s=3661, hint=hint)


def asked(status: int, document: Any) -> LookUp:
    body = json.dumps(document).encode()
    answer = read_answer(body, MediaKind.IMAGE)
    return look_up_answer("Kling", Reply(status, httpx.Headers(), body), answer, 0)


def error_of(outcome: CreateAnswer | LookUp) -> ErrorRecord:
    assert isinstance(outcome, (Refused, Deferred, Unclear, NoAnswer, NotFound))
    return outcome.error


def test_s6_0_is_success_only_with_a_task():
    data = {"task_id": "1", "task_status": "submitted"}
    assert isinstance(created(200, {"code": 0, "message": "SUCCEED", "data": data}), Accepted)
    assert isinstance(created(200, {"code": 0, "message": "SUCCEED", "data": {}}), Unclear)


@EACH_ROW
@pytest.mark.parametrize("wrap", [official, gateway])
@pytest.mark.parametrize("form", [int, str])
def test_a_create(row: Row, wrap, form):
    outcome = created(row.status, wrap(form(row.code)))
    assert type(outcome) is row.create
    error = error_of(outcome)
    assert (error.title, error.remedy, error.code) == (row.title, row.remedy, str(row.code))
    assert row.money in error.detail
    says = "61 minutes ahead" if row.remedy is Remedy.FIX_CLOCK else WORDS
    assert says in error.detail
    if isinstance(outcome, Refused):
        assert outcome.pauses_account is row.pauses


@EACH_ROW
def test_a_create_that_is_refused_with_status_200(row: Row):
    """S0: a 200 may carry an error; the code decides."""
    assert type(created(200, official(row.code))) is row.create


@EACH_ROW
def test_a_question(row: Row):
    outcome = asked(row.status, official(row.code))
    if row.code == 1203:
        assert isinstance(outcome, NotFound)
        return
    assert isinstance(outcome, NoAnswer)
    assert not outcome.offline
    assert outcome.pauses_account is (row.pauses and row.create is Refused)
    assert "Nothing has changed for the task" in outcome.error.detail
    assert outcome.error.code == str(row.code)


def test_the_app_knows_exactly_the_rows_of_the_table():
    assert set(errors._BY_CODE) == {str(row.code) for row in TABLE}


def test_s6_1002_speaks_of_regions_where_there_are_some():
    hint = "A key works in its own region only."
    assert hint in error_of(created(401, official(1002), hint)).detail
    for code in (1000, 1001, 1103):
        assert hint not in error_of(created(401, official(code), hint)).detail


def test_s6_1102_in_the_words_that_were_seen_live():
    outcome = created(429, {"code": 1102, "message": "Account balance not enough"})
    assert isinstance(outcome, Refused)
    assert "Account balance not enough" in outcome.error.detail
    assert outcome.error.remedy is Remedy.TOP_UP


@pytest.mark.parametrize(
    ("message", "exists"),
    [
        ("external_task_id already exists", True),
        ("not a valid base64 format", False),
        ("prompt size must be between 0 and 2500", False),
    ],
)
def test_s6_1201_has_several_meanings(message, exists):
    outcome = created(400, {"code": 1201, "message": message})
    assert isinstance(outcome, Unclear) is exists
    assert message in error_of(outcome).detail


def test_s6_1201_is_also_how_a_task_is_not_found():
    said = {"code": 1201, "message": "Task not found by id / external id"}
    assert isinstance(asked(400, said), NotFound)


@pytest.mark.parametrize(
    ("status", "document", "kind"),
    [
        (500, gateway("invalid_request"), Unclear),
        (500, gateway(""), Unclear),
        (504, gateway(""), Unclear),
        (524, gateway(""), Unclear),
        (503, gateway(None), Unclear),
        (429, gateway(""), Deferred),
        (400, gateway(""), Refused),
        (401, gateway(""), Refused),
        (403, gateway(""), Refused),
    ],
)
def test_s6_cometapis_own_envelope(status, document, kind):
    assert type(created(status, document)) is kind


@pytest.mark.parametrize(
    "reason",
    ["Failure to pass the risk control system", "Image pixel is invalid", "图片像素无效"],
)
def test_s6_a_failed_tasks_reason_is_its_own_and_never_the_envelopes(reason):
    data = {"task_id": "1", "task_status": "failed", "task_status_msg": reason}
    for document in (
        {"code": 0, "message": "SUCCEED", "data": data},
        {"code": "success", "message": "", "data": {"task_id": "1", "data": {"data": data}}},
        data,
    ):
        task = read_answer(json.dumps(document).encode(), MediaKind.IMAGE).task
        assert task is not None
        assert (task.state, task.reason) == (RemoteState.FAILED, reason)


def test_s6_a_failed_task_without_a_reason_gives_none():
    data = {"task_id": "1", "task_status": "failed", "task_status_msg": ""}
    document = {"code": 0, "message": "SUCCEED", "data": data}
    task = read_answer(json.dumps(document).encode(), MediaKind.IMAGE).task
    assert task is not None
    assert task.reason == ""
