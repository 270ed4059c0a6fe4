"""The listener as a whole: files on disk become cells."""

import asyncio
import time
from pathlib import Path

import pytest

from damnit_backend.control.listener import request_reprocess
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.messages import Activity, Changed
from damnit_backend.core.values import Failure
from damnit_backend.listener.service import Listener
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.feed import read_seq
from damnit_backend.store.lease import ListenerExistsError
from damnit_backend.store.parameters import set_parameter_default
from damnit_backend.store.results import read_result
from damnit_backend.store.table import read_table
from damnit_backend.store.variables import add_editable
from damnit_backend.transport.addresses import socket_path
from damnit_backend.transport.local_socket import LocalSubscriber

IMPORTS = "from damnit_ctx import Variable, Cell, Skip\nimport os, time\n"
TRAINS = IMPORTS + "@Variable(title='Trains')\ndef trains(run):\n    return len(run.train_ids)\n"


def test_a_new_run_becomes_a_row_with_values_and_full_results(beamtime, make_folder, serve):
    folder = make_folder(TRAINS)

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.until(lambda: served.cell(1, "trains"))

    serve(folder, scenario)
    with Database(folder, read_only=True) as database:
        table = read_table(database)
    (run,) = table.runs
    assert run.start_time == pytest.approx(beamtime.plan(1).start_time, abs=1)
    assert table.cells[(*run.key, "trains")].value == beamtime.plan(1).trains
    assert read_result(folder.run_file(run.key), "trains").data == beamtime.plan(1).trains
    assert [variable.title for variable in table.variables] == ["Trains"]


def test_cells_appear_before_the_whole_run_is_done(beamtime, make_folder, serve, tmp_path):
    gate = tmp_path / "gate"
    folder = make_folder(
        TRAINS
        + "@Variable()\ndef slow(run, t: 'var#trains'):\n"
        + f"    while not os.path.exists({str(gate)!r}):\n        time.sleep(0.01)\n    return 1\n"
    )

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.until(lambda: served.cell(1, "trains"))
        assert served.cell(1, "slow") is None
        gate.touch()
        await served.until(lambda: served.cell(1, "slow"))

    serve(folder, scenario)


def test_calibrated_data_that_come_later_fill_the_proc_variables(beamtime, make_folder, serve):
    folder = make_folder(TRAINS + "@Variable(data='proc')\ndef late(run):\n    return 'calibrated'\n")
    calibrated = next(run for run in range(1, 10) if beamtime.plan(run).calibrated)

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, calibrated)
        await served.jobs_ended(1)
        assert served.cell(calibrated, "trains")
        assert served.cell(calibrated, "late") is None
        await asyncio.to_thread(beamtime.write_proc, calibrated)
        await served.until(lambda: served.cell(calibrated, "late"))

    serve(folder, scenario)


def test_a_run_taken_while_no_listener_ran_is_processed_and_none_twice(beamtime, make_folder, serve):
    folder = make_folder(TRAINS)
    beamtime.write_raw(1)

    async def first(served):
        await served.jobs_ended(1)

    async def second(served):
        await asyncio.to_thread(beamtime.write_raw, 2)
        await served.jobs_ended(2)
        assert sorted(job.request.key.run for job in served.jobs()) == [1, 2]

    serve(folder, first)
    serve(folder, second)


def test_files_that_come_late_have_the_run_processed_again(beamtime, make_folder, serve):
    folder = make_folder(TRAINS)

    async def scenario(served):
        path = await asyncio.to_thread(beamtime.write_raw, 1)
        await served.jobs_ended(1)
        first = min(path.glob("*.h5"))
        first.rename(first.with_name(first.name.replace("S00000", "S00001")))
        await served.jobs_ended(2)

    serve(folder, scenario)


def test_a_broken_context_file_keeps_runs_waiting_until_it_is_mended(beamtime, make_folder, serve):
    folder = make_folder("this is not Python\n")

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.until(lambda: served.jobs())
        await served.until(lambda: "line 1" in served.listener.status().problem)
        assert served.jobs()[0].state == "queued"
        folder.context_file.write_text(TRAINS)
        await served.until(lambda: served.cell(1, "trains"))
        assert served.listener.status().problem == ""

    serve(folder, scenario)


def test_a_changed_context_file_counts_from_the_next_run_on(beamtime, make_folder, serve):
    folder = make_folder(TRAINS)

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.jobs_ended(1)
        folder.context_file.write_text(TRAINS.replace("len(run.train_ids)", "'changed'"))
        await asyncio.to_thread(beamtime.write_raw, 2)
        await served.until(lambda: served.cell(2, "trains"))
        assert served.cell(2, "trains").value == "changed"
        assert served.cell(1, "trains").value == beamtime.plan(1).trains

    serve(folder, scenario)


def test_variables_that_misbehave_are_failed_cells_and_the_others_have_values(beamtime, make_folder, serve):
    folder = make_folder(
        TRAINS
        + "@Variable()\ndef raises(run):\n    return 1 / 0\n"
        + "@Variable()\ndef unsaveable(run):\n    return object()\n"
        + "@Variable()\ndef leaves(run):\n    os._exit(3)\n"
        + "@Variable()\ndef killed(run):\n    os.kill(os.getpid(), 9)\n"
        + "@Variable()\ndef skips(run):\n    raise Skip('no beam')\n"
        + "@Variable()\ndef after(run):\n    return 'fine'\n"
    )

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.jobs_ended(1)
        assert served.cell(1, "trains").value == beamtime.plan(1).trains
        assert served.cell(1, "after").value == "fine"
        assert served.cell(1, "raises").value.error_cls == "ZeroDivisionError"
        assert served.cell(1, "unsaveable").value.error_cls == "CannotSave"
        for name in ("leaves", "killed"):
            assert isinstance(served.cell(1, name).value, Failure), name
        assert served.cell(1, "skips").value == Failure("Skip", "no beam")

    serve(folder, scenario)
    assert "ZeroDivisionError" in folder.run_log(RunKey(beamtime.options.proposal, 1)).read_text()


def test_a_run_that_cannot_be_opened_fails_by_name_and_the_next_one_works(beamtime, make_folder, serve):
    folder = make_folder(TRAINS)
    broken = beamtime.proposal_path / "raw" / "r0001"
    broken.mkdir(parents=True)
    (broken / "RAW-R0001-DA01-S00000.h5").write_bytes(b"this is no HDF5 file")

    async def scenario(served):
        await served.jobs_ended(1)
        (job,) = served.jobs()
        assert job.state == "failed"
        assert job.message
        assert "Run 1" in served.listener.status().problem
        await asyncio.to_thread(beamtime.write_raw, 2)
        await served.until(lambda: served.cell(2, "trains"))

    serve(folder, scenario)


def test_a_second_listener_is_refused_and_says_who_serves_the_folder(make_folder, serve, quick_settings):
    folder = make_folder(TRAINS)

    async def scenario(served):
        address = socket_path(folder.path)
        await served.until(address.exists)
        other = Listener(folder, quick_settings)
        # The lease tells processes apart; as seen from another one:
        with Database(folder) as database, database.writing() as sql:
            sql.execute("UPDATE desk_listeners SET pid = 1, started = ?", (time.time(),))
        with pytest.raises(ListenerExistsError, match="process 1 "):
            await other.run()

    serve(folder, scenario)


def test_a_missing_proposal_directory_is_said_and_waited_for(make_folder, serve, beamtime, tmp_path):
    folder = make_folder(TRAINS)
    hidden = tmp_path / "hidden"
    raw = beamtime.proposal_path / "raw"
    raw.rename(hidden)

    async def scenario(served):
        await served.until(lambda: "New runs cannot be seen" in served.listener.status().problem)
        hidden.rename(raw)
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.until(lambda: served.cell(1, "trains"))

    serve(folder, scenario)


def test_requests_are_taken_from_the_queue_and_limited_to_the_variables_named(beamtime, make_folder, serve):
    folder = make_folder(TRAINS + "@Variable()\ndef stamp(run):\n    return time.time()\n")
    key = RunKey(beamtime.options.proposal, 1)

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.jobs_ended(1)
        before = served.cell(1, "stamp").value
        await asyncio.to_thread(request_reprocess, folder, [key], ["trains"])
        await served.jobs_ended(2)
        assert served.cell(1, "stamp").value == before
        await asyncio.to_thread(request_reprocess, folder, [key], ["stamp"])
        await served.jobs_ended(3)
        assert served.cell(1, "stamp").value > before

    serve(folder, scenario)


def test_fragments_left_by_a_crash_are_merged_by_the_next_listener(beamtime, make_folder, serve):
    folder = make_folder(TRAINS)

    async def first(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.jobs_ended(1)

    serve(folder, first)
    key = RunKey(beamtime.options.proposal, 1)
    results = folder.run_file(key)
    # As if the merge had not come to its end: the fragment is there, the row and the file are not.
    results.rename(folder.results / f"p{key.proposal}_r1.left.ready.h5")
    with Database(folder) as database, database.writing() as sql:
        sql.execute("DELETE FROM run_variables")

    async def second(served):
        await served.until(lambda: served.cell(1, "trains"))

    serve(folder, second)
    assert list(folder.results.iterdir()) == [results]


def test_a_listener_for_draining_ends_when_the_queue_is_empty(beamtime, make_folder, quick_settings):
    folder = make_folder(TRAINS)
    beamtime.write_raw(1)
    request_reprocess(folder, [RunKey(beamtime.options.proposal, 1)])
    asyncio.run(asyncio.wait_for(Listener(folder, quick_settings, drain=True).run(), 20))
    with Database(folder, read_only=True) as database:
        assert len(read_table(database).cells) == 1


def test_a_folder_that_another_program_filled_is_not_processed_again(beamtime, make_folder, serve):
    folder = make_folder(TRAINS)
    beamtime.write_raw(1)
    with Database(folder) as database, database.writing() as sql:
        sql.execute("INSERT INTO run_info VALUES (?, 1, 1.0, 1.0)", (beamtime.options.proposal,))
        sql.execute(
            "INSERT INTO run_variables (proposal, run, name, version, value, provenance)"
            " VALUES (?, 1, 'trains', 1, 'as it was', 'context.py')",
            (beamtime.options.proposal,),
        )

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 2)
        await served.jobs_ended(1)
        assert [job.request.key.run for job in served.jobs()] == [2]
        assert served.cell(1, "trains").value == "as it was"

    serve(folder, scenario)


def test_stopping_does_not_wait_for_a_long_variable_and_the_run_is_done_again(beamtime, make_folder, serve, tmp_path):
    gate = tmp_path / "gate"
    folder = make_folder(
        TRAINS
        + f"@Variable()\ndef slow(run):\n    while not os.path.exists({str(gate)!r}):\n        time.sleep(0.01)\n"
        "    return 1\n"
    )

    async def stop_in_the_middle(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.until(lambda: served.listener.status().variable == "slow")

    async def second(served):
        gate.touch()
        await served.until(lambda: served.cell(1, "slow"))

    begun = time.monotonic()
    serve(folder, stop_in_the_middle)
    assert time.monotonic() - begun < 30
    serve(folder, second)


def test_a_missing_interpreter_is_said_with_what_to_do(make_folder, serve):
    folder = make_folder(TRAINS)
    with Database(folder) as database, database.writing() as sql:
        sql.execute("INSERT INTO metameta VALUES ('context_python', '/nowhere/python')")

    async def scenario(served):
        await served.until(lambda: "/nowhere/python" in served.listener.status().problem)
        assert "context_python" in served.listener.status().problem

    serve(folder, scenario)


def test_the_results_directory_stays_as_private_as_the_folder(beamtime, make_folder, serve):
    folder = make_folder(TRAINS)

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.jobs_ended(1)

    serve(folder, scenario)
    for path in Path(folder.path).rglob("*"):
        assert not path.stat().st_mode & 0o002, path


def test_stopping_often_in_the_middle_of_a_run_never_sets_its_job_aside(beamtime, make_folder, serve, tmp_path):
    gate = tmp_path / "gate"
    waiting = f"    while not os.path.exists({str(gate)!r}):\n        time.sleep(0.01)\n"
    code = f"@Variable()\ndef slow(run):\n{waiting}    return 1\n"
    folder = make_folder(IMPORTS + code)
    beamtime.write_raw(1)

    async def stop_in_the_middle(served):
        await served.until(lambda: served.listener.status().variable == "slow")

    async def last(served):
        gate.touch()
        await served.until(lambda: served.cell(1, "slow"))

    for _ in range(6):
        serve(folder, stop_in_the_middle)
    serve(folder, last)


def test_windows_are_told_how_far_the_change_feed_has_come(beamtime, make_folder, serve):
    folder = make_folder(TRAINS)
    heard = []

    async def scenario(served):
        subscriber = LocalSubscriber(lambda: socket_path(folder.path), retry_seconds=0.05)
        subscriber.start(heard.append, lambda _: None)
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.jobs_ended(1)
        with Database(folder, read_only=True) as database:
            seq = read_seq(database)
        await served.until(lambda: Changed(seq) in heard)
        await asyncio.to_thread(subscriber.close)

    serve(folder, scenario)
    numbers = [message.seq for message in heard if isinstance(message, Changed)]
    assert numbers == sorted(set(numbers))


def test_a_new_run_is_not_queued_behind_hundreds_of_old_ones(beamtime, make_folder, serve, tmp_path):
    gate = tmp_path / "gate"
    folder = make_folder(
        IMPORTS
        + "@Variable()\ndef trains(run):\n"
        + f"    while not os.path.exists({str(gate)!r}):\n        time.sleep(0.01)\n    return len(run.train_ids)\n"
    )
    for run in range(1, 21):
        beamtime.write_raw(run)

    async def scenario(served):
        await served.until(lambda: len(served.jobs()) == 20)
        await asyncio.to_thread(beamtime.write_raw, 21)
        await served.until(lambda: len(served.jobs()) == 21)
        gate.touch()
        await served.jobs_ended(21)
        by_start = [job.request.key.run for job in sorted(served.jobs(), key=lambda job: job.started)]
        assert by_start.index(21) <= 2 + 5, by_start  # behind what was in work, and the latest five

    serve(folder, scenario)


def test_a_run_whose_context_process_is_killed_is_done_again_and_given_up_after_some_times(
    beamtime, make_folder, serve, tmp_path
):
    once = tmp_path / "once"
    folder = make_folder(
        TRAINS
        + "@Variable()\ndef kills(run, n: 'meta#run_number'):\n"
        + f"    if n == 2 or not os.path.exists({str(once)!r}):\n"
        + f"        open({str(once)!r}, 'w').close()\n        time.sleep(0.3)\n"
        + "        os.kill(os.getppid(), 9)\n        time.sleep(100)\n"
        + "    return n\n"
    )

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.jobs_ended(1)
        assert served.cell(1, "kills").value == 1
        await asyncio.to_thread(beamtime.write_raw, 2)
        await served.jobs_ended(2)
        job = next(job for job in served.jobs() if job.request.key.run == 2)
        assert job.state == "failed"
        assert "signal 9" in job.message
        assert "computing kills" in job.message
        await asyncio.to_thread(beamtime.write_raw, 3)
        await served.until(lambda: served.cell(3, "kills"))

    serve(folder, scenario)


def test_a_context_file_that_loops_for_ever_is_given_up_when_it_is_mended(beamtime, make_folder, serve, monkeypatch):
    monkeypatch.setattr("damnit_backend.listener.context_file.LONG_LOAD_SECONDS", 0.5)
    monkeypatch.setattr("damnit_backend.executors.local.LOOK_SECONDS", 0.1)
    folder = make_folder("while True: pass\n")

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.until(lambda: "takes long to load" in served.listener.status().problem)
        folder.context_file.write_text(TRAINS)
        await served.until(lambda: served.cell(1, "trains"))
        assert served.listener.status().problem == ""

    serve(folder, scenario)


def test_a_run_whose_results_cannot_be_written_is_done_again_when_they_can(beamtime, make_folder, serve):
    folder = make_folder(TRAINS)

    async def scenario(served):
        await served.until(lambda: served.listener.status().activity is Activity.IDLE)
        folder.results.rmdir()
        folder.results.touch()  # not even root can write into that
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.until(lambda: "cannot be written" in served.listener.status().problem)
        folder.results.unlink()
        folder.results.mkdir()
        await served.until(lambda: served.cell(1, "trains"))
        await served.until(lambda: served.listener.status().problem == "")

    serve(folder, scenario)


def test_calibrated_data_that_come_before_the_raw_ones_wait_for_them(beamtime, make_folder, serve, tmp_path):
    folder = make_folder(TRAINS + "@Variable(data='proc')\ndef late(run):\n    return 'calibrated'\n")
    run = next(run for run in range(1, 10) if beamtime.plan(run).calibrated)
    raw = beamtime.write_raw(run)
    beamtime.write_proc(run)
    raw.rename(tmp_path / "aside")

    async def scenario(served):
        await served.until(lambda: served.listener.status().activity is Activity.IDLE)
        await asyncio.sleep(0.5)  # several looks, in which nothing is ready
        assert served.jobs() == []
        (tmp_path / "aside").rename(raw)
        await served.until(lambda: served.cell(run, "late") and served.cell(run, "trains"))

    serve(folder, scenario)


def test_parameters_are_what_people_typed_in_or_the_folders_defaults(beamtime, make_folder, serve):
    folder = make_folder(
        IMPORTS
        + "@Variable()\ndef given(run, x: 'param#gain', y: 'param#offset'):\n    return x * 100 + y\n"
        + "@Variable()\ndef lacking(run, x: 'param#nothing'):\n    return x\n"
    )
    beamtime.write_raw(1)
    with Database(folder) as database:
        add_editable(database, "gain", "integer")
        set_parameter_default(database, "gain", 1)
        set_parameter_default(database, "offset", 5)
        write_edit(database, CellKey(beamtime.options.proposal, 1, "gain"), 3)

    async def scenario(served):
        await served.until(lambda: served.cell(1, "given") and served.cell(1, "lacking"))

    serve(folder, scenario)
    with Database(folder, read_only=True) as database:
        cells = {key.name: cell.value for key, cell in read_table(database).cells.items()}
    assert cells["given"] == 305
    assert cells["lacking"] == Failure("Skip", "No value is given for param#nothing")


def test_what_a_killed_process_left_of_a_run_goes_when_the_run_is_done(beamtime, make_folder, serve):
    folder = make_folder(TRAINS)
    left = folder.results / f"p{beamtime.options.proposal}_r1.0123.writing.h5"
    other = folder.results / f"p{beamtime.options.proposal}_r11.0123.writing.h5"
    for path in (left, other):
        path.write_bytes(b"half of it")

    async def scenario(served):
        await asyncio.to_thread(beamtime.write_raw, 1)
        await served.jobs_ended(1)

    serve(folder, scenario)
    assert not left.exists()
    assert other.exists()
