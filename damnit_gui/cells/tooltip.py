"""What a cell says when the pointer rests on it: everything that is known, as HTML with all values escaped."""

from html import escape

from damnit_backend.core.keys import RunKey
from damnit_backend.core.texts import full_text
from damnit_backend.core.values import CellValue, Failure, Value
from damnit_backend.store.table import RunInfo, VariableInfo
from damnit_gui.state.formatting import long_time_text

from .base import EditState

MAX_CHARACTERS = 2000


def cell_tooltip(
    key: RunKey, info: VariableInfo, cell: CellValue, state: EditState = EditState.STORED, reason: str = ""
) -> str:
    """``reason`` is why an edit of the cell failed."""
    lines = [f"<b>{escape(info.title)}</b> <span>· run {key.run}, proposal {key.proposal}</span>"]
    lines.append(_value_line(cell.value, cell.units or info.units))
    if state is EditState.WAITING:
        lines.append("<i>Not stored yet.</i>")
    elif state is EditState.FAILED:
        lines.append(f"<b>Not stored:</b> {_text(reason)}")
    if info.description:
        lines.append(f"<i>{_text(info.description)}</i>")
    lines += [escape(line) for line in _origin(cell)]
    return "<html>" + "<br>".join(line for line in lines if line) + "</html>"


def _value_line(value: Value, units: str) -> str:
    if value is None:
        return "No value."
    if isinstance(value, Failure):
        if value.is_skip:
            return f"Skipped: {_text(value.message or value.error_cls)}"
        return f"<b>{escape(value.error_cls)}</b>: {_text(value.message)}"
    text = _text(full_text(value))
    return f"{text} {escape(units)}" if units else text


def _origin(cell: CellValue) -> list[str]:
    lines = []
    if cell.summary_method:
        lines.append(f"The {cell.summary_method} of the data; the whole is one double click away.")
    if cell.max_diff is not None and cell.max_diff > 0:
        lines.append(f"Largest difference in the data: {cell.max_diff:.6g}")
    stored = long_time_text(cell.timestamp)
    if stored:
        lines.append(f"Stored {stored}{f' by {cell.provenance}' if cell.provenance else ''}")
    return lines


def _text(text: str) -> str:
    """Escaped, with its line breaks; a very long text is cut."""
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS] + " …"
    # Spaces at a line's start matter in trees of causes.
    lines = (line.replace("\t", "    ") for line in escape(text).splitlines())
    return "<br>".join("&nbsp;" * (len(line) - len(line.lstrip(" "))) + line.lstrip(" ") for line in lines)


def column_tooltip(info: VariableInfo) -> str:
    """What a column is about."""
    lines = [f"<b>{escape(info.title)}</b>", _text(info.description)]
    if info.units:
        lines.append(f"In {escape(info.units)}")
    lines.append(f"Variable <code>{escape(info.name)}</code>{', typed in by people' if info.editable else ''}")
    if info.tags:
        lines.append(f"Tags: {escape(', '.join(info.tags))}")
    return "<html>" + "<br>".join(line for line in lines if line) + "</html>"


def run_tooltip(run: RunInfo) -> str:
    """Which run this is, and when it was taken and added."""
    started, added = long_time_text(run.start_time), long_time_text(run.added_at)
    lines = [f"<b>Run {run.key.run}</b> of proposal {run.key.proposal}"]
    lines.append(f"Started {escape(started)}" if started else "When it started is not known.")
    if added:
        lines.append(f"Added to the table {escape(added)}")
    return "<html>" + "<br>".join(lines) + "</html>"
