"""The interpreter and the limits of a folder: its own, else those of the facility, else sensible ones."""

import pytest

from damnit_backend.contextproc.conditions import ENOUGH, SHARE, Conditions, conditions_of, memory_of_a_run
from damnit_backend.contextproc.machine import total_memory
from damnit_backend.core.errors import UserError
from damnit_backend.core.settings import Limits, Settings
from damnit_backend.store.settings import set_setting

GB = 1_000_000_000


def test_that_the_folders_own_settings_count_more_than_the_facilitys(database):
    settings = Settings(run_seconds=100, run_memory_gb=3, load_seconds=7)
    facility = conditions_of(database, settings)
    assert facility == Conditions(None, 7.0, 100.0, 3 * GB, None)
    for name, value in {"run_seconds": "0", "run_memory_gb": 1.5, "run_cores": "2", "context_python": "/p"}.items():
        set_setting(database, name, value)
    assert conditions_of(database, settings) == Conditions("/p", 7.0, None, 1_500_000_000, 2)
    for name in ("run_seconds", "run_memory_gb", "run_cores", "context_python"):
        set_setting(database, name, None)
    assert conditions_of(database, settings) == facility


@pytest.mark.parametrize(
    ("name", "value"),
    [("run_memory_gb", "much"), ("run_memory_gb", "nan"), ("run_cores", 2.5), ("run_seconds", -1), ("load_seconds", 0)],
)
def test_that_a_limit_that_is_none_is_named_with_what_to_do(database, name, value):
    set_setting(database, name, value)
    with pytest.raises(UserError, match=name) as caught:
        conditions_of(database, Settings())
    assert f"damnit setting FOLDER {name}" in caught.value.hint


@pytest.mark.parametrize(
    ("workers", "total", "limit"),
    [(1, 100 * GB, 80 * GB), (4, 100 * GB, 20 * GB), (50, 100 * GB, ENOUGH), (2, 2 * GB, int(SHARE * 2 * GB))],
)
def test_that_by_itself_a_run_has_a_share_of_the_machine_that_is_never_tiny(workers, total, limit):
    assert memory_of_a_run(Limits(), workers, total) == pytest.approx(limit)


def test_that_the_memory_of_the_control_group_counts_where_it_is_less(tmp_path):
    of_process = tmp_path / "cgroup"
    deep = tmp_path / "groups" / "slurm" / "job"
    deep.mkdir(parents=True)
    machine = total_memory(of_process, tmp_path / "groups")
    assert machine > 10**8
    of_process.write_text("0::/slurm/job\n")
    (deep / "memory.max").write_text("max\n")
    assert total_memory(of_process, tmp_path / "groups") == machine
    (deep.parent / "memory.max").write_text("50000000\n")
    assert total_memory(of_process, tmp_path / "groups") == 50_000_000
    first = tmp_path / "groups" / "memory" / "box"
    first.mkdir(parents=True)
    (first / "memory.limit_in_bytes").write_text("40000000\n")
    of_process.write_text("3:cpu:/x\n4:memory:/box\n0::/\n")
    assert total_memory(of_process, tmp_path / "groups") == 40_000_000
