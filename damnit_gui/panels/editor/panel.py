"""The context file's editor: puts text, file, checks and drafts together."""

import time
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QWidget

from damnit_backend.contextproc.checker import CheckResult
from damnit_backend.contextproc.protocol import Problem
from damnit_backend.core.errors import UserError
from damnit_backend.store.folder import Folder
from damnit_gui.panels.text.own_keys import OwnKeys
from damnit_gui.services.notifier import Notifier
from damnit_gui.services.tasks import Tasks

from .checking import Answer, CheckRunner
from .differences import DiffLine, compare
from .disk_changes import DiskChanges
from .document import ContextDocument
from .draft_keeper import DraftKeeper
from .draft_offer import DraftOffer
from .drafts import Drafts, usual_directory
from .editor_actions import COMMANDS, fill_tool_bar, make_actions, template_button
from .panel_layout import EditorWidgets
from .positions import insertion_line, span_of, split_lines
from .saving import SaveFlow
from .templates import Template, instantiate
from .text_file import ChangedOnDiskError, TextFile
from .wording import NEXT_RUN, SAVED_WITH_PROBLEMS, cannot_check, checked


class EditorPanel(QWidget):
    """Edits `folder.context_file`. ``check`` says what is wrong with a text; it blocks, and is called in a worker."""

    reprocess_requested = pyqtSignal()
    modified_changed = pyqtSignal(bool)
    saved = pyqtSignal()

    def __init__(
        self,
        folder: Folder,
        tasks: Tasks,
        notifier: Notifier,
        check: Callable[[str], CheckResult],
        read_only: bool = False,
        *,
        drafts_directory: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._read_only = read_only
        self._modified = False
        self._begun = False
        self.widgets = EditorWidgets(self)
        self.editor = self.widgets.editor
        self.document = ContextDocument(folder.context_file, tasks, notifier, self)
        self.checks = CheckRunner(check, tasks, notifier, self.editor.text, self)
        self.saving = SaveFlow(self.document, self.checks, self)
        drafts = Drafts(folder.context_file, drafts_directory or usual_directory())
        self.keeper = DraftKeeper(drafts, tasks, notifier, self.unsaved_text, self)
        self._offer = DraftOffer(self.widgets.draft_strip, self.editor, self.keeper, self)
        self._disk = DiskChanges(self.document, self.widgets.disk_strip, self.has_unsaved, self)
        self._set_up_tool_bar()
        self._connect()
        self.editor.setReadOnly(True)  # until there is a text
        self._show_place()
        self._show_modified()
        self.document.load()

    # What the window asks

    def has_unsaved(self) -> bool:
        """Whether closing now would lose text, were it not for `save_draft`."""
        return self.unsaved_text() is not None

    def save_draft(self) -> bool:
        """Keep unsaved text for the next start; to be called before the panel is closed. Whether there was any."""
        return self.keeper.close()

    def go_to_line(self, line: int | None = None) -> None:
        """Show a line (from 1); without one, ask for it."""
        if line is None:
            self.widgets.line_bar.open()
            return
        self.widgets.show_diff(False)
        self.editor.go_to(line - 1)
        self.editor.setFocus()

    def unsaved_text(self) -> str | None:
        """The text, if it differs from the file as it was last read or written; None if not."""
        base = self.document.base
        if not self._begun or self.editor.isReadOnly():
            return None
        text = self.editor.text()
        return None if text == base.text else text

    # Commands, see `editor_actions.COMMANDS`

    def save(self) -> None:
        if self.editor.isReadOnly():
            self._say("Nothing is saved: this file can only be read here.")
        elif self.unsaved_text() is None and self.document.base.stamp is not None:
            self._say("Nothing to save: the file on disk has this text.")
        else:
            self.saving.start()

    def revert(self) -> None:
        self.document.load()

    def compare(self) -> None:
        self.show_difference(self.document.base.text, "the saved text")

    def check_now(self) -> None:
        self.checks.check_now()

    def next_problem(self) -> None:
        self.widgets.marks.go_to_next()

    def show_find(self) -> None:
        self.widgets.find_bar.open()

    def show_replace(self) -> None:
        self.widgets.find_bar.open(replace=True)

    def find_next(self) -> None:
        self.widgets.find_bar.go(forward=True)

    def find_former(self) -> None:
        self.widgets.find_bar.go(forward=False)

    def toggle_comment(self) -> None:
        self.editor.toggle_comment()

    def request_reprocess(self) -> None:
        self.reprocess_requested.emit()

    def insert_template(self, template: Template) -> None:
        if self.editor.isReadOnly():
            return
        text = self.editor.text()
        line = insertion_line(text, self.editor.getCursorPosition()[0])
        self.editor.insert_code(line, instantiate(template, text))
        self.editor.setFocus()

    def show_difference(self, before: str, name: str) -> None:
        """Compare another text with the editor's, in the background."""
        text = self.editor.text()

        def done(lines: list[DiffLine]) -> None:
            self.widgets.diff.show_difference(lines, name, "the editor's text")
            self.widgets.show_diff(True)

        work = lambda: compare(before, text, name, "the editor's text")  # noqa: E731
        self._tasks.run(work, done, group=f"diff-{id(self)}")

    # What happens

    def _set_up_tool_bar(self) -> None:
        actions = make_actions(self)
        for command in COMMANDS:
            if command.writes and self._read_only:
                actions[command.name].setEnabled(False)
        templates = template_button(self.insert_template)
        templates.setEnabled(not self._read_only)
        fill_tool_bar(self.widgets.tool_bar, actions, templates, self.widgets.title)
        OwnKeys(self.editor, list(actions.values()))

    def _connect(self) -> None:
        self.editor.textChanged.connect(self._text_changed)
        self.editor.cursorPositionChanged.connect(self._show_place)
        self.document.saved.connect(self._saved)
        self.document.not_saved.connect(self._not_saved)
        self._disk.taken.connect(self._take)
        self._disk.kept.connect(self._kept)
        self._disk.compare_wanted.connect(self.show_difference)
        self._disk.save_wanted.connect(self.save)
        self._disk.text_wanted.connect(lambda text: self.editor.exchange_text(text, "\n"))
        self._offer.compare_wanted.connect(self.show_difference)
        self.saving.held.connect(self._held)
        self.checks.started.connect(lambda: self._say("checking…"))
        self.checks.answered.connect(self._answered)
        self.widgets.outline.chosen.connect(self.go_to_line)
        self.widgets.line_bar.chosen.connect(self.editor.go_to)
        self.widgets.problems.chosen.connect(self._go_to_problem)
        self.widgets.diff.closed.connect(lambda: self.widgets.show_diff(False))

    def _take(self, found: TextFile) -> None:
        """The editor gets the file's text: at first as the beginning of its history, later as a step of it."""
        self.widgets.show_diff(False)  # it is of a text that was
        if self._begun:
            self.editor.exchange_text(found.text, found.newline)
        else:
            self.editor.load_text(found.text, found.newline)
        locked = self._read_only or bool(found.problem)
        self.editor.setReadOnly(locked)
        if not self._begun and not locked:
            self.keeper.look()
        self._begun = True
        self._text_changed()
        if found.text:
            self.checks.check_now()

    def _text_changed(self) -> None:
        if not self._begun:
            return
        self.checks.text_changed()
        self.keeper.text_changed()
        self._show_modified()

    def _saved(self) -> None:
        self.widgets.save_strip.hide()
        self.widgets.disk_strip.hide()
        self.keeper.keep_now()
        self._show_modified()
        at = time.strftime("%H:%M:%S")
        answer = self.checks.answer_for(self.editor.text())
        good = answer is None or answer.clean
        self._say(f"Saved at {at}. {NEXT_RUN if good else SAVED_WITH_PROBLEMS}")
        self.saved.emit()

    def _not_saved(self, error: UserError) -> None:
        if isinstance(error, ChangedOnDiskError):
            self._say("Not saved: the file on disk is another one.")  # the other strip asks what to do
        else:
            self.widgets.save_strip.tell(str(error), [("Try again", self.save)], level="error")

    def _held(self, why: str) -> None:
        choices = [("Save anyway", self.saving.anyway), ("Show the problem", self.next_problem)]
        self.widgets.save_strip.tell(why, choices, level="error")

    def _kept(self, why: str) -> None:
        self.widgets.show_diff(False)
        self._show_modified()
        self.keeper.text_changed()
        self._say(why)

    def _answered(self, answer: Answer) -> None:
        if answer.text != self.editor.text():
            return  # the answer to the newer text is on its way
        if answer.result is None:
            self._say(cannot_check(answer.error) if answer.error else "")
            return
        found = (*answer.result.problems, *answer.result.warnings)
        self.widgets.marks.show(found)
        self.widgets.problems.show_problems(found)
        if answer.clean:
            self.widgets.outline.show_variables(answer.result.variables, split_lines(answer.text))
            self.widgets.save_strip.hide()
            self._show_place()
        self._say(checked(answer.result), bad=not answer.clean)

    def _go_to_problem(self, problem: Problem) -> None:
        span = span_of(problem, split_lines(self.editor.text()))
        if span is not None:
            self.widgets.show_diff(False)
            self.editor.go_to(span.line, span.column)
            self.editor.setFocus()

    def _show_modified(self) -> None:
        modified = self.has_unsaved()
        name = self.document.path.name
        self.widgets.title.setText(f"● {name}" if modified else name)
        self.widgets.title.setToolTip(f"{self.document.path}{': not saved' if modified else ''}")
        if modified != self._modified:
            self._modified = modified
            self._show_place()
            self.modified_changed.emit(modified)

    def _show_place(self) -> None:
        line, column = self.editor.getCursorPosition()
        ends = {"\n": "", "\r\n": "  ·  CRLF", "\r": "  ·  CR"}[self.editor.newline]
        only = "  ·  read-only" if self.editor.isReadOnly() and self._begun else ""
        unsaved = "●  not saved  ·  " if self._modified else ""
        self.widgets.place.setText(f"{unsaved}line {line + 1}, column {column + 1}{ends}{only}")
        self.widgets.outline.show_line(line + 1)

    def _say(self, text: str, *, bad: bool = False) -> None:
        self.widgets.say(text, bad=bad)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.widgets.fit(self.width())
