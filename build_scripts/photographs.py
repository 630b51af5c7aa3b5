"""Renders the six sample photographs that come with the app into resources/photographs.

Three studio shots, a still life, a landscape and a sheet of watercolour, so that somebody can try
the app before having pictures of their own. Run it by hand after changing it; the app itself only
ships the results. numpy is needed only for this (and Pillow to write JPEG). Every picture is the
same on each run: all chance comes from fixed seeds.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np

from photographs_glass import Bottle
from photographs_outdoors import dunes, watercolour
from photographs_studio import (
    OUTPUT,
    PANELS,
    Array,
    Scene,
    Turned,
    blend,
    develop,
    mix,
    noise,
    paper,
    ramp,
    render,
    rod,
    specks,
    unit,
    vector,
)

COAT = Turned(
    [(0, 0.34), (0.4, 0.325), (0.44, 0.31), (0.455, 0.33), (0.4, 0.6), (0.3, 0.95), (0.235, 1.16)]
    + [(0.225, 1.3), (0.24, 1.44), (0.225, 1.54), (0.17, 1.6), (0.1, 1.63), (0, 1.64)]
)
PEAR = Turned(
    [(0, 0.04), (0.15, 0.02), (0.32, 0.01), (0.52, 0.13), (0.645, 0.4), (0.63, 0.68), (0.5, 0.96)]
    + [(0.35, 1.2), (0.27, 1.4), (0.225, 1.56), (0.14, 1.66), (0.05, 1.65), (0, 1.62)]
)


def vase_paint(p: Array, normal: Array) -> tuple[Array, Array]:
    x, y, z = p
    edge = y - 0.98 - 0.13 * noise(x * 1.8, y * 0.6, z * 1.8, 2) - 0.06 * noise(x * 6, y, z * 6)
    edge = edge - 0.02 * noise(x * 30, y * 20, z * 30, 2)
    cloud, fine = noise(x * 3, y * 4, z * 3, 4), noise(x * 45, y * 45, z * 45, 2)
    depth = np.clip(-edge * 1.5 + 0.5 * cloud, 0, 1)
    blue = mix(vector(0.085, 0.165, 0.36), vector(0.016, 0.03, 0.125), depth)
    blue = blue * (1 + 0.35 * cloud + 0.2 * fine)
    white = vector(0.83, 0.81, 0.765) * (1 + 0.05 * cloud)
    white = white * (1 - 0.6 * specks(p, 15, 0.15))
    colour = mix(white, blue, ramp(0.004, -0.01, edge))
    rim = np.exp(-(((edge + 0.01) / 0.012) ** 2)) * 0.4 + 0.8 * ramp(2.125, 2.14, y + 0.006 * cloud)
    colour = mix(colour, vector(0.36, 0.33, 0.34), rim * 0.8)
    clay = ramp(0.055, 0.045, y + 0.01 * cloud)
    return mix(colour, vector(0.42, 0.29, 0.19), clay), vector(1, 1, 1) * 0.045 * (1 - clay)


def vase() -> Scene:
    body = Turned(
        [(0, 0.03), (0.3, 0.03), (0.31, 0), (0.36, 0), (0.375, 0.03), (0.4, 0.12), (0.55, 0.38)]
        + [(0.72, 0.72), (0.775, 0.98), (0.7, 1.24), (0.5, 1.48), (0.31, 1.66), (0.25, 1.82)]
        + [(0.265, 1.98), (0.34, 2.09), (0.365, 2.125), (0.355, 2.145), (0.33, 2.135)]
        + [(0.25, 2.03), (0.21, 1.83), (0.27, 1.64), (0.44, 1.46), (0.64, 1.22), (0.68, 0.95)]
        + [(0.4, 0.3), (0, 0.15)]
    )
    return Scene(
        size=(1600, 1200),
        distance=lambda p: body(np.hypot(p[0], p[2]), p[1]),
        bump=lambda p: 0.0018 * noise(p[1] * 16, p[0] * 0.7, p[2] * 0.7, 2),
        paint=vase_paint,
        ground=paper(vector(0.84, 0.835, 0.82), (-0.2, 0.15), 0.5),
        box=(vector(-0.8, -0.01, -0.8), vector(0.8, 2.16, 0.8)),
        eye=vector(0, 2.9, 8.1),
    )


def coat_parts(p: Array) -> list[Array]:
    """Distances to cloth, buttons, hair, skin, and trousers with boots."""
    x, y, z = p[0] * 0.97 + p[2] * 0.24, p[1], p[2] * 0.97 - p[0] * 0.24
    x = x - 0.012 * np.sin(y * 3.4)
    pair, turn = np.stack([np.abs(x), y, z]), np.arctan2(z, x)
    fold = ramp(1.3, 0.35, y) * np.cos(8 * turn + 1.7 * np.sin(2 * turn + 0.8) + y * 0.8)
    wide = 1 + 0.3 * ramp(1.15, 1.52, y)
    body = COAT(np.hypot(x / wide, z / 0.8) + 0.05 * fold, y) * 0.66
    sleeve = rod(pair, (0.228, 1.51, 0.0), (0.3, 1.16, 0.06), 0.082, 0.068)
    cuff = rod(pair, (0.3, 1.16, 0.06), (0.3, 0.85, -0.08), 0.068, 0.076)
    cloth = blend(body, blend(sleeve, cuff, 0.04), 0.022)
    belt = ramp(0.034, 0.028, np.abs(y - 1.135)) * ramp(0.155, 0.148, np.abs(x)) * (z > 0)
    collar = np.stack([np.hypot(x, (z + 0.005) / 0.9), y, 0 * y])
    collar = rod(collar, (0.155, 1.575, 0), (0.098, 1.705, 0), 0.024, 0.02) * 0.9
    button = [np.hypot(np.hypot(np.abs(x) - 0.115, y - 1.135), (z - 0.185) * 1.0) - 0.022]
    curl = 0.005 * np.sin(60 * np.hypot(x, y - 1.985) + np.arctan2(y - 1.985, x))
    bun = np.hypot(np.hypot(x, y - 1.985), (z - 0.05) * 1.1) - 0.066 + curl
    head = np.hypot(np.hypot(x * 1.1, (y - 1.86) * 0.93), z + 0.01) - 0.118
    neck = rod(np.stack([x, y, z]), (0, 1.6, 0), (0, 1.8, -0.01), 0.058, 0.054)
    ears = np.hypot(np.hypot((pair[0] - 0.108) * 1.8, (y - 1.825) * 0.8), z + 0.02) - 0.024
    leg = rod(pair, (0.085, 0.12, 0), (0.08, 0.6, 0), 0.052, 0.075)
    boot = rod(pair, (0.09, 0.045, 0.03), (0.1, 0.035, -0.15), 0.05, 0.04)
    boot = blend(boot, rod(pair, (0.088, 0.06, 0.02), (0.086, 0.24, 0.01), 0.05, 0.06), 0.03)
    cloth = np.minimum(cloth - 0.011 * belt, collar)
    return [
        cloth,
        *button,
        np.minimum(head, bun),
        np.minimum(neck, ears * 0.5),
        np.minimum(leg, boot),
    ]


def coat_bump(p: Array) -> Array:
    x, y, z = p
    weave = 0.0007 * noise(x * 150, y * 90, z * 150) + 0.006 * noise(x * 9, y * 3, z * 9, 2)
    middle = x * 0.97 + z * 0.24 - 0.012 * np.sin(y * 3.4)
    seam = np.exp(-((middle / 0.004) ** 2)) * (z > 0) * (y < 1.55) * (np.abs(y - 1.135) > 0.036)
    hair = 0.003 * noise(x * 70, y * 12, z * 20, 2)
    return np.where(y > 1.73, hair, (weave + 0.004 * seam) * (y > 0.3))


def coat_paint(p: Array, normal: Array) -> tuple[Array, Array]:
    x, y, z = p
    part = np.argmin(coat_parts(p), axis=0)
    fleck = noise(x * 120, y * 120, z * 120, 2)
    wool = vector(0.58, 0.29, 0.028) * (1 + 0.16 * fleck + 0.1 * noise(x * 4, y * 4, z * 4, 2))
    wool = wool * (1 + 0.35 * (1 - np.abs(normal[2])) ** 3)
    hair = vector(0.022, 0.014, 0.01) * (1 + 0.8 * noise(x * 60, y * 10, z * 20, 2))
    skin, horn = vector(0.52, 0.29, 0.19), vector(0.05, 0.025, 0.012)
    others = [c * np.ones_like(p) for c in (horn, hair, skin, vector(0.018, 0.018, 0.022))]
    colour = np.choose(part[None], [wool, *others])
    return colour, np.choose(part, np.float32([0, 0.035, 0.012, 0.015, 0.008])) * np.ones_like(p)


def coat() -> Scene:
    return Scene(
        size=(1500, 2000),
        distance=lambda p: np.minimum.reduce(coat_parts(p)),
        bump=coat_bump,
        paint=coat_paint,
        ground=paper(vector(0.73, 0.81, 0.88), (-0.1, 0.25), 0.55),
        box=(vector(-0.62, -0.01, -0.5), vector(0.62, 2.07, 0.55)),
        eye=vector(0, 1.5, 8.6),
        target=vector(0, 1.02, 0),
        lens=6.3,
        key=unit(vector(-0.9, 0.62, 0.38)),
        glow=vector(0.2, 0.1, 0.01),
        soft=0.5,
        rays=2,
    )


def bottle() -> Scene:
    glass = Bottle()
    scene = Scene(
        size=(2400, 800),
        distance=glass.distance,
        bump=lambda p: 0.0004 * noise(p[0] * 9, p[1] * 5, p[2] * 9),
        paint=glass.paint,
        ground=paper(vector(0.9, 0.76, 0.62), (-0.1, 0.2), 0.16),
        box=(vector(-0.6, -0.01, -0.6), vector(0.6, 2.02, 0.6)),
        eye=vector(0, 1.6, 8.2),
        target=vector(0, 0.95, 0),
        lens=5.9,
        key=glass.key,
        panels=[*PANELS, (vector(-1, 0.12, 0.5), 0.1, 0.7, 7.0)],
        shade=glass.shade,
    )
    glass.scene = scene
    scene.caustic = glass.caustic()
    return scene


def pear_distance(p: Array) -> Array:
    x = p[0] - 0.05 * np.sin(p[1] * 2.2) + 0.02 * np.sin(3 * p[2] + 2 * p[1])
    z = p[2] + 0.02 * np.sin(3.4 * p[0] + 1 + p[1])
    stem = p[0] - 0.03 - 0.5 * np.maximum(p[1] - 1.5, 0) ** 2
    along = np.clip(p[1], 1.45, 1.98)
    stem = np.hypot(np.hypot(stem, p[1] - along), p[2]) - 0.022 - 0.02 * ramp(1.88, 1.98, along)
    return blend(PEAR(np.hypot(x, z), p[1]) * 0.9, stem * 0.8, 0.03)


def pear_paint(p: Array, normal: Array) -> tuple[Array, Array]:
    x, y, z = p
    cloud, fine = noise(x * 2.4, y * 2.4, z * 2.4, 4), noise(x * 24, y * 20, z * 24, 3)
    skin = mix(
        vector(0.30, 0.29, 0.03), vector(0.56, 0.37, 0.045), ramp(-0.5, 0.6, cloud + y - 0.8)
    )
    blush = ramp(-0.05, 1.1, 0.9 * x + 0.4 * z + 0.9 * cloud + 0.35 * fine)
    skin = mix(skin, vector(0.42, 0.055, 0.02), blush * 0.85)
    dots = np.maximum(specks(p, 17, 0.22), 0.8 * specks(p + 7, 31, 0.26))
    skin = mix(skin, vector(0.26, 0.14, 0.04), 0.6 * dots)
    russet = ramp(1.42, 1.66, y + 0.18 * fine + 0.1 * cloud)
    skin = mix(skin * (1 + 0.15 * fine), vector(0.3, 0.16, 0.05), 0.75 * russet)
    stem = ramp(1.66, 1.70, y + 0.03 * fine)
    skin = mix(skin, vector(0.09, 0.05, 0.025) * (1 + 0.5 * fine), stem)
    return skin, 0.035 * (1 - 0.8 * stem) * (1 - 0.5 * russet) * np.ones_like(p)


def window(p: Array) -> Array:
    """Where the light of the window falls: on the pear, and as panes on the wall behind it."""
    a, b = p[0] - 0.18 * p[1] - 0.55, p[1] + 0.16 * p[0] - 1.66
    pane = ramp(0.02, 0.13, np.abs(a)) * ramp(0.83, 0.68, np.abs(a))
    pane = pane * ramp(0.0, 0.11, np.abs(np.abs(b) - 0.37)) * ramp(1.17, 1.02, np.abs(b))
    near = ramp(-2.2, -0.9, p[2]) * ramp(-2.6, -1.2, p[0]) * ramp(2.4, 0.6, p[0])
    return np.where(p[2] < -2.35, pane * 1.5 * (0.75 + 0.25 * noise(a * 2, b * 2, 0 * a, 2)), near)


def pear_ground(p: Array, floor: Array, u: Array, v: Array) -> Array:
    x, y, z = p
    ring = noise(x * 0.9, 0 * x, z * 9 + 0.6 * noise(x, y, z * 2), 4)
    fibre = noise(x * 5, 0 * x + 4, z * 110, 2) * ramp(-1.6, 0.5, z)
    board = np.floor(z * 1.1 + 0.35)
    gap = 1 - 0.8 * ramp(0.012, 0.004, np.abs(z * 1.1 + 0.35 - np.round(z * 1.1 + 0.35)))
    wood = vector(0.105, 0.058, 0.034) * (1 + 0.55 * ring + 0.3 * fibre) * gap
    wood = wood * (1 + 0.25 * np.sin(board * 2.4))
    plaster = vector(0.25, 0.21, 0.17) * (1 + 0.08 * noise(x * 3, y * 3, z, 5))
    wood = mix(wood, vector(0.06, 0.045, 0.035), 0.7 * ramp(-1.4, -2.4, z))
    return np.where(floor, wood, plaster * mix(0.6, 1, ramp(0, 0.9, y)) * (1.15 + 0.22 * x))


def pear() -> Scene:
    return Scene(
        size=(1600, 1600),
        distance=pear_distance,
        bump=lambda p: 0.0014 * noise(p[0] * 14, p[1] * 14, p[2] * 14, 3),
        paint=pear_paint,
        ground=pear_ground,
        box=(vector(-0.75, -0.01, -0.75), vector(0.75, 2.03, 0.75)),
        eye=vector(0, 1.75, 7.4),
        target=vector(0.05, 0.98, 0),
        lens=4.6,
        key=unit(vector(-0.85, 0.6, 0.42)),
        key_colour=vector(2.5, 2.05, 1.5),
        key_spread=0.16,
        sky=vector(0.2, 0.22, 0.26),
        glow=vector(0.12, 0.09, 0.02),
        panels=[(vector(-0.9, 0.5, 0.55), 0.3, 0.42, 4.5)],
        soft=0.6,
        wall=-2.4,
        gobo=window,
        polish=0.3,
        table=0.15,
    )


SCENES = {"coat": coat, "vase": vase, "bottle": bottle, "pear": pear}
PAINTINGS = {"dunes": dunes, "watercolour": watercolour}


def make(name: str, scale: float) -> None:
    develop(render(SCENES[name](), scale) if name in SCENES else PAINTINGS[name](scale), name)


def main() -> None:
    """Renders the pictures named, or all; a leading number makes them smaller, for a look."""
    names = [a for a in sys.argv[1:] if not a[0].isdigit()] or [*SCENES, *PAINTINGS]
    scale = float(next((a for a in sys.argv[1:] if a[0].isdigit()), 1))
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(2) as pool:
        for _ in pool.map(partial(make, scale=scale), names):
            pass


if __name__ == "__main__":
    main()
