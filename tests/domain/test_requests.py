"""A request says everything that a provider would refuse, before anything is sent."""

from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop.domain.media import FileImage, ImageFacts, ImageFault, UrlImage
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import (
    MultiImageToImage,
    MultiImageToVideo,
    base_url,
    is_external_id,
    is_web_address,
)
from kling_desktop.domain.sentences import sentence
from kling_desktop.kling.profiles import PROFILES

PICTURE = FileImage(Path("vase.jpg"))
GOOD = ImageFacts("JPEG", 1600, 1200, 400_000)
IMAGE = MultiImageToImage(model="kling-v2-1", subjects=(PICTURE,))
VIDEO = MultiImageToVideo(model="kling-v1-6", pictures=(PICTURE,), prompt="it turns")


def problems_of(request, facts=GOOD, provider="kling"):
    profile = PROFILES[provider]
    can = profile.capabilities(request.kind)
    assert can is not None
    images = {image: facts for _, image in request.images()}
    return request.problems(profile.title, can, images)


def test_a_plain_request_has_no_problem_at_any_provider_that_makes_its_kind():
    for profile in PROFILES.values():
        for request in (IMAGE, VIDEO):
            can = profile.capabilities(request.kind)
            if can is None:
                continue
            pictures = (PICTURE,) * can.fewest_images
            fits = replace(request, model=can.default_model)
            field = "subjects" if request.kind is TaskKind.IMAGE else "pictures"
            assert problems_of(replace(fits, **{field: pictures}), provider=profile.id) == []


@pytest.mark.parametrize(
    ("change", "field", "rule", "limit", "value"),
    [
        ({"subjects": ()}, "subjects", Rule.REQUIRED, "1", "0"),
        ({"subjects": (PICTURE,) * 5}, "subjects", Rule.TOO_MANY, "4", "5"),
        ({"prompt": "x" * 2501}, "prompt", Rule.LENGTH, "2500", "2501"),
        ({"negative_prompt": "😀" * 2501}, "negative_prompt", Rule.LENGTH, "2500", "2501"),
        ({"n": 10}, "n", Rule.RANGE, "1 to 9", "10"),
        ({"n": 0}, "n", Rule.RANGE, "1 to 9", "0"),
        ({"callback_url": "file:///x"}, "callback_url", Rule.URL, "http, https", "file:///x"),
        ({"external_task_id": "12345"}, "external_task_id", Rule.EXTERNAL_ID, "128", "12345"),
        ({"subjects": (UrlImage("file:///etc/passwd"),)}, "subjects[0]", Rule.URL, "http, https",
         "file:///etc/passwd"),
    ],
)  # fmt: skip
def test_a_broken_rule_names_field_rule_limit_and_value(change, field, rule, limit, value):
    assert problems_of(replace(IMAGE, **change)) == [Problem(field, rule, limit, value)]


def test_choices_name_what_is_offered():
    (ratio,) = problems_of(replace(IMAGE, aspect_ratio="5:4"))
    assert (ratio.field, ratio.rule, ratio.value) == ("aspect_ratio", Rule.CHOICE, "5:4")
    assert "21:9" in ratio.limit
    (model,) = problems_of(replace(IMAGE, model="kling-v2-1", subjects=(PICTURE, PICTURE)),
                           provider="cometapi-legacy")  # fmt: skip
    assert (model.field, model.limit) == ("model", "kling-v2")
    assert [p.field for p in problems_of(replace(VIDEO, mode="ultra", duration_s=7))] == [
        "mode",
        "duration_s",
    ]


@pytest.mark.parametrize(
    ("facts", "rule", "limit", "value"),
    [
        (replace(GOOD, width=299), Rule.SIDE, "300", "299 x 1200"),
        (replace(GOOD, width=2600, height=1000), Rule.RATIO, "1:2.5 to 2.5:1", "2.60:1"),
        (replace(GOOD, size_bytes=11 * 2**20), Rule.SIZE, str(10 * 2**20), str(11 * 2**20)),
        (replace(GOOD, format="WEBP"), Rule.FORMAT, "JPEG, PNG", "WEBP"),
        (ImageFacts(fault=ImageFault.NOT_A_PICTURE), Rule.NOT_A_PICTURE, "JPEG, PNG", "vase.jpg"),
        (ImageFacts(fault=ImageFault.MISSING), Rule.MISSING_FILE, "JPEG, PNG", "vase.jpg"),
        (ImageFacts(fault=ImageFault.TOO_MANY_PIXELS), Rule.PIXELS, "100000000", "vase.jpg"),
    ],
)
def test_a_picture_is_judged_by_the_rule_and_its_figure(facts, rule, limit, value):
    found = problems_of(IMAGE, facts)
    assert Problem("subjects[0]", rule, limit, value) in found


def test_limits_themselves_are_allowed():
    edge = ImageFacts("PNG", 750, 300, 10 * 2**20)
    assert problems_of(replace(IMAGE, prompt="x" * 2500, n=9), edge) == []


def test_every_problem_comes_at_once():
    found = problems_of(replace(IMAGE, subjects=(), n=0, aspect_ratio="1:7", prompt="x" * 3000))
    assert {p.field for p in found} == {"subjects", "n", "aspect_ratio", "prompt"}


def test_a_field_that_a_provider_lacks_is_named():
    request = replace(IMAGE, model="kling-v2", negative_prompt="blur", watermark=True)
    fields = {p.field for p in problems_of(request, provider="powertokens")}
    assert fields == {"negative_prompt"}
    pair = replace(request, subjects=(PICTURE, PICTURE))
    legacy = problems_of(pair, provider="cometapi-legacy")
    assert {(p.field, p.rule) for p in legacy} == {
        ("negative_prompt", Rule.NOT_OFFERED),
        ("watermark", Rule.NOT_OFFERED),
    }


def test_every_rule_has_a_sentence_with_its_figures():
    for rule in Rule:
        value = "2600" if rule in (Rule.LENGTH, Rule.SIZE) else "given"
        limit = "2500" if rule in (Rule.LENGTH, Rule.SIZE) else "limit"
        words = sentence(Problem("subjects[2]", rule, limit, value))
        assert words.endswith(".")
        assert "{" not in words


@pytest.mark.parametrize("good", ["order-17", "a", "Ünï-1", "kd-0", "x" * 128])
def test_external_ids_that_may_be_used(good):
    assert is_external_id(good)


@pytest.mark.parametrize("bad", ["", "123", "a b", "a\n", "x" * 129, "a\x00", "٣٤"])
def test_external_ids_that_may_not(bad):
    assert not is_external_id(bad)


@pytest.mark.parametrize(
    "bad", ["", "ftp://h/x", "file:///x", "https://", "http://a b/", "//x", "http://a/\ud800"]
)
def test_what_is_no_web_address(bad):
    assert not is_web_address(bad)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://api.example.com/", "https://api.example.com"),
        ("https://API.example.com:8443", "https://api.example.com:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:9", "http://[::1]:9"),
        ("http://api.example.com", None),
        ("https://api.example.com/v1", None),
        ("https://user@api.example.com", None),
        ("https://h:99999", None),
        ("localhost:80", None),
    ],
)
def test_a_base_url_is_scheme_host_and_port(text, kept):
    assert base_url(text) == kept
