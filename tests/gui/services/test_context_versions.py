from damnit_backend.core.account import user_name
from damnit_backend.store.contexts import read_contexts
from damnit_gui.services.access import FolderAccess
from damnit_gui.services.context_versions import ContextVersions
from damnit_gui.services.tasks import Tasks


def kept(session):
    with session.access.database() as database:
        return [
            (context.version.text, context.author, context.saved, context.ran) for context in read_contexts(database)
        ]


def test_each_version_that_is_saved_is_kept_with_who_saved_it(session):
    session.contexts.keep("first = 1\n")
    session.contexts.keep("second = 2\n")
    session.contexts.keep("second = 2\n")
    assert kept(session) == [
        ("second = 2\n", user_name(), True, False),
        ("first = 1\n", user_name(), True, False),
    ]


def test_nothing_is_written_into_a_folder_that_may_only_be_read(session, notifier):
    access = FolderAccess(session.folder, read_only=True)
    ContextVersions(access, Tasks(notifier, synchronous=True)).keep("text")
    assert kept(session) == []
