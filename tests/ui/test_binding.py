"""The binding itself: a release that loses references aborts the interpreter in mid-work."""

import sys

from PySide6.QtCore import QRectF


def test_calls_without_a_result_keep_none_alive():
    box = QRectF()
    before = sys.getrefcount(None)
    for _ in range(1000):
        box.setWidth(3)
    assert sys.getrefcount(None) > before - 500
