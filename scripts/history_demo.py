"""Nothing is lost, on a real sequence of edits: `make history`, or `python -m scripts.history_demo [DIRECTORY]`.

A simulated beamtime is processed, its context file edited and what became stale processed again, comments are edited
by several people and by another program, a variable is deleted; then all of it is looked up and brought back. What is
printed are the commands that were run and what they said.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from damnit_backend.control.make import init_folder
from damnit_backend.core.keys import CellKey
from damnit_backend.simulator import Beamtime, BeamtimeOptions
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import USUAL_PLACE, Folder
from damnit_backend.store.opening import open_database

CONTEXT = '''from damnit_ctx import Variable

GAIN = 2.0


@Variable("Trains", tags="run")
def trains(run):
    """How many trains were recorded."""
    return len(run.train_ids)


@Variable("Signal", units="V")
def signal(run):
    """A trace, in volts."""
    return [GAIN * step for step in range(100)]


@Variable("Peak", units="V")
def peak(run, trace: "var#signal"):
    return trace.max()
'''
OPTIONS = BeamtimeOptions(trains=10, pulses=4, trace_samples=100, camera_shape=(16, 24))
RUNS = (1, 2)


class Story:
    """The folder of the demonstration, and the commands that are run on it."""

    def __init__(self, directory: Path) -> None:
        beamtime = Beamtime(directory / "data", OPTIONS)
        beamtime.prepare()
        for run in RUNS:
            beamtime.write_raw(run)
        self.proposal = OPTIONS.proposal
        self.folder: Folder = init_folder(beamtime.proposal_path / USUAL_PLACE, self.proposal, CONTEXT)

    def heading(self, text: str) -> None:
        print(f"\n# {text}\n", flush=True)

    def damnit(self, command: str, *arguments: object, quiet: bool = False) -> str:
        """Run a command on the folder as people do; what it said."""
        words = [command, str(self.folder.path), *map(str, arguments)]
        done = subprocess.run(
            [sys.executable, "-m", "damnit_backend.cli", *words],
            env=os.environ | {"NO_COLOR": "1"}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        if not quiet:
            print(f"$ damnit {' '.join([command, 'FOLDER', *words[2:]])}")
            print(done.stdout.replace(str(self.folder.path), "FOLDER"), flush=True)
        return done.stdout

    def edit_context(self, old: str, new: str) -> None:
        path = self.folder.context_file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        print(f"context.py: {old!r} becomes {new!r}\n")

    def comment(self, run: int, text: str, author: str) -> None:
        """What a person types into a window."""
        with open_database(self.folder) as database:
            write_edit(database, CellKey(self.proposal, run, "comment"), text, author=author)
        print(f"{author} types a comment for run {run}: {text}")

    def foreign_sql(self, statement: str) -> None:
        """What a program writes that knows nothing of ours."""
        print(f"another program, in SQL: {statement}\n")
        with closing(sqlite3.connect(self.folder.database)) as sql, sql:
            sql.execute(statement)

    def entry(self, name: str, which: int) -> int:
        """The number of a former value of run 1: the first is 0."""
        values = json.loads(self.damnit("history", 1, name, "--json", quiet=True))
        former = sorted(value["id"] for value in values if value["id"] is not None)
        return int(former[which])


def tell(directory: Path) -> Story:
    """The whole sequence."""
    story = Story(directory)
    _code(story)
    _comments(story)
    _deletion(story)
    story.heading("All that was changed")
    story.damnit("history")
    return story


def _code(story: Story) -> None:
    story.heading("Two runs are processed; then the context file is edited, and what became stale is processed again")
    story.damnit("reprocess", "all")
    story.damnit("table")
    story.edit_context("GAIN = 2.0", "GAIN = 2.5")
    story.damnit("reprocess", "--stale", "--dry-run")
    story.damnit("reprocess", "--stale")
    story.heading("The former values, and the code that made them")
    story.damnit("history", 1, "peak")
    story.damnit("code", 1, "peak", "--version", story.entry("peak", 0))
    story.heading("The former trace is brought back, whole; it is stale then, because today's code would give another")
    story.damnit("restore", story.entry("signal", 0), "--reason", "the old gain was right")
    story.damnit("history", 1, "signal")
    story.damnit("reprocess", "--stale", "--dry-run")


def _comments(story: Story) -> None:
    story.heading("People and programs edit a comment")
    story.comment(1, "jet is stable", "ann")
    story.comment(1, "jet is NOT stable", "bob")
    story.foreign_sql("INSERT OR REPLACE INTO run_variables (proposal, run, name, version, value, timestamp)"
                      f" VALUES ({story.proposal}, 1, 'comment', 1, 'oops', unixepoch())")  # fmt: skip
    story.damnit("history", 1, "comment")
    story.damnit("restore", story.entry("comment", 0), "--reason", "ann was right")
    story.damnit("history", 1, "comment")


def _deletion(story: Story) -> None:
    story.heading("A variable is deleted, and brought back")
    said = story.damnit("delete", "trains", "--reason", "who needs it")
    story.damnit("table")
    entry = said.split("damnit restore ")[1].split()[1]
    story.damnit("restore", entry)
    story.damnit("table")


def main() -> None:
    if len(sys.argv) > 1:
        tell(Path(sys.argv[1]).absolute())
        return
    with tempfile.TemporaryDirectory() as directory:
        tell(Path(directory))


if __name__ == "__main__":
    main()
