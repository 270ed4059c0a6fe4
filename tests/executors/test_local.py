"""The executor of this machine: what becomes of runs while the context file or its process changes."""

import asyncio
import os
import signal

import pytest

from damnit_backend.contextproc.process import ContextProcess, ContextProcessError
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
        assert (await executor.refresh()).variables
        folder.context_file.write_text(BROKEN)
        assert (await executor.refresh()).problems
        run = asyncio.create_task(executor.execute(work, ignore))
        await asyncio.sleep(0)
        assert not run.done()
        folder.context_file.write_text(CODE)
        assert (await executor.refresh()).variables
        assert (await run).outcome == "ok"

    executing(folder, scenario)


def test_that_a_process_that_cannot_be_started_is_tried_again_by_each_refresh(place, monkeypatch):
    folder, work = place
    start = ContextProcess.start

    async def no_memory(_python, _folder):
        raise ContextProcessError("no memory")

    async def scenario(executor):
        await executor.refresh()
        os.kill(executor._process._process.pid, signal.SIGKILL)
        await executor._process.ended.wait()
        monkeypatch.setattr(ContextProcess, "start", no_memory)
        for _ in range(2):
            with pytest.raises(ContextProcessError, match="no memory"):
                await executor.refresh()
        monkeypatch.setattr(ContextProcess, "start", start)
        assert (await executor.refresh()).variables
        assert (await executor.execute(work, ignore)).outcome == "ok"

    executing(folder, scenario)


def test_that_an_unchanged_context_file_is_loaded_once(place):
    folder, _work = place

    async def scenario(executor):
        assert (await executor.refresh()).variables
        assert await executor.refresh() is None

    executing(folder, scenario)
