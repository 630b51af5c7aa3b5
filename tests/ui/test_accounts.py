"""Keys go from the accounts window to the bridge once, and stay nowhere in the window."""

from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.facts import AccountChanged, KeyCheck, KeyPlace
from kling_desktop.domain.keys import AccessKeyPair, ApiKey, Secret
from kling_desktop.resources import resource
from kling_desktop.ui.dialogs.accounts import AccountPage, AccountsWindow
from kling_desktop.ui.look import Look
from tests.fakes.bridge import FakeBridge
from tests.fakes.desk import a_shop


@pytest.fixture
def accounts(qtbot, tmp_path: Path):
    shop = a_shop(tmp_path, Look(resource("icons")))
    window = AccountsWindow(shop.desk)
    qtbot.addWidget(window)
    yield window, cast(FakeBridge, shop.desk.bridge)
    shop.index.close()


def page_of(window: AccountsWindow, provider: str) -> AccountPage:
    window.show_provider(provider)
    (page,) = [page for page in window.findChildren(AccountPage) if page.isVisible()]
    return page


def field(page: AccountPage, name: str) -> QLineEdit:
    (found,) = [f for f in page.findChildren(QLineEdit) if f.accessibleName() == name]
    return found


def button(page: AccountPage, words: str) -> QPushButton:
    (found,) = [b for b in page.findChildren(QPushButton) if b.text() == words]
    return found


def test_a_pasted_key_is_cleaned_handed_over_once_and_forgotten(accounts, qtbot):
    window, bridge = accounts
    page = page_of(window, "cometapi")
    key = field(page, "API key")
    assert key.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(key, ' "Bearer sk-canary-1" ')
    qtbot.mouseClick(button(page, "Save and test"), Qt.MouseButton.LeftButton)
    assert bridge.keys["cometapi"] == ApiKey(Secret("sk-canary-1"))
    assert ("test_key", "cometapi") in bridge.asked
    assert key.text() == ""


def test_f07_a_pair_is_handed_over_whole_or_not_at_all(accounts, qtbot):
    window, bridge = accounts
    page = page_of(window, "kling")
    qtbot.keyClicks(field(page, "Access key"), "ak-1")
    qtbot.mouseClick(button(page, "Save and test"), Qt.MouseButton.LeftButton)
    assert bridge.keys == {}
    assert field(page, "Secret key").accessibleDescription() == "Secret key is needed."
    assert field(page, "Access key").text() == "ak-1"
    qtbot.keyClicks(field(page, "Secret key"), "sk-1")
    qtbot.keyClick(field(page, "Secret key"), Qt.Key.Key_Return)
    assert bridge.keys["kling"] == AccessKeyPair(Secret("ak-1"), Secret("sk-1"))


def test_the_state_of_a_key_is_said_in_words(accounts):
    window, bridge = accounts
    error = ErrorRecord("CometAPI refused the key", "Nothing was sent.", code="1002")
    bridge.account_changed.emit(
        AccountChanged("cometapi", KeyPlace.KEYRING, "sk-c••••1", error, KeyCheck.REFUSED, 0)
    )
    page = page_of(window, "cometapi")
    model = window._model
    spoken = model.index(model.row_of("cometapi")).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "CometAPI, Key refused at" in spoken
    assert spoken.endswith("Paid")
    assert "sk-c••••1" in field(page, "API key").placeholderText()
    assert button(page, "Remove key").isEnabled()


def test_f01_a_key_without_a_keyring_is_said_to_last_until_quitting(accounts):
    window, bridge = accounts
    bridge.account_changed.emit(AccountChanged("powertokens", KeyPlace.SESSION, "pt••••"))
    page = page_of(window, "powertokens")
    said = page._bar.message()
    assert said is not None
    assert "no safe place for keys" in said.fact


def test_closing_forgets_what_was_typed(accounts, qtbot):
    window, _ = accounts
    page = page_of(window, "powertokens")
    qtbot.keyClicks(field(page, "API key"), "half a key")
    window.close()
    assert field(page, "API key").text() == ""


def test_f12_a_server_of_ones_own_needs_a_whole_and_safe_address(accounts, qtbot):
    window, bridge = accounts
    page = page_of(window, "custom")
    chosen = []
    window.base_url_chosen.connect(chosen.append)
    qtbot.keyClicks(field(page, "API key"), "key-1")
    qtbot.keyClicks(field(page, "Base URL"), "http://api.example.com/v1")
    qtbot.mouseClick(button(page, "Save and test"), Qt.MouseButton.LeftButton)
    assert bridge.keys == {}
    assert chosen == []
    field(page, "Base URL").setText("https://api.example.com")
    qtbot.mouseClick(button(page, "Save and test"), Qt.MouseButton.LeftButton)
    assert bridge.keys["custom"] == ApiKey(Secret("key-1"))
    assert bridge.addresses["custom"] == "https://api.example.com"
    assert chosen == ["https://api.example.com"]


def test_the_address_of_a_server_is_shown_and_what_is_typed_is_left_alone(accounts, qtbot):
    window, bridge = accounts
    page = page_of(window, "custom")
    known = AccountChanged("custom", KeyPlace.NONE, base_url="https://api.example.com")
    bridge.account_changed.emit(known)
    assert field(page, "Base URL").text() == "https://api.example.com"
    field(page, "Base URL").clear()
    qtbot.keyClicks(field(page, "Base URL"), "https://oth")
    bridge.account_changed.emit(known)
    assert field(page, "Base URL").text() == "https://oth"


def test_what_a_test_of_a_key_asked_is_said(accounts):
    window, bridge = accounts
    page = page_of(window, "kling")
    told = "Asked api-singapore.klingai.com what the account has left: free."
    bridge.account_changed.emit(
        AccountChanged("kling", KeyPlace.KEYRING, check=KeyCheck.WORKS, checked_at_ms=0, told=told)
    )
    assert told in page._facts.text()
