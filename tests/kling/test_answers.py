"""Reading: whatever a provider or a gateway answers, and what nobody ever should."""

import json
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.domain.answers import Accepted, RemoteState
from kling_desktop.domain.media import MediaKind
from kling_desktop.kling.errors import create_answer, look_up_answer
from kling_desktop.kling.transport import Reply
from kling_desktop.kling.wire import Answer, Family, read_answer


def read(document: Any, media: MediaKind = MediaKind.IMAGE) -> Answer:
    return read_answer(json.dumps(document).encode(), media)


OFFICIAL = {
    "code": 0,
    "message": "SUCCEED",
    "request_id": "r",
    "data": {
        "task_id": "861309198188019719",
        "task_info": {"external_task_id": "kd-1"},
        "task_status": "succeed",
        "task_status_msg": "",
        "final_unit_deduction": "32",
        "created_at": 1722769557708,
        "updated_at": 1722769557709,
        "task_result": {
            "images": [
                {"index": 1, "url": "https://cdn/b", "watermark_url": "https://cdn/wb"},
                {"index": 0, "url": "https://cdn/a"},
            ]
        },
    },
}


def test_an_official_record_is_read_in_full():
    task = read(OFFICIAL).task
    assert task is not None
    assert (task.task_id, task.external_task_id) == ("861309198188019719", "kd-1")
    assert (task.state, task.status) == (RemoteState.SUCCEEDED, "succeed")
    assert (task.created_at_ms, task.updated_at_ms) == (1722769557708, 1722769557709)
    assert task.units == Decimal(32)
    assert [(o.index, o.url, o.watermark_url) for o in task.outputs] == [
        (0, "https://cdn/a", ""),
        (1, "https://cdn/b", "https://cdn/wb"),
    ]


def test_a_failed_task_gives_its_own_reason_and_not_the_envelopes_word():
    answer = read(
        {
            "code": 0,
            "message": "SUCCEED",
            "data": {
                "task_id": "1",
                "task_status": "failed",
                "task_status_msg": "Image pixel is invalid",
            },
        }
    )
    assert answer.task is not None
    assert (answer.task.state, answer.task.reason) == (
        RemoteState.FAILED,
        "Image pixel is invalid",
    )


def test_a_video_is_read_with_its_kind():
    answer = read(
        {
            "code": 0,
            "data": {
                "task_id": "1",
                "task_status": "succeed",
                "task_result": {"videos": [{"id": "v", "url": "https://cdn/v", "duration": "5"}]},
            },
        },
        MediaKind.VIDEO,
    )
    assert answer.task is not None
    assert [(o.index, o.media) for o in answer.task.outputs] == [(0, MediaKind.VIDEO)]


@pytest.mark.parametrize(
    ("document", "task_id", "state"),
    [
        # a gateway that nests the official body and has an id of its own
        (
            {
                "code": "success",
                "data": {
                    "task_id": "own",
                    "status": "SUCCESS",
                    "data": {"code": 0, "data": {"task_id": "2", "task_status": "succeed"}},
                },
            },
            "own",
            RemoteState.SUCCEEDED,
        ),
        ({"task_id": "7", "status": "in_progress"}, "7", RemoteState.RUNNING),
        (
            {"id": "7", "object": "video", "status": "queued", "created_at": 1},
            "7",
            RemoteState.SUBMITTED,
        ),
        ({"code": 0, "task_id": 12345678901234567890}, "12345678901234567890", RemoteState.RUNNING),
        ({"code": "0", "data": {"task_id": " 5 ", "task_status": "Submitted "}}, "5", "submitted"),
        ({"code": 0, "data": {"task_id": "5", "task_status": "resting"}}, "5", RemoteState.RUNNING),
        ({"code": 0, "data": {"task_id": "5", "task_status": 7}}, "5", RemoteState.RUNNING),
    ],
)
def test_other_shapes_of_a_record(document, task_id, state):
    task = read(document).task
    assert task is not None
    assert (task.task_id, task.state) == (task_id, state)


@pytest.mark.parametrize(
    "document",
    [
        {"code": 0, "data": None},
        {"code": 0, "data": []},
        {"code": 0, "data": [{"task_id": "1"}]},
        {"code": 0, "data": {"task_id": ""}},
        {"code": 0, "data": {"task_id": "  "}},
        {"code": 0, "data": {"task_id": None}},
        {"code": 0, "data": {"task_id": True}},
        {"code": 0, "data": {"task_id": 1.5}},
        {"code": 0, "data": {"task_id": {"id": 1}}},
        {"code": 0, "data": {"task_id": "1\u00002"}},
        {"code": 0, "data": {"task_id": "9" * 513}},
        {"code": 0, "data": {"id": "request-1"}},
        {"id": "request-1", "status": "error"},
        {"error": {"message": "no", "id": "1"}},
        [],
        "text",
        7,
        None,
    ],
)
def test_what_has_no_task_id_has_no_task(document):
    assert read(document).task is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502</html>",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"{" + b'"n": ' + b"9" * 5000 + b"}",
        b"NaN",
        b'"task_id": "1"',
    ],
)
def test_what_is_no_record_at_all_is_unrecognised(body):
    answer = read_answer(body, MediaKind.IMAGE)
    assert (answer.family, answer.task) == (Family.UNRECOGNISED, None)


def test_a_cut_answer_still_shows_a_task_id_that_arrived():
    cut = json.dumps(OFFICIAL).encode()[:120]
    task = read_answer(cut, MediaKind.IMAGE).task
    assert task is not None
    assert task.task_id == "861309198188019719"


def test_a_byte_order_mark_and_half_characters_do_no_harm():
    body = b"\xef\xbb\xbf" + b'{"code":1301,"message":"a\\ud800b\\u0007c"}'
    answer = read_answer(body, MediaKind.IMAGE)
    assert (answer.code, answer.message) == ("1301", "a?b c")


@pytest.mark.parametrize(
    ("code", "read_as"),
    [
        (0, "0"),
        ("0", "0"),
        (0.0, "0"),
        ("0 ", "0"),
        ("0.0", "0"),
        ("Success", "success"),
        (1303, "1303"),
        ("1303", "1303"),
        (None, ""),
        (True, ""),
        ([], ""),
        (10**400, ""),
        ("1e999999999", "1e999999999"),
    ],
)
def test_codes_come_as_number_or_text(code, read_as):
    assert read({"code": code}).code == read_as


@pytest.mark.parametrize(
    ("value", "units"),
    [
        ("", None),
        ("0", Decimal(0)),
        ("1.5", Decimal("1.5")),
        (1.5, Decimal("1.5")),
        (None, None),
        ("NaN", None),
        ("Infinity", None),
        ("-1", None),
        (10**30, None),
        (True, None),
        ("many", None),
    ],
)
def test_a_deduction_is_a_decimal_or_unknown(value, units):
    task = read({"task_id": "1", "final_unit_deduction": value}).task
    assert task is not None
    assert task.units == units


@pytest.mark.parametrize(
    ("value", "time_ms"),
    [
        (1722769557708, 1722769557708),
        (1722769557, 1722769557000),
        ("1722769557", 1722769557000),
        (1722769557.5, 1722769557500),
        (0, None),
        (-1, None),
        (10**20, None),
        ("yesterday", None),
        (None, None),
        ([], None),
    ],
)
def test_times_come_in_seconds_or_milliseconds(value, time_ms):
    task = read({"task_id": "1", "created_at": value}).task
    assert task is not None
    assert task.created_at_ms == time_ms


@pytest.mark.parametrize(
    ("images", "found"),
    [
        (None, []),
        ("text", []),
        ([None, 7, {}, {"url": ""}, {"url": 3}], []),
        ([{"url": "a"}, {"url": "b"}], [(0, "a"), (1, "b")]),
        (["a", "b"], [(0, "a"), (1, "b")]),
        ([{"index": 1, "url": "a"}, {"index": 1, "url": "b"}], [(0, "a"), (1, "b")]),
        ([{"index": -1, "url": "a"}, {"index": 5, "url": "b"}], [(0, "a"), (1, "b")]),
        ([{"index": 5, "url": "a"}, {"index": 2, "url": "b"}], [(2, "b"), (5, "a")]),
        ([{"index": "0", "url": "a"}, {"index": True, "url": "b"}], [(0, "a"), (1, "b")]),
        ([{"index": 0, "url": "a"}, {"index": 1, "url": "a"}], [(0, "a")]),
    ],
)
def test_every_distinct_result_is_kept_under_an_index_of_its_own(images, found):
    task = read({"task_id": "1", "task_result": {"images": images}}).task
    assert task is not None
    assert [(output.index, output.url) for output in task.outputs] == found


def test_a_list_gives_each_record_that_has_an_id():
    answer = read({"code": 0, "data": [{"task_id": "1"}, {}, None, {"task_id": 2}, "x"]})
    assert [task.task_id for task in answer.tasks] == ["1", "2"]
    assert answer.task is None


FIELDS = (
    "code message data task_id id status task_status task_info external_task_id task_result "
    "images videos url index error created_at final_unit_deduction task_status_msg"
)
names = st.sampled_from(FIELDS.split())
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("0"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=12,
)


def ids_in(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [found for item in value for found in ids_in(item)]
    if not isinstance(value, dict):
        return []
    own = [value[name] for name in ("task_id", "id") if name in value]
    return own + [found for item in value.values() for found in ids_in(item)]


@given(st.dictionaries(names, values, max_size=6), st.sampled_from([200, 301, 400, 429, 500]))
def test_no_shape_of_json_breaks_reading_or_is_accepted_without_an_id(document, status):
    body = json.dumps(document).encode()
    answer = read_answer(body, MediaKind.IMAGE)
    reply = Reply(status, httpx.Headers(), body)
    outcome = create_answer("Kling", reply, answer, raw="", clock_off_s=0)
    look_up_answer("Kling", reply, answer, 0)
    if isinstance(outcome, Accepted):
        task_id = outcome.task.task_id
        assert task_id.strip()
        assert task_id in [str(found).strip() for found in ids_in(document)]
        assert status != 301


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_reading(body):
    answer = read_answer(body, MediaKind.VIDEO)
    create_answer("Kling", Reply(200, httpx.Headers(), body), answer, raw="", clock_off_s=0)
