"""What is being dropped or pasted: pictures by file, by web address, or as pixels."""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from PySide6.QtCore import QMimeData, QMimeDatabase, QUrl
from PySide6.QtGui import QImage

from kling_desktop.domain.media import FileImage, ImageSource, UrlImage
from kling_desktop.domain.requests import is_web_address
from kling_desktop.text import t

SLOT_MIME = "application/x-kling-desktop-slot"


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that is offered. `refusal` is the reason in few words, "" when it may be put in.

    `image` None with no refusal stands for pixels, which become a file once they are dropped.
    """

    image: ImageSource | None = None
    refusal: str = ""


def offers(mime: QMimeData) -> tuple[Offer, ...]:
    """Everything a drag or the clipboard holds, in its order; empty when it is not for us.

    Only names are judged here, so that a drag over a slow disk stays smooth; the look at the
    bytes follows the drop.
    """
    if mime.hasFormat(SLOT_MIME):
        return ()
    # A browser gives pixels and an address: the pixels are what the person saw.
    local = tuple(_of_file(Path(url.toLocalFile())) for url in mime.urls() if url.isLocalFile())
    if local:
        return local
    if mime.hasImage():
        return (Offer(),)
    addresses = tuple(_of_address(url) for url in mime.urls())
    if addresses:
        return addresses
    words = mime.text().strip()
    if is_web_address(words):
        return (Offer(UrlImage(words)),)
    return (Offer(refusal=t("Not a picture: text")),) if words else ()


def _of_file(path: Path) -> Offer:
    if path.is_dir():
        return Offer(refusal=t("A folder, not a picture"))
    kind = QMimeDatabase().mimeTypeForFile(str(path), QMimeDatabase.MatchMode.MatchExtension)
    if path.suffix and not kind.name().startswith("image/"):
        return Offer(refusal=t("Not a picture: {suffix}", suffix=path.suffix))
    return Offer(FileImage(path))


def _of_address(url: QUrl) -> Offer:
    words = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
    if is_web_address(words):
        return Offer(UrlImage(words))
    return Offer(refusal=t("Not a web address"))


def save_pixels(mime: QMimeData, folder: Path) -> FileImage | None:
    """Write the pixels of a drag or of the clipboard as a PNG into `folder`; None if it fails."""
    pixels = mime.imageData()
    if not isinstance(pixels, QImage) or pixels.isNull():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"pasted-{token_hex(4)}.png"
    return FileImage(file) if pixels.save(str(file)) else None


def for_the_clipboard(image: ImageSource, file: Path | None) -> QMimeData:
    """A picture as other programs and other slots can take it."""
    mime = QMimeData()
    if isinstance(image, UrlImage):
        mime.setUrls([QUrl(image.url)])
        mime.setText(image.url)
    elif file is not None:
        mime.setUrls([QUrl.fromLocalFile(str(file))])
    return mime
