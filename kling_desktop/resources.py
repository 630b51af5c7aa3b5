"""Finds what comes with the app (icons, translations, photographs), however it was installed."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# In a wheel and in a bundle they stand inside the package, in a checkout beside it.
_PLACES = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")


def resource(name: str) -> Path:
    """The file or folder `name` (with `/` between folders), which is there.

    Raises FileNotFoundError when the installation lacks it; never looks outside the resources.
    """
    if ".." in Path(name).parts or Path(name).is_absolute():
        raise FileNotFoundError(name)
    for place in _PLACES:
        found = place / name
        if found.exists():
            return found
    raise FileNotFoundError(f"{name} is missing from this installation")
