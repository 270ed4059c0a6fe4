import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.core.keys import RunKey
from damnit_backend.store.run_data import RunData
from damnit_backend.triggers.run_directory import RunDirectory
from damnit_backend.triggers.settling import Settling, already_processed

SETTLE = 2.0
KEY = RunKey(1234, 5)


class World:
    """Directories of runs whose contents are texts; the signature is the text."""

    def __init__(self, seen: dict[tuple[RunKey, str], str] | None = None) -> None:
        self.settling = Settling(1234, SETTLE, seen=dict(seen or {}))
        self.contents: dict[tuple[int, str], str] = {}
        self.changed: dict[tuple[int, str], int] = {}
        self.now = 0.0
        self.signed = 0

    def put(self, content: str, run: int = 5, stage: str = "raw", new_file: bool = True) -> None:
        """Contents change; a new file changes the directory's own time as well, a growing one does not."""
        self.contents[run, stage] = content
        self.changed[run, stage] = self.changed.get((run, stage), 0) + new_file

    def look(self, seconds: float = 1.0, accept: bool = True) -> list[RunData]:
        self.now += seconds
        directories = [RunDirectory(run, stage, Path(), self.changed[run, stage]) for run, stage in self.contents]
        ready = self.settling.look(self.now, directories, self.sign)
        if accept:
            self.settling.accept(ready)
        return ready

    def sign(self, directory: RunDirectory) -> str:
        self.signed += 1
        return self.contents[directory.run, directory.stage]


def test_that_a_run_is_ready_once_when_it_has_not_changed_for_the_settling_time():
    world = World()
    world.put("a")
    assert [world.look() for _ in range(6)] == [[], [], [RunData(KEY, "raw", "a")], [], [], []]


def test_that_a_file_which_keeps_growing_is_never_ready():
    world = World()
    for number in range(50):
        world.put(str(number), new_file=number == 0)
        assert world.look(1.9) == []
    assert world.settling.waiting == 1
    assert world.look(2.0) == [RunData(KEY, "raw", "49")]
    assert world.settling.waiting == 0


def test_that_late_files_make_it_ready_again():
    world = World()
    world.put("a")
    world.look()
    assert world.look(2.0) == [RunData(KEY, "raw", "a")]
    world.put("a+b")
    assert [world.look(1.0) for _ in range(3)] == [[], [], [RunData(KEY, "raw", "a+b")]]


def test_that_an_empty_directory_waits_for_its_first_file_however_long():
    world = World()
    world.put("")
    assert [world.look(10) for _ in range(3)] == [[], [], []]
    world.put("a", new_file=False)  # the same clock tick as its making
    assert world.look() == []
    assert world.look(2.0) == [RunData(KEY, "raw", "a")]


def test_that_data_which_vanish_are_forgotten_and_settle_anew():
    world = World()
    world.put("a")
    world.look()
    world.put("")
    assert world.look(5.0) == []
    world.put("a")
    assert world.look(5.0) == []
    assert world.look(2.0) == [RunData(KEY, "raw", "a")]


def test_that_data_which_cannot_be_seen_for_a_while_are_no_news():
    world = World()
    world.put("a")
    world.look()
    assert world.look(2.0) == [RunData(KEY, "raw", "a")]
    world.put("")  # the file system is away, or the files were moved to tape
    assert [world.look(5.0) for _ in range(3)] == [[], [], []]
    world.put("a")
    assert [world.look(5.0) for _ in range(3)] == [[], [], []]


def test_that_data_whose_recording_failed_are_reported_again():
    world = World()
    world.put("a")
    world.look()
    assert world.look(2.0, accept=False) == world.look(1.0, accept=False) == [RunData(KEY, "raw", "a")]
    assert world.look(1.0) == [RunData(KEY, "raw", "a")]
    assert world.look(1.0) == []


def test_that_raw_comes_before_proc_and_runs_in_order():
    world = World()
    for run, stage in [(7, "raw"), (5, "proc"), (5, "raw"), (6, "proc")]:
        world.put("a", run, stage)
    world.look()
    assert [(d.key.run, d.stage) for d in world.look(2.0)] == [(5, "raw"), (5, "proc"), (6, "proc"), (7, "raw")]


def test_that_what_an_earlier_listener_saw_is_not_reported_again_unless_it_changed():
    world = World({(KEY, "raw"): "a"})
    world.put("a")
    assert [world.look(5.0) for _ in range(3)] == [[], [], []]
    world.put("b")
    world.look()
    assert world.look(2.0) == [RunData(KEY, "raw", "b")]


def test_that_settled_directories_are_not_looked_into_again():
    world = World({(RunKey(1234, run), "raw"): "a" for run in range(1000)})
    for run in range(1000):
        world.put("a", run)
    world.look()
    before = world.signed
    world.look()
    assert world.signed == before


def test_that_a_change_just_after_it_was_taken_as_ready_is_seen():
    world = World()
    world.put("a")
    world.look()
    (ready,) = world.look(2.0, accept=False)
    world.put("b")
    world.settling.accept([ready])
    world.look()
    assert world.look(2.0) == [RunData(KEY, "raw", "b")]


CHANGES = st.lists(
    st.tuples(st.floats(0, 5), st.none() | st.sampled_from(["", "a", "b", "c", "d"])), min_size=1, max_size=40
)


@given(CHANGES)
def test_that_ready_data_never_changed_within_the_settling_time_and_each_content_is_reported_once(changes):
    world = World()
    last_change, content = 0.0, ""
    reported = []
    for seconds, new in changes:
        if new is not None and new != content:
            content = new
            last_change = world.now
            world.put(new)
        for ready in world.look(seconds):
            assert ready.signature == content != ""
            assert world.now - last_change >= SETTLE
            reported.append(ready.signature)
    assert all(one != next_ for one, next_ in itertools.pairwise(reported))
    if content:
        for _ in range(2):
            world.now += SETTLE  # in one step with the look below, and not less for being rounded
            reported += [ready.signature for ready in world.look(0.1)]
        assert reported[-1] == content


@pytest.mark.parametrize(
    ("seen", "expected"), [({}, {RunKey(1, 1), RunKey(1, 2)}), ({(RunKey(1, 1), "raw"): "s"}, {RunKey(1, 2)})]
)
def test_that_rows_of_another_program_count_as_processed(seen, expected):
    assert already_processed(seen, [RunKey(1, 1), RunKey(1, 2)]) == expected
