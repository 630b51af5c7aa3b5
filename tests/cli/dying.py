"""The command line in a process that kills itself at a chosen call to the outside.

`python -m tests.cli.dying PLAN ARGUMENTS...`, where PLAN is JSON: `at` names a call
(`SqliteLedger.begin_attempt`), `nth` which one, `when` is before, during or after it;
`decide_after_s` shortens the patience of the command. The product knows nothing of this.
"""

import inspect
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kling_desktop import assembly
from kling_desktop.__main__ import main
from kling_desktop.cli import commands
from kling_desktop.engine.context import Ports


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Mortal:
    """A port of which one call ends the process."""

    def __init__(self, port: object, plan: dict[str, Any]) -> None:
        self._port = port
        self._plan = plan
        self._calls = 0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._port, name)
        call = f"{type(self._port).__name__}.{name}"
        if call == "KlingProviders.open":
            return self._opening(value)
        return self._mortal(value) if call == self._plan["at"] else value

    def _opening(self, work: Callable[..., Any]) -> Callable[..., Any]:
        async def opened(*args: Any) -> Any:
            return Mortal(await work(*args), self._plan)

        return opened

    def _mortal(self, work: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(work):

            async def later(*args: Any, **kwargs: Any) -> Any:
                args = self._begin(args)
                value = await work(*args, **kwargs)
                self._end()
                return value

            return later

        def now(*args: Any, **kwargs: Any) -> Any:
            args = self._begin(args)
            value = work(*args, **kwargs)
            self._end()
            return value

        return now

    def _begin(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        self._calls += 1
        if self._is_due("before"):
            die()
        if self._is_due("during"):
            return (*args[:-1], self._die_halfway)
        return args

    def _end(self) -> None:
        if self._is_due("after"):
            die()

    def _is_due(self, when: str) -> bool:
        return self._plan["when"] == when and self._calls == self._plan.get("nth", 1)

    @staticmethod
    def _die_halfway(done_bytes: int, total_bytes: int) -> None:
        if done_bytes * 2 >= total_bytes:
            die()


def mortal_ports(plan: dict[str, Any]) -> Callable[..., Ports]:
    def make(**ports: Any) -> Ports:
        made = Ports(**ports)
        names = ("ledger", "media", "inputs", "providers")
        wrapped: dict[str, Any] = {name: Mortal(getattr(made, name), plan) for name in names}
        return replace(made, **wrapped)

    return make


if __name__ == "__main__":
    plan = json.loads(sys.argv[1])
    sys.argv = ["kling-desktop", *sys.argv[2:]]
    if "decide_after_s" in plan:
        commands.DECIDE_AFTER_S = plan["decide_after_s"]
    if "at" in plan:
        assembly.Ports = mortal_ports(plan)  # type: ignore[misc, assignment]
    sys.exit(main())
