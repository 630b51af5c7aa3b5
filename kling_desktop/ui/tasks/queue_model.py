"""The tasks as rows: a copy for display of what the ledger says, under headings by section."""

import bisect
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from kling_desktop.domain.decisions import DecisionGroup, GroupKey
from kling_desktop.domain.facts import EngineState, Progressed
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.domain.tasks import Task
from kling_desktop.ui.tasks import money_words, time_words
from kling_desktop.ui.tasks.groups import Groups
from kling_desktop.ui.tasks.task_rows import row_of
from kling_desktop.ui.tasks.task_words import (
    Section,
    Situation,
    TaskRow,
    journey_words,
    section_name,
    section_of,
)

Index = QModelIndex | QPersistentModelIndex

# What ended long ago is in the library; the list stays quick whatever the ledger holds.
EARLIER_SHOWN = 100


class QueueRole(IntEnum):
    """What the delegate asks for: a heading, or a task and its row."""

    HEADING = Qt.ItemDataRole.UserRole + 1
    TASK = Qt.ItemDataRole.UserRole + 2
    ROW = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True, slots=True)
class Heading:
    """The line above a section."""

    section: Section
    count: int


class QueueModel(QAbstractListModel):
    """Headings and tasks in the order in which they are shown.

    Undecided tasks of one account share a row: that of the oldest, which speaks for all of them.
    `now_ms` is the clock of this computer. Facts come in by `reset`, `apply`, `progress` and
    `set_engine_state`; `tick` says that time has passed.
    """

    def __init__(
        self,
        profiles: Mapping[str, ProviderProfile],
        parent: QObject | None = None,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        super().__init__(parent)
        self._profiles = profiles
        self._now_ms = now_ms
        self._tasks: dict[str, Task] = {}
        self._groups = Groups()
        self._sections: dict[Section, list[str]] = {section: [] for section in Section}
        # Sections with a heading, and the count it shows: told apart from the rows themselves, so
        # that a heading changes by a signal of its own and not while rows are on the move.
        self._headed: dict[Section, int] = {}
        self._progress: dict[str, Progressed] = {}
        self._engine = EngineState.RUNNING

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Headings of sections that hold something, and their tasks."""
        if parent.isValid():
            return 0
        return len(self._headed) + sum(map(len, self._sections.values()))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A heading or a task with its row; words for tooltip and screen reader."""
        if not index.isValid():
            return None
        section, id = self._at(index.row())
        if id is None:
            return self._heading_data(Heading(section, self._headed[section]), role)
        if role == QueueRole.TASK:
            return self._tasks[id]
        if role not in _TASK_ROLES:
            return None
        row = self.row_of(self._tasks[id])
        if role == QueueRole.ROW:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (row.title, row.second, row.meta) if part)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return _described(row)
        return row.title

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        is_heading = not index.isValid() or self._at(index.row())[1] is None
        if is_heading:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def tasks(self) -> Iterable[Task]:
        """Every task, those not shown any more included."""
        return self._tasks.values()

    def task(self, id: str) -> Task | None:
        """One task."""
        return self._tasks.get(id)

    def shown(self) -> list[Task]:
        """The tasks in the order of the list."""
        return [self._tasks[id] for ids in self._sections.values() for id in ids]

    def is_shown(self, id: str) -> bool:
        """Whether a task has a row of its own."""
        return self._section(id) is not None

    def profile(self, task: Task) -> ProviderProfile:
        """The provider of a task. Raises KeyError for one this version does not know."""
        return self._profiles[task.provider]

    def row_of(self, task: Task) -> TaskRow:
        """What the row of a task says now."""
        waiting = self._sections[Section.WAITING]
        situation = Situation(
            profile=self.profile(task),
            now_ms=self._now_ms(),
            engine=self._engine,
            progress=self._progress.get(task.id),
            place=1 if waiting[:1] == [task.id] else 0,
            group=self._groups.led_by(task.id),
        )
        return row_of(task, situation)

    def group(self, key: GroupKey) -> DecisionGroup | None:
        """Every task of an account that a person is asked about."""
        return self._groups.group(key)

    def group_of(self, id: str) -> DecisionGroup | None:
        """The group for which the row of this task speaks."""
        return self._groups.led_by(id)

    def part(self, key: GroupKey, *, is_parted: bool = True) -> None:
        """Give each task of a group a row of its own, or all of them one."""
        # Rows come before rows go: the section keeps its heading.
        changed = self._groups.part(key, is_parted=is_parted)
        for id in sorted(changed, key=self._groups.is_hidden):
            self._settle(id)

    def spent_today(self) -> str:
        """The money line."""
        since_ms = time_words.midnight_ms(self._now_ms())
        return money_words.spent_since(self._tasks.values(), self._profiles, since_ms)

    def index_of(self, id: str) -> QModelIndex:
        """Where a task is shown; invalid when it is not."""
        section = self._section(id)
        if section is None:
            return QModelIndex()
        return self.index(self._heading_row(section) + 1 + self._sections[section].index(id))

    def reset(self, tasks: Iterable[Task]) -> None:
        """Show exactly these."""
        self.beginResetModel()
        self._tasks = {task.id: task for task in tasks if task.provider in self._profiles}
        self._progress.clear()
        now_ms = self._now_ms()
        self._sections = {section: [] for section in Section}
        self._groups.reset(self._tasks.values())
        for task in self._tasks.values():
            if not self._groups.is_hidden(task.id):
                self._sections[section_of(task, now_ms)].append(task.id)
        for section, ids in self._sections.items():
            ids.sort(key=lambda id: _key(section, self._tasks[id]))
        del self._sections[Section.EARLIER][EARLIER_SHOWN:]
        self._headed = {section: self._count(section) for section in Section}
        self._headed = {section: count for section, count in self._headed.items() if count}
        self.endResetModel()

    def apply(self, task: Task) -> None:
        """Show the newer state of a task, or a new task."""
        if task.provider not in self._profiles:
            return
        known = self._tasks.get(task.id)
        if known is None or known.state is not task.state:
            self._progress.pop(task.id, None)
        self._tasks[task.id] = task
        changed = self._groups.take(task)
        for id in sorted(changed, key=self._groups.is_hidden):
            self._settle(id)

    def progress(self, progress: Progressed) -> None:
        """Bytes went or came."""
        if progress.id in self._tasks:
            self._progress[progress.id] = progress
            self._changed(progress.id)

    def set_engine_state(self, state: EngineState) -> None:
        """The engine was paused, resumed, lost or found the network."""
        self._engine = state
        for id in self._sections[Section.WAITING]:
            self._changed(id)

    def tick(self) -> bool:
        """Time has passed: rows that show a running time change. Whether any does."""
        ids = [
            id
            for section in (Section.ON_THE_WAY, Section.WAITING)
            for id in self._sections[section]
            if self.row_of(self._tasks[id]).is_ticking
        ]
        for id in ids:
            self._changed(id)
        return bool(ids)

    def _settle(self, id: str) -> None:
        """Show a task where it belongs now, or not."""
        task = self._tasks[id]
        old = self._section(id)
        new = None if self._groups.is_hidden(id) else section_of(task, self._now_ms())
        if old is None and new is not None:
            self._insert(new, task)
        elif old is not None and new is None:
            self._take_out(old, id)
        elif old is not None and new is not None and old is not new:
            self._move(old, new, task)
        elif old is not None:
            self._changed(id)
            self._count_changed(old)

    def _changed(self, id: str) -> None:
        index = self.index_of(id)
        self.dataChanged.emit(index, index, _CHANGING_ROLES)

    def _insert(self, section: Section, task: Task) -> None:
        self._open(section)
        place = self._place(section, task)
        row = self._heading_row(section) + 1 + place
        self.beginInsertRows(QModelIndex(), row, row)
        self._sections[section].insert(place, task.id)
        self.endInsertRows()
        self._count_changed(section)

    def _take_out(self, section: Section, id: str) -> None:
        row = self.index_of(id).row()
        self.beginRemoveRows(QModelIndex(), row, row)
        self._sections[section].remove(id)
        self.endRemoveRows()
        self._close(section)

    def _move(self, old: Section, new: Section, task: Task) -> None:
        self._open(new)
        place = self._place(new, task)
        source = self.index_of(task.id).row()
        target = self._heading_row(new) + 1 + place
        self.beginMoveRows(QModelIndex(), source, source, QModelIndex(), target)
        self._sections[old].remove(task.id)
        self._sections[new].insert(place, task.id)
        self.endMoveRows()
        self._count_changed(new)
        self._close(old)
        self._changed(task.id)

    def _open(self, section: Section) -> None:
        """Give a section its heading before its first task comes."""
        if section not in self._headed:
            row = self._heading_row(section)
            self.beginInsertRows(QModelIndex(), row, row)
            self._headed[section] = 0
            self.endInsertRows()

    def _close(self, section: Section) -> None:
        """Take the heading of a section that holds nothing any more."""
        if self._sections[section]:
            self._count_changed(section)
            return
        row = self._heading_row(section)
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._headed[section]
        self.endRemoveRows()

    def _count_changed(self, section: Section) -> None:
        count = self._count(section)
        if self._headed[section] == count:
            return
        self._headed[section] = count
        index = self.index(self._heading_row(section))
        self.dataChanged.emit(index, index)

    def _count(self, section: Section) -> int:
        is_grouped = section is Section.NEEDS_YOU
        return self._groups.count() if is_grouped else len(self._sections[section])

    def _section(self, id: str) -> Section | None:
        return next((s for s, ids in self._sections.items() if id in ids), None)

    def _heading_row(self, section: Section) -> int:
        before = (s for s in Section if s < section)
        return sum(len(self._sections[s]) + (s in self._headed) for s in before)

    def _place(self, section: Section, task: Task) -> int:
        keys = [_key(section, self._tasks[id]) for id in self._sections[section]]
        return bisect.bisect(keys, _key(section, task))

    def _at(self, row: int) -> tuple[Section, str | None]:
        for section, ids in self._sections.items():
            if section not in self._headed:
                continue
            if row <= len(ids):
                return section, ids[row - 1] if row else None
            row -= len(ids) + 1
        raise IndexError(row)

    def _heading_data(self, heading: Heading, role: int) -> object:
        if role == QueueRole.HEADING:
            return heading
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{section_name(heading.section)}, {heading.count}"
        return None


_TASK_ROLES = {
    QueueRole.ROW,
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
}
_CHANGING_ROLES = [
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
    QueueRole.TASK,
    QueueRole.ROW,
]


def _key(section: Section, task: Task) -> tuple[int, str]:
    """What needs a person or waits: oldest first. What moves or is over: newest first."""
    if section in (Section.NEEDS_YOU, Section.WAITING):
        return task.created_at_ms, task.id
    if section is Section.ON_THE_WAY:
        return -task.created_at_ms, task.id
    return -(task.finished_at_ms or task.updated_at_ms), task.id


def _described(row: TaskRow) -> str:
    journey = journey_words(row.journey) if row.journey else ""
    parts = (row.second, journey, row.meta, row.fact)
    return " ".join(part if part[-1] in ".!?" else f"{part}." for part in parts if part)
