"""The reference shelf as a value: pictures with names and tags of one's own, and sets of them."""

from dataclasses import dataclass, replace
from pathlib import PurePath

from kling_desktop.domain.drafts import SLOTS, Draft
from kling_desktop.domain.media import ImageSource, StoredImage

LONGEST_NAME = 80
LONGEST_TAG = 40
MOST_TAGS = 12


@dataclass(frozen=True, slots=True)
class ShelfPicture:
    """A picture that stands on the shelf, once for each content: `id` is its SHA-256.

    `name` is the person's own, "" while there is none. `is_hidden` when it was taken off the
    shelf, so that its use in a task does not bring it back.
    """

    image: StoredImage
    name: str = ""
    tags: tuple[str, ...] = ()
    added_at_ms: int = 0
    is_hidden: bool = False

    @property
    def id(self) -> str:
        """The hash of the picture as it was given."""
        return self.image.original_sha256

    @property
    def title(self) -> str:
        """What people call it: their own name for it, or that of its file."""
        return self.name or PurePath(self.image.name).stem or self.id[:8]

    def matches(self, words: str) -> bool:
        """Whether each of `words` stands in its name, its tags or its file's name."""
        text = " ".join((self.name, self.image.name, *self.tags)).casefold()
        return all(word in text for word in words.casefold().split())


@dataclass(frozen=True, slots=True)
class PictureSet:
    """Pictures for every slot at once, with their edits. `subjects` has a place for each slot."""

    id: str
    name: str
    subjects: tuple[ImageSource | None, ...]
    scene: ImageSource | None = None
    style: ImageSource | None = None
    created_at_ms: int = 0

    def images(self) -> tuple[ImageSource, ...]:
        """Those that are there, in the order of the slots."""
        return tuple(image for image in (*self.subjects, self.scene, self.style) if image)

    def fill(self, draft: Draft) -> Draft:
        """The draft with these pictures in its slots, and no others; its texts stay."""
        subjects = (*self.subjects, *(None,) * SLOTS)[:SLOTS]
        return replace(draft, subjects=subjects, scene=self.scene, style=self.style)

    def matches(self, words: str) -> bool:
        """Whether each of `words` stands in its name."""
        return all(word in self.name.casefold() for word in words.casefold().split())


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything on it, in the order in which it came."""

    pictures: tuple[ShelfPicture, ...] = ()
    sets: tuple[PictureSet, ...] = ()

    def picture(self, id: str) -> ShelfPicture | None:
        """The picture with that content."""
        return next((picture for picture in self.pictures if picture.id == id), None)

    def name_of(self, image: ImageSource | None) -> str:
        """The person's own name for a picture, "" where it has none."""
        found = self.picture(image.original_sha256) if isinstance(image, StoredImage) else None
        return found.name if found is not None else ""

    def tags(self) -> tuple[str, ...]:
        """Every tag in use, the most frequent first."""
        counts: dict[str, int] = {}
        for picture in self.pictures:
            for tag in () if picture.is_hidden else picture.tags:
                counts[tag] = counts.get(tag, 0) + 1
        return tuple(sorted(counts, key=lambda tag: (-counts[tag], tag)))

    def with_picture(self, picture: ShelfPicture) -> "Shelf":
        """The shelf with this one in place of the same content, or as its newest."""
        if self.picture(picture.id) is None:
            return replace(self, pictures=(*self.pictures, picture))
        pictures = (picture if each.id == picture.id else each for each in self.pictures)
        return replace(self, pictures=tuple(pictures))

    def with_set(self, wanted: PictureSet) -> "Shelf":
        """The shelf with this set in place of the one with its id, or as its newest."""
        if not any(each.id == wanted.id for each in self.sets):
            return replace(self, sets=(*self.sets, wanted))
        return replace(self, sets=tuple(wanted if s.id == wanted.id else s for s in self.sets))

    def without_set(self, id: str) -> "Shelf":
        """The shelf without that set; its pictures stay."""
        return replace(self, sets=tuple(each for each in self.sets if each.id != id))


def neat_name(text: str) -> str:
    """A name as it is kept: one line, no blanks around it, of bounded length."""
    return " ".join(_printable(text).split())[:LONGEST_NAME].rstrip()


def neat_tags(text: str) -> tuple[str, ...]:
    """Tags from words between commas: small letters, each once, bounded in number and length."""
    tags = (" ".join(_printable(part).split()).casefold() for part in text.split(","))
    return tuple(dict.fromkeys(tag[:LONGEST_TAG].rstrip() for tag in tags if tag))[:MOST_TAGS]


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
