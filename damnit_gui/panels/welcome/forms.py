"""The three forms of the welcome page. Each is a box with a title, fields, one button, and a place for its error."""

from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor, QIcon, QPalette
from PyQt6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from damnit_backend.core.errors import UserError
from damnit_gui.theme import SPACE_2, SPACE_3, Tokens, current, icon, theme_changed


class ErrorLabel(QLabel):
    """A sentence in the colour of errors; takes no room while it is empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._tint(current())
        theme_changed.connect(self._tint)
        self.hide()

    def _tint(self, tokens: Tokens) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(tokens.error))
        self.setPalette(palette)

    def say(self, text: str) -> None:
        self.setText(text)
        self.setVisible(bool(text))


class Form(QWidget):
    """What the three have in common."""

    def __init__(self, title: str, button: str, symbol: QIcon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel(title)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        self.button = QPushButton(symbol, button)
        self.error = ErrorLabel()
        self.fields = QFormLayout()
        self.fields.setSpacing(SPACE_2)
        self.fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, SPACE_3)
        layout.setSpacing(SPACE_2)
        layout.addWidget(heading)
        layout.addLayout(self.fields)
        layout.addWidget(self.error)
        layout.addLayout(row)
        self.button.clicked.connect(self.submit)

    def submit(self) -> None:
        """Check the fields and say what is asked for."""
        raise NotImplementedError

    def start(self) -> None:
        """Put the cursor into the first field."""
        for edit in self.findChildren(QLineEdit):
            edit.setFocus()
            edit.selectAll()
            return

    def set_busy(self, busy: bool) -> None:
        self.setEnabled(not busy)

    def show_error(self, error: UserError) -> None:
        self.error.say(f"{error.message} {error.hint}".strip())

    def clear_error(self) -> None:
        self.error.say("")


class PlaceEdit(QWidget):
    """A line for a directory, with a button to choose one."""

    submitted = pyqtSignal()

    def __init__(self, placeholder: str, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = caption
        self.line = QLineEdit()
        self.line.setPlaceholderText(placeholder)
        self.line.setAccessibleName(caption)
        self.line.returnPressed.connect(self.submitted)
        choose = QToolButton()
        choose.setIcon(icon("mdi6.folder-open-outline"))
        choose.setToolTip("Choose a directory")
        choose.setAccessibleName("Choose a directory")
        choose.clicked.connect(self.choose)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self.line, 1)
        layout.addWidget(choose)
        self.setFocusProxy(self.line)

    def text(self) -> str:
        return self.line.text().strip()

    def set_text(self, text: str) -> None:
        self.line.setText(text)

    def choose(self) -> None:
        dialog = QFileDialog(self.window(), self._caption, self.text() or str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.set_text)
        dialog.open()


class OpenForm(Form):
    submitted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Open", "Open", icon("mdi6.folder-open-outline"), parent)
        self.place = PlaceEdit("Directory or proposal number", "Open a DAMNIT folder")
        self.fields.addRow(self.place)
        self.place.submitted.connect(self.submit)

    def submit(self) -> None:
        text = self.place.text()
        if text:
            self.submitted.emit(text)
        else:
            self.error.say("Type a directory or the number of a proposal.")


class NewForm(Form):
    submitted = pyqtSignal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("New folder", "Make and open", icon("mdi6.folder-plus-outline"), parent)
        self.proposal = QLineEdit()
        self.proposal.setPlaceholderText("Number of the proposal")
        self.proposal.setAccessibleName("Proposal")
        self.place = PlaceEdit("Usual place of the proposal", "Where the new folder is made")
        self.fields.addRow("Proposal", self.proposal)
        self.fields.addRow("Place", self.place)
        self.place.submitted.connect(self.submit)
        self.proposal.returnPressed.connect(self.submit)

    def submit(self) -> None:
        digits = self.proposal.text().strip().removeprefix("p")
        place = self.place.text()
        if digits and not (digits.isascii() and digits.isdigit() and int(digits) > 0):
            self.error.say(f"{digits!r} is not the number of a proposal.")
        elif not digits and not place:
            self.error.say("Type the number of the proposal, or choose a place.")
        else:
            self.submitted.emit(int(digits) if digits else None, place)


class DemoForm(Form):
    submitted = pyqtSignal(str)

    def __init__(self, directory: Path, parent: QWidget | None = None) -> None:
        super().__init__("Demonstration", "Start a simulated beamtime", icon("mdi6.flask-outline"), parent)
        self.place = PlaceEdit(str(directory), "Where the demonstration is put")
        self.place.set_text(str(directory))
        self.fields.addRow("Place", self.place)
        self.place.submitted.connect(self.submit)

    def submit(self) -> None:
        place = self.place.text()
        if place:
            self.submitted.emit(place)
        else:
            self.error.say("Choose a directory for its files.")
