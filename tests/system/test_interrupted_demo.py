"""However the demonstration ends, nothing of it goes on, and the next call takes up where it was."""

import signal

import psutil
import pytest

from damnit_backend.control.listener import stop_listener
from damnit_backend.store.folder import USUAL_PLACE, Folder

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


@pytest.fixture
def demo(tmp_path, stage, look):
    """A headless demonstration with its window, simulator and listener: the process, its folder, its descendants."""
    process = stage.damnit("demo", "--headless", "--runs", "50", "--interval", "1", "--dir", tmp_path / "demo")
    folder = Folder(tmp_path / "demo/SIM/202501/p700000" / USUAL_PLACE)
    look.wait(lambda: folder.database.exists() and look.lease(folder))
    return process, folder, psutil.Process(process.pid).children(recursive=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_demonstration_that_is_interrupted_leaves_no_process(demo, number, look):
    process, folder, descendants = demo
    assert len(descendants) >= 3
    process.send_signal(number)
    assert process.wait(30) == 130
    _, alive = psutil.wait_procs(descendants, timeout=5)
    assert alive == []
    assert look.lease(folder) is None


def test_a_demonstration_that_is_killed_takes_window_and_simulator_along(demo):
    process, folder, _ = demo
    children = psutil.Process(process.pid).children()
    assert len(children) == 2
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    stop_listener(folder)
    assert alive == []
