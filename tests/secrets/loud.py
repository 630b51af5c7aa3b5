"""kling-desktop with every logger at DEBUG into a raw file, to see what code hands to loggers.

`python -m tests.secrets.loud PLAN ARGUMENTS…`: the plan "crash" makes a mistake of ours while the
key is in use, with everything in the error's words that the code at that place can see.
"""

import logging
import sys
from pathlib import Path
from typing import Any

from kling_desktop import logs
from kling_desktop.__main__ import main
from kling_desktop.kling.client import KlingClient

start_quietly = logs.start_logging


def start_loudly(folder: Path) -> None:
    start_quietly(folder)
    raw = logging.FileHandler(folder / "raw.log", encoding="utf-8")
    logging.getLogger().addHandler(raw)
    logging.getLogger().setLevel(logging.DEBUG)
    ours = logging.getLogger("kling_desktop")
    ours.setLevel(logging.DEBUG)
    ours.addHandler(raw)


async def crash(self: KlingClient, *arguments: Any) -> None:
    raise RuntimeError(f"a mistake: {vars(self)!r} {arguments!r}")


if __name__ == "__main__":
    plan = sys.argv[1]
    sys.argv = ["kling-desktop", *sys.argv[2:]]
    logs.start_logging = start_loudly
    if plan == "crash":
        KlingClient.create = crash  # type: ignore[method-assign, assignment]
    sys.exit(main())
