"""What the dialogs say: pure functions from findings to text."""

import time
from collections.abc import Iterable
from html import escape

from damnit_backend.core.findings import Finding, Level, Progress, Report
from damnit_gui.theme import Tokens

SIGNS = {Level.OK: "✓", Level.NOTICE: "i", Level.WARNING: "!", Level.ERROR: "✗"}
_TOKENS = {Level.OK: "ok", Level.NOTICE: "accent", Level.WARNING: "warning", Level.ERROR: "error"}
_SIGN_WIDTH = 24
"""Pixels; the same on all lines, so that the texts begin below each other."""


def report_html(report: Report, tokens: Tokens) -> str:
    """The findings: problems first, what is well last and quiet."""
    order = sorted(report.findings, key=_weight)
    rows = "".join(_row(finding, tokens) for finding in order)
    return f"<table cellspacing='0' cellpadding='3' width='100%'>{rows}</table>"


def _weight(finding: Finding) -> int:
    if finding.mended:
        return 2
    return _ORDER.index(finding.level)


_ORDER = (Level.ERROR, Level.WARNING, Level.NOTICE, Level.OK)


def _row(finding: Finding, tokens: Tokens) -> str:
    colour = tokens.ok if finding.mended else getattr(tokens, _TOKENS[finding.level])
    sign = "✓" if finding.mended else SIGNS[finding.level]
    shade = tokens.muted if finding.level is Level.OK else tokens.text
    parts = [f"<span style='color:{shade}'>{escape(finding.text)}</span>"]
    parts += [f"<span style='color:{tokens.muted}'>{escape(line)}</span>" for line in _below(finding)]
    return (
        f"<tr><td width='{_SIGN_WIDTH}' valign='top' style='color:{colour}; font-weight:bold'>{sign}</td>"
        f"<td>{'<br>'.join(parts)}</td></tr>"
    )


def _below(finding: Finding) -> Iterable[str]:
    """What follows a finding that is worth reading."""
    if finding.level is Level.OK:
        return
    if finding.mended:
        yield f"Mended: {finding.mended}."
    else:
        if finding.advice:
            yield finding.advice
        if finding.mend:
            yield f"“Mend what is safe” would {finding.mend}."
    if finding.where:
        yield finding.where
    yield from (f"· {line}" for line in finding.details)


def report_text(report: Report) -> str:
    """The whole report as plain text, to be sent to somebody."""
    lines = [report.folder, report.verdict]
    for finding in report.findings:
        lines.append(f"{finding.level:8}{finding.check:12}{finding.text}")
        lines += [f"{'':20}{line}" for line in _below(finding)]
    return "\n".join(lines)


def progress_text(progress: Progress) -> str:
    """What is done now, in a line."""
    return f"{progress.title}: {progress.done:,} of {progress.total:,}" if progress.total else f"{progress.title}…"


def can_mend(report: Report) -> bool:
    """Whether mending would do anything."""
    return any(finding.mend and not finding.mended and finding.level is not Level.OK for finding in report.findings)


def backup_name(folder_name: str, proposal: int | None) -> str:
    """A name for the file of a backup made now."""
    who = folder_name if proposal is None else f"p{proposal:06d}"
    return f"damnit-{who}-{time.strftime('%Y%m%d-%H%M')}.tar"
