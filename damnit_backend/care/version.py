"""What tells a version of a file from others."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Version:
    """What tells a file from another one that is put into its place, and from itself when it is written."""

    device: int
    inode: int
    size: int
    changed: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Version":
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
