"""An axis of a plot, with our own ticks: numbers that can be told apart, whole runs, local times."""

import html
import math
from collections.abc import Sequence

import pyqtgraph as pg
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QFontMetricsF

from damnit_gui.theme import Tokens, tabular

from .data import AxisInfo
from .ticks import number_texts, time_ticks

TIME_LABEL_WIDTH = 95
"""Pixels that the text of a tick with its date takes, with some room."""
TIME_LABEL_HEIGHT = 40
TEXT_GAP = 14
GRID_OPACITY = 0.35


class PlotAxis(pg.AxisItem):  # type: ignore[misc]
    """Shows what an `AxisInfo` says."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, maxTickLength=-4)
        self.info = AxisInfo()
        self._times: dict[float, str] = {}
        self.enableAutoSIPrefix(False)
        self.setStyle(maxTickLevel=0, tickTextOffset=4)
        self.setGrid(int(255 * GRID_OPACITY))

    def show_info(self, info: AxisInfo) -> None:
        if info == self.info:
            return
        self.info = info
        self.setLogMode(info.log)
        self.setLabel(html.escape(info.label))
        self.picture = None
        self.update()

    def boundingRect(self) -> QRectF:
        """With room for the half of a tick's text that reaches beyond the end of the axis."""
        box: QRectF = super().boundingRect()
        if self.orientation == "bottom":
            return box.adjusted(-TIME_LABEL_WIDTH / 2, 0, TIME_LABEL_WIDTH / 4, 0)
        return box.adjusted(0, -TEXT_GAP / 2, 0, TEXT_GAP / 2)

    def show_theme(self, tokens: Tokens) -> None:
        self.setPen(tokens.outline)
        self.setTickPen(tokens.border)
        self.setTextPen(tokens.text)
        self.setTickFont(tabular(self.font()))

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        levels: list[tuple[float, float]] = super().tickSpacing(low, high, size)
        if self.info.whole and not self.info.log:
            levels = [(max(1.0, spacing), offset) for spacing, offset in levels]
        return [(self._with_room(low, high, size, spacing), offset) for spacing, offset in levels[:1]]

    def _with_room(self, low: float, high: float, size: float, spacing: float) -> float:
        """The spacing, widened in round steps until long texts do not touch each other."""
        if self.orientation in ("left", "right") or self.info.log:
            return spacing
        metrics = QFontMetricsF(self.font())
        for factor in (1, 2, 5, 10, 20, 50):
            texts = number_texts((low, high), spacing * factor)
            width = max(metrics.horizontalAdvance(text) for text in texts) + TEXT_GAP
            if width <= size * spacing * factor / abs(high - low):
                break
        return spacing * factor

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float | None, list[float]]]:
        if not self.info.time:
            ticks: list[tuple[float | None, list[float]]] = super().tickValues(low, high, size)
            return _without_repeats(ticks) if self.info.log else ticks
        room = TIME_LABEL_HEIGHT if self.orientation in ("left", "right") else TIME_LABEL_WIDTH
        ticks_and_texts = time_ticks(min(low, high), max(low, high), int(size / room))
        self._times = dict(ticks_and_texts)
        return [(1.0, list(self._times))]

    def tickStrings(self, values: Sequence[float], _scale: float, spacing: float | None) -> list[str]:
        if self.info.time:
            return [self._times.get(value, "") for value in values]
        if self.info.log:
            return self._log_texts(values)
        return number_texts(values, spacing or 1.0)

    def _log_texts(self, values: Sequence[float]) -> list[str]:
        """Powers of ten in full; between them only as much as has room."""
        decades = sum(1 for value in values if abs(value - round(value)) < 1e-9)
        shown = (1,) if decades > 3 else (1, 2, 5) if decades > 1 else tuple(range(1, 10))
        texts = []
        for value in values:
            exponent = math.floor(value + 1e-9)
            factor = round(10 ** (value - exponent))
            number = 10.0**exponent * factor
            texts.append("" if factor not in shown else f"{number:g}" if -4 < exponent < 6 else f"{number:.0e}")
        return texts


def _without_repeats(ticks: list[tuple[float | None, list[float]]]) -> list[tuple[float | None, list[float]]]:
    """Each place once: pyqtgraph names decades twice on a logarithmic axis."""
    seen: set[float] = set()
    made = []
    for spacing, values in ticks:
        fresh = [value for value in values if round(value, 6) not in seen]
        seen.update(round(value, 6) for value in fresh)
        made.append((spacing, fresh))
    return made
