"""A process that owns a home until its standard input ends.

`python -m tests.cli.owning HOME PLAN`: it says "open" once others may hand over. PLAN is that of
`tests.cli.dying`, or empty.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from kling_desktop import assembly
from kling_desktop.paths import app_paths
from tests.cli.dying import mortal_ports


async def own(home: Path) -> None:
    async with assembly.Home(app_paths(home), os.environ, lambda fact: None, who="a test") as owned:
        await owned.start()
        print("open", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    plan = json.loads(sys.argv[2])
    if "at" in plan:
        assembly.Ports = mortal_ports(plan)  # type: ignore[misc, assignment]
    asyncio.run(own(Path(sys.argv[1])))
