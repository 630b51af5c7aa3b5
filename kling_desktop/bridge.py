"""The engine's own thread, as the window sees it: typed commands in, one signal a kind of fact out.

Facts are frozen values, so they travel between threads as they are. Receivers are QObjects of the
GUI thread with `@Slot` methods.
"""

import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, QThread, Signal, SignalInstance

from kling_desktop.domain import facts
from kling_desktop.domain.commands import Submission
from kling_desktop.domain.errors import AppError, ErrorRecord, HomeInUseError, Remedy
from kling_desktop.domain.findings import Stray, StrayAnswer
from kling_desktop.domain.keys import Credential
from kling_desktop.paths import AppPaths
from kling_desktop.text import t

if TYPE_CHECKING:
    import asyncio

    from kling_desktop.assembly import Home

_log = logging.getLogger(__name__)
_LOOP_LIMIT_S = 10.0
STOP_LIMIT_MS = 15_000  # a create on the wire gets ten seconds

Command = Callable[["Home"], Coroutine[Any, Any, None] | None]


def _signal() -> SignalInstance:
    """One frozen fact a signal. Qt's stubs say that a class has `Signal`; its objects do not."""
    return cast(SignalInstance, Signal(object))


class EngineThread(QThread):
    """Runs a Home on a loop of its own. Every command returns at once; answers are signals.

    Commands given before the home is open wait for it. If it cannot be opened, `notice` tells
    why under the subject "home" and `engine_state_changed` says STOPPED; if another window has it
    open, that one comes to the front and `window_elsewhere` says so instead.
    """

    tasks_loaded = _signal()
    task_changed = _signal()
    task_rejected = _signal()
    asset_added = _signal()
    progressed = _signal()
    engine_state_changed = _signal()
    notice = _signal()
    strays_found = _signal()
    account_changed = _signal()
    window_wanted = _signal()
    window_elsewhere = _signal()

    def __init__(
        self, paths: AppPaths, environment: Mapping[str, str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._paths = paths
        self._environment = dict(environment)
        self._runs = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._commands: asyncio.Queue[Command | None]
        self._asides: set[asyncio.Task[None]] = set()
        self._signals = {
            facts.TasksLoaded: self.tasks_loaded,
            facts.TaskChanged: self.task_changed,
            facts.TaskRejected: self.task_rejected,
            facts.AssetAdded: self.asset_added,
            facts.Progressed: self.progressed,
            facts.EngineStateChanged: self.engine_state_changed,
            facts.Notice: self.notice,
            facts.StraysFound: self.strays_found,
            facts.AccountChanged: self.account_changed,
            facts.WindowWanted: self.window_wanted,
            facts.WindowElsewhere: self.window_elsewhere,
        }

    def start(self, priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        """Start; returns when the loop runs, so that every command finds it."""
        super().start(priority)
        if not self._runs.wait(_LOOP_LIMIT_S):
            raise RuntimeError("the engine's loop did not start")

    def stop(self) -> None:
        """End the engine as it wants to end, and wait for it. Nothing is lost if it takes longer:
        what was sent stands on disk."""
        if self.isRunning():
            self._put(None)
            if not self.wait(STOP_LIMIT_MS):
                _log.error("the engine did not stop in time")

    def submit(self, submission: Submission) -> None:
        """Buy once."""
        self._put(lambda home: home.engine.submit(submission))

    def stop_following(self, id: str) -> None:
        """Leave a task to itself."""
        self._put(lambda home: home.engine.stop_following(id))

    def look_again(self, id: str) -> None:
        """Ask the provider now."""
        self._put(lambda home: home.engine.look_again(id))

    def download_again(self, id: str) -> None:
        """Fetch what is missing."""
        self._put(lambda home: home.engine.download_again(id))

    def send_again(self, id: str) -> None:
        """Send once more, by the person's own word."""
        self._put(lambda home: home.engine.send_again(id))

    def link(self, id: str, task_id: str) -> None:
        """Tie a task to what the person saw at the provider."""
        self._put(lambda home: home.engine.link(id, task_id))

    def close_task(self, id: str) -> None:
        """The person says that it was not created."""
        self._put(lambda home: home.engine.close(id))

    def answer_stray(self, stray: Stray, answer: StrayAnswer) -> None:
        """Bring in what was found on an account, or leave it there."""
        self._put(lambda home: home.engine.answer_stray(stray, answer))

    def pause(self) -> None:
        """Send nothing new."""
        self._put(lambda home: home.engine.pause())

    def resume(self) -> None:
        """Go on sending."""
        self._put(lambda home: home.engine.resume())

    def save_key(self, provider: str, credential: Credential, base_url: str | None = None) -> None:
        """Keep a key, for this address if the provider has none of its own."""
        self._put(lambda home: home.save_key(provider, credential, base_url))

    def remove_key(self, provider: str) -> None:
        """Forget a key."""
        self._put(lambda home: home.remove_key(provider))

    def test_key(self, provider: str) -> None:
        """Ask something harmless with a key."""
        self._put(lambda home: home.test_key(provider))

    def ask_accounts(self) -> None:
        """Tell where each key comes from."""
        self._put(lambda home: home.tell_accounts())

    def run(self) -> None:
        """The thread's own work; called by Qt."""
        # A twentieth of a second that the window need not wait for.
        import asyncio

        asyncio.run(self._live())

    # From here on: on the engine's thread.

    async def _live(self) -> None:
        import asyncio

        self._loop = asyncio.get_running_loop()
        self._commands = asyncio.Queue()
        self._runs.set()
        from kling_desktop.assembly import Home  # heavy: not before the window stands

        try:
            home = Home(self._paths, self._environment, self._tell, who="window", has_window=True)
            async with home:
                await home.start()
                while (command := await self._commands.get()) is not None:
                    self._do(command, home)
                for aside in self._asides:
                    aside.cancel()
        except HomeInUseError as problem:
            await self._leave_it_to_the_owner(problem)
        except AppError as problem:
            self._fail(problem.record)
        except Exception as problem:
            _log.exception("the engine broke")
            self._fail(_bug(problem))

    async def _leave_it_to_the_owner(self, problem: HomeInUseError) -> None:
        from kling_desktop.handover.guest import raise_owner

        if await raise_owner(self._paths, waits=True):
            self._tell(facts.WindowElsewhere())
        else:
            self._fail(problem.record)

    def _do(self, command: Command, home: "Home") -> None:
        aside = self._loop.create_task(self._guard(command, home))
        self._asides.add(aside)
        aside.add_done_callback(self._asides.discard)

    async def _guard(self, command: Command, home: "Home") -> None:
        try:
            work = command(home)
            if work is not None:
                await work
        except AppError as problem:
            self._tell(facts.Notice("command", problem.record))
        except Exception as problem:
            _log.exception("a command broke")
            self._tell(facts.Notice("command", _bug(problem)))

    def _tell(self, fact: facts.Fact) -> None:
        self._signals[type(fact)].emit(fact)

    def _fail(self, error: ErrorRecord) -> None:
        self._tell(facts.Notice("home", error))
        self._tell(facts.EngineStateChanged(facts.EngineState.STOPPED))

    def _put(self, command: Command | None) -> None:
        if self.isRunning():
            with suppress(RuntimeError):  # the loop has just ended
                self._loop.call_soon_threadsafe(self._commands.put_nowait, command)


def _bug(problem: Exception) -> ErrorRecord:
    return ErrorRecord(
        t("A mistake in this app"),
        t("The engine stopped with {kind}. Nothing is lost.", kind=type(problem).__name__),
        Remedy.REPORT_BUG,
    )
