"""Shows any full result in the best of its views, and offers the others."""

from PyQt6.QtCore import QSignalBlocker
from PyQt6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from damnit_gui.plots.folding_row import FoldingRow

from .base import Services, Shown, ViewKind, views_of


class ResultView(QWidget):
    """One result at a time. The line above it has the choice of views and room for an owner's buttons."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._shown: Shown | None = None
        self._views: list[ViewKind] = []
        self.content: QWidget | None = None
        self._chooser = QComboBox(self)
        self._chooser.setObjectName("views")
        self._chooser.setAccessibleName("How the result is shown")
        self._chooser.activated.connect(self._show_view)
        self.label = QLabel(self)
        self._header = FoldingRow(self)
        self._header.start.addWidget(self._chooser)
        self._header.start.addWidget(self.label)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._header)
        self._chooser.hide()

    @property
    def view_titles(self) -> list[str]:
        """The views on offer."""
        return [view.title for view in self._views]

    def show_result(self, shown: Shown) -> None:
        """Show a result, in the view that was chosen before if it has it."""
        before = self._chooser.currentText()
        self._shown = shown
        self._views = views_of(shown.result, self._services.views)
        with QSignalBlocker(self._chooser):
            self._chooser.clear()
            self._chooser.addItems(self.view_titles)
            self._chooser.setCurrentIndex(max(0, self._chooser.findText(before)) if before else 0)
        self._chooser.setVisible(len(self._views) > 1)
        self._show_view()

    def show_widget(self, content: QWidget) -> None:
        """Show something else instead: a word on why there is nothing."""
        self._chooser.hide()
        self._replace(content)

    def _show_view(self) -> None:
        if self._shown is not None:
            self._replace(self._views[self._chooser.currentIndex()].make(self._shown, self._services))

    def _replace(self, content: QWidget) -> None:
        if self.content is not None:
            self._layout.removeWidget(self.content)
            self.content.hide()
            self.content.deleteLater()
        self.content = content
        self._layout.addWidget(content, 1)
        # A view's controls go into the line that is there already, where it has any.
        self._header.set_middle(getattr(content, "controls", None))

    def add_button(self, button: QWidget) -> None:
        """Put an owner's button at the end of the line."""
        self._header.end.addWidget(button)
