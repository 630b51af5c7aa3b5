"""Broken rules said for people: one sentence a rule, always with its figure."""

from collections.abc import Mapping

from kling_desktop.domain.media import NOTHING_SEEN, ImageFacts, Mend, Note, place_name
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.providers import ModelNote
from kling_desktop.text import mark, t, tn

_MEGABYTE = 1024 * 1024


def field_name(field: str) -> str:
    """What people call a field of a request."""
    names = {
        "subjects": t("Subjects"),
        "images": t("Pictures"),
        "prompt": t("Prompt"),
        "negative_prompt": t("Negative prompt"),
        "n": t("Number of pictures"),
        "model": t("Model"),
        "aspect_ratio": t("Aspect ratio"),
        "watermark": t("Watermark"),
        "callback_url": t("Callback URL"),
        "external_task_id": t("External task id"),
        "mode": t("Mode"),
        "duration_s": t("Duration"),
        "provider": t("Provider"),
        "base_url": t("Base URL"),
        "fit": t("Fit"),
        "background": t("Background"),
        "timeout": t("Time limit"),
        "id": t("Task"),
        "state": t("State"),
        "kind": t("Kind"),
    }
    return names.get(field) or place_name(field)


_SENTENCES: Mapping[Rule, str] = {
    Rule.REQUIRED: mark("{field}: at least {limit} is needed."),
    Rule.TOO_MANY: mark("{field}: {value} given, at most {limit}."),
    Rule.TOO_FEW: mark("{field}: {value} given, at least {limit}."),
    Rule.RANGE: mark("{field} is {value}; it goes from {limit}."),
    Rule.CHOICE: mark("{field} “{value}” is not offered here; choose from {limit}."),
    Rule.NOT_OFFERED: mark("{limit} has no such field: {field}."),
    Rule.URL: mark("{field}: “{value}” is not a web address that starts with http:// or https://."),
    Rule.BASE_URL: mark(
        "{field} “{value}” cannot be used: it is https://, host and port, with nothing behind; "
        "http:// only for this computer."
    ),
    Rule.EXTERNAL_ID: mark(
        "{field} “{value}” cannot be used: it needs a letter, has no spaces, and at most "
        "{limit} characters."
    ),
    Rule.EXTERNAL_ID_USED: mark(
        "{field} “{value}” was used before for this account; it must be new."
    ),
    Rule.FORMAT: mark("{field} is {value}; {limit} are accepted."),
    Rule.SIZE: mark("{field} is {value} MB; at most {limit} MB."),
    Rule.SIDE: mark("{field} is {value} px: at least {limit} px each side."),
    Rule.RATIO: mark("{field} has the shape {value}; it must be within {limit}."),
    Rule.MISSING_FILE: mark("{field}: there is no such file."),
    Rule.UNREADABLE: mark("{field}: the file cannot be read."),
    Rule.NOT_A_PICTURE: mark("{field} is not a picture."),
    Rule.DAMAGED: mark("{field} is damaged: it cannot be read to its end."),
    Rule.PIXELS: mark("{field} has too many pixels to be opened safely."),
}


def sentence(problem: Problem) -> str:
    """The problem in one plain sentence that names the field, the rule and the figure."""
    field, limit, value = field_name(problem.field), problem.limit, problem.value
    match problem.rule:
        case Rule.LENGTH:
            return tn(
                "{field} is {count} character too long: {value} of at most {limit}.",
                "{field} is {count} characters too long: {value} of at most {limit}.",
                int(value) - int(limit),
                field=field,
                value=value,
                limit=limit,
            )
        case Rule.REQUIRED if not limit:
            return t("{field} is needed.", field=field)
        case Rule.SIZE:
            limit = f"{int(limit) / _MEGABYTE:.0f}"
            value = f"{int(value) / _MEGABYTE:.1f}"
        case Rule.SIDE:
            value = value.replace("x", "×")
        case _:
            pass
    return t(_SENTENCES[problem.rule], field=field, limit=limit, value=value)


_MENDS: Mapping[Mend, str] = {
    Mend.FIRST_FRAME: mark("first picture of several"),
    Mend.TURNED: mark("turned"),
    Mend.MIRRORED: mark("mirrored"),
    Mend.COLOUR: mark("colours made sRGB"),
    Mend.FLATTENED: mark("transparent parts filled"),
    Mend.CROPPED: mark("cropped"),
    Mend.PADDED: mark("filled up at the edges"),
    Mend.ENLARGED: mark("enlarged"),
    Mend.REDUCED: mark("made smaller"),
    Mend.FORMAT: mark("converted"),
    Mend.RECOMPRESSED: mark("compressed more"),
    Mend.METADATA: mark("notes left out"),
}
_NOTES: Mapping[Note, str] = {
    Note.PLACE: mark("place"),
    Note.CAMERA: mark("camera"),
    Note.TIME: mark("time"),
    Note.WORDS: mark("words"),
    Note.OTHER: mark("other notes"),
}


def mend_words(mend: Mend, facts: ImageFacts = NOTHING_SEEN) -> str:
    """What an upload copy differs by, in a few words that can stand in a list.

    `facts` say it exactly: which notes, which colours, which kind of file.
    """
    if mend is Mend.METADATA and facts.left_out:
        notes = ", ".join(t(_NOTES[note]) for note in facts.left_out)
        return t("left out: {notes}", notes=notes)
    if mend is Mend.COLOUR and facts.profile:
        return t("{profile} made sRGB", profile=facts.profile)
    if mend is Mend.FORMAT and facts.original_format:
        return t("converted from {format}", format=facts.original_format)
    return t(_MENDS[mend])


def model_sentence(note: ModelNote | None) -> str:
    """What is said about a model, "" where nothing is."""
    if note is None:
        return ""
    if note.retired_on is not None:
        day = note.retired_on.isoformat()
        return t("Others say that it was retired on {day}; the provider decides.", day=day)
    return t("Advised for new work.") if note.is_advised else ""
