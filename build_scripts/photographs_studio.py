"""The small studio in which photographs.py takes its pictures: a ray marcher in numpy.

Points and directions are arrays of shape (3, n), y is up, and the camera looks towards -z. Solids
are signed distances. Light comes from one large soft lamp and from all around; the shadows are
sampled over tiles of neighbouring pixels and averaged within each surface.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

Array = NDArray[np.float32]
OUTPUT = Path(__file__).parent.parent / "resources" / "photographs"
SAMPLES = 2  # supersampling along each side
TILE = 8  # neighbouring pixels share their light samples over tiles of this size
CHUNK = 1 << 16
LATTICE = np.random.default_rng(7).random(64**3, dtype=np.float32)


def vector(*values: float) -> Array:
    return np.array(values, np.float32)[:, None]


def unit(v: Array) -> Array:
    return v / np.sqrt((v * v).sum(0))


def dot(a: Array, b: Array) -> Array:
    return (a * b).sum(0)


def ramp(low: float, high: float, x: Array) -> Array:
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> Array:
    return a + (np.asarray(b) - a) * t


def noise(x: ArrayLike, y: ArrayLike, z: ArrayLike, octaves: int = 1) -> Array:
    """Smooth value noise around 0, within -1 to 1; each octave is half as large and as strong."""
    total = np.float32(0)
    for octave in range(octaves):
        sides = []
        for axis, c in enumerate((x, y, z)):
            c = np.asarray(c, np.float32) * np.float32(2.03**octave) + np.float32(17.3 * octave)
            cell = np.floor(c)
            f, i = c - cell, cell.astype(np.int32)
            f = f * f * (3 - 2 * f)
            sides.append((((i & 63) << 6 * axis, 1 - f), ((i + 1 & 63) << 6 * axis, f)))
        for (i, a), (j, b), (k, c) in product(*sides):
            total = total + LATTICE[i + j + k] * (a * b * c * np.float32(0.5**octave))
    return 2 * total / np.float32(2 - 0.5 ** (octaves - 1)) - 1


def specks(p: Array, scale: float, size: float) -> Array:
    """Scattered round dots: 1 inside a dot, 0 elsewhere."""
    turned = np.float32([[2, -1, 2], [2, 2, -1], [-1, 2, 2]]) / 3 @ p * scale
    cell = np.floor(turned)
    i, j, k = cell.astype(np.int32)
    place = (i & 63) + ((j & 63) << 6) + ((k & 63) << 12)
    chance = np.stack([LATTICE[place ^ m] for m in (0, 2741, 91823)])
    away = turned - cell - 0.25 - 0.5 * chance
    size = size * (0.3 + chance[0] * (chance[1] > 0.35))
    return ramp(1.2, 0.6, np.sqrt(dot(away, away)) / np.maximum(size, 0.01))


def rod(p: Array, a: Sequence[float], b: Sequence[float], thick: float, end: float) -> Array:
    """Distance to a rounded stick that may taper."""
    start, way = vector(*a), vector(*b) - vector(*a)
    along = np.clip(dot(p - start, way) / dot(way, way), 0, 1)
    rest = p - start - way * along
    return np.sqrt(dot(rest, rest)) - mix(thick, end, along)


def blend(a: Array, b: Array, width: float) -> Array:
    """The union of two distances with a fillet."""
    h = np.maximum(width - np.abs(a - b), 0) / width
    return np.minimum(a, b) - h * h * width / 4


PANELS = [
    (vector(-0.9, 0.55, 0.6), 0.42, 0.55, 6.5),
    (vector(1, 0.25, 0.15), 0.12, 0.8, 3.5),
    (vector(0.1, 1, 0.1), 0.4, 0.4, 1.5),
]


class Turned:
    """A solid turned on a lathe: the signed distance to its profile, kept in a table."""

    def __init__(self, knots: list[tuple[float, float]], step: float = 0.005) -> None:
        line = self._curve(np.array(knots))
        self.step, self.base = step, line[:, 1].min() - 0.1
        radius = np.arange(0, line[:, 0].max() + 0.1, step)[:, None]
        height = np.arange(self.base, line[:, 1].max() + 0.1, step)[None, :]
        nearest, inside = np.full((radius.size, height.size), 9.0), radius * height > 1e9
        for (r0, y0), (r1, y1) in zip(line, np.roll(line, -1, 0), strict=True):
            dr, dy = r1 - r0, y1 - y0
            along = ((radius - r0) * dr + (height - y0) * dy) / (dr * dr + dy * dy + 1e-12)
            along = np.clip(along, 0, 1)
            gap = (radius - r0 - along * dr) ** 2 + (height - y0 - along * dy) ** 2
            nearest = np.minimum(nearest, gap)
            if y0 != y1:
                inside ^= ((y0 > height) != (y1 > height)) & (radius < dr * (height - y0) / dy + r0)
        self.table = (np.sqrt(nearest) * np.where(inside, -1, 1)).astype(np.float32)

    @staticmethod
    def _curve(knots: Array) -> Array:
        """A Catmull-Rom curve through the knots; a knot given twice is a corner."""
        t = np.linspace(0, 1, 14, endpoint=False)[:, None]
        padded = np.concatenate([knots[:1], knots, knots[-1:]])[:, None]
        a, b, c, d = (padded[i : i + len(knots) - 1] for i in range(4))
        curve = b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
        return np.concatenate([np.maximum(curve.reshape(-1, 2), [0, -9]), knots[-1:]])

    def __call__(self, radius: Array, height: Array) -> Array:
        rows, columns = self.table.shape
        r = np.clip(radius / self.step, 0, rows - 1.01)
        y = np.clip((height - self.base) / self.step, 0, columns - 1.01)
        i, j = r.astype(np.int32), y.astype(np.int32)
        r, y, cell, flat = r - i, y - j, i * columns + j, self.table.ravel()
        low = flat[cell] * (1 - y) + flat[cell + 1] * y
        return low * (1 - r) + (flat[cell + columns] * (1 - y) + flat[cell + columns + 1] * y) * r


@dataclass
class Scene:
    """A solid on a table or paper, its camera and its light."""

    size: tuple[int, int]
    distance: Callable[[Array], Array]
    bump: Callable[[Array], Array]  # fine relief, felt by the light only
    paint: Callable[[Array, Array], tuple[Array, Array]]  # diffuse and mirror colours
    ground: Callable[..., Array]  # colour of paper, table and wall
    box: tuple[Array, Array]
    eye: Array
    target: Array = field(default_factory=lambda: vector(0, 1.04, 0))
    lens: float = 5.6
    key: Array = field(default_factory=lambda: unit(vector(-0.75, 0.85, 0.55)))  # to the main light
    key_colour: Array = field(default_factory=lambda: vector(1.25, 1.2, 1.12))
    key_spread: float = 0.3
    sky: Array = field(default_factory=lambda: vector(0.42, 0.44, 0.47))  # from all around
    panels: list[tuple[Array, float, float, float]] = field(default_factory=lambda: [*PANELS])
    glow: Array = field(default_factory=lambda: vector(0.14, 0.15, 0.18))  # back from the solid
    soft: float = 0.12  # how soft the edges of the panels look in reflections
    rays: int = 3
    wall: float = -4.0
    table: float = 1.0  # how light the table looks in reflections
    polish: float = 0.0  # how strongly the table mirrors
    gobo: Callable[[Array], Array] | None = None
    shade: Callable[..., Array] | None = None
    caustic: Callable[[Array], Array] | None = None

    @property
    def frame(self) -> tuple[Array, Array, Array]:
        forward = unit(self.target - self.eye)
        right = unit(np.cross(forward, vector(0, 1, 0), axis=0))
        return right, np.cross(right, forward, axis=0), forward

    def surroundings(self, ray: Array, everything: bool = True) -> Array:
        """What a ray leaving the scene sees; with everything, also the light panels."""
        light = self.sky * mix(0.55, 1.0, ramp(-0.4, 0.9, ray[1]))
        if not everything:
            return light
        light = light * mix(0.9, 0.35, ramp(-0.2, 0.7, ray[2]))
        light = light * mix(self.table, 1, ramp(-0.1, 0.1, ray[1]))
        for centre, width, height, power in self.panels:
            side = unit(np.cross(centre, vector(0, 1, 0), axis=0))
            ahead = dot(ray, unit(centre))
            reach = np.maximum(ahead, 1e-3)
            a = np.abs(dot(ray, side)) / reach
            b = np.abs(dot(ray, np.cross(side, unit(centre), axis=0))) / reach
            soft, sharp = 1 + self.soft, 1 - self.soft
            soft = ramp(width * soft, width * sharp, a) * ramp(height * soft, height * sharp, b)
            light = light + soft * (ahead > 0) * power
        return light


def march(scene: Scene, origin: Array, ray: Array, steps: int = 90) -> Array:
    """How far each ray goes until it meets the solid; infinite where it does not."""
    reach = np.full(ray.shape[1], np.inf, np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = ((corner - origin) / ray for corner in scene.box)
    start, end = np.maximum(np.minimum(a, b).max(0), 0), np.maximum(a, b).min(0)
    todo = np.flatnonzero(end > start)
    for first in range(0, todo.size, CHUNK):
        live = todo[first : first + CHUNK]
        o = origin[:, live] if origin.shape[1] > 1 else origin
        r, t, stop = ray[:, live], start[live], end[live]
        for _ in range(steps):
            gap = scene.distance(o + r * t)
            t = t + gap * 0.95
            met = gap < 0.0012
            reach[live[met]] = t[met]
            going = ~met & (t < stop)
            live, r, t, stop = live[going], r[:, going], t[going], stop[going]
            o = o[:, going] if o.shape[1] > 1 else o
            if not live.size:
                break
    return reach


def slope(field: Callable[[Array], Array], p: Array, width: float = 0.004) -> Array:
    """The outward direction of a distance field."""
    result = np.empty_like(p)
    tetrahedron = [vector(*c) for c in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1))]
    for first in range(0, p.shape[1], CHUNK):
        part = p[:, first : first + CHUNK]
        result[:, first : first + CHUNK] = sum(c * field(part + c * width) for c in tetrahedron)
    return unit(result)


def gather(scene: Scene, p: Array, normal: Array, tile: Array, relative: Array) -> Array:
    """Soft light on points: key and sky with shadows; relative to no shadow where asked."""
    lit, bare, start = np.zeros_like(p), np.zeros_like(p), p + normal * 0.012
    side = unit(np.cross(scene.key, vector(0, 1, 0), axis=0))
    over = np.cross(side, scene.key, axis=0)
    power = scene.key_colour * (scene.gobo(p) if scene.gobo else 1)
    for k in range(scene.rays):
        u, v = ((tile + k * TILE**2) * c % 1 for c in (0.7548776662, 0.5698402910))
        turn = (2 * np.pi * u).astype(np.float32)
        rise = (1 - 2 * v).astype(np.float32)
        flat = np.sqrt(1 - rise * rise)
        ray = unit(normal * 1.001 + np.stack([flat * np.cos(turn), rise, flat * np.sin(turn)]))
        sky = scene.surroundings(ray, everything=False)
        lit += np.where(np.isfinite(march(scene, start, ray, 40)), scene.glow, sky)
        spread = scene.key_spread * np.sqrt(v).astype(np.float32)
        ray = unit(scene.key + spread * (side * np.cos(turn) + over * np.sin(turn)))
        key = power * np.maximum(dot(normal, ray), 0)
        free = np.zeros(p.shape[1], bool)
        faces = key.sum(0) > 0
        free[faces] = np.isinf(march(scene, start[:, faces], ray[:, faces], 60))
        lit += key * free
        bare += key + sky
    return np.where(relative, lit / bare, lit / scene.rays)


def smooth(light: Array, guide: Array) -> Array:
    """Averages light over one tile, but never across an edge of the guide."""
    for axis in (1, 2):
        total, weight = np.zeros_like(light), np.zeros(light.shape[1:], np.float32)
        for offset in range(-TILE // 2, TILE // 2):
            moved = np.roll(guide, offset, axis)
            same = (np.abs(moved - guide).sum(0) < 1.1).astype(np.float32)
            total += np.roll(light, offset, axis) * same
            weight += same
        light = total / np.maximum(weight, 1)
    return light


def shade(scene: Scene, p: Array, normal: Array, ray: Array, light: Array) -> Array:
    """Colour of an opaque solid: its paint in this light and what it mirrors."""
    diffuse, mirror = scene.paint(p, normal)
    away = ray - 2 * dot(ray, normal) * normal
    met = np.isfinite(march(scene, p + normal * 0.012, away, 50))
    graze = (1 - np.clip(-dot(normal, ray), 0, 1)) ** 5
    fresnel = mirror + (1 - mirror) * graze * np.minimum(mirror * 20, 0.8)
    seen = np.where(met, scene.glow, scene.surroundings(away))
    return diffuse * light * (1 - fresnel) + fresnel * seen


def mirrored(scene: Scene, p: Array, ray: Array) -> Array:
    """What a polished table adds by mirroring the solid and the wall."""
    rough = np.random.default_rng(5).normal(0, 0.025, p.shape) * vector(1, 0, 2)
    normal = unit(vector(0, 1, 0) + rough.astype(np.float32))
    away = unit(ray - 2 * dot(ray, normal) * normal)
    reach = march(scene, p, away)
    met = np.isfinite(reach)
    far = (scene.wall - p[2]) / np.minimum(away[2], -0.05)
    end = p + away * np.where(met, reach, far)
    gobo = scene.gobo(end) if scene.gobo else 1
    seen = (scene.key_colour * gobo * scene.key[2] + scene.sky) * scene.ground(
        end, False * met, 0, 0
    )
    toward = slope(scene.distance, end[:, met])
    light = scene.key_colour * np.maximum(dot(toward, scene.key), 0) + scene.sky * 0.5
    seen[:, met] = shade(scene, end[:, met], toward, away[:, met], light)
    return seen * scene.polish * (0.05 + 0.95 * (1 - np.clip(-ray[1], 0, 1)) ** 5)


def render(scene: Scene, scale: float) -> Array:
    width, height = (round(s * scale) * SAMPLES for s in scene.size)
    v, u = np.mgrid[1 : -1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    u, v = u.ravel() * width / height, v.ravel()
    right, up, forward = scene.frame
    ray = unit(forward * scene.lens + right * u + up * v)
    reach = march(scene, scene.eye, ray, 160)
    solid = np.isfinite(reach)
    down = np.where(ray[1] < -1e-4, -scene.eye[1] / np.minimum(ray[1], -1e-4), np.inf)
    back = (scene.wall - scene.eye[2]) / np.minimum(ray[2], -1e-4)
    floor = ~solid & (down < back)
    p = scene.eye + ray * np.where(solid, reach, np.minimum(down, back)).astype(np.float32)
    normal = np.where(floor, vector(0, 1, 0), vector(0, 0, 1)).astype(np.float32)
    normal[:, solid] = slope(lambda q: scene.distance(q) + scene.bump(q), p[:, solid])
    row, column = np.divmod(np.arange(u.size), width)
    tile = (row % TILE) * TILE + column % TILE
    tile, relative = tile * 37 % TILE**2, ~solid & (scene.gobo is None)
    light = np.empty_like(p)
    for part in (slice(first, first + CHUNK) for first in range(0, u.size, CHUNK)):
        light[:, part] = gather(scene, p[:, part], normal[:, part], tile[part], relative[part])
    guide = np.stack([*normal, solid * np.float32(3), u, v]).reshape(6, height, width)
    light = smooth(light.reshape(3, height, width), guide).reshape(3, -1)
    if scene.caustic:
        light[:, floor] += scene.caustic(p[:, floor])
    colour = light * scene.ground(p, floor, u, v)
    if scene.polish:
        shine = np.zeros_like(colour)
        shine[:, floor] = mirrored(scene, p[:, floor], ray[:, floor])
        colour += smooth(shine.reshape(3, height, width), guide).reshape(3, -1)
    seen = (p[:, solid], normal[:, solid], ray[:, solid], light[:, solid])
    colour[:, solid] = (scene.shade or shade)(scene, *seen)
    return (colour).reshape(3, height, width)


def develop(colour: Array, name: str, grain: float = 0.008) -> None:
    """Film-like tone curve, reduction to final size, grain, and the JPEG file."""
    tone = 1 - np.exp(-1.35 * np.maximum(colour, 0))
    tone = np.where(tone < 0.0031308, 12.92 * tone, 1.055 * tone ** (1 / 2.4) - 0.055)
    tone = mix(tone, tone * tone * (3 - 2 * tone), 0.3)
    _, height, width = tone.shape
    small = tone.reshape(3, height // SAMPLES, SAMPLES, width // SAMPLES, SAMPLES).mean((2, 4))
    dust = np.random.default_rng(11).normal(0, grain, small.shape[1:])
    dust = (dust + np.roll(dust, 1, 0) + np.roll(dust, 1, 1)) / 1.7
    pixels = np.clip((small + dust * (1 - small * 0.6)) * 255 + 0.5, 0, 255).astype(np.uint8)
    Image.fromarray(pixels.transpose(1, 2, 0)).save(
        OUTPUT / f"{name}.jpg", quality=88, optimize=True
    )


def paper(colour: Array, centre: tuple[float, float], fall: float) -> Callable[..., Array]:
    """A seamless studio backdrop with a pool of light."""

    def ground(p: Array, floor: Array, u: Array, v: Array) -> Array:
        far = (u - centre[0]) ** 2 + (v - centre[1]) ** 2 * 1.2
        bend = 1 - 0.10 * ramp(0.05, -0.75, v) * ramp(-1.2, -0.6, v)
        return colour * (np.exp(-far * fall) * 0.75 + 0.3) * bend

    return ground
