"""How much memory this machine has for us."""

from pathlib import Path

import psutil

_CGROUPS = Path("/sys/fs/cgroup")
_OF_PROCESS = Path("/proc/self/cgroup")


def total_memory(of_process: Path = _OF_PROCESS, cgroups: Path = _CGROUPS) -> int:
    """Bytes that the processes of this one's control group may use together, at most those of the machine."""
    return min([int(psutil.virtual_memory().total), *_limits(of_process, cgroups)])


def _limits(of_process: Path, cgroups: Path) -> list[int]:
    """The limits of the control group, and of those above it; version 1 and version 2."""
    try:
        lines = of_process.read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        root, name = (cgroups / "memory", "memory.limit_in_bytes") if controllers else (cgroups, "memory.max")
        group = root / path.lstrip("/")
        for place in (group, *group.parents):
            found += _number(place / name)
            if place == root:
                break
    return found


def _number(path: Path) -> list[int]:
    """The number in a file; none if it is missing or says "max"."""
    try:
        return [int(path.read_text())]
    except (OSError, ValueError):
        return []
