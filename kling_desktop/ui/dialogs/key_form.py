"""The fields for one provider's key: kind, the key or its two parts, an address if it is needed."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from kling_desktop.domain.keys import AccessKeyPair, ApiKey, Credential, Secret, clean_key
from kling_desktop.domain.providers import KeyKind, ProviderProfile
from kling_desktop.domain.requests import base_url
from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Height, Space, Type
from kling_desktop.ui.widgets import Choice, Segments


class KeyForm(QWidget):
    """What is typed here stays hidden, is handed out once as a credential, and cleared.

    `submitted` is emitted when Enter is pressed in a field.
    """

    submitted = Signal()

    def __init__(self, look: Look, profile: ProviderProfile) -> None:
        super().__init__()
        self._look, self._profile = look, profile
        self._kind = self._kind_segments()
        self._labels: dict[QLineEdit, QLabel] = {}
        self._address = QLineEdit()
        self._key = self._secret_field()
        self._access = QLineEdit()
        self._secret = self._secret_field()
        self._problem = QLabel()
        self._build()

    def _kind_segments(self) -> Segments:
        names = {
            KeyKind.ACCESS_KEY: t("Access and secret key"),
            KeyKind.API_KEY: t("API key"),
        }
        kinds = [kind for kind in names if kind in self._profile.key_variables]
        choices = [Choice(kind.value, names[kind]) for kind in kinds]
        segments = Segments(self._look, t("Kind of key"), choices, Height.TOOL)
        segments.set_value(kinds[0].value)
        segments.chosen.connect(self._on_kind_chosen)
        segments.setVisible(len(kinds) > 1)
        segments.setMaximumWidth(max(360, segments.sizeHint().width()))
        return segments

    def _secret_field(self) -> QLineEdit:
        field = QLineEdit()
        field.setEchoMode(QLineEdit.EchoMode.Password)
        look = self._look
        eye = QAction(look.icon("eye", size=16), t("Show what is typed"), field)
        eye.setCheckable(True)

        def show_typed(is_shown: bool) -> None:
            hidden, plain = QLineEdit.EchoMode.Password, QLineEdit.EchoMode.Normal
            field.setEchoMode(plain if is_shown else hidden)

        eye.toggled.connect(show_typed)
        field.addAction(eye, QLineEdit.ActionPosition.TrailingPosition)
        return field

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.S, 0, 0)
        column.setSpacing(Space.S)
        if not self._kind.isHidden():
            column.addWidget(self._label(t("Kind of key")))
            column.addWidget(self._kind)
        for field, words in (
            (self._address, t("Base URL")),
            (self._access, t("Access key")),
            (self._secret, t("Secret key")),
            (self._key, t("API key")),
        ):
            label = self._label(words)
            label.setBuddy(field)
            label.setContentsMargins(0, Space.S, 0, 0)
            field.setAccessibleName(words)
            field.returnPressed.connect(self.submitted)
            field.textEdited.connect(self._on_edited)
            self._labels[field] = label
            column.addWidget(label)
            column.addWidget(field)
        self._address.setPlaceholderText("https://api.example.com")
        self._problem.setFont(self._look.font(Type.SMALL))
        self._problem.setProperty("tone", "danger")
        self._problem.hide()
        column.addWidget(self._problem)
        self._show_fields()

    def _label(self, words: str) -> QLabel:
        label = QLabel(words)
        label.setFont(self._look.font(Type.STRONG))
        return label

    def _fields(self) -> list[QLineEdit]:
        is_pair = self._kind.value() == KeyKind.ACCESS_KEY
        keys = [self._access, self._secret] if is_pair else [self._key]
        return [self._address, *keys] if self._profile.base_url is None else keys

    def _show_fields(self) -> None:
        shown = self._fields()
        for field, label in self._labels.items():
            field.setVisible(field in shown)
            label.setVisible(field in shown)

    @Slot(str)
    def _on_kind_chosen(self, _value: str) -> None:
        self._show_fields()
        self._problem.hide()

    @Slot()
    def _on_edited(self) -> None:
        self._problem.hide()

    def base_url(self) -> str | None:
        """The address of a server of one's own, None unless it is a whole and safe one."""
        return base_url(self._address.text().strip())

    def credential(self) -> Credential | None:
        """What was typed, cleaned; None while a part is missing."""
        if self._profile.base_url is None and self.base_url() is None:
            return None
        if self._kind.value() == KeyKind.ACCESS_KEY:
            access, secret = clean_key(self._access.text()), clean_key(self._secret.text())
            if access and secret:
                return AccessKeyPair(Secret(access), Secret(secret))
            return None
        key = clean_key(self._key.text())
        return ApiKey(Secret(key)) if key else None

    def show_missing(self) -> None:
        """Say which field is still to be filled, and go there."""
        for field in self._fields():
            is_bad_address = field is self._address and self.base_url() is None
            if is_bad_address or not field.text().strip():
                name = self._labels[field].text()
                words = t("{field} is needed.", field=name)
                if is_bad_address and field.text().strip():
                    words = t("A base URL is https://, a host and perhaps a port, no path.")
                self._problem.setText(words)
                self._problem.show()
                field.setAccessibleDescription(words)
                field.setFocus()
                return

    def show_saved(self, ends: str) -> None:
        """Show that a key is kept, by its ends alone."""
        hint = t("Saved: {ends}. Paste to replace it.", ends=ends) if ends else ""
        for field in (self._key, self._access):
            field.setPlaceholderText(hint)
        self._secret.setPlaceholderText(t("Paste to replace the saved one") if ends else "")

    def show_address(self, address: str) -> None:
        """Show the address that is known, unless another is being typed."""
        if not self._address.isModified():
            self._address.setText(address)

    def clear(self) -> None:
        """Forget the keys that were typed."""
        for field in (self._key, self._access, self._secret):
            field.clear()
        self._address.setModified(False)
        self._problem.hide()
