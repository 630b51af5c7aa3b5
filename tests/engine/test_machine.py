"""Any order of events keeps the promises of paying once, and each known shortcut breaks them."""

from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from kling_desktop.engine.policy import Policy
from tests.engine import shortcuts
from tests.engine.judge import ViolationError
from tests.engine.machine import PayOnceMachine

_SETTINGS = settings(
    max_examples=40,
    stateful_step_count=20,
    deadline=None,
    database=None,
    derandomize=True,
    print_blob=False,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.large_base_example,
    ],
)
# A shortcut need only be caught; the shortest way to it is of no interest here.
_HUNT = settings(_SETTINGS, max_examples=400, phases=[Phase.generate], report_multiple_bugs=False)


def test_no_order_of_events_pays_twice_or_loses_what_was_paid_for() -> None:
    run_state_machine_as_test(PayOnceMachine, settings=_SETTINGS)


def test_more_orders_of_events(request: pytest.FixtureRequest) -> None:
    """As many seeds as `--seeds` asks for, each with its own stories."""
    for number in range(int(request.config.getoption("--seeds") or 0)):

        @seed(number)
        class Seeded(PayOnceMachine):
            pass

        run_state_machine_as_test(Seeded, settings=settings(_SETTINGS, derandomize=False))


@pytest.mark.parametrize(
    "shortcut",
    [
        shortcuts.NewIdOnTimeout,
        shortcuts.LookUpOnceThenResend,
        shortcuts.ServerErrorMeansFailed,
        shortcuts.ServerErrorMeansResend,
        shortcuts.ExistsMeansFailed,
        shortcuts.RecordAfterTheCall,
    ],
)
def test_a_shortcut_is_caught_by_what_the_provider_made(shortcut: type[Policy]) -> None:
    class Shortened(PayOnceMachine):
        policy = shortcut()
        watches_wire = False
        has_weather = False
        certain = MappingProxyType({"is_unique": False, "can_look_up": True})

    with pytest.raises(ViolationError, match=r"invariant [156]:"):
        run_state_machine_as_test(Shortened, settings=_HUNT)
