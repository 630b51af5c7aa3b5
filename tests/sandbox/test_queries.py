"""Status follows from the clock, lists are newest first, results expire with the run."""

import io
import os
from urllib.parse import quote

import pytest
from PIL import Image

from tests.sandbox.conftest import fetch

IMAGES = "/v1/images/multi-image2image"
VIDEOS = "/v1/videos/multi-image2video"
THIRTY_DAYS_MS = 30 * 24 * 3600 * 1000


def test_a_task_moves_on_while_nothing_runs(open_account, clock):
    first = open_account(now_ms=clock, pace_s=(3, 5))
    task_id = first.accepted()
    assert first.task(task_id)["task_status"] == "submitted"
    clock.ms += 700
    processing = first.task(task_id)
    assert processing["task_status"] == "processing"
    assert processing["task_result"] == {}
    assert processing["updated_at"] == processing["created_at"] + 600
    first.sandbox.stop()
    clock.ms += 2_300
    done = open_account(now_ms=clock).task(task_id)
    assert done["task_status"] == "succeed"
    assert done["updated_at"] == done["created_at"] + 3_000


@pytest.mark.parametrize("id", ["a/b c?d=e#f", "größe", "123"])
def test_any_external_id_can_be_asked_for(account, id):
    task_id = account.accepted(external_task_id=id)
    assert account.task(quote(id, safe=""))["task_id"] == task_id


def test_a_task_that_is_not_there_is_a_bad_request(account):
    image = account.accepted(external_task_id="picture")
    for path in (f"{IMAGES}/none", f"{IMAGES}/{2**70}", f"{VIDEOS}/{image}", f"{VIDEOS}/picture"):
        answer = account.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (400, 1201), path


def test_a_list_is_newest_first_in_pages(account):
    ids = [account.accepted(prompt="sandbox fail") for _ in range(3)]
    pages = [
        account.http.get(IMAGES, params={"pageNum": page, "pageSize": 2}).json()["data"]
        for page in (1, 2, 3)
    ]
    assert [[task["task_id"] for task in page] for page in pages] == [ids[:0:-1], ids[:1], []]
    assert account.http.get(IMAGES, params={"pageSize": 501}).json()["code"] == 1201


def test_a_gateway_route_answers_for_the_same_tasks(account, encode, make_pattern):
    subjects = [{"subject_image": encode(make_pattern(seed))} for seed in (1, 2)]
    path = "/kling/v1/images/generations"
    task_id = account.accepted(path, subject_image_list=subjects, model_name="kling-v2")
    assert account.task(task_id, path)["task_id"] == task_id
    assert account.task(task_id, "/kling" + IMAGES)["task_id"] == task_id


def test_results_have_the_ratio_and_number_asked_for_and_need_no_key(account):
    task = account.task(account.accepted(n=2, aspect_ratio="2:3", watermark_info={"enabled": True}))
    images = task["task_result"]["images"]
    assert [image["index"] for image in images] == [0, 1]
    for address in [image[name] for image in images for name in ("url", "watermark_url")]:
        answer = fetch(address)
        assert answer.headers["content-type"] == "image/png"
        with Image.open(io.BytesIO(answer.content)) as picture:
            picture.load()
            assert picture.width * 3 == picture.height * 2
    part = fetch(images[0]["url"], headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.content) == (206, b"\x89PNG\r\n\x1a\n")


def test_a_result_address_of_an_earlier_run_has_expired_and_a_new_one_works(open_account):
    first = open_account()
    task_id = first.accepted()
    port = int(first.sandbox.base_url.rsplit(":", 1)[1])
    (old,) = first.addresses(task_id)
    first.sandbox.stop()
    second = open_account(port=port)
    (new,) = second.addresses(task_id)
    assert old != new
    assert fetch(old).status_code == 403
    assert fetch(new).status_code == 200


def test_a_result_cannot_be_had_early_or_by_guessing(open_account, clock):
    account = open_account(now_ms=clock, pace_s=(3, 5))
    task_id = account.accepted()
    clock.ms += 3_000
    (address,) = account.addresses(task_id)
    clock.ms -= 1
    assert fetch(address).status_code == 404
    clock.ms += 1
    folder, name = address.rsplit("/", 1)
    assert fetch(f"{folder}/1.png").status_code == 404
    assert fetch(f"{folder[:-1]}/{name}").status_code == 403
    assert fetch(f"{folder}/..%2F..%2Fkey").status_code in (403, 404)


def test_results_are_cleared_after_thirty_days_and_the_task_remains(open_account, clock, tmp_path):
    first = open_account(now_ms=clock)
    task_id = first.accepted(external_task_id="old")
    assert fetch(first.addresses(task_id)[0]).status_code == 200
    first.sandbox.stop()
    clock.ms += THIRTY_DAYS_MS + 1
    second = open_account(now_ms=clock)
    assert list((tmp_path / "sandbox" / "results").iterdir()) == []
    assert fetch(second.addresses("old")[0]).status_code == 404
    assert second.create(external_task_id="old").json()["code"] == 1201


def test_addresses_on_the_web_are_never_fetched(account):
    # The tests' network is unplugged: a fetch would fail the painting.
    task_id = account.accepted(
        subject_image_list=[{"subject_image": "https://images.example.com/a.png"}],
        scene_image="http://127.0.0.1:9/scene.jpg",
    )
    assert fetch(account.addresses(task_id)[0]).status_code == 200


def test_a_video_arrives_as_an_mp4_of_the_length_asked_for(account):
    fields = {"image_list": [{"image": "https://example.com/a.png"}], "aspect_ratio": "1:1"}
    task = account.task(account.accepted(VIDEOS, **fields), VIDEOS)
    (video,) = task["task_result"]["videos"]
    assert video["duration"] == "5"
    answer = fetch(video["url"], timeout=30)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content[4:12] == b"ftypisom"


def test_a_second_sandbox_leaves_alone_what_the_first_is_painting(open_account, tmp_path):
    open_account()
    folder = tmp_path / "sandbox" / "results"
    (folder / "1-0.png.0123abcd.part").write_bytes(b"half")
    (folder / "2-0.png.0123abcd.part").write_bytes(b"half")
    os.utime(folder / "2-0.png.0123abcd.part", (0, 0))
    open_account()
    assert not (folder / "2-0.png.0123abcd.part").exists()
    assert (folder / "1-0.png.0123abcd.part").exists()
