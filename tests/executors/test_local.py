"""The executor of this machine: what becomes of runs while the context file or its process changes."""

import asyncio
import os
import signal

import pytest

from damnit_backend.contextproc.conditions import Conditions
from damnit_backend.contextproc.process import ContextProcess, ContextProcessError
from damnit_backend.contextproc.protocol import Finished
from damnit_backend.core.keys import RunKey
from damnit_backend.executors.base import Work
from damnit_backend.executors.local import LocalExecutor

CODE = "from damnit_ctx import Variable\n@Variable()\ndef trains(run):\n    return len(run.train_ids)\n"
BROKEN = "def"


@pytest.fixture
def place(beamtime, make_folder):
    """A folder with a context file, and the work of its first run."""
    folder = make_folder(CODE)
    beamtime.write_raw(1)
    key = RunKey(beamtime.options.proposal, 1)
    return folder, Work(key, beamtime.proposal_path, "raw", "raw", None, folder.run_log(key))


def executing(folder, scenario):
    async def main():
        executor = LocalExecutor(folder)
        try:
            async with asyncio.timeout(60):
                await scenario(executor)
        finally:
            await executor.close()

    asyncio.run(main())


def ignore(_event):
    """Nobody is interested in the events."""


def test_that_a_run_begun_while_the_context_file_is_broken_waits_for_the_mended_one(place):
    folder, work = place

    async def scenario(executor):
        assert (await executor.refresh(Conditions())).variables
        folder.context_file.write_text(BROKEN)
        assert (await executor.refresh(Conditions())).problems
        run = asyncio.create_task(executor.execute(work, ignore))
        await asyncio.sleep(0)
        assert not run.done()
        folder.context_file.write_text(CODE)
        assert (await executor.refresh(Conditions())).variables
        assert (await run).outcome == "ok"

    executing(folder, scenario)


def test_that_a_process_that_cannot_be_started_is_tried_again_by_each_refresh(place, monkeypatch):
    folder, work = place
    start = ContextProcess.start

    async def no_memory(*_):
        raise ContextProcessError("no memory")

    async def scenario(executor):
        await executor.refresh(Conditions())
        os.kill(executor._process._process.pid, signal.SIGKILL)
        await executor._process.ended.wait()
        monkeypatch.setattr(ContextProcess, "start", no_memory)
        for _ in range(2):
            with pytest.raises(ContextProcessError, match="no memory"):
                await executor.refresh(Conditions())
        monkeypatch.setattr(ContextProcess, "start", start)
        assert (await executor.refresh(Conditions())).variables
        assert (await executor.execute(work, ignore)).outcome == "ok"

    executing(folder, scenario)


def test_that_an_unchanged_context_file_is_loaded_once(place):
    folder, _work = place

    async def scenario(executor):
        assert (await executor.refresh(Conditions())).variables
        assert await executor.refresh(Conditions()) is None

    executing(folder, scenario)


USES_HELPER = (
    "from damnit_ctx import Variable\nimport helper\n@Variable()\ndef answer(run):\n    return helper.answer()\n"
)


@pytest.mark.parametrize("name", ["helper.py", "helper/__init__.py", "helper/part.py"])
def test_that_a_changed_helper_beside_the_context_file_is_loaded_before_the_next_run(place, name):
    folder, work = place
    (folder.path / "helper").mkdir()
    if name == "helper/part.py":
        (folder.path / "helper/__init__.py").write_text("from .part import answer\n")
    elif name == "helper.py":
        (folder.path / "helper").rmdir()
    helper = folder.path / name
    helper.write_text("def answer():\n    return 1\n")
    folder.context_file.write_text(USES_HELPER)

    async def scenario(executor):
        assert (await executor.refresh(Conditions())).variables
        assert await executor.refresh(Conditions()) is None
        helper.write_text("def answer(:\n")
        assert "invalid syntax" in str((await executor.refresh(Conditions())).problems[0])
        assert await executor.refresh(Conditions()) is None
        helper.write_text("def answer():\n    raise ValueError('new')\n")
        assert (await executor.refresh(Conditions())).variables
        events = []
        await executor.execute(work, events.append)
        assert [event.message for event in events if isinstance(event, Finished)] == ["new"]

    executing(folder, scenario)


def test_that_a_helper_which_was_missing_is_noticed_when_it_comes(place):
    folder, _work = place
    folder.context_file.write_text(USES_HELPER)

    async def scenario(executor):
        assert "helper" in str((await executor.refresh(Conditions())).problems[0])
        assert await executor.refresh(Conditions()) is None
        folder.path.joinpath("helper.py").write_text("def answer():\n    return 1\n")
        assert (await executor.refresh(Conditions())).variables

    executing(folder, scenario)


def test_that_other_conditions_make_a_new_process(place):
    folder, work = place

    async def scenario(executor):
        assert (await executor.refresh(Conditions())).variables
        first = executor._process
        with pytest.raises(ContextProcessError, match="/nowhere"):
            await executor.refresh(Conditions("/nowhere"))
        assert (await executor.refresh(Conditions(run_seconds=0.3, cores=1))).variables
        assert first.ended.is_set()
        folder.context_file.write_text("import os, time\n" + CODE.replace("len(run.train_ids)", "time.sleep(100)"))
        assert (await executor.refresh(Conditions(run_seconds=0.3, cores=1))).variables
        done = await executor.execute(work, ignore)
        assert (done.outcome, "run_seconds" in done.message) == ("timeout", True)

    executing(folder, scenario)


def test_that_a_run_has_the_cores_that_it_may_use(place):
    folder, work = place
    count = "(len(os.sched_getaffinity(0)), int(os.environ['OMP_NUM_THREADS']))"
    folder.context_file.write_text(
        f"import os\n{CODE.replace('return len(run.train_ids)', f'raise ValueError({count})')}"
    )

    async def scenario(executor):
        await executor.refresh(Conditions(cores=1))
        events = []
        await executor.execute(work, events.append)
        assert [event.message for event in events if isinstance(event, Finished)] == ["(1, 1)"]

    executing(folder, scenario)


def test_that_a_file_that_loads_for_too_long_is_given_up(place):
    folder, _work = place
    folder.context_file.write_text("while True: pass\n")

    async def scenario(executor):
        (problem,) = (await executor.refresh(Conditions(load_seconds=0.3))).problems
        assert problem.message.startswith("The file was not loaded after 0.3 s, the limit here (its setting is load_")
        assert await executor.refresh(Conditions(load_seconds=0.3)) is None

    executing(folder, scenario)
