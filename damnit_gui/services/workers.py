"""Threads for background work that cannot keep the process alive, however long they are stuck."""

import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

NAME = "worker"
GRACE_SECONDS = 3.0
"""How long the end of the program waits for work that is under way, such as a file that is being written."""


class Workers:
    """At most so many threads that do what is submitted, in its order; they start when there is something to do."""

    def __init__(self, threads: int) -> None:
        self._limit = threads
        self._threads: list[threading.Thread] = []
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def submit(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)
        if len(self._threads) < self._limit:
            # Python waits at its end for the threads of an executor, and a read from a dead disk never ends: daemons.
            thread = threading.Thread(target=self._work, name=f"{NAME}-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def close(self) -> None:
        """Drop what waits; each thread ends when it is done with what it has begun. Does not wait."""
        while not self._jobs.empty():
            try:
                self._jobs.get_nowait()
            except queue.Empty:
                break  # A thread was quicker.
        self.finish()

    def finish(self) -> None:
        """Each thread ends when nothing waits any more. Does not wait."""
        for _ in self._threads:
            self._jobs.put(None)

    def join(self) -> None:
        """Wait for the threads to end, after `close`."""
        for thread in self._threads:
            thread.join()


def end_process_if_stuck(exit_code: int, grace: float = GRACE_SECONDS) -> None:
    """At the end of the program: if work is still under way after some seconds, end without it."""
    deadline = time.monotonic() + grace
    left = [thread for thread in threading.enumerate() if thread.name.startswith(NAME)]
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    stuck = [thread for thread in left if thread.is_alive()]
    if stuck:
        log.warning("The program ends although %d of its tasks still wait, for a disk or another program.", len(stuck))
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        # Python's own end would free objects that wait for a lock of a library in which a thread is stuck.
        os._exit(exit_code)
