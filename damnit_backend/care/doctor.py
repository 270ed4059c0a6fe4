"""Running the checks of a folder, and mending what is safe."""

import logging
import shlex
import time
import traceback
from collections.abc import Callable, Collection

from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Finding, Level, Progress, Report
from damnit_backend.core.settings import Settings
from damnit_backend.store.folder import Folder

from .checks.catalogue import CHECKS, Check
from .examination import CannotCheckError, Examination, Found, shortened

log = logging.getLogger(__name__)


def examine_folder(
    folder: Folder,
    settings: Settings,
    *,
    quick: bool = False,
    fix: bool = False,
    only: Collection[str] = (),
    progress: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """The checks, one after the other: all, or ``only`` those of some names. With ``fix`` each mends what it found.

    Raises nothing because of the folder.
    """
    begin = time.monotonic()
    examination = Examination(folder, settings, quick, progress)
    findings: list[Finding] = []
    for check in (check for check in CHECKS if not only or check.name in only):
        examination.title = check.title
        progress(Progress(check.title))
        findings += [_finding(examination, check, found, fix=fix) for found in _run(check, examination)]
    return Report(
        folder=str(folder.path), quick=quick, seconds=round(time.monotonic() - begin, 3), findings=tuple(findings)
    )


def _run(check: Check, examination: Examination) -> list[Found]:
    """What a check found, until it could not go on. Damage to one thing never keeps the others from being checked."""
    found: list[Found] = []
    try:
        found.extend(check.run(examination))
    except CannotCheckError:
        found.append(Found(Level.NOTICE, "Not checked, because the database cannot be read."))
    except (UserError, OSError) as error:
        hint = error.hint if isinstance(error, UserError) else ""
        text = error.message if isinstance(error, UserError) else f"{error.strerror}: {error.filename}"
        found.append(Found(Level.ERROR, f"It could not be checked: {text}", advice=hint))
    except Exception as error:  # The edge of a check: damage shows itself in ways that nobody has thought of.
        log.info("The check %s failed", check.name, exc_info=True)
        places = tuple(f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-3:])
        text = f"It could not be checked: {type(error).__name__}: {error}"
        found.append(
            Found(Level.ERROR, text, advice="This may be a bug of damnit doctor: tell its developers.", details=places)
        )
    return found


def _finding(examination: Examination, check: Check, found: Found, *, fix: bool) -> Finding:
    """What was found, mended if that is wanted and possible."""
    mended, advice = "", found.advice
    if fix and found.mend is not None:
        try:
            mended = found.mend()
        except (UserError, OSError) as error:
            message, hint = (error.message, error.hint) if isinstance(error, UserError) else (str(error), "")
            advice = " ".join(part for part in ("It could not be mended:", message, hint or advice) if part)
    return Finding(
        check=check.name,
        level=found.level,
        text=found.text,
        where=found.where,
        advice=advice.replace("FOLDER", shlex.quote(str(examination.folder.path))),
        details=shortened(found.details),
        mend=found.mend_text if found.mend else "",
        mended=mended,
    )
