"""Starting the interpreter that the user chose, and saying what is wrong with one that does not serve."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from damnit_backend.core.errors import UserError

CTXSUPPORT = Path(__file__).resolve().parent.parent / "ctxsupport"
MAX_LINE = 64 << 20
OLDEST = (3, 9)
PROBE_SECONDS = 10.0
HINT = "Set another one with: damnit setting FOLDER context_python PATH"
_PROBE = "import sys; sys.stdout.write('%d.%d.%d' % tuple(sys.version_info[:3]))"
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS")


class ContextProcessError(UserError):
    """The context process could not be started, or ended on its own."""


def executable_of(python: str | None, folder: Path) -> str:
    """The interpreter's path (None: ours). One without a leading slash, such as ``venv/bin/python``, lies in the
    DAMNIT folder; a bare name is looked for on the user's path."""
    return str(folder.absolute() / python) if python and "/" in python else python or sys.executable


async def start_server(executable: str, cores: int | None) -> asyncio.subprocess.Process:
    """Start `damnit_ctx` in the interpreter, in a session of its own. ``cores``: what its libraries may use."""
    try:
        # Not in the folder, which Python would then import from before anything else: a file there that is named
        # like a module of the standard library would keep the process from starting. `load` goes there.
        return await asyncio.create_subprocess_exec(
            executable, "-m", "damnit_ctx", "serve",
            cwd=CTXSUPPORT, env=_environment(cores), limit=MAX_LINE, start_new_session=True,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
    except OSError as error:
        raise ContextProcessError(
            f"The Python interpreter for the context file cannot be started: {executable}: {error.strerror}.", HINT
        ) from error


async def what_is_wrong(executable: str, ended: str) -> ContextProcessError:
    """Why an interpreter ended (``ended``: how) before it served."""
    version = await _version(executable)
    if version is None:
        return ContextProcessError(f"{executable} is no Python interpreter that works: {ended}", HINT)
    said = ".".join(map(str, version))
    if version < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return ContextProcessError(f"{executable} is Python {said}: context files need {oldest} or newer.", HINT)
    return ContextProcessError(
        f"{executable} (Python {said}) cannot run context files: {ended}", f"It needs numpy, h5py, xarray. {HINT}"
    )


async def _version(executable: str) -> tuple[int, ...] | None:
    """The version of a Python, also of the oldest ones; None if it does not say one."""
    try:
        process = await asyncio.create_subprocess_exec(
            executable, "-c", _PROBE, env=_environment(None), start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return None
    try:
        output, _ = await asyncio.wait_for(process.communicate(), PROBE_SECONDS)
        return tuple(int(part) for part in output.decode("ascii").split("."))[:3] or None
    except (TimeoutError, ValueError):
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _environment(cores: int | None) -> dict[str, str]:
    """Our environment with `damnit_ctx` first on the path, and nothing that belongs to our own interpreter."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "VIRTUAL_ENV")}
    environment["PYTHONPATH"] = str(CTXSUPPORT)
    # A figure is drawn for a file; nobody looks at a screen here.
    environment.setdefault("MPLBACKEND", "agg")
    # Nobody may keep a result from being written, or a run from being read, by looking into its file.
    environment["HDF5_USE_FILE_LOCKING"] = "FALSE"
    for name in _THREADS if cores is not None else ():
        environment.setdefault(name, str(cores))
    return environment
