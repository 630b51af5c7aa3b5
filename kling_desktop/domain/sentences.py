"""Broken rules said for people: one sentence a rule, always with its figure."""

from collections.abc import Callable

from kling_desktop.domain.media import place_name
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.domain.providers import ModelNote
from kling_desktop.text import t, tn

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
        "timeout": t("Time limit"),
        "id": t("Task"),
        "state": t("State"),
        "kind": t("Kind"),
    }
    return names.get(field) or place_name(field)


def sentence(problem: Problem) -> str:
    """The problem in one plain sentence that names the field, the rule and the figure."""
    return _SENTENCES[problem.rule](problem)


def model_sentence(note: ModelNote | None) -> str:
    """What is said about a model, "" where nothing is."""
    if note is None:
        return ""
    if note.retired_on is not None:
        day = note.retired_on.isoformat()
        return t("Others say that it was retired on {day}; the provider decides.", day=day)
    return t("Advised for new work.") if note.is_advised else ""


def _required(p: Problem) -> str:
    if not p.limit:
        return t("{field} is needed.", field=field_name(p.field))
    return t("{field}: at least {limit} is needed.", field=field_name(p.field), limit=p.limit)


def _too_many(p: Problem) -> str:
    return t(
        "{field}: {value} given, at most {limit}.",
        field=field_name(p.field),
        value=p.value,
        limit=p.limit,
    )


def _too_few(p: Problem) -> str:
    return t(
        "{field}: {value} given, at least {limit}.",
        field=field_name(p.field),
        value=p.value,
        limit=p.limit,
    )


def _range(p: Problem) -> str:
    return t(
        "{field} is {value}; it goes from {limit}.",
        field=field_name(p.field),
        value=p.value,
        limit=p.limit,
    )


def _choice(p: Problem) -> str:
    return t(
        "{field} “{value}” is not offered here; choose from {limit}.",
        field=field_name(p.field),
        value=p.value,
        limit=p.limit,
    )


def _length(p: Problem) -> str:
    return tn(
        "{field} is {count} character too long: {value} of at most {limit}.",
        "{field} is {count} characters too long: {value} of at most {limit}.",
        int(p.value) - int(p.limit),
        field=field_name(p.field),
        value=p.value,
        limit=p.limit,
    )


def _not_offered(p: Problem) -> str:
    return t("{provider} has no such field: {field}.", provider=p.limit, field=field_name(p.field))


def _url(p: Problem) -> str:
    return t(
        "{field}: “{value}” is not a web address that starts with http:// or https://.",
        field=field_name(p.field),
        value=p.value,
    )


def _base_url(p: Problem) -> str:
    return t(
        "{field} “{value}” cannot be used: it is https://, host and port, with nothing behind; "
        "http:// only for this computer.",
        field=field_name(p.field),
        value=p.value,
    )


def _external_id(p: Problem) -> str:
    return t(
        "{field} “{value}” cannot be used: it needs a letter, has no spaces, and at most "
        "{limit} characters.",
        field=field_name(p.field),
        value=p.value,
        limit=p.limit,
    )


def _external_id_used(p: Problem) -> str:
    return t(
        "{field} “{value}” was used before for this account; it must be new.",
        field=field_name(p.field),
        value=p.value,
    )


def _format(p: Problem) -> str:
    return t(
        "{field} is {value}; {limit} are accepted.",
        field=field_name(p.field),
        value=p.value,
        limit=p.limit,
    )


def _size(p: Problem) -> str:
    return t(
        "{field} is {value} MB; at most {limit} MB.",
        field=field_name(p.field),
        value=f"{int(p.value) / _MEGABYTE:.1f}",
        limit=f"{int(p.limit) / _MEGABYTE:.0f}",
    )


def _side(p: Problem) -> str:
    return t(
        "{field} is {value} px: at least {limit} px each side.",
        field=field_name(p.field),
        value=p.value.replace("x", "×"),
        limit=p.limit,
    )


def _ratio(p: Problem) -> str:
    return t(
        "{field} has the shape {value}; it must be within {limit}.",
        field=field_name(p.field),
        value=p.value,
        limit=p.limit,
    )


def _missing_file(p: Problem) -> str:
    return t("{field}: there is no such file.", field=field_name(p.field))


def _unreadable(p: Problem) -> str:
    return t("{field}: the file cannot be read.", field=field_name(p.field))


def _not_a_picture(p: Problem) -> str:
    return t("{field} is not a picture.", field=field_name(p.field))


def _damaged(p: Problem) -> str:
    return t("{field} is damaged: it cannot be read to its end.", field=field_name(p.field))


def _pixels(p: Problem) -> str:
    return t("{field} has too many pixels to be opened safely.", field=field_name(p.field))


_SENTENCES: dict[Rule, Callable[[Problem], str]] = {
    Rule.REQUIRED: _required,
    Rule.TOO_MANY: _too_many,
    Rule.TOO_FEW: _too_few,
    Rule.RANGE: _range,
    Rule.CHOICE: _choice,
    Rule.LENGTH: _length,
    Rule.NOT_OFFERED: _not_offered,
    Rule.URL: _url,
    Rule.BASE_URL: _base_url,
    Rule.EXTERNAL_ID: _external_id,
    Rule.EXTERNAL_ID_USED: _external_id_used,
    Rule.FORMAT: _format,
    Rule.SIZE: _size,
    Rule.SIDE: _side,
    Rule.RATIO: _ratio,
    Rule.MISSING_FILE: _missing_file,
    Rule.UNREADABLE: _unreadable,
    Rule.NOT_A_PICTURE: _not_a_picture,
    Rule.DAMAGED: _damaged,
    Rule.PIXELS: _pixels,
}
