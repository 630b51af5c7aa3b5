"""Which undecided tasks stand behind one row of the list. No Qt."""

from collections.abc import Iterable

from kling_desktop.domain.decisions import (
    DecisionGroup,
    GroupKey,
    in_order,
    is_undecided,
    key_of,
)
from kling_desktop.domain.tasks import Task


class Groups:
    """The undecided tasks by account. Two or more have one row: that of the oldest, their lead.

    A group that is parted shows each of its tasks, to be decided one by one.
    """

    def __init__(self) -> None:
        self._members: dict[GroupKey, dict[str, Task]] = {}
        self._keys: dict[str, GroupKey] = {}
        self._parted: set[GroupKey] = set()
        self._made: dict[GroupKey, DecisionGroup] = {}

    def reset(self, tasks: Iterable[Task]) -> None:
        """Take in exactly these."""
        self._members.clear()
        self._keys.clear()
        self._parted.clear()
        self._made.clear()
        for task in tasks:
            if is_undecided(task):
                self._enter(task)

    def take(self, task: Task) -> set[str]:
        """Take in a task's newer state: the tasks whose rows may come, go or change with it."""
        keys = {key for key in (self._keys.get(task.id), key_of(task)) if key is not None}
        before = self._shown(keys)
        self._leave(task.id)
        if is_undecided(task):
            self._enter(task)
        for key in keys:
            if len(self._members.get(key, ())) < 2:
                self._parted.discard(key)
        return before | self._shown(keys) | {task.id}

    def part(self, key: GroupKey, *, is_parted: bool) -> set[str]:
        """Show each task of a group, or one row for all: the tasks whose rows come or go."""
        before = self._shown({key})
        if is_parted:
            self._parted.add(key)
        else:
            self._parted.discard(key)
        return before | self._shown({key})

    def group(self, key: GroupKey) -> DecisionGroup | None:
        """Every undecided task of an account, parted or not."""
        members = self._members.get(key)
        if members and key not in self._made:
            self._made[key] = DecisionGroup(key, in_order(members.values()))
        return self._made.get(key)

    def led_by(self, id: str) -> DecisionGroup | None:
        """The group whose one row is that of this task."""
        group = self._whole(self._keys.get(id))
        return group if group is not None and group.tasks[0].id == id else None

    def is_hidden(self, id: str) -> bool:
        """Whether another task's row stands for this one."""
        group = self._whole(self._keys.get(id))
        return group is not None and group.tasks[0].id != id

    def count(self) -> int:
        """How many tasks are undecided."""
        return len(self._keys)

    def _whole(self, key: GroupKey | None) -> DecisionGroup | None:
        """The group, where one row stands for two or more."""
        if key is None or key in self._parted or len(self._members[key]) < 2:
            return None
        return self.group(key)

    def _shown(self, keys: Iterable[GroupKey]) -> set[str]:
        shown: set[str] = set()
        for key in keys:
            group = self._whole(key) if key in self._members else None
            shown |= {group.tasks[0].id} if group else set(self._members.get(key, ()))
        return shown

    def _enter(self, task: Task) -> None:
        key = self._keys[task.id] = key_of(task)
        self._members.setdefault(key, {})[task.id] = task
        self._made.pop(key, None)

    def _leave(self, id: str) -> None:
        key = self._keys.pop(id, None)
        if key is not None:
            del self._members[key][id]
            self._made.pop(key, None)
            if not self._members[key]:
                del self._members[key]
