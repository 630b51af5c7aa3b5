"""The universal check catches what it is there for: each shortcut of pay-once 6.8, on the wire."""

import pytest

from kling_desktop.engine.policy import Policy
from tests.engine import shortcuts
from tests.engine.judge import ViolationError
from tests.failures.stand import Stand
from tests.fakes.wire import creates as act
from tests.fakes.wire.book import Uniqueness
from tests.fakes.wire.service import Behaviour

pytestmark = pytest.mark.anyio

BREAKS: list[tuple[type[Policy], Behaviour, int]] = [
    (shortcuts.NewIdOnTimeout, act.both(act.made_later(300), act.reset), 1),
    (shortcuts.LookUpOnceThenResend, act.both(act.made_later(300), act.reset), 1),
    (shortcuts.ServerErrorMeansFailed, act.both(act.made, act.broken_down(503)), 6),
    (shortcuts.ServerErrorMeansResend, act.both(act.made, act.broken_down(503)), 1),
    (shortcuts.ExistsMeansFailed, act.both(act.made, act.refused(1201, 400, "already exists")), 6),
    (shortcuts.RecordAfterTheCall, act.accept, 2),
]


@pytest.mark.parametrize(
    ("policy", "behaviour", "invariant"), BREAKS, ids=[each[0].__name__ for each in BREAKS]
)
async def test_each_shortcut_is_caught(
    stand: Stand, policy: type[Policy], behaviour: Behaviour, invariant: int
) -> None:
    await stand.close()
    stand.policy = policy()
    await stand.open()
    stand.kling.book.uniqueness = Uniqueness.NOWHERE
    stand.kling.script = [behaviour]
    await stand.submit()
    await stand.spend(600)
    with pytest.raises(ViolationError, match=f"invariant {invariant}:"):
        await stand.ends(creations=1)
    stand.is_judged = True
