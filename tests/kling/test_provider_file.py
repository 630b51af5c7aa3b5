"""`providers.toml`: everything a person can change, and that a slip of the pen sends nothing."""

from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.providers import (
    Capabilities,
    Evidence,
    KeyKind,
    ProviderProfile,
    TaskKind,
    Weight,
)
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.kling.provider_file import LoadedProfiles, load_profiles
from tests.kling.bodies import fields_of, web


@pytest.fixture
def load(tmp_path):
    def from_text(text: str) -> LoadedProfiles:
        file = tmp_path / "providers.toml"
        file.write_text(text, encoding="utf-8")
        return load_profiles(file)

    return from_text


def profile(loaded: LoadedProfiles, id: str) -> ProviderProfile:
    assert loaded.problems == ()
    return loaded.profiles[id]


def test_without_a_file_everything_is_as_it_is_shipped(tmp_path):
    loaded = load_profiles(tmp_path / "providers.toml")
    assert loaded.profiles == PROFILES
    assert loaded.problems == ()


def test_every_attribute_of_every_entry_says_where_it_is_stated():
    plain = {"id", "title", "key_entry", "key_variables", "sources"}
    for entry in PROFILES.values():
        for route in entry.routes.values():
            named = {each.name for each in fields(Capabilities)} - {"sources"}
            assert set(route.capabilities.sources) == named
            assert {"create_path", "query_path"} <= set(route.sources)
            assert bool(route.list_path) is ("list_path" in route.sources)
            assert bool(route.query_alternates) is ("query_alternates" in route.sources)
        assert not plain & set(entry.sources)


@pytest.mark.parametrize("like", ["kling", "cometapi", "cometapi-legacy", "powertokens"])
def test_a_server_of_ones_own_starts_as_a_copy_of_any(load, like):
    own = profile(load(f'[custom]\nlike = "{like}"\nbase_url = "https://h.example"\n'), "custom")
    assert own.routes == PROFILES[like].routes
    assert (own.id, own.key_entry, own.home_url) == ("custom", "custom", None)
    assert own.base_url == "https://h.example"
    assert own.key_variables[KeyKind.API_KEY] == ("KLING_DESKTOP_CUSTOM_KEY",)
    assert set(own.key_variables) == set(PROFILES[like].key_variables)
    assert not own.has_official_prices


def test_everything_about_a_route_can_be_said(load):
    text = """
[custom]
title = "Mine"
base_url = "https://h.example:8443/"
costs_path = ""
uniqueness = "documented"
lookup_by_external_id = "disproven"
retention_days = 7

[custom.image]
create_path = "/api/make"
query_path = "/api/ask/{id}"
query_alternates = []
list_path = ""
models = ["kling-v9"]
fields = ["scene", "external_task_id"]
required = ["subjects", "prompt"]
fewest_images = 2
most_images = 3
aspect_ratios = ["1:1", "2:1"]
most_results = 4
prompt_limit = 500
weight = "task"
picture_formats = ["JPEG"]
picture_megabytes = 5
picture_side_px = 512
picture_widest = 2.0

[custom.image.field_names]
model_name = "model"
subject_image_list = "pictures"
subject_image = "url"

[custom.video]
modes = ["std"]
durations_s = [3, 5]
"""
    own = profile(load(text), "custom")
    assert (own.title, own.base_url, own.costs_path) == ("Mine", "https://h.example:8443", None)
    assert (own.uniqueness, own.lookup_by_external_id) == (Evidence.DOCUMENTED, Evidence.DISPROVEN)
    assert own.retention_days == 7
    route = own.routes[TaskKind.IMAGE]
    assert (route.create_path, route.list_path) == ("/api/make", None)
    can = route.capabilities
    assert (can.models, can.default_model) == (("kling-v9",), "kling-v9")
    assert (can.fewest_images, can.most_images, can.most_results) == (2, 3, 4)
    assert (can.aspect_ratios, can.default_aspect_ratio) == (("1:1", "2:1"), "1:1")
    assert can.required_fields == {"subjects", "prompt"}
    assert (can.prompt_limit, can.weight) == (500, Weight.TASK)
    limits = can.limits
    assert (limits.formats, limits.size_bytes) == (("JPEG",), 5 * 1024 * 1024)
    assert (limits.side_px, limits.widest) == (512, Fraction(2))
    assert can.sources["prompt_limit"] == "providers.toml"
    video = own.routes[TaskKind.VIDEO].capabilities
    assert (video.modes, video.durations_s) == (("std",), (3, 5))


@pytest.mark.anyio
async def test_another_spelling_is_sent_and_nothing_else_changes(load):
    names = '{ scene_image = "scence_image", subject_image = "picture", enabled = "on" }'
    legacy = profile(load(f"[cometapi-legacy.image]\nfield_names = {names}\n"), "cometapi-legacy")
    request = MultiImageToImage(
        model="kling-v2", subjects=(web("1"), web("2")), scene=web("s"), prompt="scene_image"
    )
    wanted = await fields_of(PROFILES["cometapi-legacy"], request)
    wanted["scence_image"] = wanted.pop("scene_image")
    wanted["subject_image_list"] = [{"picture": web("1").url}, {"picture": web("2").url}]
    assert await fields_of(legacy, request) == wanted


def test_a_region_moves_new_tasks_and_leaves_old_ones_where_they_are(load):
    kling = profile(load('[kling]\nregion = "beijing"\n'), "kling")
    assert kling.base_url == "https://api-beijing.klingai.com"
    assert kling.home_url == "https://api-singapore.klingai.com"


def test_a_kind_of_task_can_be_taken_away_or_added(load):
    text = '[cometapi.video]\noffered = false\n[powertokens.video]\nlike = "cometapi"\n'
    loaded = load(text)
    assert TaskKind.VIDEO not in profile(loaded, "cometapi").routes
    added = profile(loaded, "powertokens").routes[TaskKind.VIDEO]
    assert added == PROFILES["cometapi"].routes[TaskKind.VIDEO]


@pytest.mark.parametrize(
    ("text", "id", "words"),
    [
        ('[kling]\nregion = "bejing"', "kling", "singapore, beijing, older"),
        ('[cometapi]\nregion = "beijing"', "cometapi", "region"),
        ('[kling]\nbase_url = "http://api.klingai.com"', "kling", "https://"),
        ('[kling]\nbase_url = "https://h.example/v1"', "kling", "without a path"),
        ('[kling]\nuniqueness = "proven"', "kling", "unknown, documented, disproven"),
        ("[kling]\nretention_days = 0", "kling", "from 1 to 3650"),
        ("[kling]\nretention_days = true", "kling", "whole number"),
        ('[kling]\nlike = "cometapi"', "kling", "kling.like is not known"),
        ('[custom]\nlike = "klink"', "custom", "none of"),
        ("[custom]\nlike = 7", "custom", "none of"),
        ('[custom.image]\ncreate_path = "v1/images"', "custom", "a path such as"),
        ('[custom.image]\ncreate_path = "/v1/../account"', "custom", "a path such as"),
        ('[custom.image]\ncreate_path = "/v1?x=1"', "custom", "a path such as"),
        ('[custom.image]\ncreate_path = "//h.example/v1"', "custom", "a path such as"),
        ('[custom.image]\nquery_path = "/v1/images"', "custom", "{id}"),
        ('[custom.image]\nquery_path = "/{id}/{id}"', "custom", "{id}"),
        ('[custom.image]\nquery_alternates = "/v1/{id}"', "custom", "list of paths"),
        ('[custom.image]\nfield_names = { seed = "x" }', "custom", "subject_image_list"),
        ('[custom.image]\nfield_names = { prompt = "n" }', "custom", "no name twice"),
        ('[custom.image]\nfield_names = { prompt = "a b" }', "custom", "names for"),
        ("[custom.image]\nfewest_images = 5", "custom", "from 1 to 4"),
        ("[custom.image]\nfewest_images = 3\nmost_images = 2", "custom", "above most_images"),
        ('[custom.image]\nfields = ["seed"]', "custom", "a list out of"),
        ('[custom.image]\nmodels = ["a"]\ndefault_model = "b"', "custom", "none of its models"),
        ('[custom.image]\naspect_ratios = ["wide"]', "custom", "16:9"),
        ("[custom.image]\naspect_ratios = []", "custom", "16:9"),
        ('[custom.image]\nweight = "heavy"', "custom", "results, task"),
        ("[custom.image]\npicture_widest = 0.5", "custom", "from 1 to 100"),
        ("[custom.video]\ndurations_s = []", "custom", "seconds"),
        ("[custom.image]\nsize = 3", "custom", "custom.image.size is not known"),
        ("[powertokens.video]\nmodes = []", "powertokens", "like"),
        ("[cometapi-legacy.image]\noffered = false", "cometapi-legacy", "offers nothing"),
        ("kling = 3", "kling", "not a table"),
    ],
)
def test_a_mistake_is_named_and_stops_its_provider_alone(load, text, id, words):
    loaded = load(text)
    assert set(loaded.broken) == {id}
    assert words in loaded.broken[id].detail
    assert "nothing is sent" in loaded.broken[id].detail
    assert loaded.broken[id].remedy is Remedy.FIX_SETTINGS
    assert loaded.profiles == PROFILES


def test_every_mistake_of_a_table_is_told_at_once(load):
    loaded = load('[kling]\nregion = "x"\ncolour = 1\n[kling.image]\nn = 3\nfewest_images = 9\n')
    (problem,) = loaded.problems
    for words in ("kling.region", "kling.colour", "kling.image.n", "kling.image.fewest_images"):
        assert words in problem.detail


@pytest.mark.parametrize("text", ["[kling", "[klink]\n", "[sandbox]\n", "\x00", "a = 1979-05-27"])
def test_where_nobody_knows_who_was_meant_nobody_is_spoken_to(load, text):
    loaded = load(text)
    assert set(loaded.broken) == set(PROFILES) - {"sandbox"}
    assert len(loaded.problems) == 1


def test_a_file_that_cannot_be_read_is_no_missing_file(tmp_path: Path):
    (tmp_path / "providers.toml").mkdir()
    assert "kling" in load_profiles(tmp_path / "providers.toml").broken


KEYS = st.sampled_from(
    [
        *("like", "region", "base_url", "image", "video", "models", "fields", "field_names"),
        *("query_path", "prompt_limit", "durations_s", "picture_widest", "offered", "required"),
        *("title", "weight"),
    ]
)
TABLES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just("kling"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*PROFILES, "klink"]), TABLES, max_size=3))
def test_no_shape_of_the_file_breaks_the_app(tables):
    from kling_desktop.kling.provider_file import _changed

    loaded = _changed(Path("providers.toml"), tables)
    for id, entry in loaded.profiles.items():
        assert entry.id == id
        assert entry.routes
        for route in entry.routes.values():
            assert route.create_path.startswith("/")
            assert route.query_path.count("{id}") == 1
    assert loaded.profiles["sandbox"] == PROFILES["sandbox"]
