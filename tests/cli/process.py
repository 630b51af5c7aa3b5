"""The real command in a real process."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PICTURES = [ROOT / "resources" / "photographs" / name for name in ("vase.jpg", "pear.jpg")]


@dataclass(frozen=True)
class Ended:
    """How a command ended. `lines` are the JSON objects of standard output."""

    code: int
    lines: list[dict[str, Any]]
    said: str

    @property
    def only(self) -> dict[str, Any]:
        (line,) = self.lines
        return line


@dataclass(frozen=True)
class Command:
    """kling-desktop on one home, with what its environment holds."""

    home: Path
    environment: dict[str, str]

    def __call__(self, *arguments: object, plan: dict[str, Any] | None = None) -> Ended:
        process = self.begin(*arguments, plan=plan)
        out, err = process.communicate(timeout=100)
        lines = [json.loads(line) for line in out.splitlines()]
        return Ended(process.returncode, lines, err)

    def begin(
        self, *arguments: object, plan: dict[str, Any] | None = None
    ) -> "subprocess.Popen[str]":
        module = ["kling_desktop"] if plan is None else ["tests.cli.dying", json.dumps(plan)]
        words = [str(word) for word in arguments]
        return subprocess.Popen(
            [sys.executable, "-m", *module, "--home", str(self.home), *words],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
