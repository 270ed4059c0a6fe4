"""The context process: reads requests from standard input, writes events to standard output, a JSON object a line.

First it says `{"event": "hello", "protocol": 1, …}`; without the packages it needs, `{"event": "broken",
"message": …}` instead, and ends. Then:

- `load`: executes a context file in this process, answered by `loaded` or `not_loaded`, both with the stamps (time of
  the last change in ns, size, inode) of the `files` in its folder that it imports; null where one is missing; and
  with `warnings`, problems of the severity "warning" that keep it from nothing. The
  server is there to be killed and replaced if the file hangs. What was loaded last is what runs. A file that is not
  only checked comes with its `text`, that of modules beside it (`sources`), a `digest` of both, the `environment`, and
  for each Variable a hash of its code (`codes.py`).
- `run`: computes Variables on a run in a fork of this process. `data` says what to open; `variables` names what
  to compute, else `trigger` does (those that run on that kind of data), else all that `data` suffices for;
  `params` has the values of `param#` arguments, by name; `seconds`, `memory` (bytes) and `cores` are limits; `job` is
  noted in the results; with `exact` what the Variables need is computed but not written. Events `running`, `started`,
  `finished`, `fragment`, at the end `done`. Several may go on at once.
- `cancel`: ends a run. `ping`: answered by `pong`, if the server is well.
- `quit`, or the end of standard input: ends all, and the server.

A line that is no request is answered by `bad_request`.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import platform
import sys
import traceback
from typing import NoReturn

from damnit_ctx import guard, processes, surroundings
from damnit_ctx.channel import Channel

PROTOCOL = 1
_NEEDED = ("numpy", "h5py", "xarray")
#: The exit status of a server whose descriptors user code closed.
NO_CHANNEL = 72


def main() -> int:
    """Serve until standard input ends. Gives the exit status."""
    os.environ["MPLBACKEND"] = "Agg"  # nobody looks at windows of user code
    channel = Channel()
    surroundings.set_up()
    with contextlib.suppress(BrokenPipeError):  # the client is gone
        missing = _warm_up()
        if missing is not None:
            channel.send({"event": "broken", "message": missing})
            return 3
        from damnit_ctx.server import Server  # late: it needs what was just tried

        channel.send(
            {
                "event": "hello",
                "protocol": PROTOCOL,
                "python": platform.python_version(),
                "executable": sys.executable,
                "pid": os.getpid(),
            }
        )
        Server(channel).serve()
    return 0


def main_and_exit() -> NoReturn:
    """Serve, then end the process at once: no thread and no exit handler of user code may keep it."""
    status = 1
    try:
        guard.divide()
        processes.adopt_orphans()
        status = main()
    except BaseException as error:  # the end of the process; the client shows the last line
        if isinstance(error, OSError) and error.errno == errno.EBADF:
            status = NO_CHANNEL
        with contextlib.suppress(OSError, ValueError, AttributeError):
            traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.flush()
        os._exit(status)


def _warm_up() -> str | None:
    """Import what every run needs, once for all forks. Gives what is wrong with this Python, if anything is."""
    failures = [failure for failure in map(_import_failure, _NEEDED) if failure]
    if failures:
        return (
            f"{sys.executable} (Python {platform.python_version()}) cannot import what context files need: "
            f"{'; '.join(failures)}. Install it there, or choose another interpreter"
        )
    _import_failure("extra_data")  # only needed to open runs, which says so then
    return None


def _import_failure(package: str) -> str:
    try:
        importlib.import_module(package)
    except ImportError as error:
        return f"{package} ({error})"
    return ""
