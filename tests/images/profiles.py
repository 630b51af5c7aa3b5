"""Colour profiles from their figures (ICC.1:2022, matrix-based and monochrome)."""

import struct

_D65 = (0.3127, 0.3290)
# To D50, by Bradford.
_ADAPTED = (
    (1.0478112, 0.0228866, -0.0501270),
    (0.0295424, 0.9904844, -0.0170491),
    (-0.0092345, 0.0150436, 0.7521316),
)
_D50 = (0.9642, 1.0, 0.8249)
Vector = tuple[float, float, float]


def matrix_profile(primaries: tuple[tuple[float, float], ...], gamma: float = 2.2) -> bytes:
    """The profile of a display with these primaries (x, y), white D65, one gamma."""
    columns = [_xyz(x, y) for x, y in primaries]
    white = _xyz(*_D65)
    shares = _solve(columns, white)
    colorants = [
        _times(_ADAPTED, (share * column[0], share * column[1], share * column[2]))
        for share, column in zip(shares, columns, strict=True)
    ]
    tags = [
        *zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz_tag, colorants), strict=True),
        *((name, _curve(gamma)) for name in (b"rTRC", b"gTRC", b"bTRC")),
    ]
    return _profile(b"RGB ", tags)


def gray_profile(gamma: float) -> bytes:
    """The profile of a gray scale with one gamma."""
    return _profile(b"GRAY", [(b"kTRC", _curve(gamma))])


def _profile(space: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    tags = [
        (b"desc", b"desc" + struct.pack(">II", 0, 5) + b"Wide\0" + bytes(78)),
        (b"cprt", b"text" + bytes(4) + b"None\0\0\0\0"),
        (b"wtpt", _xyz_tag(_D50)),
        *tags,
    ]
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, payload in tags:
        table += name + struct.pack(">II", start + len(data), len(payload))
        data += payload + bytes(-len(payload) % 4)
    head = struct.pack(">I4xI", start + len(data), 0x02400000) + b"mntr" + space + b"XYZ "
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", *(_fixed(v) for v in _D50))
    return head.ljust(128, b"\0") + table + data


def _curve(gamma: float) -> bytes:
    return b"curv" + struct.pack(">IIH", 0, 1, round(gamma * 256)) + b"\0\0"


def _xyz(x: float, y: float) -> Vector:
    return x / y, 1.0, (1 - x - y) / y


def _fixed(value: float) -> int:
    return round(value * 65536)


def _xyz_tag(value: Vector) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">iii", *(_fixed(part) for part in value))


def _times(matrix: tuple[Vector, ...], vector: Vector) -> Vector:
    x, y, z = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def _solve(columns: list[Vector], wanted: Vector) -> list[float]:
    """How much of each column makes `wanted` (Cramer)."""
    whole = _determinant(columns)
    return [
        _determinant([*columns[:i], wanted, *columns[i + 1 :]]) / whole for i in range(len(columns))
    ]


def _determinant(columns: list[Vector]) -> float:
    a, b, c = columns
    return (
        a[0] * (b[1] * c[2] - b[2] * c[1])
        - b[0] * (a[1] * c[2] - a[2] * c[1])
        + c[0] * (a[1] * b[2] - a[2] * b[1])
    )
