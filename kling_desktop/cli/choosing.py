"""Which tasks and strays a command line means. Everything wrong with it is said at once."""

import argparse
from collections.abc import Iterable, Mapping, Sequence

from kling_desktop.domain.decisions import in_order, is_undecided, stake
from kling_desktop.domain.findings import Stray
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.domain.tasks import IN_DOUBT, Task, TaskState
from kling_desktop.text import t, tn

# What is still being looked up is not sent again.
_SENT_AGAIN = (TaskState.NEEDS_DECISION, TaskState.REFUSED)


def tasks_to_decide(
    options: argparse.Namespace, tasks: Iterable[Task], problems: list[Problem]
) -> list[Task]:
    """The tasks that `decide` is about: the named ones, or all that a person is asked about."""
    tasks = list(tasks)
    if options.all:
        undecided = in_order(filter(is_undecided, tasks))
        wanted = options.provider
        return [task for task in undecided if wanted is None or task.provider == wanted]
    able = _SENT_AGAIN if options.send_again else IN_DOUBT
    found: dict[str, Task] = {}
    for given in options.ids:
        named = [task for task in tasks if given and task.id.startswith(given)]
        if len(named) != 1:
            problems.append(Problem("id", Rule.CHOICE, t("one of your tasks"), given))
        elif named[0].state not in able:
            state = named[0].state.value
            problems.append(Problem("state", Rule.CHOICE, ", ".join(able), state))
        else:
            found[named[0].id] = named[0]
    return list(found.values())


def stake_words(tasks: Sequence[Task], profiles: Mapping[str, ProviderProfile]) -> str:
    """What sending these again may cost on top."""
    sum_ = stake(tasks, profiles)
    words = tn(
        "Sending {count} task again: it may be charged twice, at most ${sum} more.",
        "Sending {count} tasks again: they may be charged twice, at most ${sum} more.",
        len(tasks),
        sum=f"{sum_.dollars:.2f}",
    )
    if not sum_.unknown:
        return words
    unknown = tn(
        "The price of {count} of them is not known.",
        "The price of {count} of them is not known.",
        sum_.unknown,
    )
    return f"{words} {unknown}"


def named_strays(
    named: Sequence[str], strays: Sequence[Stray], problems: list[Problem]
) -> list[Stray]:
    """The strays with these task ids, or that begin so; all of them when none is named."""
    if not named:
        return list(strays)
    chosen: dict[Stray, None] = {}
    for given in named:
        found = [stray for stray in strays if given and stray.task_id.startswith(given)]
        whole = [stray for stray in found if stray.task_id == given]
        found = whole or found
        if len(found) != 1:
            limit = ", ".join(stray.task_id for stray in strays) or t("none")
            problems.append(Problem("task_id", Rule.CHOICE, limit, given))
        else:
            chosen[found[0]] = None
    return list(chosen)


def row_of(stray: Stray, tasks: Iterable[Task]) -> Task | None:
    """The task that a stray has become."""
    where = (stray.route.provider, stray.route.base_url, stray.task_id)
    rows = (task for task in tasks if (task.provider, task.base_url, task.task_id) == where)
    return next(rows, None)
