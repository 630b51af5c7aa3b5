"""What is known of providers beyond their documents: proven and disproven traits, and how long
they take. Learnt by looking, kept with the ledger."""

import logging
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import replace

from kling_desktop.domain.errors import StorageError
from kling_desktop.domain.findings import Finding, RouteKey, Trait
from kling_desktop.domain.providers import Evidence, ProviderProfile
from kling_desktop.domain.tasks import Task
from kling_desktop.engine.ports import Clock, Notebook
from kling_desktop.engine.schedule import Expected
from kling_desktop.engine.serial import Threads

_log = logging.getLogger(__name__)
_REMEMBERED = 20
_WORDS_OF_PROFILES = {Trait.LOOKUP: "lookup_by_external_id", Trait.UNIQUENESS: "uniqueness"}

Work = tuple[str, str | None, str, str]
"""Provider, address, kind and model: what a duration is learnt of."""


class Known:
    """Answers at once from memory; what is learnt is written down first."""

    def __init__(self, notebook: Notebook, threads: Threads, clock: Clock) -> None:
        self._notebook = notebook
        self._threads = threads
        self._clock = clock
        self._findings: dict[tuple[RouteKey, Trait], Finding] = {}
        self._took_s: defaultdict[Work, deque[float]] = defaultdict(
            lambda: deque(maxlen=_REMEMBERED)
        )

    async def load(self, tasks: Iterable[Task]) -> None:
        """Take in what earlier runs have learnt. Raises StorageError."""
        findings = await self._threads.in_order(self._notebook.findings)
        self._findings = {(each.route, each.trait): each for each in findings}
        self._took_s.clear()
        for task in tasks:
            self.took(task)

    def evidence(self, route: RouteKey, trait: Trait, profile: ProviderProfile) -> Evidence:
        """What is known of a trait: by looking, else by what the provider documents."""
        found = self._findings.get((route, trait))
        if found is not None:
            return found.evidence
        if trait is Trait.LIST:
            listed = profile.routes.get(route.kind)
            has_list = listed is not None and listed.list_path is not None
            return Evidence.DOCUMENTED if has_list else Evidence.UNKNOWN
        name = _WORDS_OF_PROFILES.get(trait)
        return getattr(profile, name) if name else Evidence.UNKNOWN

    def overlaid(self, route: RouteKey, profile: ProviderProfile) -> ProviderProfile:
        """The provider's entry with what was learnt of this route in place of its documents."""
        return replace(
            profile,
            uniqueness=self.evidence(route, Trait.UNIQUENESS, profile),
            lookup_by_external_id=self.evidence(route, Trait.LOOKUP, profile),
        )

    async def learn(self, route: RouteKey, trait: Trait, evidence: Evidence, words: str) -> None:
        """Keep what was seen, unless the same was known. A full disk costs only the memory."""
        before = self._findings.get((route, trait))
        if before is not None and before.evidence is evidence:
            return
        finding = Finding(route, trait, evidence, self._clock.now_ms(), words)
        self._findings[route, trait] = finding
        _log.info("%s %s: %s %s", route.provider, route.kind, trait, evidence)
        try:
            await self._threads.in_order(self._notebook.keep_finding, finding)
        except StorageError:
            _log.warning("what was learnt of %s is not kept", route.provider)

    def took(self, task: Task) -> None:
        """Learn from how long a finished task took there."""
        if task.took_ms is not None:
            self._took_s[_work(task)].append(task.took_ms / 1000)

    def expected(self, task: Task, profile: ProviderProfile) -> Expected | None:
        """How long such tasks take there: as seen, else as third parties say, else unknown."""
        seen = sorted(self._took_s.get(_work(task), ()))
        if len(seen) >= 3:
            return Expected(seen[len(seen) // 10], seen[(len(seen) * 9) // 10])
        can = profile.capabilities(task.kind)
        return Expected(*can.usual_s) if can and can.usual_s else None


def _work(task: Task) -> Work:
    return task.provider, task.base_url, task.kind.value, task.request.model
