"""Open a DAMNIT folder in the reference program's window, without a screen, and write what it shows as JSON.

    python open_window.py FOLDER PICTURE [EDITS [INSPECTED]]

runs in the reference program's interpreter. PICTURE is where a PNG of the window goes; EDITS is a JSON list of [run,
column title, text] typed into cells; INSPECTED one of [run, column title] for cells to double-click. The answer tells
which windows those opened. Whatever is raised inside the window is in `failures`, and then the script fails.
"""

import json
import os
import sys
import traceback
from pathlib import Path
from types import ModuleType

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QTableView


class NoBrowser(ModuleType):
    """In place of its viewer for Plotly figures: Qt's web engine wants libraries that a test machine may lack."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


sys.modules["damnit.gui.web_viewer"] = NoBrowser("damnit.gui.web_viewer")

from damnit.gui.main_window import MainWindow  # noqa: E402 -- after the browser was replaced

Role = Qt.ItemDataRole
failures = []


def note_failure(kind, error, trace):
    """Qt calls this for an exception in a slot, instead of stopping the program."""
    failures.append("".join(traceback.format_exception_only(kind, error)).strip())
    frames = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)]
    print(failures[-1], *frames, sep="\n  ", file=sys.stderr)


def columns(model):
    """The column number of each title."""
    count = range(model.columnCount())
    return {model.headerData(c, Qt.Orientation.Horizontal, Role.DisplayRole): c for c in count}


def index_of(model, run, title):
    titles = columns(model)
    runs = [model.data(model.index(r, titles["Run"]), Role.DisplayRole) for r in range(model.rowCount())]
    return model.index(runs.index(str(run)), titles[title])


def cell(model, row, column):
    index = model.index(row, column)
    picture = model.data(index, Role.DecorationRole)
    hint = model.data(index, Role.ToolTipRole)
    font = model.data(index, Role.FontRole)
    background = model.data(index, Role.BackgroundRole)
    return {
        "text": model.data(index, Role.DisplayRole),
        "picture": None if picture is None else type(picture).__name__,
        "hint": hint if isinstance(hint, str) and not hint.startswith("<img") else None,
        "bold": bool(font and font.bold()),
        "background": background.color().name() if hasattr(background, "color") else None,
        "editable": bool(model.flags(index) & Qt.ItemFlag.ItemIsEditable),
    }


def rows(model):
    """What each row shows, by run and title."""
    titles = columns(model)
    shown = [{t: cell(model, r, c) for t, c in titles.items()} for r in range(model.rowCount())]
    return {row["Run"]["text"]: row for row in shown}


def inspect(app, view, index):
    """Double-click a cell; the titles of the windows that opened."""
    before = set(app.topLevelWidgets())
    view.doubleClicked.emit(index)
    app.processEvents()
    opened = [w for w in set(app.topLevelWidgets()) - before if w.isVisible()]
    titles = [w.windowTitle() for w in opened]
    for widget in opened:
        widget.close()
    return titles


def main(folder, picture, edits="[]", inspected="[]"):
    sys.excepthook = note_failure
    app = QApplication(["damnit"])
    window = MainWindow(Path(folder), False)
    window.resize(1600, 900)
    window.show()
    app.processEvents()
    view = next(v for v in window.findChildren(QTableView) if v.model() is not None)
    model = view.model()
    answer = {
        "edits": [
            bool(model.setData(index_of(model, run, title), text, Role.EditRole))
            for run, title, text in json.loads(edits)
        ],
        "columns": list(columns(model)),
        "rows": rows(model),
    }
    window.grab().save(picture)
    answer["opened"] = [inspect(app, view, index_of(model, run, title)) for run, title in json.loads(inspected)]
    window.close()
    app.processEvents()
    json.dump(answer | {"failures": failures}, sys.stdout)
    sys.stdout.flush()
    # Its window leaves a thread that checks the context file; Qt would abort the process because of it.
    os._exit(1 if failures else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
