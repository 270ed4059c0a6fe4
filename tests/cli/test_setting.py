"""`damnit setting`: the interpreter and the limits of a folder."""

import sys

import pytest
from typer.testing import CliRunner

from damnit_backend import cli
from damnit_backend.core.errors import UserError


@pytest.fixture
def setting(folder, database):
    """``setting(arguments...)`` is what the command prints; it raises what the command does."""

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(cli.app, ["setting", str(folder.path), *arguments])
        if isinstance(done.exception, UserError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    assert not database.read_only
    return run


def test_that_settings_are_shown_set_and_removed(setting):
    assert f"context_python = {sys.executable}\n" in setting()
    setting("run_memory_gb", "12")
    setting("context_python", sys.executable)
    assert setting("run_memory_gb") == "run_memory_gb = 12.0\n"
    setting("run_memory_gb", "--remove")
    assert setting("run_memory_gb") == "run_memory_gb = 0.0\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["workers", "3"], "no setting workers"),
        (["--remove"], "Which setting"),
        (["run_cores", "3", "--remove"], "Which setting"),
        (["run_cores", "many"], "'many' is no value of the setting run_cores"),
        (["run_seconds", "inf"], "run_seconds"),
        (["context_python", "/nowhere/python"], "no interpreter /nowhere/python"),
    ],
)
def test_that_what_cannot_be_set_is_refused(setting, arguments, words):
    before = setting()
    with pytest.raises(UserError, match=words):
        setting(*arguments)
    assert setting() == before
