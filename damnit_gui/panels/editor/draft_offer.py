"""Offers the unsaved text of windows that are gone, one draft after the other."""

import time
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from damnit_gui.panels.text.strip import Strip

from .code_editor import CodeEditor
from .draft_keeper import DraftKeeper
from .drafts import Draft


class DraftOffer(QObject):
    """Talks through a strip; hiding it leaves the draft for the next start."""

    compare_wanted = pyqtSignal(str, str)
    """A text, and what it is called."""

    def __init__(self, strip: Strip, editor: CodeEditor, keeper: DraftKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._strip = strip
        self._editor = editor
        self._keeper = keeper
        self._left: list[tuple[Path, Draft]] = []
        keeper.found.connect(self._found)

    def _found(self, left: list[tuple[Path, Draft]]) -> None:
        self._left = left
        self._offer_next()

    def _offer_next(self) -> None:
        while self._left and self._left[0][1].text == self._editor.text():
            self._keeper.remove(self._left.pop(0)[0])  # it was saved after all
        if not self._left:
            self._strip.hide()
            return
        path, draft = self._left[0]
        when = time.strftime("%d %B, %H:%M", time.localtime(draft.kept_at))
        self._strip.tell(
            f"Unsaved text of {when} was kept.",
            [
                ("Restore", lambda: self._restore(path, draft)),
                ("Compare", lambda: self._compare(draft)),
                ("Forget it", lambda: self._done_with(path)),
            ],
        )

    def _restore(self, path: Path, draft: Draft) -> None:
        self._editor.exchange_text(draft.text, self._editor.newline)
        self._keeper.keep_now(in_place_of=path)
        self._go_on(path)

    def _compare(self, draft: Draft) -> None:
        self.compare_wanted.emit(draft.text, "the unsaved text")
        self._offer_next()

    def _done_with(self, path: Path) -> None:
        self._keeper.remove(path)
        self._go_on(path)

    def _go_on(self, path: Path) -> None:
        self._left = [each for each in self._left if each[0] != path]
        self._offer_next()
