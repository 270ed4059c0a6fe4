"""The files of user code in a process: the context file, and the modules beside it that it imports."""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from damnit_ctx.pieces import Import
from damnit_ctx.source import Source


def own_modules(folder: Path) -> Iterator[tuple[ModuleType, Path]]:
    """The imported modules that lie in the folder, or below, and are no installed packages, with their files."""
    inside = os.path.join(folder, "")  # noqa: PTH118  (paths of a thousand modules would take long)
    installed = [os.path.join(prefix, "") for prefix in (sys.prefix, sys.base_prefix)]  # noqa: PTH118
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or not file.startswith(inside) or "site-packages" in file:
            continue
        if not any(file.startswith(prefix) for prefix in installed):
            yield module, Path(file)


class UserFiles:
    """Finds the file of a module, or of a function. A module elsewhere, or one that is not Python code, has none."""

    def __init__(self, context: Source, path: Path) -> None:
        self._by_module: dict[int, Source | None] = {id(context.module): context}
        self._by_file: dict[str, Source] = {str(path): context}
        self._known = {id(module): (module, file) for module, file in own_modules(path.parent) if file != path}
        self._folder = path.parent

    def of_module(self, module: ModuleType) -> Source | None:
        """Raises RecursionError if its code is nested too deeply."""
        key = id(module)
        if key not in self._by_module:
            self._by_module[key] = self._read(*self._known[key]) if key in self._known else None
        return self._by_module[key]

    def of_file(self, file: str) -> Source | None:
        """Raises RecursionError if its code is nested too deeply."""
        if file not in self._by_file:
            for module, path in self._known.values():
                if str(path) == file:
                    self.of_module(module)
        return self._by_file.get(file)

    def of_class(self, cls: type) -> Source | None:
        """That in which a class is defined. Raises RecursionError if its code is nested too deeply."""
        module = sys.modules.get(cls.__module__)
        return None if module is None else self.of_module(module)

    def imported(self, source: Source, origin: Import) -> Any:
        """The module that an import statement names; None if it is not there."""
        name = origin.module
        if origin.level:
            package = getattr(source.module, "__package__", None) or ""
            try:
                name = importlib.util.resolve_name("." * origin.level + origin.module, package)
            except ImportError:
                return None
        return sys.modules.get(name)

    def texts(self) -> dict[str, str]:
        """What all of the folder's modules say, by path from the folder, whether anything reaches them or not."""
        return {str(path.relative_to(self._folder)): _text(path) for _, path in self._known.values()}

    def _read(self, module: ModuleType, path: Path) -> Source | None:
        text = _text(path)
        try:
            source = Source(str(path.relative_to(self._folder)), text, ast.parse(text), module)
        except (SyntaxError, ValueError):  # a compiled module, or one that was changed since
            return None
        self._by_file[str(path)] = source
        return source


def _text(path: Path) -> str:
    """The file's text; if it is none, what tells it from another: its size and time."""
    try:
        return importlib.util.decode_source(path.read_bytes()) if path.suffix == ".py" else _stamp(path)
    except (OSError, SyntaxError, UnicodeDecodeError):
        return _stamp(path)


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "missing"
    return f"{found.st_size} bytes of {found.st_mtime_ns}"
