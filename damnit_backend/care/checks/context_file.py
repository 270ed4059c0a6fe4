"""Can the context file be executed?"""

import sys
from collections.abc import Iterator

from damnit_backend.care.examination import Examination, Found, counted
from damnit_backend.contextproc.checker import check_code
from damnit_backend.contextproc.conditions import conditions_of
from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Level


def check(examination: Examination) -> Iterator[Found]:
    """Start the folder's interpreter, with what context files need, and load the file as the listener does."""
    where = str(examination.folder.context_file)
    with examination.database() as database:
        conditions = conditions_of(database, examination.settings)
    python = conditions.python or ""
    try:
        result = check_code(examination.folder, conditions, None)
    except UserError as error:
        yield Found(Level.ERROR, error.message, python, error.hint)
        return
    yield Found(Level.OK, "The interpreter has what context files need.", python or sys.executable)
    if result.problems:
        text = (
            f"The context file has {counted(len(result.problems), 'problem')}: no run is processed until it is mended."
        )
        yield Found(Level.ERROR, text, where, "See damnit check FOLDER", tuple(str(p) for p in result.problems))
    else:
        yield Found(Level.OK, f"The context file loads: {counted(len(result.variables), 'Variable')}.", where)
