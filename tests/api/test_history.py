"""Former values in a notebook."""

import numpy as np
import pytest

from damnit_backend.api import Damnit
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import merge_fragments

RUN = RunKey(1234, 5)


@pytest.fixture
def merge(database, folder, hand_over):
    """``merge(name=value, ...)``: these results come in and are merged."""

    def do(**values):
        hand_over(RUN, **values)
        for key, paths in find_fragments(folder).items():
            merge_fragments(database, key, paths)

    return do


def test_former_values_are_read_and_brought_back(merge, folder):
    merge(x=np.arange(5.0))
    merge(x=np.arange(7.0))
    db = Damnit(folder.path)
    now, former = db[5, "x"].history()
    assert now.id is None
    assert now.read().size == 7
    assert former.read().tolist() == [0, 1, 2, 3, 4]
    assert former.value.tolist() == [0, 1, 2, 3, 4]
    assert former.replaced_by == former.author == now.author is not None
    assert former.replaced_at > 1.7e9
    assert "entry 1" in repr(former)
    former.bring_back("it was better")
    assert db[5, "x"].read().size == 5
    again = db[5, "x"].history()[0]
    assert "it was better" in again.reason
    with pytest.raises(UserError, match="already"):
        again.bring_back()


def test_what_is_kept_no_more_is_said_and_its_summary_is_there(merge, folder):
    for size in (3, 4, 5):
        merge(x=np.arange(float(size)))
    with Database(folder) as database, database.writing() as sql:
        sql.execute("UPDATE desk_history SET former_file = NULL WHERE id = 1")
    oldest = Damnit(folder.path)[5, "x"].history()[-1]
    assert oldest.value.size == 3
    with pytest.raises(UserError, match="history_results"):
        oldest.read()


def test_numbers_and_typed_values_need_no_file_and_errors_are_raised(merge, folder, database):
    merge(x=1.5, y=ValueError("no"))
    merge(x=2.5, y=3)
    write_edit(database, CellKey(*RUN, "comment"), "first")
    write_edit(database, CellKey(*RUN, "comment"), "second")
    run = Damnit(folder.path)[5]
    assert [value.read() for value in run["x"].history()] == [2.5, 1.5]
    assert [value.read() for value in run["comment"].history()] == ["second", "first"]
    failed = run["y"].history()[1]
    assert (failed.value, failed.error.message) == (None, "no")
    with pytest.raises(UserError, match="ValueError: no"):
        failed.read()


def test_what_was_deleted_has_a_history_too(merge, folder, database):
    merge(x=1.5, y=1)
    with database.writing() as sql:
        sql.execute("DELETE FROM run_variables WHERE name = 'x'")
    run = Damnit(folder.path)[5]
    with pytest.raises(KeyError):
        run["x"]
    (former,) = run.history("x")
    former.bring_back()
    assert run["x"].read() == 1.5
    assert run.history("never") == []
