"""The entry: the command line, and behind it the window and the tour."""

import os
import sys
from collections.abc import Mapping

from kling_desktop.cli.main import Doors, run
from kling_desktop.paths import AppPaths
from kling_desktop.tour_wish import TourWish


def main() -> int:
    """Do what the command line says; the exit code of the process."""
    return run(sys.argv[1:], os.environ, Doors(window=_window, tour=_tour))


def _window(paths: AppPaths, environment: Mapping[str, str]) -> int:
    from kling_desktop.app import run_window

    return run_window(paths, environment)


def _tour(paths: AppPaths | None, wish: TourWish) -> int:
    from kling_desktop.app import run_tour

    return run_tour(paths, wish)


if __name__ == "__main__":
    sys.exit(main())
