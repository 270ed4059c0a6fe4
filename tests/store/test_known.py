"""Today's context file, its former versions, the code of Variables, and environments."""

import hashlib

import pytest

from damnit_backend.store.contexts import ContextVersion, read_context, read_contexts, save_context, text_version
from damnit_backend.store.environments import Environment, read_environment
from damnit_backend.store.known import KnownContext, KnownVariable, read_code, read_known, remember_context
from damnit_backend.store.opening import open_for_reading

VARIABLES = (
    KnownVariable("b", "h1", "def b(run): ...", parameters=("p",), data="proc", cluster=True),
    KnownVariable("a", "h2", "def a(run): ...", depends=("b",), parameters=("p",), transient=True),
)
FIRST = KnownContext(ContextVersion("d1", "text 1", {"helper.py": "x = 1"}), None, VARIABLES)


def test_that_the_variables_of_the_file_that_was_loaded_last_are_known_in_their_order(database):
    remember_context(database, FIRST)
    known = read_known(database)

    assert list(known) == ["b", "a"]
    assert known["b"] == KnownVariable("b", "h1", "", (), ("p",), "proc", True, False)
    assert known["a"] == KnownVariable("a", "h2", "", ("b",), ("p",), "raw", False, True)

    remember_context(database, KnownContext(ContextVersion("d2", "text 2"), None, (KnownVariable("a", "h3"),)))
    assert {name: variable.code for name, variable in read_known(database).items()} == {"a": "h3"}


def test_that_the_text_of_each_code_is_kept_as_it_was_first(database):
    remember_context(database, FIRST)
    remember_context(database, KnownContext(ContextVersion("d2", ""), None, (KnownVariable("b", "h1", "reformatted"),)))

    assert read_code(database, "h1") == "def b(run): ..."
    assert read_code(database, "h2") == "def a(run): ..."
    assert read_code(database, "other") is None


def test_that_each_version_of_the_file_that_ran_or_was_saved_is_kept(database):
    remember_context(database, FIRST)
    save_context(database, "ünïcode \udc80", "ann")
    save_context(database, "text 3", "bob")
    save_context(database, "text 3", "ann")

    kept = read_context(database, "d1")
    assert kept is not None
    assert kept.version == FIRST.version
    assert (kept.ran, kept.saved, kept.author) == (True, False, None)
    latest, odd, first = read_contexts(database)
    assert (latest.version.text, latest.author, latest.ran, latest.saved) == ("text 3", "bob", False, True)
    assert latest.first_at < latest.last_at
    assert odd.version.text == "ünïcode \\udc80"
    assert first == kept


def test_that_a_text_that_is_saved_and_then_run_is_one_version(database):
    save_context(database, "text", "ann")
    remember_context(database, KnownContext(text_version("text")))

    (only,) = read_contexts(database)
    assert (only.saved, only.ran, only.author) == (True, True, "ann")
    assert only.version.digest == hashlib.sha256(b"text").hexdigest()


def test_that_environments_are_kept(database):
    environment = Environment("e1", "3.11.7", "/usr/bin/python", {"numpy": "2.0"})
    remember_context(database, KnownContext(FIRST.version, environment))

    assert read_environment(database, "e1") == environment
    assert read_environment(database, "e2") is None


@pytest.mark.parametrize("version", [1, 4])
def test_that_nothing_is_known_of_a_folder_that_another_program_made(old_folder, version):
    with open_for_reading(old_folder(version)) as database:
        assert read_known(database) == {}
        assert read_code(database, "h1") is None
        assert read_contexts(database) == []
        assert read_environment(database, "e1") is None
