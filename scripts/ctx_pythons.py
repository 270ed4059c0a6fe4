"""Run the tests of `damnit_ctx` in the oldest and the newest Python of this machine: `python -m scripts.ctx_pythons`.

Context files run in whatever Python a folder names, from 3.9 on. Each gets an environment of its own with the packages
that such Pythons have, kept in `.ctx-pythons/` for the next time. What the machine lacks is said, not an error.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = ROOT / ".ctx-pythons"
OLDEST = (3, 9)
MINORS = range(9, 30)
PACKAGES = [
    "numpy", "h5py", "xarray", "h5netcdf", "pandas", "pyarrow", "matplotlib", "plotly", "extra-data",
    "pytest", "hypothesis", "pillow",
]  # fmt: skip
COMPILED = "numpy,h5py,pandas,pyarrow,matplotlib,pillow"
VERSIONS = ("numpy", "h5py", "xarray", "pandas", "extra-data")

Version = tuple[int, int]


def find_pythons() -> dict[Version, str]:
    """The interpreters from 3.9 on that start, by version: those on the PATH, and those that pyenv keeps."""
    names = (shutil.which(f"python3.{minor}") for minor in MINORS)
    kept = sorted((Path(os.environ.get("PYENV_ROOT") or "~/.pyenv").expanduser() / "versions").glob("3.*/bin/python"))
    found: dict[Version, str] = {}
    for path in [*names, *map(str, kept), sys.executable]:
        version = path and _version(path)  # a shim of pyenv may be there and lead nowhere
        if path and version and version >= OLDEST:
            found.setdefault(version, path)
    return found


def _version(python: str) -> Version | None:
    code = "import ensurepip, json, sys, venv; json.dump(sys.version_info[:2], sys.stdout)"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor = json.loads(done.stdout)
    return major, minor


def make_environment(version: Version, python: str) -> Path | None:
    """The interpreter of the version's environment, made if it is not there; None if its packages cannot be had."""
    folder = ENVIRONMENTS / f"{version[0]}.{version[1]}"
    made = folder / "bin" / "python"
    ready = folder / f"ready-{hashlib.sha256(' '.join([python, *PACKAGES]).encode()).hexdigest()[:12]}"
    if ready.exists():
        return made
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    install = [str(made), "-m", "pip", "install", "-qq", "--disable-pip-version-check", f"--only-binary={COMPILED}"]
    if subprocess.run([*install, *PACKAGES], check=False).returncode != 0:
        return None
    ready.touch()
    return made


def run_tests(version: Version, python: Path) -> bool:
    """Run `tests/ctx` without the project's settings and packages. Whether all passed."""
    tests = ROOT / "tests" / "ctx"
    code = "import importlib.metadata as m, sys; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]), sep=', ')"
    versions = subprocess.run([str(python), "-c", code, *VERSIONS], capture_output=True, text=True, check=True)
    say(f"Python {version[0]}.{version[1]} with {versions.stdout.strip()}")
    options = [
        "-q",
        "-c",
        os.devnull,
        f"--rootdir={tests}",
        f"--confcutdir={tests}",
        "--import-mode=importlib",
        "--disable-warnings",
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    begun = time.monotonic()
    done = subprocess.run(
        [str(python), "-m", "pytest", *options, "-p", "no:cacheprovider", str(tests), *sys.argv[1:]],
        env={**environment, "PYTHONPATH": str(ROOT / "damnit_backend" / "ctxsupport"), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=ROOT,
        check=False,
    )
    say(f"Python {version[0]}.{version[1]}: {time.monotonic() - begun:.0f} s")
    return done.returncode == 0


def say(text: str) -> None:
    print(text, flush=True)


def first_usable(pythons: dict[Version, str], order: list[Version]) -> tuple[Version, Path] | None:
    """The first version, in that order, for which there are packages, with its environment's interpreter."""
    for version in order:
        python = make_environment(version, pythons[version])
        if python is not None:
            return version, python
        say(f"Python {version[0]}.{version[1]}: its packages cannot be installed")
    return None


def main() -> int:
    pythons = find_pythons()
    say("Pythons from 3.9 on: " + ", ".join(f"{major}.{minor}" for major, minor in sorted(pythons)))
    if OLDEST not in pythons:
        say("Python 3.9, the oldest that context files may run in, is not on this machine")
    usable = [first_usable(pythons, sorted(pythons)), first_usable(pythons, sorted(pythons, reverse=True))]
    chosen = dict(found for found in usable if found is not None)
    passed = [run_tests(version, python) for version, python in chosen.items()]
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
