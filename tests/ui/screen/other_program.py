"""Another program: `python -m tests.ui.screen.other_program drag FILE` or `… copy`.

Lets a file be dragged out of its window, or gives the clipboard a picture. Prints JSON lines.
"""

import json
import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QDrag, QGuiApplication, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


class Source(QWidget):
    """A file manager reduced to one file."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file = file

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(self._file)])
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.actionChanged.connect(lambda action: say(accepted=action == Qt.DropAction.CopyAction))
        say(dragging=True)
        say(dropped=drag.exec(Qt.DropAction.CopyAction) == Qt.DropAction.CopyAction)


def main(job: str, file: str = "") -> None:
    app = QApplication(sys.argv[:1])
    window = Source(file)
    window.setGeometry(1250, 100, 200, 200)
    window.show()
    if job == "copy":
        image = QImage(640, 480, QImage.Format.Format_RGB32)
        image.fill(QColor("teal"))
        QGuiApplication.clipboard().setImage(image)
    say(ready=[1350, 200])
    app.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
