from pathlib import Path

import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.core.settings import Settings, config_files, data_root, load_settings


@pytest.fixture
def toml(tmp_path, monkeypatch):
    """Writes the settings file that the environment names."""
    path = tmp_path / "damnit.toml"
    monkeypatch.setenv("DAMNIT_CONFIG", str(path))

    def write(content: str | bytes) -> Path:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_that_what_the_file_does_not_say_has_its_default(toml):
    toml('data_root = "/gpfs"\nworkers = 5\n')
    assert load_settings() == Settings(data_root="/gpfs", workers=5)


def test_that_no_file_means_the_defaults(tmp_path, monkeypatch):
    monkeypatch.delenv("DAMNIT_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if not config_files()[-1].exists():
        assert load_settings() == Settings()


def test_that_the_users_own_file_counts_without_being_named(tmp_path, monkeypatch):
    monkeypatch.delenv("DAMNIT_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "damnit-desktop").mkdir()
    (tmp_path / "damnit-desktop" / "damnit.toml").write_text("workers = 9\n")
    assert load_settings().workers == 9


@pytest.mark.parametrize(
    "content",
    [
        "nonsense", "workers = 'two'", "workers = 0", "workers = 1000", "settle_seconds = -1", "colour = 'red'",
        "scan_seconds = 0", "settle_seconds = nan", "run_seconds = inf", b"\xff\xfe", "workers = 2.5", "data_root = 3",
    ],
)  # fmt: skip
def test_that_a_bad_file_is_named_with_what_is_wrong(toml, content):
    path = toml(content)
    with pytest.raises(UserError, match="damnit") as caught:
        load_settings()
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_that_an_unknown_setting_is_named(toml):
    toml("wrokers = 3")
    with pytest.raises(UserError, match="wrokers"):
        load_settings()


def test_that_a_file_which_is_named_but_missing_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("DAMNIT_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(UserError, match=r"none\.toml"):
        load_settings()


def test_that_a_directory_in_its_place_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("DAMNIT_CONFIG", str(tmp_path))
    with pytest.raises(UserError):
        load_settings()


def test_where_proposals_lie(monkeypatch):
    monkeypatch.delenv("XFEL_DATA_ROOT", raising=False)
    monkeypatch.delenv("EXTRA_DATA_DATA_ROOT", raising=False)
    assert data_root(Settings()) is None
    monkeypatch.setenv("EXTRA_DATA_DATA_ROOT", "/b")
    assert data_root(Settings()) == Path("/b")
    monkeypatch.setenv("XFEL_DATA_ROOT", "/a")
    assert data_root(Settings()) == Path("/a")
    assert data_root(Settings(data_root="/c")) == Path("/c")
