"""A warm context process: several runs at a time, and its end."""

import asyncio
import contextlib
import os
import signal

import psutil
import pytest

from damnit_backend.contextproc import process as context_process
from damnit_backend.contextproc.process import ContextProcess
from damnit_backend.contextproc.protocol import Done, Finished, Loaded, Run, Running, Started

CODE = "from damnit_ctx import Variable\nimport os, time\n"


def request(beamtime, folder, run, **more):
    fields = {
        "id": 0, "proposal": beamtime.options.proposal, "run": run, "proposal_path": str(beamtime.proposal_path),
        "data": "raw", "trigger": "raw", "variables": None, "fragments": str(folder.results),
        "log": str(folder.logs / f"r{run}.out"),
    }  # fmt: skip
    return Run(**(fields | more))


def with_process(folder, code, scenario):
    folder.context_file.write_text(code)

    async def main():
        process = await ContextProcess.start(None, folder.path)
        try:
            assert isinstance(await process.load(folder.context_file, folder.path), Loaded)
            await scenario(process)
        finally:
            await process.close()

    asyncio.run(main())


def test_two_runs_execute_at_the_same_time(folder, beamtime, tmp_path):
    """Each waits for a file that only the other one makes."""
    beamtime.write_raw(1)
    beamtime.write_raw(2)
    code = CODE + (
        "@Variable()\ndef meet(run, n: 'meta#run_number'):\n"
        f"    open(os.path.join({str(tmp_path)!r}, f'here{{n}}'), 'w').close()\n"
        f"    while not os.path.exists(os.path.join({str(tmp_path)!r}, f'here{{3 - n}}')):\n        time.sleep(0.01)\n"
        "    return n\n"
    )

    async def scenario(process):
        async def outcome(run):
            return [event async for event in process.run(request(beamtime, folder, run))]

        async with asyncio.timeout(20):
            for events in await asyncio.gather(outcome(1), outcome(2)):
                assert isinstance(events[-1], Done)
                assert events[-1].outcome == "ok"
                assert [e.outcome for e in events if isinstance(e, Finished)] == ["ok"]

    with_process(folder, code, scenario)


def test_leaving_a_run_early_cancels_it(folder, beamtime):
    beamtime.write_raw(1)
    code = CODE + "@Variable()\ndef forever(run):\n    time.sleep(1000)\n"

    async def scenario(process):
        async with contextlib.aclosing(process.run(request(beamtime, folder, 1))) as events:
            async for event in events:
                if isinstance(event, Started):
                    break
        async with asyncio.timeout(20):
            again = process.run(request(beamtime, folder, 1, seconds=0.3))
            assert [event async for event in again][-1].outcome == "timeout"

    with_process(folder, code, scenario)


def test_a_process_that_is_killed_ends_its_runs_with_the_reason(folder, beamtime):
    beamtime.write_raw(1)
    code = CODE + "@Variable()\ndef kills(run):\n    os.kill(os.getppid(), 9)\n    time.sleep(1000)\n"

    async def scenario(process):
        async with asyncio.timeout(20):
            events = [event async for event in process.run(request(beamtime, folder, 1))]
            assert events[-1].outcome == "lost"
            assert f"signal {signal.SIGKILL.value}" in events[-1].message
            # Whatever is asked of it later says so too, and waits for nothing.
            assert [event async for event in process.run(request(beamtime, folder, 1))][-1].outcome == "lost"

    with_process(folder, code, scenario)


@pytest.mark.parametrize("loaded", ["", "os.kill(os.getppid(), signal.SIGSTOP)\n"])
def test_a_process_that_answers_no_more_ends_its_runs_with_the_reason(folder, beamtime, monkeypatch, loaded):
    monkeypatch.setattr(context_process, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(context_process, "HANG_SECONDS", 1.0)
    beamtime.write_raw(1)
    code = "import signal\n" + CODE + loaded
    code += "@Variable()\ndef stops(run):\n    os.kill(os.getppid(), signal.SIGSTOP)\n    time.sleep(1000)\n"

    async def scenario(process):
        async with asyncio.timeout(20):
            events = [event async for event in process.run(request(beamtime, folder, 1))]
            assert events[-1].outcome == "lost"
            assert "it did not answer for 1 s, and was ended" in events[-1].message

    with_process(folder, code, scenario)


def test_one_that_answers_goes_on_however_long_its_runs_take(folder, beamtime, monkeypatch):
    monkeypatch.setattr(context_process, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(context_process, "HANG_SECONDS", 0.5)
    beamtime.write_raw(1)
    code = CODE + "@Variable()\ndef long(run):\n    time.sleep(1.2)\n"

    async def scenario(process):
        events = [event async for event in process.run(request(beamtime, folder, 1))]
        assert events[-1].outcome == "ok"

    with_process(folder, code, scenario)


def test_closing_ends_the_process_with_all_its_children(folder, beamtime):
    beamtime.write_raw(1)
    code = CODE + "@Variable()\ndef forever(run):\n    time.sleep(1000)\n"
    children = []

    async def scenario(process):
        async with contextlib.aclosing(process.run(request(beamtime, folder, 1))) as events:
            async for event in events:
                if isinstance(event, Started):
                    break
                if isinstance(event, Running):
                    children.append(event.pid)
            await process.close()

    with_process(folder, code, scenario)
    with pytest.raises(ProcessLookupError):
        os.kill(children[0], 0)


def test_files_of_the_folder_that_are_named_like_standard_modules_do_no_harm(folder, beamtime):
    beamtime.write_raw(1)
    for name in ("selectors", "platform", "h5py"):
        folder.path.joinpath(f"{name}.py").write_text("raise SystemExit('not me')\n")
    folder.path.joinpath("helper.py").write_text("ANSWER = 42\n")
    code = CODE + "import helper\n@Variable()\ndef answer(run):\n    return helper.ANSWER\n"

    async def scenario(process):
        events = [event async for event in process.run(request(beamtime, folder, 1))]
        assert events[-1].outcome == "ok"
        assert [event.outcome for event in events if isinstance(event, Finished)] == ["ok"]

    with_process(folder, code, scenario)


def test_a_request_for_an_unknown_variable_ends_with_its_reason(folder, beamtime):
    beamtime.write_raw(1)
    code = CODE + "@Variable()\ndef known(run):\n    return 1\n"

    async def scenario(process):
        async with asyncio.timeout(20):
            asked = request(beamtime, folder, 1, variables=("unknown",))
            (done,) = [event async for event in process.run(asked)]
            assert done.outcome == "died"
            assert "unknown" in done.message

    with_process(folder, code, scenario)


@pytest.mark.parametrize("code", ["", "import threading\nthreading.Thread(target=lambda: time.sleep(1000)).start()\n"])
def test_what_a_context_file_started_ends_with_its_process(folder, code, tmp_path):
    note = tmp_path / "pid"
    code = (
        CODE + code + f"import subprocess\nopen({str(note)!r}, 'w').write(str(subprocess.Popen(['sleep', '99']).pid))\n"
    )

    async def scenario(process):
        async with asyncio.timeout(1.5):  # nobody waits for threads of user code
            await process.close()

    with_process(folder, code, scenario)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(note.read_text())).wait(5)
