"""What people type into a cell, as a value of the column's type."""

import math

from damnit_backend.core.errors import UserError

_TRUE = {"yes", "y", "true", "t", "1", "on", "✓"}
_FALSE = {"no", "n", "false", "f", "0", "off", "✗"}

TypedValue = bool | int | float | str | None


def parse_typed(text: str, type_: str) -> TypedValue:
    """The value that ``text`` means in a column of type boolean, integer, number or string.

    Blank text empties the cell: None. Raises UserError if it means nothing in that column.
    """
    stripped = text.strip()
    if not stripped:
        return None
    match type_:
        case "boolean":
            return _boolean(stripped)
        case "integer":
            return _integer(stripped)
        case "number":
            return _number(stripped)
        case _:
            return text.rstrip()


def _boolean(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise UserError(f"“{text}” is neither yes nor no.", "Type yes or no, or nothing to empty the cell.")


def _integer(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise UserError(f"“{text}” is not a whole number.", "Type one such as 12 or -3.") from None
    if not -(2**63) <= number < 2**63:
        raise UserError(f"{text} is too large a whole number to be stored.", "Type one of at most 18 digits.")
    return number


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise UserError(f"“{text}” is not a number.", "Type one such as 0.5 or 2e-7, with a point.") from None
    if math.isnan(number):
        raise UserError("NaN cannot be stored as a value.", "Type a number, or nothing to empty the cell.")
    return number
