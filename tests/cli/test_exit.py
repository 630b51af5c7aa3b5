"""One code for several tasks."""

import itertools

from kling_desktop.cli.exits import Exit, combined


def test_the_gravest_of_several_tasks_is_the_exit_code() -> None:
    order = [Exit.STORAGE, Exit.OUTSTANDING, Exit.REFUSED, Exit.NOT_SENT, Exit.DONE]
    for first, second in itertools.combinations(order, 2):
        assert combined([second, first]) is first
    assert combined([]) is Exit.DONE
