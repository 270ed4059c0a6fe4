from pathlib import Path

import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_backend.core.settings import Settings
from damnit_backend.store import filesystems
from damnit_backend.store.filesystems import file_system, journal_mode
from damnit_backend.store.folder import Folder, find_proposal, require_folder, resolve_folder
from damnit_backend.store.opening import create_database
from damnit_backend.store.settings import folder_proposal, get_setting


@pytest.fixture
def root(tmp_path):
    """Proposals 1234 and 5678, the first with a DAMNIT folder."""
    for proposal in ("p001234", "p005678"):
        (tmp_path / "SIM" / "202501" / proposal / "usr" / "Shared").mkdir(parents=True)
    amore = tmp_path / "SIM" / "202501" / "p001234" / "usr" / "Shared" / "amore"
    amore.mkdir()
    create_database(Folder(amore), 1234).close()
    return tmp_path


def test_where_the_parts_of_a_folder_lie(tmp_path):
    folder = Folder(tmp_path)
    key = RunKey(1234, 5)
    assert folder.run_file(key) == tmp_path / "extracted_data" / "p1234_r5.h5"
    assert folder.run_log(key) == tmp_path / "process_logs" / "r5-p1234.out"
    assert folder.context_file == tmp_path / "context.py"


@pytest.mark.parametrize("text", ["1234", "p1234", "p001234", "001234"])
def test_that_a_proposal_number_means_its_usual_place(root, text):
    found = require_folder(text, Settings(data_root=str(root)))
    assert found.path == root / "SIM" / "202501" / "p001234" / "usr" / "Shared" / "amore"


def test_that_a_directory_means_the_only_folder_below_it(root):
    settings = Settings()
    amore = root / "SIM" / "202501" / "p001234" / "usr" / "Shared" / "amore"
    assert resolve_folder(str(amore), settings).path == amore
    assert resolve_folder(str(amore.parents[2]), settings).path == amore
    assert resolve_folder(str(root), settings).path == amore
    assert resolve_folder(str(root / "new"), settings).path == root / "new"


def test_that_the_latest_cycle_of_a_proposal_counts(root):
    (root / "SIM" / "202601" / "p001234").mkdir(parents=True)
    assert find_proposal(1234, Settings(data_root=str(root))).parent.name == "202601"


@pytest.mark.parametrize(
    "text", ["4321", "p5678", "nowhere", "~nobody-of-this-name", "a\0b", "x" * 5000, "", ".", "²", "p", "9" * 40]
)
def test_that_what_is_no_folder_is_an_error_for_people(root, text, monkeypatch):
    monkeypatch.chdir(root / "SIM" / "202501" / "p005678")
    with pytest.raises(UserError) as caught:
        require_folder(text, Settings(data_root=str(root)))
    assert caught.value.hint


def test_that_an_unknown_root_is_an_error_that_says_what_to_set(monkeypatch):
    for name in ("XFEL_DATA_ROOT", "EXTRA_DATA_DATA_ROOT"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UserError) as caught:
        find_proposal(1234, Settings())
    assert "data_root" in caught.value.hint


@pytest.mark.parametrize("value", ["abc", "", b"\xff", float("inf")])
def test_that_a_proposal_which_is_no_number_is_said(database, value):
    with database.writing() as sql:
        sql.execute("UPDATE metameta SET value = ? WHERE key = 'proposal'", (value,))
    with pytest.raises(UserError, match="proposal"):
        folder_proposal(database)


@pytest.mark.parametrize("value", [77, "77", 77.0])
def test_that_a_proposal_may_be_stored_in_any_way(database, value):
    with database.writing() as sql:
        sql.execute("UPDATE metameta SET value = ? WHERE key = 'proposal'", (value,))
    assert folder_proposal(database) == 77


def test_that_a_setting_is_found_or_none(database):
    with database.writing() as sql:
        sql.execute("INSERT INTO metameta VALUES ('it''s', 'b')")
    assert get_setting(database, "it's") == "b"
    assert get_setting(database, "other") is None


class Mount:
    def __init__(self, mountpoint: str, fstype: str) -> None:
        self.mountpoint = mountpoint
        self.fstype = fstype


@pytest.mark.parametrize(
    ("path", "system", "mode"),
    [("/home/x", "ext4", "WAL"), ("/gpfs/exfel/x", "gpfs", "DELETE"), ("/gpfs2/x", "ext4", "WAL"),
     ("/data/x", "nfs4", "DELETE"), ("/data/local/x", "xfs", "WAL")],
)  # fmt: skip
def test_that_only_known_local_disks_get_a_write_ahead_log(monkeypatch, path, system, mode):
    mounts = [Mount("/", "ext4"), Mount("/gpfs", "gpfs"), Mount("/data", "ext4"), Mount("/data", "NFS4"),
              Mount("/data/local", "xfs")]  # fmt: skip
    monkeypatch.setattr(filesystems.psutil, "disk_partitions", lambda **_: mounts)
    assert (file_system(Path(path)), journal_mode(Path(path))) == (system, mode)


@pytest.mark.parametrize("system", [
    "gpfs", "nfs", "nfs4", "lustre", "beegfs", "cifs", "smb3", "smbfs", "ceph", "fuse.ceph", "fuse.sshfs", "fuseblk",
    "9p", "virtiofs", "vboxsf", "afs", "autofs", "squashfs", "",
])  # fmt: skip
def test_that_what_may_be_shared_by_several_hosts_gets_none(monkeypatch, tmp_path, system):
    monkeypatch.setattr(filesystems.psutil, "disk_partitions", lambda **_: [Mount("/", system)])
    assert journal_mode(tmp_path) == "DELETE"


@pytest.mark.parametrize("system", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay"])
def test_that_disks_and_memory_of_one_host_get_one(monkeypatch, tmp_path, system):
    monkeypatch.setattr(filesystems.psutil, "disk_partitions", lambda **_: [Mount("/", system)])
    assert journal_mode(tmp_path) == "WAL"


def test_that_an_unknown_system_gets_none(monkeypatch, tmp_path):
    monkeypatch.setattr(filesystems.psutil, "disk_partitions", lambda **_: [])
    assert journal_mode(tmp_path) == "DELETE"
