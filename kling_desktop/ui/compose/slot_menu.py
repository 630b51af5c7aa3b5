"""The menu of a slot, as groups of entries that make sense for what is in it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from kling_desktop.text import t
from kling_desktop.ui.compose.fixes import Mending
from kling_desktop.ui.look import Look

if TYPE_CHECKING:
    from kling_desktop.ui.compose.image_slot import ImageSlot

_Key = QKeySequence.StandardKey


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. The keys are shown only: the slot handles them itself.

    `is_checked` is None for one that is no switch.
    """

    icon: str
    words: str
    chosen: Callable[[], object]
    keys: QKeySequence.StandardKey | str = ""
    is_checked: bool | None = None


def slot_menu(look: Look, slot: "ImageSlot") -> QMenu:
    """All that can be done at a slot, a line between the groups; gone when it closes."""
    menu = QMenu(slot)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    menu.setWindowFlags(
        menu.windowFlags()
        | Qt.WindowType.FramelessWindowHint
        | Qt.WindowType.NoDropShadowWindowHint
    )
    for group in (_picture(slot), _keeping(slot), _leaving(slot)):
        if group and not menu.isEmpty():
            menu.addSeparator()
        for entry in group:
            action = menu.addAction(entry.words)
            if entry.icon:
                action.setIcon(look.icon(entry.icon, size=16))
            if entry.keys:
                action.setShortcut(QKeySequence(entry.keys))
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            if entry.is_checked is not None:
                action.setCheckable(True)
                action.setChecked(entry.is_checked)
            action.triggered.connect(lambda _checked=False, entry=entry: entry.chosen())
    return menu


def _picture(slot: "ImageSlot") -> list[Entry]:
    """Another picture, and what is done to this one."""
    choose = t("Choose…") if slot.is_empty else t("Replace…")
    entries = [_entry(slot, "folder", choose, slot.choose_wanted)]
    if slot.can_be_cropped:
        entries.append(_entry(slot, "crop", t("Crop and turn…"), slot.crop_wanted, "Enter"))
    for fix in slot.view.fixes:
        told = Mending(slot.place, fix)
        entries.append(Entry(fix.icon, fix.words, lambda told=told: slot.fix_wanted.emit(told)))
    if slot.can_be_cropped:
        entries.append(_entry(slot, "sending", t("What is sent…"), slot.sent_wanted))
    entries.append(_entry(slot, "paste", t("Paste here"), slot.paste_wanted, _Key.Paste))
    if not slot.is_empty:
        entries.append(_entry(slot, "copy", t("Copy"), slot.copy_wanted, _Key.Copy))
    if slot.has_address:
        entries.append(_entry(slot, "drop", t("Fetch it now"), slot.fetch_wanted))
    return entries


def _keeping(slot: "ImageSlot") -> list[Entry]:
    """Where the picture is kept, for this task and for others."""
    if slot.is_empty:
        return []
    pin = replace(
        _entry(slot, "", t("Use in every task"), slot.pin_wanted), is_checked=slot.view.is_pinned
    )
    if not slot.has_file:
        return [pin]
    return [
        pin,
        _entry(slot, "open-outside", t("Show in folder"), slot.folder_wanted),
        _entry(slot, "shelf", t("Put on the shelf"), slot.shelf_wanted),
    ]


def _leaving(slot: "ImageSlot") -> list[Entry]:
    if slot.is_empty:
        return []
    return [_entry(slot, "x", t("Take out"), slot.take_out_wanted, _Key.Delete)]


def _entry(
    slot: "ImageSlot",
    icon: str,
    words: str,
    told: SignalInstance,
    keys: QKeySequence.StandardKey | str = "",
) -> Entry:
    return Entry(icon, words, lambda: told.emit(slot.place), keys)
