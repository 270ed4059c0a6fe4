"""A themed drawing area: axes, series, the point under the mouse, and the button that returns to following."""

from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QKeySequence, QResizeEvent
from PyQt6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from damnit_gui.theme import SPACE_1, SPACE_2, Tokens, current, icon, series_colours, theme_changed

from .axes import PlotAxis
from .controls import popup_actions
from .data import PlotData, Style
from .items import fill_line, make_item, make_ring
from .nearest import Hit, View, describe, find
from .plot_widget import make_plot


class Canvas(QWidget):
    """Draws a `PlotData`. The view follows the data until a person zooms or moves it; `follow` returns to that."""

    point_clicked = pyqtSignal(object)
    """The runs behind a point or bar, a tuple of RunKey."""
    following_changed = pyqtSignal(bool)
    hovered = pyqtSignal(object)
    """The `Hit` under the mouse, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data = PlotData()
        self.following = True
        self._axes = {side: PlotAxis(side) for side in ("left", "bottom")}
        self.view_box = pg.ViewBox(enableMenu=False, defaultPadding=0.04)
        self._plot = make_plot(self, self.view_box, self._axes)
        self.item: Any = self._plot.getPlotItem()
        self.item.setContentsMargins(SPACE_1, SPACE_2, SPACE_2, SPACE_1)
        self._items: list[Any] = []
        self._legend: Any = None
        self._ring: Any = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._make_overlays()
        self._connect()
        self._show_theme(current())

    def _make_overlays(self) -> None:
        self._message = QLabel(self)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setMargin(4 * SPACE_2)
        self._message.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout = QLabel(self)
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.setTextFormat(Qt.TextFormat.PlainText)
        self._readout.setMargin(SPACE_1)
        self._readout.hide()
        self._follow_button = QPushButton(icon("mdi6.arrow-expand-all"), "Show all and follow", self)
        self._follow_button.setToolTip("Show everything again, and follow new data (double click, Home)")
        self._follow_button.clicked.connect(self.follow)
        self._follow_button.hide()

    def hold_view(self) -> None:
        """Take dragging and the wheel away, where a plot is only a picture in something that scrolls."""
        self.view_box.setMouseEnabled(False, False)

    def _connect(self) -> None:
        show_all = QAction(icon("mdi6.arrow-expand-all"), "Show all and follow", self)
        show_all.setShortcut(QKeySequence("Home"))
        show_all.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        show_all.triggered.connect(self.follow)
        self.addAction(show_all)
        self.view_box.sigRangeChangedManually.connect(lambda _mask: self._set_following(False))
        scene = self._plot.scene()
        scene.sigMouseMoved.connect(self._on_moved)
        scene.sigMouseClicked.connect(self._on_clicked)
        theme_changed.connect(self._show_theme)

    def show_data(self, data: PlotData) -> None:
        """Draw this instead of what is drawn now; the view stays where a person put it."""
        self.data = data
        self._axes["bottom"].show_info(data.x)
        self._axes["left"].show_info(data.y)
        self._message.setText(data.message)
        self._message.setVisible(bool(data.message))
        self._plot.setVisible(not data.message)
        # Following must not blow up the rounding errors of a constant to the height of the window.
        self.view_box.setLimits(minYRange=None if data.y.log else 1e-9 * data.largest or None)
        self._redraw()

    def _redraw(self) -> None:
        for item in self._items:
            self.item.removeItem(item)
        if self._legend is not None:
            self.item.scene().removeItem(self._legend)
            self.item.legend = self._legend = None
        tokens = current()
        if self.data.legend:
            self._legend = self.item.addLegend(offset=(-SPACE_2, SPACE_2), labelTextColor=tokens.text)
            self._legend.setBrush(tokens.raised)
            self._legend.setPen(tokens.border)
        colours = series_colours(tokens)
        self._items = [
            make_item(series, self.data, colours[number % len(colours)])
            for number, series in enumerate(self.data.series)
        ]
        for item, series in zip(self._items, self.data.series, strict=True):
            self.item.addItem(item)
            fill_line(item, series, self.data)
        self._show_hit(None)

    def follow(self) -> None:
        """Show all data, now and when they change."""
        self.view_box.enableAutoRange()
        self._set_following(True)

    def _set_following(self, following: bool) -> None:
        if not following:
            self.view_box.disableAutoRange()
        self._follow_button.setVisible(not following)
        self._place_overlays()
        if following != self.following:
            self.following = following
            self.following_changed.emit(following)

    def _on_moved(self, position: QPointF) -> None:
        inside = self.view_box.sceneBoundingRect().contains(position)
        self._show_hit(self._hit(position) if inside else None, position)

    def _on_clicked(self, event: Any) -> None:
        if popup_actions(self, event) or event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.follow()
            return
        hit = self._hit(event.scenePos())
        if hit is not None and hit.series.runs:
            self.point_clicked.emit(hit.series.runs[hit.index])

    def _hit(self, position: QPointF) -> Hit | None:
        place = self.view_box.mapSceneToView(position)
        (x_range, y_range), size = self.view_box.viewRange(), self.view_box.size()
        view = View(tuple(x_range), tuple(y_range), size.width(), size.height())
        return find(self.data, view, place.x(), place.y())

    def _show_hit(self, hit: Hit | None, position: QPointF | None = None) -> None:
        marked = hit is not None and hit.series.style is not Style.BARS
        self._ring.setData([hit.x] if hit and marked else [], [hit.y] if hit and marked else [])
        self._readout.setVisible(hit is not None)
        if hit is not None and position is not None:
            self._readout.setText(describe(hit, self.data))
            self._readout.adjustSize()
            self._place_readout(position)
        self.hovered.emit(hit)

    def _place_readout(self, position: QPointF) -> None:
        """Beside the mouse, on the side where there is room."""
        box, gap = self._readout.size(), 3 * SPACE_1
        x, y = int(position.x()) + gap, int(position.y()) - box.height() - gap
        if x + box.width() > self.width():
            x = int(position.x()) - box.width() - gap
        self._readout.move(max(x, 0), y if y >= 0 else int(position.y()) + gap)
        self._readout.raise_()

    def _place_overlays(self) -> None:
        self._message.setGeometry(self.rect())
        self._follow_button.adjustSize()
        self._follow_button.move(self.width() - self._follow_button.width() - 2 * SPACE_2, SPACE_2)
        self._follow_button.raise_()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._place_overlays()

    def _show_theme(self, tokens: Tokens) -> None:
        self._plot.setBackground(tokens.base)
        for axis in self._axes.values():
            axis.show_theme(tokens)
        if self._ring is not None:
            self.item.removeItem(self._ring)
        self._ring = make_ring(tokens)
        self._ring.setZValue(10)
        self.item.addItem(self._ring, ignoreBounds=True)
        self._message.setStyleSheet(f"color: {tokens.muted}; background: {tokens.base};")
        self._readout.setStyleSheet(
            f"color: {tokens.text}; background: {tokens.raised}; border: 1px solid {tokens.border};"
        )
        self._redraw()
