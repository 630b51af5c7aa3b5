"""The two pictures of photographs.py that need no studio: desert dunes and watercolour."""

from __future__ import annotations

import numpy as np
from PIL import Image

from photographs_studio import SAMPLES, Array, blend, mix, noise, ramp, unit, vector


def dune_height(x: Array, z: Array) -> Array:
    """Dunes with a long windward side and a steep lee, in three sizes."""
    total = 9 * noise(x / 160, 0 * x, z / 160, 2)
    for size, tall, turn in ((95, 15, 2.75), (37, 4.0, 3.2), (230, 34, 2.4)):
        bend = noise(x / size / 2.6, 0 * x + size, z / size / 2.6, 2)
        phase = (x * np.cos(turn) + z * np.sin(turn)) / size + 1.5 * bend
        phase = phase - np.floor(phase)
        shape = blend(phase / 0.7, (1 - phase) / 0.3, 0.025)
        shape = shape * shape * (2 - shape)
        swell = ramp(-0.5, 0.5, noise(x / size / 3, 0 * x + 3 * size, z / size / 3, 1))
        total = total + tall * shape * swell
    return total


def sunlit(x: Array, z: Array, land: Array, u: Array, sun: Array) -> Array:
    """Sunlight and light of the sky on the sand, with ripples near the camera."""
    across = np.gradient(land, axis=1) / np.gradient(x, axis=1)
    along = np.gradient(land, z[:, 0], axis=0) - across * u / 1.75
    phase = (x * 0.5 + z * 0.85) * 5 + 5 * noise(x / 9, 0 * x, z / 9, 3)
    patch = ramp(-0.5, 0.5, noise(x / 20, 0 * x, z / 20)) * np.exp(-z / 60)
    ripple = 0.16 * patch * np.cos(phase) + 0.05 * noise(x * 2, 0 * x, z * 2, 2) * np.exp(-z / 90)
    normal = unit(np.stack([-across - ripple, np.ones_like(x), -along - 0.4 * ripple]))
    coarse = (slice(None, None, 5), slice(None, None, 8))
    x, z, start, block = x[coarse], z[coarse], land[coarse], np.float32(-9)
    for step in np.geomspace(1.5, 500, 30, dtype=np.float32):
        rise = dune_height(x + sun[0] * step, z + sun[2] * step) - start - sun[1] * step
        block = np.maximum(block, rise / (step + 4))
    free = Image.fromarray(ramp(0.03, -0.015, block).astype(np.float32))
    free = np.asarray(free.resize(land.shape[::-1], Image.Resampling.BILINEAR))
    direct = np.maximum((normal * sun[:, :, None]).sum(0), 0) * free
    sky = 0.6 + 0.4 * normal[1] - 0.25 * normal[0]
    sand = vector(0.66, 0.385, 0.195)[..., None] * (1 + 0.1 * noise(x=phase / 4, y=0, z=0 * phase))
    return sand * (
        vector(3.3, 2.0, 1.0)[..., None] * direct + vector(0.2, 0.2, 0.31)[..., None] * sky
    )


def evening(u: Array, v: Array) -> Array:
    """The sky, with the low sun just outside the picture on the right."""
    low, high = vector(1.15, 0.70, 0.42)[..., None], vector(0.22, 0.31, 0.46)[..., None]
    cloud = ramp(0.05, 0.7, noise(u * 1.1 + 5, v * 7, 0 * u, 5)) * ramp(0.0, 0.3, v)
    glow = np.exp(-1.3 * np.hypot(u - 1.5, (v - 0.4) * 1.2))
    sky = mix(low, high, ramp(-0.15, 0.8, v + 0.05 * u * -1)) + cloud * 0.14 * low
    return sky + vector(1.5, 0.95, 0.5)[..., None] * glow**1.6


def dunes(scale: float) -> Array:
    width, height = round(1800 * scale) * SAMPLES, round(1280 * scale) * SAMPLES
    count = round(1700 * min(1, scale * 1.5))
    far = np.concatenate([1 / np.linspace(1 / 16, 1 / 4200, count), np.geomspace(16, 4200, count)])
    far = np.unique(far.astype(np.float32))
    far = far[np.append(np.diff(far) > far[1:] * 3e-4, True)][:, None]
    u = np.linspace(-1.406, 1.406, width, dtype=np.float32)[None]
    x, z = u * far / 1.75, far + 0 * u
    sun = unit(vector(0.86, 0.27, 0.42))
    land = dune_height(x, z)
    seen = (land - (land[far[:, 0] < 40].max() + 17)) / far * 1.75
    haze = np.exp(-far / 1100)
    rows = np.linspace(0.72, -1.28, height, dtype=np.float32)
    sky = evening(u + 0 * rows[:, None], rows[:, None] + 0 * u)
    veil = evening(u, 0 * u) * 0.8
    colour = mix(veil, sunlit(x, z, land, u, sun), haze)
    picture, top = sky, np.maximum.accumulate(seen, axis=0)
    for c in range(width):
        k = np.searchsorted(top[:, c], rows)
        hit = np.flatnonzero(k < len(far))
        k = np.maximum(k[hit], 1)
        before, after = seen[k - 1, c], seen[k, c]
        part = np.clip((rows[hit] - before) / np.maximum(after - before, 1e-6), 0, 1)
        picture[:, hit, c] = mix(colour[:, k - 1, c], colour[:, k, c], part)
    return picture


WASHES = [  # transmitted colour, centre, radius, softness
    ((0.96, 0.72, 0.42), (0.62, 0.22), 0.46, 0.45),
    ((0.62, 0.84, 0.80), (0.22, 0.66), 0.44, 0.40),
    ((0.55, 0.60, 0.78), (0.80, 0.84), 0.38, 0.40),
    ((0.94, 0.47, 0.13), (0.76, 0.20), 0.27, 0.16),
    ((0.22, 0.62, 0.62), (0.20, 0.58), 0.26, 0.10),
    ((0.16, 0.20, 0.46), (0.76, 0.80), 0.30, 0.20),
    ((0.88, 0.33, 0.12), (0.93, 0.30), 0.15, 0.03),
    ((0.08, 0.44, 0.48), (0.10, 0.84), 0.20, 0.03),
    ((0.08, 0.10, 0.33), (0.58, 0.92), 0.20, 0.025),
    ((0.97, 0.62, 0.28), (0.16, 0.14), 0.17, 0.06),
    ((0.26, 0.38, 0.60), (0.50, 0.50), 0.10, 0.02),
]


def watercolour(scale: float) -> Array:
    side = round(1280 * scale) * SAMPLES
    y, x = np.mgrid[0 : 1 : side * 1j, 0 : 1 : side * 1j].astype(np.float32)
    tooth = noise(x * 330 + y * 140, y * 330 - x * 140, 0 * x, 3)
    ink = 0.04 * ramp(-0.2, 0.8, tooth) * np.ones((3, 1, 1), np.float32)
    for k, (colour, (cx, cy), radius, soft) in enumerate(WASHES):
        bend = noise(x * 2.6, y * 2.6, 0 * x + 3.7 * k, 3)
        run = noise(x * 3 + bend * 1.6, y * 3 + 5, 0 * x + 5.1 * k, 6)
        field = radius - np.hypot(x - cx, y - cy) + 0.30 * bend + 0.2 * run + 0.005 * tooth
        wet = ramp(0, soft, field)
        rim = np.exp(-np.abs(field - 0.004) / 0.007) * (field > -0.004) * ramp(0.3, 0.02, soft)
        flow = noise(x * 2.5 + run, y * 2.5 + bend, 0 * x + 2.3 * k + 9, 5)
        back = np.exp(-np.abs(flow - 0.12) / 0.02) * 0.22
        load = wet * (0.72 + 0.9 * flow + back) + 0.45 * rim
        load = np.maximum(load, 0) * (1 + 0.28 * tooth)
        ink = ink - np.log(np.float32(colour))[:, None, None] * load
    return np.float32([1.5, 1.33, 1.06])[:, None, None] * np.exp(-ink)
