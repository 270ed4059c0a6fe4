"""The view that shows anything: a value or a text in full, of all else a description."""

import json
from typing import Any

import numpy as np
from PyQt6.QtWidgets import QPlainTextEdit, QWidget

from damnit_backend.store.results import Result, ResultKind
from damnit_gui.plots.data import AxisInfo
from damnit_gui.theme import SPACE_4, monospace

from .base import Newest, Services, Shown, ViewKind

LONGEST_TEXT = 1_000_000
SHORT_TEXT = 40
"""Up to this many characters are shown in large letters."""


def text_of(result: Result, value: AxisInfo) -> str:
    """What is said of a result in words; never raises for what a file may hold."""
    data = result.data
    if result.kind is ResultKind.TEXT and isinstance(data, str):
        return _shortened(data)
    if result.kind is ResultKind.PLOTLY:
        return _shortened(_indented(data))
    if isinstance(data, np.ndarray) and data.ndim:
        return _array_text(data, value)
    if result.kind is ResultKind.ARRAY:
        plain = data.item() if isinstance(data, np.ndarray | np.generic) else data
        return f"{plain} {value.units}".rstrip()
    return _shortened(str(data))


def _array_text(data: np.ndarray[Any, Any], value: AxisInfo) -> str:
    lines = [f"{value.title}", f"Shape: {' × '.join(map(str, data.shape))}", f"Type: {data.dtype}"]
    if value.units:
        lines.append(f"Units: {value.units}")
    if data.dtype.kind in "iuf" and data.size:
        # Only finite values have a mean, and an array without any must not warn.
        finite = data[np.isfinite(data)]
        lines.append(f"Finite: {finite.size} of {data.size}")
        if finite.size:
            lines.append(f"Smallest, mean, largest: {finite.min()}, {finite.mean():.7g}, {finite.max()}")
    lines += ["", np.array2string(data, threshold=200, max_line_width=100)]
    return "\n".join(lines)


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2)
    except ValueError:
        return text


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}\n… ({len(text)} characters in all)"


def make(shown: Shown, services: Services) -> QWidget:
    box = QPlainTextEdit()
    box.setReadOnly(True)
    box.setFrameStyle(0)
    if not isinstance(shown.result.data, str) or shown.result.kind is ResultKind.PLOTLY:
        box.setFont(monospace())
        box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    document = box.document()
    if document is not None:
        document.setDocumentMargin(SPACE_4)
    Newest[str](box, services.tasks, lambda text: _show(box, text)).request(lambda: text_of(shown.result, shown.value))
    return box


def _show(box: QPlainTextEdit, text: str) -> None:
    if len(text) <= SHORT_TEXT:
        font = box.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        box.setFont(font)
    box.setPlainText(text)


KIND = ViewKind("Text", lambda _: True, make)
