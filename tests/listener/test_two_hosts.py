"""Listeners of two hosts, whose clocks differ, on one folder: one at a time serves it."""

import asyncio
import time

import pytest

from damnit_backend.listener import service
from damnit_backend.listener.service import Listener
from damnit_backend.store.database import Database
from damnit_backend.store.lease import ListenerExistsError, read_lease

CONTEXT = "from damnit_ctx import Variable\n@Variable()\ndef trains(run):\n    return len(run.train_ids)\n"
WATCH_SECONDS = 0.4


@pytest.fixture
def claimed(make_folder, monkeypatch):
    """A folder whose listener, on another host an hour ahead, gave its last sign of life just now."""
    monkeypatch.setattr(service, "LAPSE_SECONDS", WATCH_SECONDS)
    folder = make_folder(CONTEXT)
    with Database(folder) as database, database.writing() as sql:
        later = time.time() + 3600
        sql.execute(
            "INSERT INTO desk_listeners (one, host, pid, user, socket, token, started, heartbeat)"
            " VALUES (1, 'elsewhere', 7, 'ann', '/s', 'token', ?, ?)",
            (later, later),
        )
    return folder


def test_the_folder_of_a_dead_listener_of_another_host_is_taken_over_whatever_its_clock_said(claimed, serve, beamtime):
    beamtime.write_raw(1)

    async def scenario(served):
        await served.until(lambda: served.cell(1, "trains"))

    serve(claimed, scenario)


def test_a_listener_of_another_host_keeps_its_folder_as_long_as_its_heart_beats(claimed, quick_settings):
    async def main():
        task = asyncio.create_task(Listener(claimed, quick_settings).run())
        await asyncio.sleep(WATCH_SECONDS / 2)
        with Database(claimed) as database, database.writing() as sql:
            sql.execute("UPDATE desk_listeners SET heartbeat = heartbeat + 4")
        with pytest.raises(ListenerExistsError, match="elsewhere"):
            await task

    asyncio.run(main())
    with Database(claimed, read_only=True) as database:
        assert read_lease(database).host == "elsewhere"


def test_a_listener_that_waits_for_its_turn_ends_at_once_when_asked(claimed, quick_settings, monkeypatch):
    monkeypatch.setattr(service, "LAPSE_SECONDS", 60.0)

    async def main():
        listener = Listener(claimed, quick_settings)
        task = asyncio.create_task(listener.run())
        listener.stop()
        await asyncio.wait_for(task, 10)

    asyncio.run(main())
