"""How the tour is to look: the command line asks, the window does. Imports nothing heavy."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TourWish:
    """`out` takes the pictures; device pixels to a pixel, size of the text, "light" or "dark"."""

    out: Path
    scale: float
    text: float
    theme: str
