"""What the world may do to a listener that works: it goes on, says so, and loses nothing."""

import asyncio
import errno
import sqlite3
from contextlib import contextmanager

import h5py
import pytest

from damnit_backend.control.listener import request_reprocess
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.messages import Activity
from damnit_backend.listener import dispatch, ingest, watch
from damnit_backend.listener.ingest import Ingest
from damnit_backend.listener.service import Listener
from damnit_backend.listener.store_thread import StoreThread
from damnit_backend.store import publishing
from damnit_backend.store.database import Database, DatabaseBusyError
from damnit_backend.store.edits import write_edit
from damnit_backend.store.jobs import read_jobs
from damnit_backend.store.lease import LeaseLostError, read_lease
from damnit_backend.store.table import read_table, read_variables
from damnit_backend.store.variables import add_editable

TRAINS = "from damnit_ctx import Variable\n@Variable(title='Trains')\ndef trains(run):\n    return len(run.train_ids)\n"


@contextmanager
def locked(folder):
    """Another program writes to the database, and takes its time."""
    other = sqlite3.connect(folder.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Locks are not waited for."""
    monkeypatch.setattr("damnit_backend.store.database.BUSY_SECONDS", 0.05)
    monkeypatch.setattr(ingest, "RETRY_SECONDS", 0.1)


def test_that_a_locked_database_holds_work_up_and_does_not_end_the_listener(beamtime, make_folder, serve):
    folder = make_folder("def")
    beamtime.write_raw(1)
    request_reprocess(folder, [RunKey(beamtime.options.proposal, 1)])

    async def scenario(served):
        await served.until(lambda: "context.py has a problem" in served.listener.status().problem)
        with locked(folder):
            folder.context_file.write_text(TRAINS)
            await served.until(lambda: "Nothing new can be started" in served.listener.status().problem)
        await served.until(lambda: served.cell(1, "trains"))
        await served.until(lambda: not served.listener.status().problem)

    serve(folder, scenario)
    with Database(folder, read_only=True) as database:
        assert [variable.title for variable in read_variables(database)] == ["Trains"]


def test_that_a_run_waits_with_its_end_for_a_lock_that_keeps_its_results_from_being_merged(folder, database):
    key = RunKey(1234, 1)
    with h5py.File(folder.results / "p1234_r1.aaaa.ready.h5", "w") as file:
        file.create_group(".reduced")["number"] = 5

    async def main():
        store = StoreThread(folder, "merge")
        fragments = Ingest(store, lambda _: None)
        with locked(folder):
            finish = asyncio.create_task(fragments.finish(key))
            done, _ = await asyncio.wait([finish], timeout=0.3)
            assert not done, "the run would be said to have failed"
        await asyncio.wait_for(finish, 10)
        await fragments.close()
        await store.close()

    asyncio.run(main())
    assert read_table(database).cells[(*key, "number")].value == 5


def test_that_runs_of_another_program_stay_as_they_are_when_the_first_look_fails(
    beamtime, make_folder, serve, monkeypatch
):
    folder = make_folder(TRAINS)
    beamtime.write_raw(1)
    with Database(folder) as database, database.writing() as sql:
        sql.execute("INSERT INTO run_info (proposal, run) VALUES (?, 1)", (beamtime.options.proposal,))
        sql.execute(
            "INSERT INTO run_variables (proposal, run, name, version, value, provenance)"
            " VALUES (?, 1, 'trains', 1, 'as it was', 'context.py')",
            (beamtime.options.proposal,),
        )
    adopt, calls = watch.adopt_data, []

    def busy_at_first(database, data):
        calls.append(data)
        if len(calls) == 1:
            raise DatabaseBusyError("Another program keeps it locked.")
        adopt(database, data)

    monkeypatch.setattr(watch, "adopt_data", busy_at_first)

    async def scenario(served):
        await served.until(lambda: len(calls) == 2)
        await asyncio.to_thread(beamtime.write_raw, 2)
        await served.jobs_ended(1)
        assert [job.request.key.run for job in served.jobs()] == [2]

    serve(folder, scenario)


def test_that_the_status_tells_of_the_latest_run_that_failed_until_one_is_processed(beamtime, make_folder, serve):
    folder = make_folder(TRAINS)
    for run in (1, 2):
        broken = beamtime.proposal_path / "raw" / f"r{run:04d}"
        broken.mkdir(parents=True)
        broken.joinpath("RAW-R0001-DA01-S00000.h5").write_bytes(b"this is no HDF5 file")

    async def scenario(served):
        await served.jobs_ended(2)
        assert served.listener.status().problem.count("Run ") == 1
        await asyncio.to_thread(beamtime.write_raw, 3)
        await served.jobs_ended(3)
        assert not served.listener.status().problem

    serve(folder, scenario)


@pytest.mark.parametrize("write", ["add_run", "finish_job"])
def test_that_a_lock_at_the_begin_or_end_of_a_job_does_not_give_the_run_up(
    beamtime, make_folder, serve, monkeypatch, write
):
    folder = make_folder(TRAINS)
    real, calls = getattr(dispatch, write), []

    def busy_at_first(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise DatabaseBusyError("Another program keeps it locked.")
        return real(*arguments)

    monkeypatch.setattr(dispatch, write, busy_at_first)

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.jobs_ended(1)
        assert [job.state for job in served.jobs()] == ["done"]
        assert served.cell(1, "trains")

    serve(folder, scenario)


def test_that_a_run_whose_results_cannot_be_merged_yet_has_not_failed(beamtime, make_folder, serve, monkeypatch):
    folder = make_folder(TRAINS)
    full = True

    def publish(*arguments):
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)

    real = publishing.prepare_run_file
    monkeypatch.setattr(publishing, "prepare_run_file", publish)
    monkeypatch.setattr(dispatch, "RETRY_SECONDS", 0.1)

    async def scenario(served):
        nonlocal full
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.until(lambda: "results wait" in served.listener.status().problem)
        assert [job.state for job in served.jobs()] == ["running"]
        full = False
        await served.jobs_ended(1)
        assert [(job.state, job.message) for job in served.jobs()] == [("done", "")]
        assert served.cell(1, "trains")
        assert not served.listener.status().problem

    serve(folder, scenario)


def test_that_a_listener_is_stopped_while_results_cannot_be_merged_and_the_job_is_given_back(
    beamtime, make_folder, serve, monkeypatch
):
    folder = make_folder(TRAINS)

    def publish(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(publishing, "prepare_run_file", publish)

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.until(lambda: "results wait" in served.listener.status().problem)

    serve(folder, scenario)
    with Database(folder, read_only=True) as database:
        assert [(job.state, job.attempts) for job in read_jobs(database)] == [("queued", 0)]


def test_that_a_variable_with_the_name_of_an_editable_one_is_a_problem_until_it_is_renamed(
    beamtime, make_folder, serve
):
    folder = make_folder(TRAINS)
    with Database(folder) as database:
        add_editable(database, "trains", "string")
        write_edit(database, CellKey(beamtime.options.proposal, 1, "trains"), "typed")

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.jobs_ended(1)
        assert "Variable trains of the context file has the name of an editable" in served.listener.status().problem
        assert served.cell(1, "trains").value == "typed"
        folder.context_file.write_text(TRAINS.replace("def trains", "def all_trains"))
        await served.until(lambda: not served.listener.status().problem)

    serve(folder, scenario)


def test_that_a_listener_which_was_replaced_while_it_hung_ends_and_says_so(
    beamtime, make_folder, quick_settings, caplog
):
    folder = make_folder(TRAINS)

    async def main():
        listener = Listener(folder, quick_settings)
        task = asyncio.create_task(listener.run())
        while listener.status().activity is not Activity.IDLE:
            await asyncio.sleep(0.01)
        with Database(folder) as database, database.writing() as sql:
            sql.execute("UPDATE desk_listeners SET token = 'other', host = 'elsewhere'")
        await asyncio.to_thread(beamtime.write_raw, 1)
        with pytest.raises(LeaseLostError, match="elsewhere"):
            await asyncio.wait_for(task, 20)

    asyncio.run(main())
    assert "elsewhere" in caplog.text
    with Database(folder, read_only=True) as database:
        assert read_lease(database).host == "elsewhere"
        assert read_table(database).runs == ()
        assert read_jobs(database) == []
