"""Is the folder in order? The findings of all checks, and what can be mended."""

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QCloseEvent, QGuiApplication
from PyQt6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Progress, Report
from damnit_gui.services.care import CareService
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.theme import SPACE_2, SPACE_3, Tokens, current, theme_changed

from .wording import can_mend, progress_text, report_html, report_text


class CheckDialog(QDialog):
    """Stands beside the window, which goes on. Begins to check when it is made; closing it ends the check."""

    def __init__(self, session: FolderSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Check {session.folder.path}")
        self.report: Report | None = None
        self.care = CareService(session, self)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(SPACE_2)
        self.findings = QTextBrowser()
        self.findings.setAccessibleName("Findings")
        self.again = QPushButton("Check again")
        self.mend = QPushButton("Mend what is safe")
        self.mend.setToolTip("No result is ever deleted: what is damaged is set aside")
        self.copy = QPushButton("Copy report")
        self.cancel = QPushButton("Cancel")
        self.close_ = QPushButton("Close")
        self._lay_out()
        self.again.clicked.connect(lambda: self.check())
        self.mend.clicked.connect(lambda: self.check(fix=True))
        self.copy.clicked.connect(self._copy)
        self.cancel.clicked.connect(self.care.cancel)
        self.close_.clicked.connect(self.close)
        self.care.progressed.connect(self._show_progress)
        self.care.checked.connect(self._show_report)
        self.care.failed.connect(self._show_failure)
        session.closed.connect(self.close)
        theme_changed.connect(self._apply_tokens)
        self._read_only = session.read_only
        self.check()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        for button in (self.again, self.mend, self.copy):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.close_)
        for button in (self.again, self.mend, self.copy, self.cancel, self.close_):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self.verdict)
        layout.addWidget(self.bar)
        layout.addWidget(self.findings, 1)
        layout.addLayout(buttons)
        self.resize(760, 560)

    def check(self, *, fix: bool = False) -> None:
        """Begin anew; with ``fix`` what is safe is mended."""
        self.verdict.setText("Checking…")
        self.bar.setRange(0, 0)
        self.care.check(fix=fix)
        self._refresh()

    def _show_progress(self, progress: Progress) -> None:
        if self.care.busy:
            self.verdict.setText(progress_text(progress))
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)

    def _show_report(self, report: Report) -> None:
        self.report = report
        self.verdict.setText(report.verdict)
        self._apply_tokens(current())
        self._refresh()

    def _show_failure(self, error: BaseException | None) -> None:
        if error is None:
            self.verdict.setText("Cancelled.")
        else:
            hint = f" {error.hint}" if isinstance(error, UserError) else ""
            self.verdict.setText(f"The folder could not be checked: {error}{hint}")
        self._refresh()

    def _refresh(self) -> None:
        busy = self.care.busy
        self.bar.setVisible(busy)
        self.cancel.setVisible(busy)
        self.again.setEnabled(not busy)
        self.mend.setEnabled(not busy and not self._read_only and self.report is not None and can_mend(self.report))
        self.copy.setEnabled(not busy and self.report is not None)

    def _apply_tokens(self, tokens: Tokens) -> None:
        if self.report is not None:
            self.findings.setHtml(report_html(self.report, tokens))

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None and self.report is not None:
            clipboard.setText(report_text(self.report))

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self.care.close()
        super().closeEvent(event)
