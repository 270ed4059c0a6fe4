"""What stands in the table's place while there is nothing in it: why, and what happens next."""

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from damnit_backend.core.errors import UserError
from damnit_gui.theme import SPACE_2, SPACE_3, icon

_ICON = 40


class Placeholder(QWidget):
    """A symbol, a sentence, an explanation; a button if people can do something."""

    retry = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.symbol = QLabel(self)
        self.title = QLabel(self)
        self.text = QLabel(self)
        self.button = QPushButton("Try again", self)
        self.button.clicked.connect(self.retry)
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        self.title.setFont(font)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE_2)
        layout.addStretch(2)
        for widget in (self.symbol, self.title, self.text):
            widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            widget.setTextFormat(Qt.TextFormat.PlainText)
            widget.setWordWrap(widget is not self.symbol)
            layout.addWidget(widget)
        layout.addSpacing(SPACE_3)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(3)
        self.text.setForegroundRole(self.text.palette().ColorRole.PlaceholderText)

    def show_loading(self) -> None:
        self._show("mdi6.timer-sand", "icon", "Loading runs…", "")

    def show_empty(self, proposal: int | None, read_only: bool, listener: str) -> None:
        """``listener`` is what the listener does, in people's words."""
        if read_only:
            text = "Nobody has processed any, and this folder is read-only for you: another listener has to do it."
        else:
            runs = "Runs" if proposal is None else f"Runs of proposal {proposal}"
            text = f"{runs} appear here by themselves, as soon as their files are complete.\nListener: {listener}"
        self._show("mdi6.table-clock", "icon", "No runs yet", text)

    def show_failure(self, error: UserError) -> None:
        self._show("mdi6.alert-circle-outline", "error", error.message, error.hint, retry=True)

    def _show(self, symbol: str, colour: str, title: str, text: str, *, retry: bool = False) -> None:
        self.symbol.setPixmap(icon(symbol, colour).pixmap(QSize(_ICON, _ICON)))
        self.title.setText(title)
        self.text.setText(text)
        self.button.setVisible(retry)
