"""The glass bottle of photographs.py: refraction, tint and the light it throws on the paper."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from photographs_studio import (
    Array,
    Scene,
    Turned,
    dot,
    march,
    mix,
    noise,
    ramp,
    shade,
    slope,
    unit,
    vector,
)


class Bottle:
    """A teal glass bottle, half full, under a cap of brass and wood; it bends the light."""

    glass, water = vector(9.5, 2.3, 2.2), vector(1.7, 0.3, 0.3)  # light lost per length
    key = unit(vector(-0.8, 0.95, 0.1))

    def __init__(self) -> None:
        low = [(0, 0.035), (0.3, 0.02), (0.42, 0), (0.5, 0.012), (0.56, 0.07), (0.57, 0.2)]
        high = [(0.57, 1.02), (0.55, 1.14), (0.46, 1.25), (0.3, 1.33), (0.2, 1.41), (0.18, 1.5)]
        self.outer = Turned(low + high + [(0.18, 1.66), (0.18, 1.7), (0.18, 1.7), (0, 1.7)])
        low = [(0, 0.16), (0.3, 0.13), (0.45, 0.13), (0.5, 0.17), (0.518, 0.26)]
        high = [(0.518, 1.01), (0.5, 1.1), (0.42, 1.195), (0.27, 1.28), (0.15, 1.38), (0.12, 1.5)]
        self.inner = Turned(low + high + [(0.12, 1.64), (0.12, 1.64), (0, 1.64)])
        ring = [
            (0, 1.52),
            (0.225, 1.52),
            (0.225, 1.52),
            (0.24, 1.535),
            (0.24, 1.62),
            (0.225, 1.635),
        ]
        knob = [
            (0.215, 1.64),
            (0.215, 1.65),
            (0.25, 1.66),
            (0.255, 1.7),
            (0.24, 1.94),
            (0.215, 1.975),
        ]
        self.cap = Turned([*ring, *knob, (0.19, 1.985), (0, 1.985)])

    def distance(self, p: Array) -> Array:
        radius = np.hypot(p[0], p[2])
        return np.minimum(self.outer(radius, p[1]), self.cap(radius, p[1]))

    def shells(self, p: Array) -> Array:
        radius = np.hypot(p[0], p[2])
        return np.stack([self.outer(radius, p[1]), self.inner(radius, p[1]), p[1] - 0.86])

    def medium(self, p: Array) -> Array:
        """0 air, 1 glass, 2 water."""
        outer, inner, above = self.shells(p)
        return np.where(outer > 0, 0, np.where(inner > 0, 1, np.where(above > 0, 0, 2)))

    def follow(self, p: Array, ray: Array) -> tuple[Array, Array, Array]:
        """Sends rays at the glass on through it: where they leave, which way, and their tint."""
        p, ray, tint = p.copy(), ray.copy(), np.ones_like(p)
        index, loss = (
            np.float32([1, 1.5, 1.33]),
            np.hstack([0 * self.glass, self.glass, self.water]),
        )
        live = np.arange(p.shape[1])
        for _ in range(110):
            here, way = p[:, live], ray[:, live]
            shells = self.shells(here)
            shells[2] = np.where(shells[1] < 0, shells[2], 9)
            gap = np.abs(shells).min(0)
            stride = np.maximum(gap, 0.0025)
            ahead = here + way * stride
            tint[:, live] *= np.exp(-loss[:, self.medium(here + way * stride / 2)] * stride)
            old, new = self.medium(here), self.medium(ahead)
            hit = np.flatnonzero(old != new)
            which = np.abs(shells[:, hit]).argmin(0)
            at, d = here[:, hit], way[:, hit]
            wall = np.choose(
                which, [slope(lambda q, i=i: self.shells(q)[i], at) for i in (0, 1, 2)]
            )
            wall = wall * -np.sign(dot(wall, d))
            ratio, cos = index[old[hit]] / index[new[hit]], -dot(wall, d)
            rest = 1 - ratio * ratio * (1 - cos * cos)
            bent = ratio * d + (ratio * cos - np.sqrt(np.maximum(rest, 0))) * wall
            way[:, hit] = unit(np.where(rest > 0, bent, d + 2 * cos * wall))
            ahead[:, hit[rest <= 0]] = at[:, rest <= 0]
            p[:, live], ray[:, live] = ahead, way
            radius = np.hypot(ahead[0], ahead[2])
            live = live[(radius < 0.6) & (ahead[1] > -0.02) & (ahead[1] < 1.53)]
            if not live.size:
                break
        return p, ray, tint * np.where(p[1] > 1.52, vector(0.3, 0.2, 0.1), 1)

    def caustic(self) -> Callable[[Array], Array]:
        """The light that the bottle throws onto the paper, counted from a grid of rays."""
        side = unit(np.cross(self.key, vector(0, 1, 0), axis=0))
        a, b = (c.ravel() for c in np.mgrid[-1.2:1.2:700j, -1.2:1.2:700j].astype(np.float32))
        start = vector(0, 0.8, 0) + 3 * self.key + side * a + np.cross(side, self.key, axis=0) * b
        spread = np.random.default_rng(3).normal(0, 0.035, start.shape).astype(np.float32)
        ray = unit(spread - self.key)
        reach = march(self.scene, start, ray)
        p = start + ray * np.where(np.isfinite(reach), reach - 0.003, 0)
        met = np.isfinite(reach) & (p[1] < 1.5)
        p, ray, tint = self.follow(p[:, met], ray[:, met])
        land = p - ray * p[1] / np.minimum(ray[1], -0.05)
        near = (np.abs(land[[2, 0]]).max(0) < 2.95) & (ray[1] < -0.05)
        cell, tint = ((land[[2, 0]][:, near] + 3) * 60).astype(int), tint[:, near]
        flux = [np.bincount(cell[0] * 360 + cell[1], t, 360 * 360).reshape(360, 360) for t in tint]
        table = np.stack(flux).astype(np.float32) * 60**2 * (2.4 / 700) ** 2
        for axis in (1, 2, 1, 2):
            table = sum(np.roll(table, k, axis) for k in (-1, 0, 1)) / 3

        def look(p: Array) -> Array:
            z, x = (np.clip((c + 3) * 60, 0, 357.9) for c in (p[2], p[0]))
            i, j = z.astype(int), x.astype(int)
            z, x = z - i, x - j
            near = mix(table[:, i, j], table[:, i, j + 1], x)
            return mix(near, mix(table[:, i + 1, j], table[:, i + 1, j + 1], x), z) * 0.6

        return look

    def shade(self, scene: Scene, p: Array, normal: Array, ray: Array, light: Array) -> Array:
        colour = shade(scene, p, normal, ray, light)
        glass = p[1] < 1.515
        p, normal, ray = p[:, glass], normal[:, glass], ray[:, glass]
        out, way, tint = self.follow(p - ray * 0.003, ray)
        right, up, forward = scene.frame
        down = np.where(way[1] < -1e-3, -out[1] / np.minimum(way[1], -1e-3), np.inf)
        far = np.minimum(down, (scene.wall - out[2]) / np.minimum(way[2], -1e-3))
        seen = out + way * far - scene.eye
        depth = np.maximum(dot(seen, forward), 1) / scene.lens
        behind = scene.ground(seen, down < far, dot(seen, right) / depth, dot(seen, up) / depth)
        behind = np.where(way[2] < -0.05, behind, scene.surroundings(way) * 0.8)
        away = ray - 2 * dot(ray, normal) * normal
        fresnel = 0.04 + 0.9 * (1 - np.clip(-dot(normal, ray), 0, 1)) ** 5
        colour[:, glass] = behind * tint * (1 - fresnel) + fresnel * scene.surroundings(away)
        return colour

    @staticmethod
    def paint(p: Array, normal: Array) -> tuple[Array, Array]:
        x, y, z = p
        brass = (y < 1.645) * ramp(-0.01, 0, y - 1.52)
        grain = noise(x * 30, y * 3, z * 30, 3) + 0.6 * noise(x * 90, y * 5, z * 90)
        oak = vector(0.42, 0.25, 0.12) * (1 + 0.4 * grain)
        mirror = mix(vector(0.03, 0.03, 0.03), vector(0.78, 0.54, 0.24) * (1 + 0.1 * grain), brass)
        return oak * (1 - brass), mirror
