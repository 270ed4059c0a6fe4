"""Copying the folder into one file, while everything goes on."""

from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Progress
from damnit_gui.services.care import CareService
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.theme import SPACE_2, SPACE_3

from .wording import backup_name, progress_text

INTRODUCTION = (
    "Table, results, former results and context file go into one tar file, as they are at one moment. "
    "The listener and all windows go on meanwhile."
)


class BackupDialog(QDialog):
    """Stands beside the window. Closing it ends a copy that is not complete, and leaves nothing of it behind."""

    def __init__(self, session: FolderSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Back up {session.folder.path}")
        self.care = CareService(session, self)
        name = backup_name(session.folder.path.name, session.proposal)
        self.place = QLineEdit(str(Path.home() / name))
        self.place.setAccessibleName("File of the backup")
        self.choose = QPushButton("Choose…")
        self.logs = QCheckBox("With the logs of the processing")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(SPACE_2)
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.begin = QPushButton("Back up")
        self.begin.setDefault(True)
        self.cancel = QPushButton("Cancel")
        self.close_ = QPushButton("Close")
        self._lay_out()
        self.choose.clicked.connect(self._choose)
        self.begin.clicked.connect(self.back_up)
        self.cancel.clicked.connect(self.care.cancel)
        self.close_.clicked.connect(self.close)
        self.care.progressed.connect(self._show_progress)
        self.care.backed_up.connect(self._finish)
        self.care.failed.connect(self._show_failure)
        session.closed.connect(self.close)
        self._refresh()

    def _lay_out(self) -> None:
        introduction = QLabel(INTRODUCTION)
        introduction.setWordWrap(True)
        place, buttons = QHBoxLayout(), QHBoxLayout()
        place.addWidget(self.place, 1)
        place.addWidget(self.choose)
        buttons.addStretch(1)
        for button in (self.begin, self.cancel, self.close_):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        layout.setSpacing(SPACE_2)
        layout.addWidget(introduction)
        layout.addLayout(place)
        layout.addWidget(self.logs)
        layout.addWidget(self.bar)
        layout.addWidget(self.said)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.resize(560, 220)

    def _choose(self) -> None:
        dialog = QFileDialog(self, "File of the backup", self.place.text(), "Tar files (*.tar)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("tar")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.place.setText)
        dialog.open()

    def back_up(self) -> None:
        """Begin to copy to the place that was chosen."""
        text = self.place.text().strip()
        if not text:
            self.said.setText("Choose a file first.")
            return
        self.said.setText("Looking through the folder…")
        self.bar.setRange(0, 0)
        self.care.back_up(Path(text).expanduser(), with_logs=self.logs.isChecked())
        self._refresh()

    def _show_progress(self, progress: Progress) -> None:
        if self.care.busy:
            self.said.setText(progress_text(progress))
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)

    def _finish(self, text: str) -> None:
        self.said.setText(text)
        self._refresh()

    def _show_failure(self, error: BaseException | None) -> None:
        if error is None:
            self.said.setText("Cancelled; nothing was left behind.")
        else:
            hint = f" {error.hint}" if isinstance(error, UserError) else ""
            self.said.setText(f"{error}{hint}")
        self._refresh()

    def _refresh(self) -> None:
        busy = self.care.busy
        self.bar.setVisible(busy)
        self.cancel.setVisible(busy)
        for widget in (self.begin, self.place, self.choose, self.logs):
            widget.setEnabled(not busy)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self.care.close()
        super().closeEvent(event)
