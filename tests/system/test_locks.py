"""A listener that merges, four people who edit and eight windows that read everything, at once, on each journal."""

import pytest

from benchmarks.locks import load


@pytest.mark.system
@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_that_nobody_finds_the_database_locked_and_nothing_is_lost(tmp_path, journal):
    report = load(tmp_path, journal, 3, runs=50)
    assert report.journal == journal
    assert (report.errors, report.lost) == ([], [])
    assert min(report.figures[kind].count for kind in ("result", "edit", "whole table")) > 0
    # A second is the promise; a machine that is busy with other tests does everything later.
    assert report.figures["commit"].longest < 5000
