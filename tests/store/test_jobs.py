import threading

import pytest

from damnit_backend.core.keys import RunKey
from damnit_backend.store import jobs as jobs_module
from damnit_backend.store.jobs import (
    MAX_ATTEMPTS,
    SUSPECT_ATTEMPTS,
    Request,
    add_jobs,
    count_queued,
    finish_job,
    forget_jobs,
    read_jobs,
    requeue_abandoned,
    take_job,
)
from damnit_backend.store.opening import open_database
from damnit_backend.store.run_data import RunData, adopt_data, record_data, seen_data
from damnit_backend.store.table import read_table

RUNS = [RunKey(1234, run) for run in range(6)]


def taken(database, busy=()) -> RunKey | None:
    job = take_job(database, busy)
    return job.request.key if job else None


def test_that_live_jobs_go_first_and_the_others_in_order(database):
    add_jobs(database, [Request(RUNS[0]), Request(RUNS[1]), Request(RUNS[2], live=True), Request(RUNS[3], live=True)])
    assert [taken(database) for _ in range(5)] == [RUNS[2], RUNS[3], RUNS[0], RUNS[1], None]


def test_that_a_run_in_work_waits_and_the_next_goes_on(database):
    add_jobs(database, [Request(RUNS[0], "raw"), Request(RUNS[0], "proc"), Request(RUNS[1])])
    assert taken(database) == RUNS[0]
    assert taken(database, [RUNS[0]]) == RUNS[1]
    assert taken(database, [RUNS[0], RUNS[1]]) is None
    assert taken(database) == RUNS[0]


def test_that_the_same_run_number_of_another_proposal_is_another_run(database):
    add_jobs(database, [Request(RunKey(1, 5)), Request(RunKey(2, 5))])
    assert taken(database, [RunKey(1, 5)]) == RunKey(2, 5)


def test_that_a_job_says_all_about_itself(database):
    request = Request(RUNS[0], "proc", ("b", "it's µ"), True, "Ann")
    (number,) = add_jobs(database, [request])
    job = take_job(database)
    assert (job.id, job.state, job.attempts, job.finished) == (number, "running", 1, None)
    assert job.request == Request(RUNS[0], "proc", ("b", "it's µ"), True, "Ann")
    assert job.started >= job.asked_at
    finish_job(database, number, "failed", "It said 'no'.")
    (job,) = read_jobs(database)
    assert (job.state, job.message) == ("failed", "It said 'no'.")
    assert job.finished >= job.started


def test_that_what_is_queued_already_is_not_queued_twice(database):
    first = add_jobs(database, [Request(RUNS[0], variables=("b", "a")), Request(RUNS[0], variables=())])
    assert add_jobs(database, [Request(RUNS[0], variables=("a", "b"))]) == first[:1]
    others = [Request(RUNS[0]), Request(RUNS[0], "raw"), Request(RUNS[1], variables=("a", "b"))]
    assert not set(add_jobs(database, others)) & set(first)
    assert count_queued(database) == 5


def test_that_asking_live_for_what_is_queued_brings_it_forward(database):
    add_jobs(database, [Request(RUNS[0]), Request(RUNS[1])])
    add_jobs(database, [Request(RUNS[1], live=True)])
    assert taken(database) == RUNS[1]


def test_that_what_is_running_is_queued_again_when_asked_for(database):
    first = add_jobs(database, [Request(RUNS[0])])
    take_job(database)
    assert add_jobs(database, [Request(RUNS[0])]) != first


def test_that_what_a_dead_listener_left_is_done_again(database):
    add_jobs(database, [Request(run) for run in RUNS[:3]])
    take_job(database)
    take_job(database)
    assert requeue_abandoned(database) == 2
    assert requeue_abandoned(database) == 0
    assert taken(database) == RUNS[0]
    assert read_jobs(database)[-1].attempts == 2


def test_that_a_job_which_never_ends_is_set_aside_and_does_not_stop_the_others(database):
    add_jobs(database, [Request(RUNS[0])])
    for _ in range(MAX_ATTEMPTS):
        assert taken(database) == RUNS[0]
        requeue_abandoned(database)
    add_jobs(database, [Request(RUNS[1])])
    assert taken(database) == RUNS[1]
    job = read_jobs(database)[-1]
    assert job.state == "failed"
    assert str(MAX_ATTEMPTS) in job.message
    assert count_queued(database) == 0


def test_that_jobs_are_read_newest_first_some_or_all(database):
    numbers = add_jobs(database, [Request(run) for run in RUNS])
    assert [job.id for job in read_jobs(database)] == numbers[::-1]
    assert [job.id for job in read_jobs(database, limit=2)] == numbers[:3:-1]
    assert [job.id for job in read_jobs(database, numbers[1:3])] == numbers[2:0:-1]
    assert read_jobs(database, []) == []
    assert read_jobs(database, [999]) == []


def test_that_a_job_of_nonsense_computes_nothing(database, plain_sql):
    add_jobs(database, [Request(RUNS[0], variables=("a",))])
    plain_sql().execute("UPDATE desk_jobs SET variables = '{garbage'")
    assert take_job(database).request.variables == ()
    assert len(read_jobs(database)) == 1


def test_that_two_takers_never_get_the_same_job(database, folder):
    add_jobs(database, [Request(RunKey(1, run)) for run in range(40)])
    found: list[RunKey] = []

    def take() -> None:
        with open_database(folder) as own:
            while (key := taken(own)) is not None:
                found.append(key)

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [RunKey(1, run) for run in range(40)]


def test_that_data_are_recorded_and_queued_together(database):
    record_data(database, [RunData(RUNS[0], "raw", "s1"), RunData(RUNS[0], "proc", "s2")], "new data")
    assert seen_data(database) == {(RUNS[0], "raw"): "s1", (RUNS[0], "proc"): "s2"}
    assert [(job.request.stage, job.request.live) for job in read_jobs(database)] == [("proc", True), ("raw", True)]


def test_that_data_which_changed_are_recorded_anew_and_queued_once(database):
    first = record_data(database, [RunData(RUNS[0], "raw", "s1")], "new data")
    assert record_data(database, [RunData(RUNS[0], "raw", "s2")], "new data") == first
    assert seen_data(database) == {(RUNS[0], "raw"): "s2"}
    take_job(database)
    assert record_data(database, [RunData(RUNS[0], "raw", "s3")], "new data", live=False) != first


def test_that_data_of_another_program_are_remembered_but_not_queued(database):
    adopt_data(database, [RunData(RUNS[0], "raw", "s1")])
    assert seen_data(database) == {(RUNS[0], "raw"): "s1"}
    assert read_jobs(database) == []
    assert read_table(database).runs == ()


def test_that_neither_is_kept_when_one_cannot_be(database, plain_sql):
    plain_sql().execute("CREATE TRIGGER no BEFORE INSERT ON desk_jobs BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        record_data(database, [RunData(RUNS[0], "raw", "s1")], "new data")
    assert seen_data(database) == {}


def test_a_job_that_may_be_what_ends_the_listener_goes_behind_all_others(database):
    suspect, other = add_jobs(database, [Request(RunKey(1234, 1), live=True), Request(RunKey(1234, 2))])
    for _ in range(SUSPECT_ATTEMPTS):
        assert take_job(database).id == suspect
        requeue_abandoned(database)
    assert take_job(database).id == other
    assert take_job(database).id == suspect


def test_that_only_the_latest_jobs_that_ended_are_kept_and_all_that_have_not(database, monkeypatch):
    monkeypatch.setattr(jobs_module, "KEPT", 2)
    numbers = add_jobs(database, [Request(run) for run in RUNS])
    for _ in range(5):
        take_job(database)
    for number in numbers[1:5]:
        finish_job(database, number, "done")
    forget_jobs(database)
    forget_jobs(database)
    states = {job.id: job.state for job in read_jobs(database)}
    assert states == {numbers[0]: "running", numbers[3]: "done", numbers[4]: "done", numbers[5]: "queued"}
    assert add_jobs(database, [Request(RunKey(1, 99))])[0] > max(numbers)
