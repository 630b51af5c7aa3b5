"""What a picture file says beside its picture: where, when, with which camera, in which words."""

from PIL import Image

_KEYS = frozenset(
    (
        *("exif", "xmp", "comment", "photoshop", "metadata", "XML:com.adobe.xmp", "iptc"),
        *("thumbnails", "depth_images", "aux", "timestamp"),
    )
)
# TIFF's tags for name, maker, model, software, date, artist, computer, XMP, copyright, IPTC,
# Photoshop, EXIF and position.
_TAGS = frozenset(
    (*(269, 270, 271, 272, 305, 306, 315, 316), *(700, 33432, 33723, 34377, 34665, 34853))
)


def found(picture: Image.Image) -> bool:
    """Whether the opened file holds any."""
    if any(picture.info.get(key) for key in _KEYS):
        return True
    try:
        return not _TAGS.isdisjoint(picture.getexif())
    except Exception:  # broken notes are notes
        return True
