"""What is kept of each value's computation."""

import json

import h5py
import pytest

from damnit_backend.core.keys import RunKey
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.provenance import Provenance, read_provenance

KEY = RunKey(1234, 5)
FACTS = {"started": 1.7e9, "seconds": 2.5, "memory": 3_000_000, "outcome": "ok", "line": None}


@pytest.fixture
def merge(folder, database):
    """``merge(x={...})`` merges a fragment of run 5 in which the number x has that record; None: it has none."""

    def merge(origin=None, **records):
        path = folder.results / "p1234_r5.x.ready.h5"
        with h5py.File(path, "w") as file:
            file.attrs["desk_computed"] = json.dumps({name: r for name, r in records.items() if r is not None})
            if origin is not None:
                file.attrs["desk_origin"] = json.dumps(origin)
            for name, r in records.items():
                if r is None or r["outcome"] == "ok":
                    file[f".reduced/{name}"], file[f"{name}/data"] = 1.5, 1.5
        return merge_fragments(database, KEY, find_fragments(folder, KEY)[KEY])

    return merge


def test_that_time_and_memory_of_each_variable_are_kept(merge, database):
    merge(a=FACTS, b={**FACTS, "memory": None, "outcome": "error", "line": 7}, c={**FACTS, "outcome": "none"})

    found = read_provenance(database, KEY)

    assert found["a"] == Provenance(1.7e9, 2.5, 3_000_000, "ok", None, finished=1.7e9 + 2.5, asked=1.7e9)
    assert (found["b"].memory, found["b"].outcome, found["b"].line) == (None, "error", 7)
    assert found["c"].outcome == "none"
    assert read_provenance(database, RunKey(1234, 6)) == {}


def test_that_where_a_value_comes_from_is_kept(merge, database):
    origin = {"context": "c1", "environment": "e1", "stage": "all", "host": "h", "user": "u", "job": 7}
    merge(origin, a={**FACTS, "code": "x1", "parameters": {"p": 1.5, "q": None}, "asked": True})

    assert read_provenance(database, KEY)["a"] == Provenance(
        1.7e9,
        2.5,
        3_000_000,
        "ok",
        None,
        "c1",
        "x1",
        "all",
        "e1",
        "h",
        "u",
        7,
        {"p": 1.5, "q": None},
        1.7e9 + 2.5,
        1.7e9,
    )


def test_that_it_is_known_when_a_value_was_computed_for_itself_and_not_for_others(merge, database):
    merge(a=FACTS)
    merge(a={**FACTS, "started": 1.8e9, "asked": False})
    found = read_provenance(database, KEY)["a"]
    assert (found.started, found.asked) == (1.8e9, 1.7e9)

    merge(a={**FACTS, "started": 1.9e9, "asked": True})
    assert read_provenance(database, KEY)["a"].asked == 1.9e9


def test_that_an_origin_that_makes_no_sense_is_a_broken_fragment(merge):
    assert merge({"job": "seven"}, a=FACTS).broken


def test_that_a_new_value_replaces_what_was_known_of_the_old_one(merge, database):
    merge(a=FACTS, b=FACTS)
    merge(a={**FACTS, "seconds": 9.0})
    assert {name: facts.seconds for name, facts in read_provenance(database, KEY).items()} == {"a": 9.0, "b": 2.5}

    merge(a=None)  # another program's fragment says nothing
    assert set(read_provenance(database, KEY)) == {"b"}


def test_that_a_record_of_before_memory_was_measured_is_read(merge, database):
    merge(a={name: fact for name, fact in FACTS.items() if name != "memory"})
    assert read_provenance(database, KEY)["a"].memory is None


@pytest.mark.parametrize("wrong", [{"memory": 2**63}, {"memory": -1}, {"line": 2**64}, {"memory": "much"}])
def test_that_a_record_that_makes_no_sense_is_a_broken_fragment(merge, database, wrong):
    assert merge(a={**FACTS, **wrong}).broken
    assert read_provenance(database, KEY) == {}


def test_that_nothing_is_known_of_a_folder_that_another_program_made(old_folder):
    with open_for_reading(old_folder(4)) as database:
        assert read_provenance(database, KEY) == {}
