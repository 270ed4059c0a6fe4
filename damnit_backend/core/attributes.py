"""The JSON in the column `attributes` of a value: what goes with it, or why there is none."""

import math

import msgspec

UNREADABLE = "UnreadableValue"
"""Class name of the failure shown for a stored value that cannot be decoded."""


class Attributes(msgspec.Struct, omit_defaults=True):
    """What the column may say; ``desk_type`` is ours: ``bool`` where an integer stands for a truth value."""

    units: str | None = None
    bold: bool | None = None
    background: tuple[int, int, int] | None = None
    error: str | None = None
    error_cls: str | None = None
    desk_type: str | None = None


_strict = msgspec.json.Decoder(Attributes).decode


def read_attributes(text: object) -> Attributes:
    """The attributes in a column, which any program may have filled. Never raises.

    Of a JSON object, each part that has the right type counts. Anything else counts as an error: a value beside it is
    shown all the same, but an empty cell is not taken for one without a value.
    """
    if not text:
        return Attributes()
    if not isinstance(text, str | bytes):
        return _unreadable(f"{text!r} is not JSON")
    try:
        return _strict(text)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return _lenient(text)


def _lenient(text: str | bytes) -> Attributes:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        return _unreadable(str(error))
    if not isinstance(found, dict):
        return _unreadable("they are no JSON object")
    texts = {name: part for name, part in found.items() if name in _TEXTS and isinstance(part, str)}
    bold = found.get("bold")
    return Attributes(
        **texts, bold=bold if isinstance(bold, bool) else None, background=colour(found.get("background"))
    )


_TEXTS = ("units", "error", "error_cls", "desk_type")


def _unreadable(why: str) -> Attributes:
    return Attributes(error=f"The stored attributes cannot be read: {why}", error_cls=UNREADABLE)


def colour(found: object) -> tuple[int, int, int] | None:
    """Red, green and blue, 0 to 255, of a list of three numbers; a fourth, the opacity, is left out."""
    if not isinstance(found, list | tuple) or len(found) not in (3, 4):
        return None
    parts = [part for part in found[:3] if isinstance(part, int | float) and math.isfinite(part)]
    if len(parts) != 3:
        return None
    red, green, blue = (min(255, max(0, round(part))) for part in parts)
    return red, green, blue


def write_attributes(attributes: Attributes) -> str | None:
    """The column's text; None where there is nothing to say."""
    text = msgspec.json.encode(attributes).decode()
    return None if text == "{}" else text
