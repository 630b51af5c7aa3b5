"""What is being dropped or pasted: files, folders, addresses, pixels. Judged by name alone."""

from dataclasses import dataclass
from json import dumps, loads
from pathlib import Path

from PySide6.QtCore import QMimeData, QMimeDatabase, QMimeType, QUrl

from kling_desktop.domain.media import FileImage, ImageSource, StoredImage, UrlImage
from kling_desktop.domain.recipes import image_from_json, image_to_json
from kling_desktop.domain.requests import is_web_address
from kling_desktop.domain.web_addresses import why_not_passed_on
from kling_desktop.library.names import input_name
from kling_desktop.text import t

SLOT_MIME = "application/x-kling-desktop-slot"
SHELF_MIME = "application/x-kling-desktop-picture"
ENCODED_PIXELS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
MOST_OFFERS = 500
_LONGEST_HTML = 1_000_000
_SHORTCUTS = (".lnk", ".url", ".desktop", ".webloc")


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that is offered, by what it is: one of `image` (a kept picture), `path`, `address`,
    `data` (a `data:` URL) or pixels when `is_pixels`; a `refusal` in few words for anything else.

    `name` is what people call it. What lies at `path` nobody has looked at: its name may come with
    a refusal, and `is_folder` is what the name suggests.
    """

    name: str = ""
    refusal: str = ""
    image: StoredImage | None = None
    path: Path | None = None
    is_folder: bool = False
    address: str = ""
    data: str = ""
    is_pixels: bool = False

    @property
    def is_at_hand(self) -> bool:
        """Whether no disk has to be asked about it."""
        return self.image is not None or (bool(self.refusal) and self.path is None)

    @property
    def picture(self) -> ImageSource | None:
        """What is a picture by its name, None for anything else."""
        if self.path is None:
            return self.image
        is_one = not self.refusal and is_picture_name(self.path.name)
        return FileImage(self.path) if is_one else None


def offers(mime: QMimeData, most: int = MOST_OFFERS) -> tuple[Offer, ...]:
    """Everything a drag or the clipboard holds, in its order, but no more than `most`.

    Empty when it is not for us. Names alone are judged, so that a drag over a slow disk stays
    smooth; the look at the bytes follows the drop.
    """
    if mime.hasFormat(SLOT_MIME):
        return ()
    if stored := _carried(mime):
        return (stored,)
    urls = mime.urls()[:most]
    if any(url.isLocalFile() for url in urls):
        return tuple(_of_url(url) for url in urls)
    # A browser gives pixels and an address: the pixels are what the person saw.
    if mime.hasImage() or ENCODED_PIXELS.keys() & set(mime.formats()):
        return (Offer(t("The picture"), is_pixels=True),)
    if pictured := _pictured(mime):
        return (of_address(pictured),)
    if urls:
        return tuple(_of_url(url) for url in urls)
    words = mime.text().strip()
    if is_web_address(words) or words.lower().startswith(("data:", "file:")):
        return (of_address(words),)
    if words:
        return (Offer(t("The text"), t("Not a picture: text")),)
    return (Offer(t("What was given"), t("No picture in it")),) if mime.formats() else ()


def count(mime: QMimeData) -> int:
    """How many things there are, also beyond the most that are looked at."""
    return max(len(mime.urls()), 1)


def of_file(path: Path) -> Offer:
    """A file or folder of this computer, or of a drive far away: judged by its name alone."""
    refusal = "" if _may_be_a_folder(path) else refusal_of(path)
    return Offer(path.name, refusal, path=path, is_folder=not path.suffix)


def _may_be_a_folder(path: Path) -> bool:
    """Figures and suffixes that nobody knows may be the end of a folder's name: "Rome, 3.5"."""
    if path.suffix.lower() in _SHORTCUTS:
        return False
    return path.suffix[1:].isdecimal() or _kind(path.name).isDefault()


def refusal_of(path: Path) -> str:
    """Why a file of that name is no picture, "" when it may be one."""
    if path.suffix.lower() in _SHORTCUTS:
        return t("A shortcut: choose the picture itself")
    if path.suffix and _kind(path.name).name().startswith("video/"):
        return t("A video, not a picture")
    if path.suffix and not is_picture_name(path.name):
        return t("Not a picture: {suffix}", suffix=path.suffix)
    return ""


def _kind(name: str) -> QMimeType:
    return QMimeDatabase().mimeTypeForFile(name, QMimeDatabase.MatchMode.MatchExtension)


def is_picture_name(name: str) -> bool:
    """Whether a file of that name should be a picture."""
    return _kind(name).name().startswith("image/")


def of_address(text: str) -> Offer:
    """An address in words: of the web, of a file, or a picture written out in itself."""
    if text.lower().startswith("data:"):
        is_picture = text[:32].lower().startswith("data:image/")
        refusal = "" if is_picture else t("Not a picture")
        return Offer(t("The picture"), refusal, data=text if is_picture else "")
    url = QUrl(text)
    if url.isLocalFile():
        return of_file(Path(url.toLocalFile()))
    name = url.host() or text[:40]
    refusal = why_not_passed_on(text)
    return Offer(name, refusal, address="" if refusal else text)


def _of_url(url: QUrl) -> Offer:
    return of_address(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))


def _pictured(mime: QMimeData) -> str:
    """The one picture in the piece of a page that came along; "" when there is not just one.

    A picture that is a link is dragged with the link's address, which is a page.
    """
    if not mime.hasHtml():
        return ""
    from kling_desktop.ui.compose.page import pictures_of  # at the first page, not at the start

    (source, *others) = pictures_of(mime.html()[:_LONGEST_HTML]) or [""]
    is_whole = source.lower().startswith(("https:", "http:", "data:image/"))
    return source if is_whole and not others else ""


def _carried(mime: QMimeData) -> Offer | None:
    """A kept picture from the shelf or a slot. Any program may say so: it is not taken on trust."""
    if not mime.hasFormat(SHELF_MIME):
        return None
    try:
        image = image_from_json(loads(bytes(mime.data(SHELF_MIME).data())))
        if not isinstance(image, StoredImage):
            return None
        input_name(image.original_sha256, image.original_extension)
        input_name(image.sent_sha256, image.sent_extension)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None
    return Offer(str(image.name), image=image)


def for_the_clipboard(image: ImageSource, file: Path | None) -> QMimeData:
    """A picture as other programs and other slots can take it."""
    mime = QMimeData()
    if isinstance(image, UrlImage):
        mime.setUrls([QUrl(image.url)])
        mime.setText(image.url)
    elif file is not None:
        mime.setUrls([QUrl.fromLocalFile(str(file))])
    if isinstance(image, StoredImage):
        mime.setData(SHELF_MIME, dumps(image_to_json(image)).encode())
    return mime
