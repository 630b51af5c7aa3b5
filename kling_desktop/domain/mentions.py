"""Where a prompt speaks of the pictures in the form: "subject 2", "picture 1", "scene", "style".

For the person's eye alone: providers are sent plain text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kling_desktop.domain.drafts import SLOTS, Draft
from kling_desktop.domain.media import place_name
from kling_desktop.domain.providers import TaskKind


@dataclass(frozen=True, slots=True)
class Mention:
    """`place` is that of the form (`subjects[1]`); start and end are code points of the prompt."""

    start: int
    end: int
    place: str


def word_for(place: str, kind: TaskKind) -> str:
    """What is written into the prompt for a picture: "subject 2"; "picture 2" for a video."""
    field = place.replace("subjects", "images") if kind is TaskKind.VIDEO else place
    return place_name(field).lower()


def mentions(draft: Draft) -> tuple[Mention, ...]:
    """Every place that the prompt speaks of, in its order.

    Scene and style are common words: they count while there is such a picture.
    """
    return tuple(sorted(_mentions(draft), key=lambda mention: mention.start))


def _mentions(draft: Draft) -> Iterator[Mention]:
    for number in range(SLOTS):
        place = f"subjects[{number}]"
        # Both words, whatever is made: a prompt may have been written for the other kind.
        for kind in TaskKind:
            yield from _found(draft.prompt, word_for(place, kind), place)
    if draft.kind is TaskKind.IMAGE:
        for place in ("scene", "style"):
            if draft.image(place) is not None:
                yield from _found(draft.prompt, word_for(place, draft.kind), place)


def _found(prompt: str, word: str, place: str) -> Iterator[Mention]:
    for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", prompt, re.IGNORECASE):
        yield Mention(match.start(), match.end(), place)


def unmentioned(draft: Draft) -> tuple[str, ...]:
    """Subjects that the prompt leaves out while it speaks of others by number."""
    spoken_of = {mention.place for mention in mentions(draft)}
    if not any(place.startswith("subjects") for place in spoken_of):
        return ()
    return tuple(place for place in draft.places() if place not in spoken_of)


def without_picture(draft: Draft) -> tuple[str, ...]:
    """Subjects that the prompt speaks of though their slot is empty."""
    spoken_of = dict.fromkeys(mention.place for mention in mentions(draft))
    return tuple(place for place in spoken_of if draft.image(place) is None)
