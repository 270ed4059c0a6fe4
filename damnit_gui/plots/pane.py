"""The plot pane: plots of the table and full results, in tabs."""

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QMouseEvent, QShortcut
from PyQt6.QtWidgets import QLabel, QPushButton, QStackedWidget, QTabBar, QTabWidget, QVBoxLayout, QWidget

from damnit_backend.core.keys import CellKey
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.state.table_data import TableDelta
from damnit_gui.theme import SPACE_3, icon

from .controls import tool_button
from .plot_view import PlotView
from .results.tab import ResultTab
from .spec import PlotSpec

LONGEST_TITLE = 32


class PlotPane(QWidget):
    """Tabs of plots and results. A tab closes by its cross, a middle click or Ctrl+W."""

    run_clicked = pyqtSignal(object)
    """The RunKey of a point that was clicked."""

    def __init__(self, session: FolderSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._windows: list[ResultTab] = []
        self._tabs = QTabWidget(self)
        self._tabs.setDocumentMode(True)
        self._tabs.setMovable(True)
        self._tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self._tabs.setUsesScrollButtons(True)
        self._tabs.setCornerWidget(tool_button("mdi6.plus", "New plot", lambda _: self.add_plot("run", "")))
        bar = self._tabs.tabBar()
        if bar is not None:
            bar.installEventFilter(self)
            bar.setExpanding(False)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._make_empty_state())
        self._stack.addWidget(self._tabs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        session.table.reset.connect(self._rename_plots)
        session.table.updated.connect(self._on_updated)
        shortcut = QShortcut(QKeySequence("Ctrl+W"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(lambda: self.close_tab(self._tabs.currentIndex()))

    def _make_empty_state(self) -> QWidget:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setSpacing(SPACE_3)
        text = QLabel("Plot any column with numbers against another.\nNew runs appear by themselves.", page)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text.setWordWrap(True)
        button = QPushButton(icon("mdi6.chart-scatter-plot"), "New plot", page)
        button.clicked.connect(lambda: self.add_plot("run", ""))
        layout.addStretch()
        layout.addWidget(text)
        layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()
        return page

    def add_plot(self, x: str, y: str) -> PlotView:
        """A new tab with column ``y`` against ``x``, by name ("run" and "start_time" too); empty: to be chosen."""
        return self.add_spec(PlotSpec(x, y))

    def add_spec(self, spec: PlotSpec) -> PlotView:
        """A new tab with a plot that was chosen before."""
        view = PlotView(self._session.table, self._session.tasks, spec, self)
        view.run_clicked.connect(self.run_clicked)
        self._add_tab(view, view.title(), "mdi6.chart-scatter-plot")
        view.spec_changed.connect(lambda _: self._rename(view, view.title()))
        return view

    def specs(self) -> list[PlotSpec]:
        """The plots of the table that are open, in the order of their tabs."""
        widgets = (self._tabs.widget(index) for index in range(self._tabs.count()))
        return [widget.spec for widget in widgets if isinstance(widget, PlotView)]

    def open_result(self, key: CellKey) -> ResultTab:
        """Show the full result of a cell in a tab of its own; one that is open already comes to the front."""
        for window in self._windows:
            if window.key == key:
                window.activateWindow()
                window.raise_()
                return window
        for index in range(self._tabs.count()):
            tab = self._tabs.widget(index)
            if isinstance(tab, ResultTab) and tab.key == key:
                self._tabs.setCurrentIndex(index)
                return tab
        result = ResultTab(self._session, key, self)
        result.detach_requested.connect(lambda: self._detach(result))
        self._add_tab(result, result.title(), "mdi6.table-eye")
        return result

    def _add_tab(self, widget: QWidget, title: str, icon_name: str) -> None:
        index = self._tabs.addTab(widget, icon(icon_name), _tab_text(title))
        self._tabs.setTabToolTip(index, title)
        bar = self._tabs.tabBar()
        if bar is not None:
            # Not Qt's own crosses: theirs are red, and red means that something is wrong.
            cross = tool_button("mdi6.close", "Close (Ctrl+W)", lambda _: self.close_tab(self._tabs.indexOf(widget)))
            cross.setIconSize(QSize(12, 12))
            bar.setTabButton(index, QTabBar.ButtonPosition.RightSide, cross)
        self._stack.setCurrentWidget(self._tabs)
        self._tabs.setCurrentIndex(index)

    def _rename(self, widget: QWidget, title: str) -> None:
        index = self._tabs.indexOf(widget)
        if index >= 0:
            self._tabs.setTabText(index, _tab_text(title))
            self._tabs.setTabToolTip(index, title)

    def _on_updated(self, delta: TableDelta) -> None:
        if delta.columns_changed:
            self._rename_plots()

    def _rename_plots(self) -> None:
        """The table has other titles; a plot that was opened before the table was read knew names only."""
        for index in range(self._tabs.count()):
            widget = self._tabs.widget(index)
            if isinstance(widget, PlotView):
                self._rename(widget, widget.title())

    def close_tab(self, index: int) -> None:
        widget = self._tabs.widget(index)
        if widget is None:
            return
        self._tabs.removeTab(index)
        widget.deleteLater()
        self._show_empty_state()

    def _show_empty_state(self) -> None:
        self._stack.setCurrentIndex(1 if self._tabs.count() else 0)

    def _detach(self, result: ResultTab) -> None:
        """Make a tab a window of its own, which closes with this pane at the latest."""
        if result in self._windows:
            return
        self._tabs.removeTab(self._tabs.indexOf(result))
        self._windows.append(result)
        result.become_window()
        result.destroyed.connect(lambda: self._windows.remove(result))
        self._show_empty_state()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        bar = self._tabs.tabBar()
        if (
            watched is bar
            and bar is not None
            and isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.MiddleButton
        ):
            self.close_tab(bar.tabAt(event.position().toPoint()))
            return True
        return super().eventFilter(watched, event)


def _tab_text(title: str) -> str:
    """A title short enough for a tab; an ampersand would underline what follows."""
    short = title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"
    return short.replace("&", "&&")
