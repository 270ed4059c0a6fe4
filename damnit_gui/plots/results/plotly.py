"""The view of Plotly figures: simple ones are drawn here, any opens in the web browser."""

import tempfile
from pathlib import Path

from PyQt6.QtCore import Qt, QUrl
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from damnit_backend.core.errors import UserError
from damnit_backend.store.results import Result, ResultKind
from damnit_gui.plots.canvas import Canvas
from damnit_gui.plots.picture import picture_actions
from damnit_gui.theme import SPACE_2, icon

from .base import Newest, Running, Services, Shown, ViewKind
from .image import ImageView
from .plotly_data import Drawable, drawable


def write_page(text: str, title: str) -> Path:
    """A web page that shows the figure without a network. Blocking; UserError if the figure or the disk is no good."""
    import plotly.io  # late: it takes a second, and few figures are opened in the browser

    try:
        figure = plotly.io.from_json(text, skip_invalid=True)
        path = Path(tempfile.mkdtemp(prefix="damnit-")) / "figure.html"
        figure.write_html(path, include_plotlyjs=True)
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise UserError(f"The figure {title} cannot be made into a web page: {error}") from error
    return path


class PlotlyView(QWidget):
    """What can be drawn of a figure, and a button for the rest."""

    def __init__(self, shown: Shown, services: Services) -> None:
        super().__init__()
        self._shown = shown
        self._services = services
        self._writing = writing = Running()
        self.destroyed.connect(lambda: writing.cancel())
        self._title = QLabel(self)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._button = QPushButton(icon("mdi6.open-in-new"), "Open in web browser", self)
        self._button.clicked.connect(self._open)
        self.controls = QWidget(self)
        row = QHBoxLayout(self.controls)
        row.setContentsMargins(SPACE_2, 0, 0, 0)
        row.addWidget(self._title, 1)
        row.addWidget(self._button)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.controls)
        self._layout.addStretch(1)
        text = shown.result.data
        Newest(self, services.tasks, self._show).request(lambda: drawable(text))

    def _show(self, content: Drawable) -> None:
        self._title.setText(content.title)
        self._layout.takeAt(1)
        self._layout.addWidget(self._make_drawing(content), 1)

    def _make_drawing(self, content: Drawable) -> QWidget:
        if content.heatmap is not None:
            return ImageView(content.heatmap, self._services.tasks, self)
        if content.plot is not None:
            canvas = Canvas(self)
            canvas.show_data(content.plot)
            picture_actions(canvas, lambda: self._shown.value.title, self._services.tasks)
            return canvas
        label = QLabel(content.why, self)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _open(self) -> None:
        self._button.setEnabled(False)
        text, title = self._shown.result.data, self._shown.value.title
        self._writing.task = self._services.tasks.run(lambda: write_page(text, title), self._opened, self._failed)

    def _opened(self, path: Path) -> None:
        self._button.setEnabled(True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _failed(self, error: BaseException) -> None:
        self._button.setEnabled(True)
        self._services.notifier.report(error)


def accepts(result: Result) -> bool:
    return result.kind is ResultKind.PLOTLY


KIND = ViewKind("Plotly figure", accepts, PlotlyView)
