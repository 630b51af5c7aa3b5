"""A person recognises in a result what was sent; results differ; ratios are exact."""

import statistics

import pytest
from PIL import Image, ImageChops, ImageStat

from kling_desktop.sandbox.brush import cover, host_tile
from kling_desktop.sandbox.layout import lay_out
from kling_desktop.sandbox.painter import Materials, layout_of, paint

RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9")


def likeness(painted: Image.Image, source: Image.Image) -> float:
    """Correlation of light, 1 for the same picture."""
    grid = (24, 24)
    values = [
        list(image.convert("L").resize(grid, Image.Resampling.BOX).tobytes())
        for image in (painted, cover(source, painted.size))
    ]
    return statistics.correlation(*values)


def spread(grey: Image.Image) -> int:
    """Between the darkest and the lightest."""
    values = grey.tobytes()
    return max(values) - min(values)


@pytest.fixture
def materials(make_pattern) -> Materials:
    subjects = [make_pattern(1), make_pattern(2, (320, 500)), make_pattern(3, (600, 400))]
    return Materials(subjects, scene=make_pattern(4, (900, 600)), style=make_pattern(5))


@pytest.mark.parametrize("ratio", RATIOS)
def test_the_ratio_is_exact_and_every_subject_is_recognised_in_its_place(materials, ratio):
    picture = paint(materials, ratio, 0)
    wide, high = (int(part) for part in ratio.split(":"))
    assert picture.width * high == picture.height * wide
    assert 1000 <= max(picture.size) <= 1600
    cards = layout_of(materials, ratio, 0).cards
    assert sorted(index for index, _ in cards) == [0, 1, 2]
    for index, box in cards:
        region = picture.crop(box)
        likenesses = [likeness(region, subject) for subject in materials.subjects]
        assert likenesses[index] > 0.9
        assert max(likenesses) == likenesses[index]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("ratio", RATIOS)
def test_cards_lie_inside_apart_and_large_enough(ratio, count):
    shapes = (0.4, 2.5, 1.0, 1.25)[:count]
    for variant in range(9):
        layout = lay_out(ratio, shapes, variant, has_scene=True, has_style=True)
        canvas = Image.new("L", layout.size)
        for _, box in layout.cards:
            assert box[0] >= layout.inner[0]
            assert box[1] >= layout.inner[1]
            assert box[2] <= layout.inner[2]
            assert box[3] <= layout.inner[3]
            assert min(box[2] - box[0], box[3] - box[1]) > 0.15 * min(layout.size)
            assert canvas.crop(box).getbbox() is None
            canvas.paste(255, box)


def test_the_scene_shows_between_the_cards(make_pattern):
    scene = make_pattern(4, (1360, 765))
    materials = Materials([make_pattern(1)], scene=scene)
    picture, layout = paint(materials, "16:9", 0), layout_of(materials, "16:9", 0)
    (_, (left, top, right, bottom)) = layout.cards[0]
    for box in ((0, 0, left - 90, 765), (right + 90, 0, 1360, 700), (0, 0, 1360, top - 60)):
        assert likeness(picture.crop(box), scene.crop(box)) > 0.9
    assert bottom < 765


def test_the_style_frames_the_picture_and_colours_it(make_pattern):
    style = Image.blend(make_pattern(5, (1360, 765)), Image.new("RGB", (1360, 765), "#0a7"), 0.6)
    subjects, scene = [make_pattern(1)], make_pattern(4, (900, 600))
    plain = paint(Materials(subjects, scene), "16:9", 0)
    styled = paint(Materials(subjects, scene, style), "16:9", 0)
    frame = (0, 0, 1360, 24)
    assert likeness(styled.crop(frame), style.crop(frame)) > 0.85
    hues = [ImageStat.Stat(image.convert("YCbCr")).mean[1:] for image in (plain, styled, style)]
    distances = [abs(hue[0] - hues[2][0]) + abs(hue[1] - hues[2][1]) for hue in hues]
    assert distances[1] < 0.6 * distances[0]


def test_nine_results_all_differ(materials):
    small = [paint(materials, "1:1", variant).reduce(8) for variant in range(9)]
    for index, one in enumerate(small):
        for other in small[index + 1 :]:
            assert sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) > 5


def test_a_result_is_marked_and_its_watermarked_copy_more_so(make_pattern):
    materials = Materials([make_pattern(1)], scene=Image.new("RGB", (900, 600), "#888"))
    plain = paint(materials, "16:9", 0)
    marked = paint(materials, "16:9", 0, is_watermarked=True)
    corner = plain.crop((1360 - 180, 765 - 60, 1360, 765)).convert("L")
    assert spread(corner) > 120
    changed = ImageChops.difference(plain, marked).getbbox()
    assert changed is not None
    assert changed[2] - changed[0] > 600


def test_the_same_order_is_painted_the_same_by_any_process(materials):
    assert paint(materials, "4:3", 3).tobytes() == paint(materials, "4:3", 3).tobytes()


def test_a_web_address_becomes_a_tile_with_the_hosts_name():
    tiles = [host_tile(host) for host in ("a.example.com", "b.example.com", "x" * 250)]
    assert len({tile.tobytes() for tile in tiles}) == 3
    long = tiles[2].convert("L")
    assert spread(long.crop((0, 400, 20, 500))) < 60  # the name stays inside
