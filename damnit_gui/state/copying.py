"""Cells as text for the clipboard: tab-separated, as spreadsheets take it."""

import csv
import io
from collections.abc import Mapping, Sequence

Grid = Mapping[tuple[int, int], str]
"""Texts by (row, column)."""


def as_tsv(cells: Grid, titles: Mapping[int, str] | None = None, runs: Mapping[int, str] | None = None) -> str:
    """The rows and columns that occur in ``cells``, in order; gaps are empty.

    With ``titles`` by column comes a line of headings, with ``runs`` by row a first column. Texts with tabs, quotes or
    line breaks (all of the one kind) are quoted, except where one cell alone is copied.
    """
    if len(cells) == 1 and titles is None and runs is None:
        return next(iter(cells.values()))
    columns = sorted({column for _, column in cells})
    lines: list[Sequence[str]] = []
    if titles is not None:
        lines.append(([] if runs is None else ["Run"]) + [titles.get(column, "") for column in columns])
    for row in sorted({row for row, _ in cells}):
        first = [] if runs is None else [runs.get(row, "")]
        lines.append(first + [_unix_lines(cells.get((row, column), "")) for column in columns])
    buffer = io.StringIO()
    csv.writer(buffer, dialect="excel-tab", lineterminator="\n").writerows(lines)
    return buffer.getvalue()


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
