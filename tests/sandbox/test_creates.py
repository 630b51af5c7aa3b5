"""A create is there before it is answered, once, and nothing that was refused exists."""

import base64
import io
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from PIL import Image

from kling_desktop.sandbox import Fault, Faults, created_external_ids

IMAGES = "/v1/images/multi-image2image"
VIDEOS = "/v1/videos/multi-image2video"
LEGACY = "/kling/v1/images/generations"


def picture_of(size: tuple[int, int]) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


GOOD = picture_of((300, 300))
SUBJECT = {"subject_image": GOOD}


def test_accepted_task_is_on_disk_when_the_answer_arrives(account, tmp_path):
    answer = account.create(external_task_id="kd-first")
    data = answer.json()["data"]
    assert created_external_ids(tmp_path / "sandbox") == ["kd-first"]
    assert answer.status_code == 200
    assert int(data["task_id"]) > 2**53
    assert data["task_info"] == {"external_task_id": "kd-first"}
    assert account.task("kd-first")["task_id"] == data["task_id"]


def test_the_same_external_id_at_once_from_two_sandboxes_creates_one_task(open_account, tmp_path):
    accounts = [open_account(), open_account()]
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda number: accounts[number % 2].create(external_task_id="x"), range(8))
        )
    codes = sorted(answer.json()["code"] for answer in answers)
    assert codes == [0] + 7 * [1201]
    refused = next(answer for answer in answers if answer.json()["code"])
    assert refused.status_code == 400
    assert refused.json()["message"] == "External_task_id x already exists"
    assert "data" not in refused.json()
    assert created_external_ids(tmp_path / "sandbox") == ["x"]


def test_external_ids_are_unique_over_pictures_and_videos(account):
    account.accepted(external_task_id="one")
    answer = account.create(VIDEOS, image_list=[{"image": GOOD}], external_task_id="one")
    assert answer.json()["code"] == 1201


def test_a_later_process_knows_the_task_and_refuses_its_id(open_account):
    first = open_account()
    task_id = first.accepted(external_task_id="kept")
    first.sandbox.stop()
    second = open_account()
    assert second.task("kept")["task_id"] == task_id
    assert second.create(external_task_id="kept").json()["code"] == 1201


@pytest.mark.parametrize(
    ("path", "fields", "status", "code", "words"),
    [
        (IMAGES, {"subject_image_list": []}, 400, 1201, "subject_image_list"),
        (IMAGES, {"subject_image_list": 5 * [SUBJECT]}, 400, 1201, "subject_image_list"),
        (IMAGES, {"subject_image_list": [GOOD]}, 400, 1201, "subject_image"),
        (
            IMAGES,
            {"subject_image_list": [{"subject_image": "data:image/png;base64," + GOOD}]},
            400,
            1201,
            "base64",
        ),
        (IMAGES, {"scene_image": "R0lGODlhAQABAAAAACw="}, 400, 1201, "scene_image format"),
        (IMAGES, {"style_image": "http://"}, 400, 1201, "style_image"),
        (IMAGES, {"prompt": "x" * 2501}, 400, 1201, "prompt"),
        (IMAGES, {"negative_prompt": "x" * 2501}, 400, 1201, "negative_prompt"),
        (IMAGES, {"n": 0}, 400, 1201, "n value"),
        (IMAGES, {"n": 10}, 400, 1201, "n value"),
        (IMAGES, {"n": "2"}, 400, 1201, "n value"),
        (IMAGES, {"aspect_ratio": "5:4"}, 400, 1201, "aspect_ratio"),
        (IMAGES, {"watermark_info": True}, 400, 1201, "watermark_info"),
        (IMAGES, {"model_name": "kling-v9"}, 404, 1203, "model_name"),
        (LEGACY, {"subject_image_list": [SUBJECT]}, 400, 1201, "between 2 and 4"),
        (
            LEGACY,
            {"subject_image_list": 2 * [SUBJECT], "model_name": "kling-v2-1"},
            404,
            1203,
            "model",
        ),
        (VIDEOS, {"image_list": []}, 400, 1201, "image_list"),
        (VIDEOS, {"image_list": [{"image": GOOD}], "duration": 5}, 400, 1201, "duration"),
        (VIDEOS, {"image_list": [{"image": GOOD}], "mode": "4k"}, 400, 1201, "mode"),
        (VIDEOS, {"image_list": [{"image": GOOD}], "aspect_ratio": "4:3"}, 400, 1201, "ratio"),
    ],
)
def test_what_the_documents_forbid_is_refused(empty_account, path, fields, status, code, words):
    answer = empty_account.create(path, **fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert words in answer.json()["message"]
    assert empty_account.sandbox.world.creations() == 0


def test_more_than_ten_megabytes_are_refused(empty_account):
    data = base64.b64decode(GOOD) + bytes(10 * 1024 * 1024)
    answer = empty_account.create(scene_image=base64.b64encode(data).decode())
    assert answer.json()["code"] == 1201
    assert "10MB" in answer.json()["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_object_is_refused(empty_account, body):
    headers = {"Content-Type": "application/json"}
    answer = empty_account.http.post(IMAGES, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, 1200)


def test_unknown_fields_are_ignored(account):
    account.accepted(resolution="4k", image_fidelity=0.3)


@pytest.mark.parametrize(
    ("size", "reason"),
    [((299, 400), "Image pixel is invalid"), ((1000, 390), "Image aspect ratio is invalid")],
)
def test_an_unfit_picture_is_accepted_and_the_task_fails_with_the_reason(account, size, reason):
    task_id = account.accepted(subject_image_list=[{"subject_image": picture_of(size)}])
    answer = account.http.get(f"{IMAGES}/{task_id}").json()
    assert (answer["code"], answer["data"]["task_status"]) == (0, "failed")
    assert answer["data"]["task_status_msg"] == reason
    assert answer["data"]["task_result"] == {}


def test_a_damaged_picture_fails_the_task(account):
    damaged = base64.b64encode(base64.b64decode(GOOD)[:60]).decode()
    task_id = account.accepted(scene_image=damaged)
    assert account.task(task_id)["task_status_msg"] == "Image cannot be decoded"


def test_a_prompt_can_ask_the_sandbox_to_fail(account):
    task_id = account.accepted(prompt="A pear. Sandbox FAIL, please.")
    assert account.task(task_id)["task_status"] == "failed"
    assert "asked" in account.task(task_id)["task_status_msg"]


def test_ten_pictures_at_once_are_too_many_until_some_are_done(open_account, clock):
    account = open_account(now_ms=clock, pace_s=(3, 5))
    account.accepted(n=6)
    refused = account.create(n=4, external_task_id="waits")
    assert (refused.status_code, refused.json()["code"]) == (429, 1303)
    account.accepted(n=3)
    account.accepted(VIDEOS, image_list=[{"image": GOOD}])
    clock.ms += 3_000
    account.accepted(n=4, external_task_id="waits")


def test_an_id_in_use_is_said_even_when_too_much_runs(open_account, clock):
    account = open_account(now_ms=clock, pace_s=(3, 5))
    account.accepted(n=9, external_task_id="busy")
    assert account.create(n=9, external_task_id="busy").json()["code"] == 1201


def test_the_account_counts_what_kling_would_deduct_and_deducts_nothing(account):
    account.accepted(n=2)
    account.accepted(prompt="sandbox fail")
    video = account.accepted(
        VIDEOS, image_list=[{"image": "https://example.com/a.png"}], mode="pro", duration="10"
    )
    assert account.task(video, VIDEOS)["final_unit_deduction"] == "0"
    answer = account.http.get("/account/costs", params={"start_time": 0, "end_time": 1}).json()
    packs = answer["data"]["resource_pack_subscribe_infos"]
    spent = [Decimal(str(pack["total_quantity"] - pack["remaining_quantity"])) for pack in packs]
    assert spent == [32, 7]
    assert account.http.get("/account/costs").json()["code"] == 1201


def test_a_scripted_hang_up_after_the_creation_leaves_a_task(open_account):
    account = open_account(faults=Faults(Fault()))
    with pytest.raises(httpx.RemoteProtocolError):
        account.create(external_task_id="lost")
    assert account.sandbox.world.creations() == 1
    assert account.task("lost")["task_status"] == "succeed"


@pytest.mark.parametrize(
    ("fault", "status", "creations"),
    [
        (Fault(creates=True, code=5000), 500, 1),
        (Fault(creates=False, code=5001), 503, 0),
        (Fault(creates=False, code=1303), 429, 0),
        (Fault(creates=True, code=0), 200, 1),
    ],
)
def test_scripted_answers(open_account, fault, status, creations):
    account = open_account(faults=Faults(None, fault))
    account.accepted()
    assert account.create().status_code == status
    assert account.sandbox.world.creations() == 1 + creations


def test_reading_from_outside_needs_no_world(tmp_path: Path):
    assert created_external_ids(tmp_path) == []
