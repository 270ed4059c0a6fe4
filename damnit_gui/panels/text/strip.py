"""A strip with a sentence and what can be done about it, in place of a modal box."""

from collections.abc import Callable, Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from damnit_gui.theme import SPACE_1, SPACE_2, Tokens, current, icon, theme_changed

from .parts import flat_button

Choice = tuple[str, Callable[[], None]]
"""What a button says and does."""

_ICONS = {
    "info": ("mdi6.information-outline", "accent"),
    "warning": ("mdi6.alert-outline", "warning"),
    "error": ("mdi6.alert-circle-outline", "error"),
}
_GROUNDS = {"info": "raised", "warning": "warning_fill", "error": "error_fill"}


class Strip(QFrame):
    """Hidden until `tell`; pressing one of its buttons, or its cross, hides it again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.level = "info"
        self._symbol = QLabel()
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._buttons: list[QPushButton] = []
        close = flat_button("mdi6.close", "Hide")
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_2, SPACE_1, SPACE_1, SPACE_1)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self._symbol)
        layout.addWidget(self._label, 1)
        layout.addWidget(close)
        self.setAutoFillBackground(True)
        theme_changed.connect(self._apply_tokens)
        self.hide()

    @property
    def text(self) -> str:
        return str(self._label.text())

    @property
    def choices(self) -> dict[str, QPushButton]:
        """The buttons by what they say."""
        return {button.text(): button for button in self._buttons}

    def tell(self, text: str, choices: Sequence[Choice] = (), *, level: str = "info") -> None:
        """Show a sentence (``info``, ``warning`` or ``error``) in place of the one before."""
        self.level = level
        self._label.setText(text)
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = [self._button(*choice) for choice in choices]
        self._apply_tokens(current())
        self.show()

    def _button(self, text: str, action: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)

        def pressed() -> None:
            self.hide()  # before the action, which may have something new to tell
            action()

        button.clicked.connect(pressed)
        layout = self.layout()
        if isinstance(layout, QHBoxLayout):
            layout.insertWidget(layout.count() - 1, button)
        return button

    def _apply_tokens(self, tokens: Tokens) -> None:
        symbol, colour = _ICONS[self.level]
        self._symbol.setPixmap(icon(symbol, colour).pixmap(16, 16))
        shown = self.palette()
        shown.setColor(QPalette.ColorRole.Window, QColor(getattr(tokens, _GROUNDS[self.level])))
        shown.setColor(QPalette.ColorRole.WindowText, QColor(tokens.text))
        self.setPalette(shown)
