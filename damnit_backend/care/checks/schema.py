"""Does the database have all tables, indexes, triggers and views, as they should be?"""

from collections.abc import Iterator

from damnit_backend.care.examination import Examination, Found, counted
from damnit_backend.core.findings import Level
from damnit_backend.store.expected import SchemaState, mend_schema, schema_state


def check(examination: Examination) -> Iterator[Found]:
    """Compare the database with one that is new."""
    where = str(examination.folder.database)
    with examination.database() as database:
        state = schema_state(database)
    if state.versions.too_new:
        yield Found(Level.NOTICE, "A newer program made this folder.", where, "Update this program to change it.")
        return
    if not state.versions.current:
        text = f"The database has version {state.versions.shared} of the format, or lacks our tables."
        yield Found(Level.NOTICE, text, where, "It is brought up to date, after a backup, when it is opened next.")
        return
    yield from _differences(examination, state, where)
    if state.foreign_triggers:
        text = "Somebody added triggers to the tables."
        yield Found(Level.NOTICE, text, where, "Make sure that they are wanted.", state.foreign_triggers)
    if not state.can_be_mended and not state.columns:
        yield Found(Level.OK, "All tables, indexes, triggers and views are there.", where)


def _differences(examination: Examination, state: SchemaState, where: str) -> Iterator[Found]:
    def mend() -> str:
        with examination.mending() as database:
            mend_schema(database, schema_state(database))
        return "made them anew"

    faults = [
        ("missing", tuple(str(part) for part in state.missing)),
        ("changed", tuple(str(part) for part in state.changed)),
        ("broken", tuple(f"view {view}" for view in state.broken_views)),
    ]
    for what, names in faults:
        if names:
            text = f"{counted(len(names), 'part')} of the database {'is' if len(names) == 1 else 'are'} {what}."
            advice = "Until it is mended, windows may miss changes, and former values may not be kept."
            yield Found(Level.WARNING, text, where, advice, names, mend, "make them anew")
    if state.columns:
        text = f"Tables lack {counted(len(state.columns), 'column')}."
        yield Found(Level.ERROR, text, where, "Make the database anew: damnit doctor FOLDER --rebuild", state.columns)
