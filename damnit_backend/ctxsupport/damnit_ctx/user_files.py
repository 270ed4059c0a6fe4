"""The files of user code in a process: the context file, and the modules beside it that it imports."""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from damnit_ctx.pieces import Import
from damnit_ctx.source import Source


@dataclass(frozen=True)
class OwnModule:
    """An imported module beside the context file. `label`: its path from there; `text`: what the file says now."""

    module: ModuleType
    file: str
    label: str
    text: str


#: By the `id` of the module.
Modules = Mapping[int, OwnModule]


def own_modules(context: Path) -> Modules:
    """The imported modules that lie beside a context file, or below, and are no installed packages; sorted by label."""
    inside = os.path.join(context.parent, "")  # noqa: PTH118  (paths of a thousand modules would take long)
    installed = tuple(os.path.join(prefix, "") for prefix in (sys.prefix, sys.base_prefix))  # noqa: PTH118
    found = []
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or not file.startswith(inside) or "site-packages" in file:
            continue
        if not file.startswith(installed) and file != str(context):
            found.append(OwnModule(module, file, file[len(inside) :], _text(Path(file))))
    return {id(own.module): own for own in sorted(found, key=lambda own: own.label)}


class UserFiles:
    """Finds the file of a module, or of a function. A module elsewhere, or one that is not Python code, has none."""

    def __init__(self, context: Source, path: Path, modules: Modules) -> None:
        self._modules = modules
        self._by_module: dict[int, Source | None] = {id(context.module): context}
        self._by_file: dict[str, Source] = {str(path): context}

    def of_module(self, module: ModuleType) -> Source | None:
        """Raises RecursionError if its code is nested too deeply."""
        key = id(module)
        if key not in self._by_module:
            own = self._modules.get(key)
            self._by_module[key] = None if own is None else self._read(own)
        return self._by_module[key]

    def of_file(self, file: str) -> Source | None:
        """Raises RecursionError if its code is nested too deeply."""
        if file not in self._by_file:
            for own in self._modules.values():
                if own.file == file:
                    self.of_module(own.module)
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

    def _read(self, own: OwnModule) -> Source | None:
        try:
            source = Source(own.label, own.text, ast.parse(own.text), own.module)
        except (SyntaxError, ValueError):  # a compiled module, or one that was changed since
            return None
        self._by_file[own.file] = source
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
