"""Which journal a database may use: WAL needs shared memory, which network file systems do not give."""

from pathlib import Path

import psutil

LOCAL_FILE_SYSTEMS = frozenset({
    "ext2", "ext3", "ext4", "xfs", "btrfs", "bcachefs", "zfs", "jfs", "f2fs", "apfs", "hfs", "tmpfs", "overlay",
})  # fmt: skip
"""Disks and memory of one host. All others may be those of several: GPFS, NFS, Lustre, BeeGFS, Ceph, CIFS and whatever
else there is, also what FUSE and virtual machines bring in, behind which anything may be."""


def file_system(path: Path) -> str:
    """The type of the file system that holds a path, such as ``ext4`` or ``nfs4``; empty if unknown."""
    path = path.resolve()
    best = ("", "")
    for partition in psutil.disk_partitions(all=True):
        mount = partition.mountpoint
        if path.is_relative_to(mount) and len(mount) >= len(best[0]):
            best = (mount, partition.fstype)
    return best[1].lower()


def journal_mode(path: Path) -> str:
    """``WAL`` on a local disk; ``DELETE``, the rollback journal, elsewhere and where nothing is known."""
    return "WAL" if file_system(path) in LOCAL_FILE_SYSTEMS else "DELETE"
