"""A cell as JSON and as a few words."""

from damnit_backend.core.texts import array_text, complex_text, full_text, number_text
from damnit_backend.core.values import CellValue, Failure, Picture, SmallArray, Trend


def as_json(cell: CellValue | None) -> object:
    """Plain data; what is no number or text says its kind by its key."""
    value = None if cell is None else cell.value
    match value:
        case Failure(error_cls, message):
            return {"error": message, "error_cls": error_cls}
        case Trend(x, y):
            return {"trend": {"x": x.tolist(), "y": y.tolist()}}
        case Picture(png):
            width, height = _size(png)
            return {"image": {"width": width, "height": height}}
        case SmallArray(data):
            return {"array": data.tolist() if data.dtype.kind != "c" else [str(item) for item in data.ravel()]}
        case complex():
            return {"re": value.real, "im": value.imag}
        case _:
            return value


def as_text(cell: CellValue | None) -> str:
    """A few words on one line, with sensible digits."""
    value = None if cell is None else cell.value
    match value:
        case bool():
            text = full_text(value)
        case int() | float():
            text = number_text(value)
        case complex():
            text = complex_text(value)
        case SmallArray(data):
            text = array_text(data)
        case _:
            text = full_text(value)
    return " ".join(text.split())


def _size(png: bytes) -> tuple[int, int]:
    """Width and height from a PNG's header."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
