"""A world that stands for one document: its routes, what it demands, and nothing beside."""

import pytest

from kling_desktop.sandbox import DOCUMENT_NAMES

SUBJECT = {"subject_image": "https://example.com/a.png"}
IMAGE = {"subject_image_list": [SUBJECT, SUBJECT]}
VIDEO = {"image_list": [{"image": "https://example.com/a.png"}], "prompt": "waves"}
EVERYWHERE = {
    "prompt": "A pear",
    "aspect_ratio": "1:1",
    "callback_url": "https://example.com/told",
    "external_task_id": "kd-all",
}
REFERENCES = {"scene_image": SUBJECT["subject_image"], "style_image": SUBJECT["subject_image"]}
MARK = {"watermark_info": {"enabled": True}}
KLING_IMAGES, KLING_VIDEOS = "/v1/images/multi-image2image", "/v1/videos/multi-image2video"
GATEWAY_IMAGES, GATEWAY_VIDEOS = f"/kling{KLING_IMAGES}", f"/kling{KLING_VIDEOS}"
LEGACY = "/kling/v1/images/generations"
CREATES = {
    "kling": {
        KLING_IMAGES: IMAGE | EVERYWHERE | REFERENCES | MARK | {"negative_prompt": "", "n": 2},
        KLING_VIDEOS: VIDEO | EVERYWHERE | MARK | {"negative_prompt": "", "mode": "pro"},
    },
    "cometapi": {
        GATEWAY_IMAGES: IMAGE | EVERYWHERE | REFERENCES | MARK | {"negative_prompt": "a"},
        GATEWAY_VIDEOS: VIDEO | EVERYWHERE | {"negative_prompt": "a", "duration": "5"},
        LEGACY: IMAGE | EVERYWHERE | REFERENCES | {"n": 1, "model_name": "kling-v2"},
    },
    "powertokens": {
        GATEWAY_IMAGES: IMAGE | EVERYWHERE | REFERENCES | MARK | {"model_name": "kling-v2"},
    },
}
ROUTES = [(document, path) for document in CREATES for path in CREATES[document]]


@pytest.fixture
def open_strict(open_account):
    return lambda document, **more: open_account(document=document, strict=True, **more)


@pytest.mark.parametrize("document", DOCUMENT_NAMES)
def test_everything_a_document_has_is_accepted_and_other_documents_routes_are_not(
    open_strict, document
):
    account = open_strict(document)
    for number, (path, fields) in enumerate(CREATES[document].items()):
        id = f"kd-{number}"
        answer = account.create(path, **fields | {"prompt": "sandbox fail", "external_task_id": id})
        assert answer.json()["code"] == 0, answer.json()
    assert account.sandbox.refused == []
    others = {path for _, path in ROUTES} - CREATES[document].keys()
    for path in others:
        assert account.create(path, **VIDEO, **IMAGE).json()["code"] == 1203
    assert len(account.sandbox.refused) == len(others)


@pytest.mark.parametrize(("document", "path"), ROUTES)
def test_what_a_route_does_not_document_is_refused(open_strict, document, path):
    account = open_strict(document)
    fields = CREATES[document][path]
    foreign = {
        "resolution": "2k",
        "image_fidelity": 0.3,
        "model": "kling-v2",
        "cfg_scale": 0.5,
        "static_mask": "x",
        **({} if "watermark_info" in fields else MARK),
        **({} if "negative_prompt" in fields else {"negative_prompt": ""}),
        **({} if "n" in fields or "/images/" in path else {"n": 1}),
    }
    for name, value in foreign.items():
        answer = account.create(path, **fields, **{name: value}).json()
        assert answer["code"] == 1201
        assert answer["message"] == f"{name} is not a parameter of {path}"
    for wrong in (
        {"prompt": None},
        {"aspect_ratio": ""},
        {"subject_image_list": 2 * [SUBJECT | {"weight": 1}]},
        {"subject_image_list": {"subject_image": "x"}},
        {"image_list": 2 * [{"url": "https://example.com"}]},
    ):
        assert account.create(path, **fields | wrong).json()["code"] == 1201, wrong
    assert account.sandbox.world.creations() == 0


@pytest.mark.parametrize(
    ("document", "path", "missing", "code"),
    [
        ("kling", KLING_IMAGES, "subject_image_list", 1201),
        ("kling", KLING_VIDEOS, "prompt", 1201),
        ("cometapi", GATEWAY_VIDEOS, "image_list", 1201),
        ("powertokens", GATEWAY_IMAGES, "model_name", 1201),
        ("powertokens", GATEWAY_IMAGES, "subject_image_list", 1201),
    ],
)
def test_what_a_document_demands_is_demanded_without_strictness_too(
    open_account, document, path, missing, code
):
    account = open_account(document=document)
    fields = {name: value for name, value in CREATES[document][path].items() if name != missing}
    answer = account.http.post(path, json=fields).json()
    assert (answer["code"], answer["message"]) == (code, f"{missing} must not be empty")


def test_s4_knows_kling_v2_alone(open_account):
    account = open_account(document="powertokens")
    answer = account.create(GATEWAY_IMAGES, **IMAGE, model_name="kling-v2-1")
    assert (answer.status_code, answer.json()["code"]) == (404, 1203)


def test_s3_a_scene_is_read_in_either_spelling_but_not_in_both(open_strict):
    account = open_strict("cometapi")
    for name in ("scene_image", "scence_image"):
        account.accepted(LEGACY, **IMAGE, prompt="sandbox fail", **{name: "https://example.com"})
    both = account.create(LEGACY, **IMAGE, **REFERENCES, scence_image="https://example.com").json()
    assert "both spellings" in both["message"]


def test_a_name_that_comes_twice_is_refused(open_strict):
    body = b'{"n": 1, "subject_image_list": [{"subject_image": "https://example.com"}], "n": 2}'
    headers = {"Content-Type": "application/json"}
    answer = open_strict("kling").http.post(KLING_IMAGES, content=body, headers=headers)
    assert answer.json()["code"] == 1200


def test_only_documented_questions_are_answered(open_strict):
    kling, comet = open_strict("kling"), open_strict("cometapi")
    assert kling.http.get(KLING_IMAGES, params={"pageNum": 1}).json()["code"] == 0
    assert kling.http.get(KLING_IMAGES, params={"page": 1}).json()["code"] == 1201
    assert kling.http.get("/account/costs?start_time=0&end_time=1").json()["code"] == 0
    assert comet.http.get(GATEWAY_IMAGES).json()["code"] == 1202
    assert comet.http.get("/account/costs?start_time=0&end_time=1").json()["code"] == 1203
