"""The options, exactly as the README has them. Their values are judged later, all at once."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from kling_desktop.domain.media import NO_EDIT
from kling_desktop.text import t

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction["_Parser"]  # pyright: ignore[reportPrivateUsage]


class UsageError(Exception):
    """The command line itself was not understood."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options as typed. Raises UsageError; `--help` ends the process with 0."""
    options = _parser().parse_args(arguments)
    wants_change = vars(options).get("fit") or vars(options).get("enlarge")
    if wants_change and options.no_repair:
        raise UsageError(t("--no-repair does not go with --fit and --enlarge"))
    return options


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="kling-desktop",
        description=t("Pictures and videos from your own reference images with Kling."),
        allow_abbrev=False,
    )
    parser.add_argument(
        "--home", type=Path, metavar="DIR", help=t("keep config, data, cache, logs, library here")
    )
    parser.set_defaults(command="window", json=False)
    commands = parser.add_subparsers(
        title=t("commands"),
        description=t("Without a command the window opens."),
        parser_class=_Parser,
        metavar="COMMAND",
    )
    _add_image(commands)
    _add_video(commands)
    resume = _command(commands, "resume", t("go on with everything outstanding"))
    _add_timeout(resume)
    _command(commands, "tasks", t("list all tasks"))
    library = _command(commands, "library", t("list the results in the library"))
    library.add_argument("--search", default="", metavar="T", help=t("words of prompt, model, id"))
    library.add_argument(
        "--accept", action="store_true", help=t("take the library and the tasks as they are now")
    )
    _command(commands, "providers", t("list the providers and what they offer"))
    _add_decide(commands)
    sandbox = _command(commands, "sandbox", t("run the free sandbox alone"))
    sandbox.add_argument("--port", type=int, default=0, metavar="N")
    _add_reading(sandbox)
    _add_tour(commands)
    return parser


def _command(commands: "Commands", name: str, help: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help, description=help, allow_abbrev=False)
    parser.set_defaults(command=name)
    parser.add_argument("--json", action="store_true", help=t("JSON Lines on standard output"))
    return parser


def _add_image(commands: "Commands") -> None:
    image = _command(commands, "image", t("make pictures from 1 to 4 subjects"))
    _add_pictures(image, "--subject")
    image.add_argument("--scene", metavar="X")
    image.add_argument("--style", metavar="X")
    image.add_argument("--n", default="1", metavar="N", help=t("number of pictures, 1 to 9"))
    _add_shared(image)


def _add_video(commands: "Commands") -> None:
    video = _command(commands, "video", t("make a video from 1 to 4 pictures"))
    _add_pictures(video, "--image")
    video.add_argument("--mode", default="std", metavar="std|pro")
    video.add_argument("--duration", default="5", metavar="5|10", help=t("seconds"))
    _add_shared(video)


def _add_reading(sandbox: argparse.ArgumentParser) -> None:
    sandbox.add_argument(
        "--strict", action="store_true", help=t("refuse what the provider documents do not have")
    )
    sandbox.add_argument(
        "--as",
        type=_document,
        dest="document",
        metavar="P",
        help=t("stand for one provider: its routes alone, and what it demands"),
    )


def _document(name: str) -> str:
    from kling_desktop.sandbox import DOCUMENT_NAMES  # not needed to open the window

    if name not in DOCUMENT_NAMES:
        raise argparse.ArgumentTypeError(t("one of {names}", names=", ".join(DOCUMENT_NAMES)))
    return name


def _add_pictures(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument(
        name,
        action="extend",
        nargs="+",
        default=[],
        dest="pictures",
        metavar="X",
        help=t("a file or a web address; may be repeated"),
    )


def _add_shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--provider", metavar="P", help=t("see the command “providers”"))
    parser.add_argument("--prompt", default="", metavar="T")
    parser.add_argument("--negative-prompt", default="", metavar="T")
    parser.add_argument("--model", metavar="M")
    parser.add_argument("--aspect-ratio", metavar="R")
    parser.add_argument("--watermark", action="store_true", help=t("also save a marked copy"))
    parser.add_argument("--callback-url", metavar="U")
    parser.add_argument("--external-task-id", metavar="ID", help=t("your own id, never used yet"))
    parser.add_argument("--base-url", metavar="U", help=t("scheme, host and port"))
    _add_mending(parser)
    parser.add_argument("--no-repair", action="store_true", help=t("send pictures as they are"))
    parser.add_argument("--no-wait", action="store_true", help=t("end once it is accepted"))
    _add_timeout(parser)


def _add_mending(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fit", metavar="crop|pad", help=t("cut or fill up pictures that are too long")
    )
    parser.add_argument("--enlarge", action="store_true", help=t("enlarge pictures too small"))
    parser.add_argument(
        "--background",
        default=NO_EDIT.background,
        metavar="#RRGGBB",
        help=t("what fills transparent parts and edges; white if not given"),
    )


def _add_timeout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--timeout", metavar="S", help=t("stop waiting after so many seconds"))


def _add_decide(commands: "Commands") -> None:
    decide = _command(commands, "decide", t("say what to do with an unclear task"))
    decide.add_argument("id", metavar="ID", help=t("the task, or the beginning of its id"))
    choice = decide.add_mutually_exclusive_group(required=True)
    choice.add_argument("--keep-looking", action="store_true", help=t("look closely again"))
    choice.add_argument("--link", metavar="TASK_ID", help=t("it is this task at the provider"))
    choice.add_argument("--close", action="store_true", help=t("it was probably not created"))
    choice.add_argument(
        "--send-again", action="store_true", help=t("send it again; it may be charged twice")
    )
    _add_timeout(decide)


def _add_tour(commands: "Commands") -> None:
    tour = _command(commands, "tour", t("drive the window through the main job, with pictures"))
    tour.add_argument("--out", type=Path, required=True, metavar="DIR")
    tour.add_argument("--scale", type=float, default=1.0, metavar="S")
    tour.add_argument("--text", type=float, default=1.0, metavar="S", help=t("size of the text"))
    tour.add_argument("--theme", choices=["light", "dark"], default="light")
