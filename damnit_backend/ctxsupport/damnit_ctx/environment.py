"""The interpreter and the packages with which values are made."""

from __future__ import annotations

import functools
import importlib.metadata
import platform
import sys

#: Looked for even if nothing has imported them yet: a Variable may.
_MAIN = (
    "extra", "extra_data", "extra_geom", "h5py", "matplotlib", "numpy", "pandas", "plotly", "scipy", "xarray",
)  # fmt: skip


def environment() -> dict[str, object]:
    """The version and the path of the interpreter, and the versions of packages that are imported or often used."""
    return {"python": platform.python_version(), "executable": sys.executable, "packages": _packages()}


def _packages() -> dict[str, str]:
    installed = {name: _installed(name) for name in _MAIN}
    found = {name: version for name, version in installed.items() if version is not None}
    for name, module in list(sys.modules.items()):
        version = getattr(module, "__version__", None)
        file = getattr(module, "__file__", None)
        if isinstance(version, str) and isinstance(file, str) and "-packages" in file and "." not in name:
            found.setdefault(name, version)
    return dict(sorted(found.items()))


@functools.cache
def _installed(name: str) -> str | None:
    """The version of a package; looked up once, since that takes longer than to load a context file."""
    try:
        return str(importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return None
