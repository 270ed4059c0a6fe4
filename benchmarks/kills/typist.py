"""A window in which somebody types comments without pause: `python -m benchmarks.kills.typist FOLDER RECORD SEED`.

Each edit that the program has accepted, because it is on the user's disk, is a line in RECORD.
"""

import os
import random
import sys
from pathlib import Path

import msgspec
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication

from damnit_backend.core.keys import COMMENT, CellKey
from damnit_gui.app import App, AppOptions
from damnit_gui.services.edit_writer import Write
from damnit_gui.services.folder_session import FolderSession

EVERY_MS = 40


class Typist:
    """Types into the window's open folder, and notes what was accepted."""

    def __init__(self, app: App, record: Path, seed: str) -> None:
        self._app = app
        self._record = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._random = random.Random(seed)
        self._seed = seed
        self._number = 0
        self._known: FolderSession | None = None

    def type(self) -> None:
        session = self._app.window.session
        if session is None:
            return
        if session is not self._known:
            self._known = session
            session.editing.writer.kept.connect(self._note)
        data = session.table.data
        if data is None or len(data) == 0:
            return
        self._number += 1
        key = data.run(self._random.randrange(len(data))).key
        session.editing.edit(CellKey(*key, COMMENT), f"{self._seed}-{self._number}")

    def _note(self, write: Write) -> None:
        edit = write.edit
        os.write(self._record, msgspec.json.encode((edit.proposal, edit.run, edit.text)) + b"\n")


def main() -> None:
    folder, record, seed = sys.argv[1:]
    qt = QApplication(["typist"])
    app = App(qt, AppOptions(folder=folder, listener=False))
    typist = Typist(app, Path(record), seed)
    timer = QTimer(app.window)
    timer.timeout.connect(typist.type)
    timer.start(EVERY_MS)
    sys.exit(app.run())


if __name__ == "__main__":
    main()
