"""Each body, byte for byte as it was once agreed, and true to the document of its route.

`python -m tests.kling.test_golden` writes the agreed ones anew: then read what changed.
"""

import asyncio
import json
import tempfile
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest
from openapi_core.validation.request.exceptions import RequestBodyValidationError

from kling_desktop.domain.providers import TaskKind
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.kling.wire import FIELD_NAMES
from tests.kling.bodies import CASES, DATA, OPENAPI, REQUESTS, SCHEMAS, body_of, request_of

pytestmark = pytest.mark.anyio


def golden(provider: str, name: str) -> Path:
    return DATA / "golden" / f"{provider}-{name}.json"


def compact(text: str) -> bytes:
    return json.dumps(json.loads(text), separators=(",", ":")).encode()


@pytest.mark.parametrize(("provider", "name"), CASES)
async def test_a51_a52_a_body_is_what_was_agreed_to_the_last_byte(provider, name, tmp_path):
    route, request = request_of(provider, name, tmp_path)
    agreed = golden(provider, name).read_text(encoding="utf-8")
    assert await body_of(route, request, tmp_path) == compact(agreed)


@pytest.mark.parametrize(("provider", "name"), CASES)
async def test_what_is_agreed_breaks_no_rule_that_the_form_knows(provider, name, tmp_path):
    route, request = request_of(provider, name, tmp_path)
    problems = request.problems(provider, route.capabilities, {})
    lacks_prompt = "prompt" in route.capabilities.required_fields and not request.prompt
    assert [problem.field for problem in problems] == (["prompt"] if lacks_prompt else [])


@pytest.mark.parametrize(
    ("provider", "name"), [case for case in CASES if (case[0], REQUESTS[case[1]][0]) in SCHEMAS]
)
def test_a_body_fits_the_schema_written_from_its_document(provider, name):
    kind = REQUESTS[name][0]
    schema = json.loads((DATA / "schemas" / f"{SCHEMAS[provider, kind]}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    body = json.loads(golden(provider, name).read_text("utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(body)) == []


@pytest.mark.parametrize("name", list(REQUESTS))
def test_a_cometapi_body_fits_the_openapi_document_it_prints(name):
    validate(REQUESTS[name][0], golden("cometapi", name).read_bytes())


@pytest.mark.parametrize("change", [{"n": 10}, {"aspect_ratio": "5:4"}, {"subject_image_list": []}])
def test_openapi_refuses_what_the_document_refuses(change):
    body = json.loads(golden("cometapi", "image-all").read_text("utf-8")) | change
    with pytest.raises(RequestBodyValidationError):
        validate(TaskKind.IMAGE, json.dumps(body).encode())


@pytest.mark.parametrize("name", list(REQUESTS))
def test_a_cometapi_body_has_no_field_that_the_document_leaves_out(name):
    document = openapi("cometapi", REQUESTS[name][0])
    ((_, route),) = document["paths"].items()
    schema = route["post"]["requestBody"]["content"]["application/json"]["schema"]
    sent = json.loads(golden("cometapi", name).read_text("utf-8"))
    assert set(sent) <= set(schema["properties"])
    if name.endswith("-all"):
        assert set(sent) == set(schema["properties"])


def test_no_schema_holds_a_name_that_bodies_never_use():
    for file in (DATA / "schemas").glob("*.json"):
        names = set(json.loads(file.read_text("utf-8"))["properties"]) - {"scence_image"}
        assert names <= FIELD_NAMES


def test_the_schemas_refuse_what_their_documents_refuse():
    schema = json.loads((DATA / "schemas/official-image.json").read_text("utf-8"))
    good = json.loads(golden("kling", "image-all").read_text("utf-8"))
    validator = Draft202012Validator(schema)
    for change in (
        {"n": 10},
        {"n": "2"},
        {"aspect_ratio": "5:4"},
        {"subject_image_list": []},
        {"subject_image_list": ["https://example.org/a.png"]},
        {"scene_image": "data:image/png;base64,AAAA"},
        {"model": "kling-v2-1"},
        {"watermark_info": True},
    ):
        assert not validator.is_valid(good | change), change


def validate(kind: TaskKind, body: bytes) -> None:
    """Send `body` past the document of a CometAPI route, as openapi-core reads it."""
    document = openapi("cometapi", kind)
    request = MockRequest(
        document["servers"][0]["url"],
        "post",
        PROFILES["cometapi"].routes[kind].create_path,
        headers={"Authorization": "Bearer key", "Content-Type": "application/json"},
        data=body,
        content_type="application/json",
    )
    OpenAPI.from_dict(document).validate_request(request)


def openapi(provider: str, kind: TaskKind) -> dict:
    file = DATA / "openapi" / f"{OPENAPI[provider, kind]}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))


async def _write() -> None:
    for provider, name in CASES:
        with tempfile.TemporaryDirectory() as folder:
            route, request = request_of(provider, name, Path(folder))
            body = json.loads(await body_of(route, request, Path(folder)))
        text = json.dumps(body, indent=2, ensure_ascii=False)
        golden(provider, name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_write())
