"""What a slot says of the picture in it: state, two words, the rule with its figure."""

from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

from kling_desktop.domain.media import (
    FileImage,
    ImageFacts,
    ImageSource,
    Mend,
    StoredImage,
    UrlImage,
    place_name,
)
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.sentences import mend_words, sentence
from kling_desktop.text import t
from kling_desktop.ui.compose.crop.cut import ratio_words

_MEGABYTE = 1024 * 1024


class SlotState(Enum):
    """The looks of a slot that does not have something dragged over it."""

    EMPTY = auto()
    CHECKING = auto()
    READY = auto()
    CHANGED = auto()
    REFUSED = auto()
    ADDRESS = auto()
    NOT_SENT = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a slot shows. `title` and `rule` stand on the picture, `words` and `figure` below it.

    `sent_figure` replaces the figure while the slot is pointed at or focused. `sentence` is all
    of it in one, for screen readers and the tooltip.
    """

    state: SlotState
    words: str = ""
    icon: str = ""
    figure: str = ""
    sent_figure: str = ""
    title: str = ""
    rule: str = ""
    sentence: str = ""


def verdict(
    place: str,
    image: ImageSource | None,
    facts: ImageFacts | None,
    problem: Problem | None,
    withheld_reason: str,
) -> Verdict:
    """The verdict on one slot. `facts` None means that nobody has looked yet."""
    if image is None:
        optional = t("Optional") if place in ("scene", "style") else ""
        return Verdict(SlotState.EMPTY, words=optional, sentence=t("Empty"))
    if withheld_reason:
        return Verdict(
            SlotState.NOT_SENT,
            words=t("Not sent"),
            icon="stop",
            title=t("Kept, not sent"),
            rule=withheld_reason,
            sentence=t("Kept, not sent. {reason}", reason=withheld_reason),
        )
    if problem is not None:
        return _refused(problem, facts)
    if isinstance(image, UrlImage):
        return _address(image)
    if facts is None:
        return Verdict(
            SlotState.CHECKING,
            t("Checking"),
            "checking",
            sentence=t("The picture is being checked."),
        )
    if facts.is_ready(image.edit):
        return _ready(image, facts)
    return _changed(image, facts)


def _ready(image: FileImage | StoredImage, facts: ImageFacts) -> Verdict:
    size, sent = _figures(facts)
    name = _name(image)
    if facts.mends:
        said = t(
            "Ready. {changes}. {name}, {size}, {sent}.",
            changes=changes(facts),
            name=name,
            size=size,
            sent=sent,
        )
    else:
        said = t("Ready. {name}, {size}, {sent}.", name=name, size=size, sent=sent)
    return Verdict(
        SlotState.READY,
        t("Ready"),
        "check",
        figure=size,
        sent_figure=sent,
        sentence=said,
    )


def _changed(image: FileImage | StoredImage, facts: ImageFacts) -> Verdict:
    size, sent = _figures(facts)
    return Verdict(
        SlotState.CHANGED,
        _most_seen(facts),
        "pencil",
        figure=size,
        sent_figure=sent,
        sentence=t(
            "{changes}. {name}, {size}, {sent}.",
            changes=changes(facts),
            name=_name(image),
            size=size,
            sent=sent,
        ),
    )


def _figures(facts: ImageFacts) -> tuple[str, str]:
    size = t("{width} × {height}", width=facts.width, height=facts.height)
    return size, f"{size_words(facts.size_bytes)} {facts.format}"


def _name(image: FileImage | StoredImage) -> str:
    return image.path.name if isinstance(image, FileImage) else image.name


def changes(facts: ImageFacts) -> str:
    """What the copy differs by, in one line: "Converted from HEIC, turned"."""
    mends = sorted(facts.mends, key=lambda mend: mend is not Mend.FORMAT)
    line = ", ".join(mend_words(mend, facts) for mend in mends)
    return line[:1].upper() + line[1:]


def _most_seen(facts: ImageFacts) -> str:
    """The one change that a person would notice first."""
    words = {
        Mend.CROPPED: t("Cropped"),
        Mend.PADDED: t("Filled up"),
        Mend.ENLARGED: t("Enlarged"),
        Mend.REDUCED: t("Made smaller"),
        Mend.FIRST_FRAME: t("First picture"),
        Mend.FLATTENED: t("Filled in"),
        Mend.MIRRORED: t("Mirrored"),
        Mend.FORMAT: t("Converted"),
        Mend.TURNED: t("Turned"),
        Mend.RECOMPRESSED: t("Compressed"),
    }
    return next((word for mend, word in words.items() if mend in facts.mends), t("Adjusted"))


def _address(image: UrlImage) -> Verdict:
    host = urlsplit(image.url).hostname or image.url
    return Verdict(
        SlotState.ADDRESS,
        t("Not checked"),
        "link",
        title=host,
        rule=t("The provider fetches it itself"),
        sentence=t("Web address at {host}. The provider fetches it; not checked here.", host=host),
    )


def _refused(problem: Problem, facts: ImageFacts | None) -> Verdict:
    words, title = faults(problem)
    figure = ""
    if facts is not None and facts.width and problem.rule is not Rule.SIDE:
        figure = t("{width} × {height}", width=facts.width, height=facts.height)
    return Verdict(
        SlotState.REFUSED,
        words,
        "failed",
        figure=figure,
        title=title,
        rule=_shape_rule(problem, facts) if problem.rule is Rule.RATIO else _rule(problem),
        sentence=sentence(problem),
    )


def _rule(problem: Problem) -> str:
    value, limit = problem.value, problem.limit
    if problem.rule is Rule.SIDE:
        size = value.replace("x", "×")
        return t("{size} px: at least {limit} px each side", size=size, limit=limit)
    if problem.rule is Rule.SIZE:
        value, limit = size_words(int(value)), size_words(int(limit))
        return t("{size}: at most {limit}", size=value, limit=limit)
    if problem.rule is Rule.FORMAT:
        return t("{format}: only {limit}", format=value, limit=limit)
    return _plain_rule(problem)


def _shape_rule(problem: Problem, facts: ImageFacts | None) -> str:
    """`3:1: at most 2.5:1`, or the other way round for a tall one."""
    shape = problem.value.replace(".00:", ":")
    if facts is not None and facts.width and facts.height:
        shape = ratio_words(facts.width, facts.height)
    narrow, _, wide = problem.limit.partition(" to ")
    limit = narrow if _is_tall(problem) else wide
    return t("{shape}: at most {limit}", shape=shape, limit=limit)


def _is_tall(problem: Problem) -> bool:
    return problem.rule is Rule.RATIO and problem.value.startswith("0")


def faults(problem: Problem) -> tuple[str, str]:
    """Two words below the picture, and a title on it."""
    shape = (
        (t("Too tall"), t("Too tall to send"))
        if _is_tall(problem)
        else (t("Too wide"), t("Too wide to send"))
    )
    return {
        Rule.SIDE: (t("Too small"), t("Too small to send")),
        Rule.SIZE: (t("Too large"), t("Too large to send")),
        Rule.RATIO: shape,
        Rule.FORMAT: (t("Wrong kind"), t("Kind not accepted")),
        Rule.MISSING_FILE: (t("Missing"), t("File not found")),
        Rule.UNREADABLE: (t("Locked"), t("Cannot be read")),
        Rule.NOT_A_PICTURE: (t("No picture"), t("Not a picture")),
        Rule.DAMAGED: (t("Damaged"), t("Damaged file")),
        Rule.PIXELS: (t("Too large"), t("Too large to open")),
        Rule.URL: (t("Bad address"), t("Not a web address")),
        Rule.CHANGED: (t("Changed"), t("The file has changed")),
    }.get(problem.rule, (t("Refused"), t("Cannot be sent")))


def _plain_rule(problem: Problem) -> str:
    """What helps where the rule has no figure."""
    return {
        Rule.MISSING_FILE: t("It was moved, renamed or deleted"),
        Rule.UNREADABLE: t("The app may not read this file"),
        Rule.NOT_A_PICTURE: t("Choose a JPEG or PNG file"),
        Rule.DAMAGED: t("It cannot be read to its end"),
        Rule.PIXELS: t("More pixels than can be opened safely"),
        Rule.URL: t("It starts with http:// or https://"),
        Rule.CHANGED: t("This is how it looks now"),
    }.get(problem.rule, sentence(problem))


def size_words(size_bytes: int) -> str:
    """`840 KB` or `1.2 MB`."""
    if size_bytes < _MEGABYTE:
        return t("{figure} KB", figure=max(1, round(size_bytes / 1024)))
    return t("{figure} MB", figure=f"{size_bytes / _MEGABYTE:.1f}")


def slot_name(place: str, *, is_video: bool) -> str:
    """What people call a slot: "Subject 2", "Picture 2" of a video, "Scene"."""
    return place_name(place.replace("subjects", "images") if is_video else place)
