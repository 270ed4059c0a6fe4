"""Run a context file's text and gather the Variables that it defines."""

from __future__ import annotations

import hashlib
import importlib
import io
import linecache
import os
import stat
import sys
import tokenize
import traceback
from pathlib import Path
from types import ModuleType

from damnit_ctx import limits
from damnit_ctx.checks import check
from damnit_ctx.context import LoadedContext
from damnit_ctx.naming import begin_load
from damnit_ctx.outcome import line_in, missing_package, user_traceback
from damnit_ctx.positions import Positions, lines_of
from damnit_ctx.problem import Problem
from damnit_ctx.scope import Scope, entered
from damnit_ctx.text import class_name, error_message, storable
from damnit_ctx.whereabouts import MODULE_NAME, enter

#: Bytes of a context file.
LARGEST = 10_000_000


class Loader:
    """Loads context files in this process, each time with fresh modules from the file's own folder."""

    def __init__(self) -> None:
        self._arrived: set[str] = set()  # modules that context files imported

    def load(self, path: Path, folder: Path, code: str | None = None) -> LoadedContext | list[Problem]:
        """Load the context file, or `code` in its place, with `folder` as working directory.

        Gives everything that is wrong with it, if anything is. Runs the user's code in this process, which may
        not outlive that.
        """
        try:
            raw = _read(path) if code is None else code.encode("utf-8", "surrogatepass")
            text = _decoded(raw) if code is None else code
        except (OSError, SyntaxError, UnicodeDecodeError) as error:
            return [Problem(f"{path} cannot be read: {error}", error_cls=type(error).__name__)]
        self._forget_modules_of(path.parent)
        before = set(sys.modules)
        module = ModuleType(MODULE_NAME)
        scope = Scope(vars(module))
        begin_load()
        problem = _compile_and_run(text, path, folder, module, scope)
        self._arrived.update(set(sys.modules) - before)
        if problem is not None:
            return [problem]
        gathered = scope.gathered()
        positions = Positions(text, str(path))
        checked = check(gathered, positions)
        if checked.nodes is None:
            return checked.problems
        digest = hashlib.sha256(raw).hexdigest()
        defined = tuple(gathered.variables)
        warnings = tuple(checked.problems)
        return LoadedContext(
            path, folder, digest, checked.nodes, module, defined, scope.params(), text, warnings, positions.tree
        )

    def _forget_modules_of(self, folder: Path) -> None:
        """Forget what an earlier load imported from the folder: the files may have changed since."""
        importlib.invalidate_caches()
        installed = {Path(sys.prefix), Path(sys.base_prefix)}
        for name in list(self._arrived):
            file = getattr(sys.modules.get(name), "__file__", None)
            if not isinstance(file, str) or "site-packages" in file:
                continue
            parents = set(Path(file).parents)
            if folder in parents and not parents & installed:
                del sys.modules[name]
                self._arrived.discard(name)


def _read(path: Path) -> bytes:
    """The bytes of a file. OSError if it is none: a pipe in its place would be waited for, without end."""
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123  (for its own flags)
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("it is no file")
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise OSError(f"it is larger than {LARGEST / 1e6:g} MB")
    return raw


def _decoded(raw: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    return raw.decode(encoding)


def _compile_and_run(text: str, path: Path, folder: Path, module: ModuleType, scope: Scope) -> Problem | None:
    """Run the text as the module; gives what went wrong."""
    try:
        compiled = compile(text, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        return _syntax_problem(error)
    except (ValueError, RecursionError, MemoryError) as error:  # NUL characters, or absurdly nested
        return Problem(f"This is no Python code: {error}", error_cls=type(error).__name__)
    module.__file__ = str(path)
    # the text that ran, for tracebacks: the file may say something else by then
    linecache.cache[str(path)] = (len(text), None, lines_of(text), str(path))
    try:
        enter(path, folder)
    except OSError as error:
        return Problem(f"The folder {folder} cannot be entered: {error}", error_cls=type(error).__name__)
    sys.modules[MODULE_NAME] = module
    try:
        with entered(scope):
            exec(compiled, vars(module))
    except BaseException as error:  # user code: whatever it raises, sys.exit included, is its problem, to be shown
        return _run_problem(error, path)
    return None


def _syntax_problem(error: SyntaxError) -> Problem:
    end_line = getattr(error, "end_lineno", None)
    end_column = getattr(error, "end_offset", None)
    return Problem(
        message=error.msg,
        line=error.lineno or None,
        column=error.offset or None,
        end_line=end_line or None,
        # Python gives 0 or -1 where it does not know the end
        end_column=end_column if end_line and end_column and end_column > 0 else None,
        error_cls=type(error).__name__,
        traceback="".join(traceback.format_exception_only(type(error), error)),
    )


def _run_problem(error: BaseException, path: Path) -> Problem:
    if isinstance(error, MemoryError):
        limits.relieve()
    line = line_in(error.__traceback__, str(path))
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line = error.lineno
    return Problem(
        _run_message(error), line=line, error_cls=class_name(error), traceback=storable(user_traceback(error))
    )


def _run_message(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        return missing_package(error.name)
    if isinstance(error, SystemExit):
        return f"The context file called sys.exit({error_message(error)})"
    message = error_message(error)
    if isinstance(error, MemoryError):
        message = limits.memory_message(message)
    return ": ".join(part for part in (class_name(error), message) if part)
