"""Broken rules as values: which field, which rule, what limit, what was given."""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """The rules a request can break before anything is sent."""

    REQUIRED = "required"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    RANGE = "range"
    CHOICE = "choice"
    LENGTH = "length"
    NOT_OFFERED = "not_offered"
    URL = "url"
    BASE_URL = "base_url"
    EXTERNAL_ID = "external_id"
    EXTERNAL_ID_USED = "external_id_used"
    FORMAT = "format"
    SIZE = "size_bytes"
    SIDE = "side_px"
    RATIO = "ratio"
    MISSING_FILE = "missing_file"
    UNREADABLE = "unreadable"
    NOT_A_PICTURE = "not_a_picture"
    DAMAGED = "damaged"
    PIXELS = "pixels"


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule. `field` is the request's attribute (`subjects[2]` for one of a list).

    `limit` and `value` are plain figures or words, for programs; `sentence` in
    `domain/sentences.py` says it for people.
    """

    field: str
    rule: Rule
    limit: str
    value: str
