"""The processes of `benchmarks.locks`: who merges results, who edits, who reads everything, and what they tell."""

import contextlib
import itertools
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from damnit_backend.core.keys import COMMENT, CellKey, RunKey
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.feed import read_changes
from damnit_backend.store.folder import Folder
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.table import read_runs, read_table

PROPOSAL = 1234
NUMBERS, TRENDS = 16, 3
"""Variables in each fragment, beside one picture."""


@dataclass
class Told:
    """What one process did: seconds of each act by its kind, what it wrote, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    written: dict[CellKey, list[Any]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def timed(self, kind: str, act: Callable[[], object]) -> bool:
        """Do it and note how long it took, or what went wrong; whether it went well."""
        begun = time.monotonic()
        try:
            act()
        except Exception as error:  # the edge of a process of the benchmark, which tells of every error
            self.errors.append(f"{kind}: {type(error).__name__}: {error}")
            return False
        finally:
            self.seconds.setdefault(kind, []).append(time.monotonic() - begun)
        return True


class Watched(Database):
    """A database that notes for how long each transaction lasts: views of readers, and writing with its waiting."""

    def __init__(self, folder: Folder, told: Told) -> None:
        super().__init__(folder)
        self._told = told

    @contextlib.contextmanager
    def reading(self) -> Iterator[Any]:
        with super().reading() as sql:
            begun = time.monotonic()
            try:
                yield sql
            finally:
                self._told.seconds.setdefault("view", []).append(time.monotonic() - begun)

    @contextlib.contextmanager
    def writing(self, **options: Any) -> Iterator[Any]:
        begun = time.monotonic()
        with super().writing(**options) as sql:
            yield sql
        self._told.seconds.setdefault("commit", []).append(time.monotonic() - begun)


def write_fragment(folder: Folder, key: RunKey, number: int) -> None:
    """Results of one run, as a context process hands them over; the scalars are all ``number``."""
    path = folder.results / f"p{key.proposal}_r{key.run}.{number:08d}.ready.h5"
    aside = path.with_name(path.name.replace(".ready.", ".writing."))
    x = np.linspace(0, 1, 150)
    with h5py.File(aside, "w") as file:
        file.attrs["provenance"] = "context.py"
        for index in range(NUMBERS):
            file[f"number{index}/data"] = file[f".reduced/number{index}"] = float(number)
        for index in range(TRENDS):
            file[f"trend{index}/data"] = np.random.default_rng(number).random(1000)
            file[f".reduced/trend{index}"] = np.stack([x, x * number])
            file[f".reduced/trend{index}"].attrs["summary_type"] = "trendline"
        file["picture/data"] = np.full((200, 200), number, np.uint16)
        file[".reduced/picture"] = np.frombuffer(b"\x89PNG\r\n\x1a\n" + random.randbytes(20_000), np.uint8)
    aside.replace(path)


def merge_results(folder: Folder, told: Told, stop: Event, runs: int, pause: float) -> None:
    """The listener's part: one merge after the other, each of one fragment."""
    with Watched(folder, told) as database:
        for number in itertools.count(1):
            if stop.wait(pause):
                return
            key = RunKey(PROPOSAL, number % runs)
            write_fragment(folder, key, number)
            paths = find_fragments(folder, key)[key]
            if told.timed("result", partial(merge_fragments, database, key, paths)):
                for index in range(NUMBERS):
                    told.written.setdefault(CellKey(*key, f"number{index}"), []).append(float(number))


def edit(folder: Folder, told: Told, stop: Event, runs: int, pause: float, person: int) -> None:
    """A person who types comments; each edit has a connection of its own, as in the window."""
    luck = random.Random(person)
    for number in itertools.count(1):
        if stop.wait(luck.uniform(0, 2 * pause)):
            return
        key = CellKey(PROPOSAL, luck.randrange(runs), COMMENT)
        text = f"edit {number} of person {person}"

        def write(key: CellKey = key, text: str = text) -> None:
            with Watched(folder, told) as database:
                write_edit(database, key, text, author=f"person {person}")

        if told.timed("edit", write):
            told.written.setdefault(key, []).append(text)


def read_everything(folder: Folder, told: Told, stop: Event) -> None:
    """A window that loads the whole table, follows the change feed for a while, and begins again."""
    while not stop.is_set():
        with Watched(folder, told) as database:
            told.timed("whole table", lambda: _follow(database, told, stop))


def _follow(database: Database, told: Told, stop: Event) -> None:
    seq = read_table(database).seq
    for _ in range(10):
        if stop.wait(0.05):
            return
        begun = time.monotonic()
        changes = read_changes(database, seq)
        if changes.runs:
            read_runs(database, changes.runs)
        seq = changes.seq
        told.seconds.setdefault("poll", []).append(time.monotonic() - begun)


def in_processes(folder: Path, acts: list[tuple[Any, ...]], seconds: float, look: Callable[[], None]) -> list[Told]:
    """Let each act, a function with its further arguments, go on in a process of its own for so long.

    ``look`` is called now and then meanwhile.
    """
    context = multiprocessing.get_context("spawn")
    stop, begin = context.Event(), context.Barrier(len(acts) + 1)
    results = context.Queue()
    processes = [context.Process(target=_go, args=(folder, act, begin, stop, results)) for act in acts]
    for process in processes:
        process.start()
    begin.wait(120)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.2)
        look()
    stop.set()
    told = [results.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    return told


def _go(folder: Path, act: tuple[Any, ...], begin: Any, stop: Event, results: Any) -> None:
    told = Told()
    function, *arguments = act
    begin.wait(120)
    try:
        function(Folder(folder), told, stop, *arguments)
    except Exception as error:  # the edge of a process of the benchmark, which tells of every error
        told.errors.append(f"{function.__name__} ended: {type(error).__name__}: {error}")
    results.put(told)
