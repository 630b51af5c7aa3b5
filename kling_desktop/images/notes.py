"""What a picture file says beside its picture: where, when, with which camera, in which words."""

from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image

from kling_desktop.domain.media import Note

# Keys under which Pillow gives notes; empty ones are none.
_KEYS = frozenset(
    (
        *("xmp", "comment", "photoshop", "metadata", "XML:com.adobe.xmp", "iptc"),
        *("thumbnails", "depth_images", "aux", "Author", "Comment", "Description"),
    )
)
_EXIF_TAGS, _POSITION = 0x8769, 0x8825
# By number, in TIFF's own tags and in those of EXIF (Exif 2.32, 4.6): maker, model, lens and the
# numbers they were sold with; when; who and in which words; XMP, IPTC, Photoshop.
_TAGS: Mapping[int, Note] = MappingProxyType(
    {
        **dict.fromkeys((271, 272, 0xA431, 0xA432, 0xA433, 0xA434, 0xA435, 0xC62F), Note.CAMERA),
        **dict.fromkeys((306, 0x9003, 0x9004), Note.TIME),
        **dict.fromkeys((269, 270, 305, 315, 316, 33432, 0x9286, 0xA430), Note.WORDS),
        **dict.fromkeys((700, 33723, 34377), Note.WORDS),
    }
)


def found(picture: Image.Image) -> tuple[Note, ...]:
    """The kinds of note in an opened file, in the order of `Note`."""
    kinds = {Note.WORDS} if any(picture.info.get(key) for key in _KEYS) else set[Note]()
    try:
        kinds |= _of_exif(picture.getexif())
    except Exception:  # broken notes are notes
        kinds.add(Note.OTHER)
    if picture.info.get("exif") and not kinds:
        kinds.add(Note.OTHER)
    return tuple(note for note in Note if note in kinds)


def _of_exif(tags: Image.Exif) -> set[Note]:
    numbers = {*tags, *tags.get_ifd(_EXIF_TAGS)}
    kinds = {_TAGS[number] for number in numbers if number in _TAGS}
    return kinds | {Note.PLACE} if tags.get_ifd(_POSITION) else kinds
