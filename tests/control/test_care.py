import os
import threading

import pytest

from damnit_backend.control.care import CancelledError, Care
from damnit_backend.core.errors import UserError
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import create_database


@pytest.fixture
def made(folder: Folder) -> Folder:
    create_database(folder, proposal=1234).close()
    folder.context_file.write_text("from damnit_ctx import Variable\n")
    return folder


def test_a_check_gives_its_report_and_its_progress(made):
    told = []
    report = Care(told.append).check(made, quick=True)
    assert report.folder == str(made.path)
    assert report.quick
    assert {finding.check for finding in report.findings} >= {"database", "results", "context"}
    assert "Results" in {progress.title for progress in told}


def test_a_backup_says_what_it_did(made, tmp_path):
    target = tmp_path / "b.tar"
    assert "tar xf" in Care().back_up(made, target)
    assert target.exists()


def test_what_cannot_be_done_is_an_error_in_words(made, tmp_path):
    (tmp_path / "b.tar").touch()
    with pytest.raises(UserError, match="exists already"):
        Care().back_up(made, tmp_path / "b.tar")
    with pytest.raises(UserError, match="not a DAMNIT folder"):
        Care().check(Folder(tmp_path / "nowhere"))


def test_cancelled_work_ends_soon(made):
    os.mkfifo(made.results / "p1234_r1.h5")  # reading it takes without end
    begun = threading.Event()
    care = Care(lambda progress: begun.set() if progress.title == "Results" else None)
    threading.Thread(target=lambda: (begun.wait(60), care.cancel())).start()
    with pytest.raises(CancelledError):
        care.check(made)


def test_work_that_is_cancelled_first_never_begins(made):
    care = Care()
    care.cancel()
    with pytest.raises(CancelledError):
        care.check(made)
