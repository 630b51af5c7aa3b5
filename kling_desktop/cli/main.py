"""From a command line to an exit code. Nothing heavy is imported before it is needed."""

import argparse
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kling_desktop.cli.arguments import UsageError, parse
from kling_desktop.cli.exits import Exit
from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy, StorageError
from kling_desktop.domain.prompt_text import taken_out_words
from kling_desktop.paths import AppPaths, app_paths
from kling_desktop.resources import resource
from kling_desktop.settings import load_settings
from kling_desktop.text import t, use_language
from kling_desktop.tour_wish import TourWish

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways into the window, which the command line itself knows nothing about."""

    window: Callable[[AppPaths, Mapping[str, str]], int]
    tour: Callable[[AppPaths | None, TourWish], int]


def run(arguments: Sequence[str], environment: Mapping[str, str], doors: Doors) -> int:
    """Do what `arguments` say; the exit code."""
    _speak()
    try:
        options = parse(arguments)
    except UsageError as problem:
        return _misunderstood(str(problem), is_json="--json" in arguments)
    if options.command == "tour":
        paths = app_paths(options.home) if options.home else None
        wish = TourWish(options.out, options.scale, options.text, options.theme)
        return doors.tour(paths, wish)
    paths = app_paths(options.home)
    if options.command == "window":
        return doors.window(paths, environment)
    from kling_desktop.logs import start_logging

    start_logging(paths.logs)
    return _scripted(options, paths, environment)


def _scripted(options: argparse.Namespace, paths: AppPaths, environment: Mapping[str, str]) -> int:
    from kling_desktop.cli.output import refused_values, voice

    speaker = voice(is_json=options.json)
    try:
        return _command(options, paths, environment)
    except AppError as problem:
        if options.json:
            provider = getattr(options, "provider", None)
            address = getattr(options, "base_url", None)
            kind = options.command if options.command in ("image", "video") else None
            speaker.print(refused_values(kind, provider, address, (), problem.record))
        speaker.error(problem.record)
        return Exit.STORAGE if isinstance(problem, StorageError) else Exit.NOT_SENT
    except KeyboardInterrupt:
        return Exit.OUTSTANDING
    except BrokenPipeError:
        return Exit.DONE
    except Exception as problem:
        _log.exception("a command broke")
        speaker.tell(t("A mistake in this app: {kind}. See the log.", kind=type(problem).__name__))
        return Exit.BUG


def _command(options: argparse.Namespace, paths: AppPaths, environment: Mapping[str, str]) -> int:
    from kling_desktop.cli import listing
    from kling_desktop.cli.output import voice

    speaker = voice(is_json=options.json)
    match options.command:
        case "tasks":
            return listing.list_tasks(paths, speaker)
        case "library" if options.accept:
            from kling_desktop.cli.commands import accept

            return _finish(accept(paths, environment, speaker))
        case "library":
            return listing.list_library(paths, options.search, speaker)
        case "found" if options.take is None and options.leave is None:
            return listing.list_found(paths, speaker)
        case "providers":
            return listing.list_providers(paths, environment, speaker)
        case "sandbox":
            return listing.serve_sandbox(
                paths, options.port, document=options.document, strict=options.strict
            )
        case _:
            return _session(options, paths, environment)


def _session(options: argparse.Namespace, paths: AppPaths, environment: Mapping[str, str]) -> int:
    from kling_desktop.cli.commands import Session, refuse_wish
    from kling_desktop.cli.output import voice
    from kling_desktop.cli.wishes import wish
    from kling_desktop.kling.provider_file import load_profiles

    speaker = voice(is_json=options.json)
    session = Session(options, paths, environment, speaker)
    if options.command == "resume":
        return _finish(session.resume())
    if options.command == "decide":
        return _finish(session.decide())
    if options.command == "found":
        is_taken = options.take is not None
        return _finish(session.take(options.take) if is_taken else session.leave(options.leave))
    settings = load_settings(paths.settings).settings
    profiles = load_profiles(paths.providers).profiles
    wanted = wish(options, settings.provider, profiles, settings.custom_base_url or None)
    if wanted.submission is None:
        return refuse_wish(options, wanted, speaker)
    if wanted.taken_out:
        speaker.tell(taken_out_words(wanted.taken_out))
    return _finish(session.generate(wanted))


def _finish(work: Coroutine[Any, Any, int]) -> int:
    import asyncio

    return asyncio.run(work)


def _speak() -> None:
    try:
        use_language(resource("translations"))
    except FileNotFoundError:
        _log.warning("no translations in this installation")


def _misunderstood(message: str, *, is_json: bool) -> int:
    from kling_desktop.cli.output import usage_values, voice

    error = ErrorRecord(
        t("The command was not understood"),
        t("{message}. Nothing was sent. “--help” shows the options.", message=message),
        Remedy.EDIT_REQUEST,
    )
    speaker = voice(is_json=is_json)
    if is_json:
        speaker.print(usage_values(message, error))
    speaker.error(error)
    return Exit.NOT_SENT
