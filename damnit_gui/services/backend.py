"""The listener of the open folder: watched, restarted, and asked for work."""

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import replace

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from damnit_backend.control.listener import request_reprocess
from damnit_backend.control.supervisor import ListenerState, Supervisor
from damnit_backend.core.account import user_name
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey, Stage
from damnit_backend.core.messages import Status
from damnit_backend.store.database import Database
from damnit_backend.store.jobs import Job, read_jobs
from damnit_backend.store.lease import Lease, read_lease

from .access import FolderAccess
from .listener_view import UNKNOWN, ListenerView, Seen, view_listener
from .live import Live
from .notifier import Notifier
from .tasks import Tasks

CHECK_MS = 1000
LATEST_JOBS = 200


class Backend(QObject):
    """Looks after the listener each second. Without ``supervisor`` it only watches."""

    status_changed = pyqtSignal(object)
    """A `ListenerView` that differs from the one before."""

    def __init__(
        self,
        access: FolderAccess,
        live: Live,
        tasks: Tasks,
        notifier: Notifier,
        supervisor: Supervisor | None = None,
        *,
        clock: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._access = access
        self._live = live
        self._tasks = tasks
        self._notifier = notifier
        self._supervisor = None if access.read_only else supervisor
        self._supervising = threading.Lock()
        self._clock = clock
        self._status: Status | None = None
        self._seen = Seen()
        self._checking = False
        self._closed = False
        self.view = self._make_view()
        live.status_received.connect(self._take_status)
        live.connected_changed.connect(self._connection_changed)
        self._timer = QTimer(self)
        self._timer.setInterval(CHECK_MS)
        self._timer.timeout.connect(self.check)

    def start(self) -> None:
        """Begin to look after the listener, at once and then each second."""
        self._timer.start()
        self.check()

    def close(self) -> None:
        """Look no more; what is still under way is not shown."""
        self._closed = True
        self._timer.stop()

    def check(self) -> None:
        """Look at the listener now, in the background; a look that is under way counts."""
        if not (self._checking or self._closed):
            self._checking = True
            self._tasks.run(self._look, self._looked, self._look_failed)

    def _look(self) -> Seen:
        state = UNKNOWN
        if self._supervisor is not None:
            with self._supervising:
                state = self._supervisor.check()
        with self._access.database() as database:
            return look_at(database, self._clock(), state)

    def _looked(self, seen: Seen) -> None:
        self._checking = False
        self._seen = seen
        self._show()

    def _look_failed(self, error: BaseException) -> None:
        self._checking = False
        if not isinstance(error, UserError):
            self._timer.stop()  # A bug; once is enough.
            self._notifier.report(error)
            return
        # What fails is the look: the listener may be as well as it was.
        self._seen = replace(self._seen, problem=error.message)
        self._show()

    def _take_status(self, status: Status) -> None:
        self._status = status
        self._show()

    def _connection_changed(self, connected: bool) -> None:
        if not connected:
            self._status = None
        self.check()

    def _make_view(self) -> ListenerView:
        return view_listener(
            self._seen,
            self._status,
            read_only=self._access.read_only,
            now=self._clock(),
            log=self._access.folder.listener_log,
        )

    def _show(self) -> None:
        view = self._make_view()
        if view != self.view and not self._closed:
            self.view = view
            self.status_changed.emit(view)

    def restart(self) -> None:
        """End the listener and start another one; what it had in work is taken up again."""
        supervisor = self._supervisor
        if supervisor is None:
            self._notifier.error("This window does not look after a listener of this folder.")
            return

        def work() -> None:
            with self._supervising:
                supervisor.request_restart()

        self._tasks.run(work, lambda _: self.check())

    def reprocess(
        self, keys: Collection[RunKey], variables: Collection[str] | None = None, stage: Stage | None = None
    ) -> None:
        """Queue runs for processing anew: all their Variables, those of one stage, or some."""
        if self._access.read_only:
            self._notifier.error("This folder is read-only: nothing can be processed.", "Ask its owner.")
            return
        wanted = sorted(keys)
        names = None if variables is None else sorted(variables)
        self._tasks.run(lambda: request_reprocess(self._access.folder, wanted, names, stage), self._queued)

    def _queued(self, ids: list[int]) -> None:
        runs = "one run" if len(ids) == 1 else f"{len(ids)} runs"
        self._notifier.info(f"Queued {runs} for reprocessing.")
        self._live.hint()
        self.check()


def look_at(database: Database, now: float, state: ListenerState) -> Seen:
    """What the database tells about the listener, with what its supervisor knows. Blocking."""
    lease = read_lease(database)
    jobs = read_jobs(database, limit=LATEST_JOBS)
    known = state.lease is not None and lease is not None and state.lease.token == lease.token
    running = lease is not None and ((state.running and known) or lease.is_alive(now))
    ended = [job for job in jobs if job.finished is not None]
    last = max(ended, key=_end, default=None)
    return Seen(
        running=running,
        owner=_owner(lease) if running else "",
        supervised=state,
        queued=sum(job.state == "queued" for job in jobs),
        in_work=tuple(sorted({job.request.key for job in jobs if job.state == "running"})),
        last_run=None if last is None else last.request.key,
        last_run_at=None if last is None else last.finished,
    )


def _end(job: Job) -> float:
    return job.finished or 0.0


def _owner(lease: Lease | None) -> str:
    if lease is None or (lease.is_local and lease.user == user_name()):
        return ""
    return f"{lease.user}@{lease.host}"
