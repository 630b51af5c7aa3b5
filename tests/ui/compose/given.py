"""What is dropped and pasted in the tests of the ways in, and what the form says of it."""

from io import BytesIO

from PIL import Image
from PySide6.QtCore import QMimeData, QUrl

from kling_desktop.domain.media import FileImage
from kling_desktop.ui.compose.questions import QuestionCard
from tests.ui.compose.conftest import Bench

ADDRESS = "https://images.example.org/vase.png"


def web(*addresses: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl(address) for address in addresses])
    return mime


def words(text: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(text)
    return mime


def note(bench: Bench) -> str:
    return bench.form.grid._note.words()


def names(bench: Bench) -> list[str]:
    images = bench.panel.draft().subjects
    return [image.path.name for image in images if isinstance(image, FileImage)]


def card(bench: Bench) -> QuestionCard:
    (found,) = bench.panel.findChildren(QuestionCard)
    return found


def answer(bench: Bench, text: str) -> None:
    next(button for button in card(bench).buttons() if button.text() == text).click()
    bench.settle()


def png(width: int = 400, height: int = 300) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, "PNG")
    return buffer.getvalue()
