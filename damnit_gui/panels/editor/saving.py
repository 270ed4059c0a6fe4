"""Saving: first the check, then the file. Text with problems is only written when a person insists."""

from PyQt6.QtCore import QObject, pyqtSignal

from .checking import Answer, CheckRunner
from .document import ContextDocument
from .wording import cannot_check, not_saved


class SaveFlow(QObject):
    """`start` ends in the document's `saved` or `not_saved`, or in `held`."""

    held = pyqtSignal(str)
    """Why nothing was written; `anyway` writes all the same."""

    def __init__(self, document: ContextDocument, checks: CheckRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._checks = checks
        self._waiting_for: str | None = None
        self._again = False
        checks.answered.connect(self._answered)
        document.saved.connect(self._free)
        document.not_saved.connect(self._free)

    def start(self) -> None:
        """Check the text, unless it was checked already, and write it if it is in order."""
        if self._document.saving:
            self._again = True
            return
        text = self._checks.text()
        known = self._checks.answer_for(text)
        if known is not None:
            self._decide(known)
            return
        self._waiting_for = text
        self._checks.check_now()

    def anyway(self) -> None:
        """Write the text as it is."""
        if not self._document.saving:
            self._document.save(self._checks.text())

    def _answered(self, answer: Answer) -> None:
        if self._waiting_for is None:
            return
        expected, self._waiting_for = self._waiting_for, None
        if answer.text == expected:
            self._decide(answer)
        else:
            self.start()  # that check was given up for one of a newer text

    def _decide(self, answer: Answer) -> None:
        if answer.clean:
            self._document.save(answer.text)
        elif answer.result is not None:
            self.held.emit(not_saved(answer.result.problems))
        elif answer.error is not None:
            self.held.emit(f"Not saved: {cannot_check(answer.error)}")

    def _free(self) -> None:
        if self._again:
            self._again = False
            self.start()
