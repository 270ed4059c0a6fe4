"""Actions on runs, cells and the listener that processes them."""

from .action import Action, WindowContext, with_folder


def _has_cell(window: WindowContext) -> bool:
    return window.session is not None and window.current_cell() is not None


def _may_process(window: WindowContext) -> bool:
    return window.session is not None and not window.session.read_only


def _reprocess(window: WindowContext) -> None:
    if window.session is not None:
        window.session.backend.reprocess(window.selected_runs())


def _reprocess_cell(window: WindowContext) -> None:
    cell = window.current_cell()
    if window.session is not None and cell is not None:
        window.session.backend.reprocess([cell.row], [cell.name])


def _restart(window: WindowContext) -> None:
    if window.session is not None:
        window.session.backend.restart()


ACTIONS = (
    Action(
        "run.open_cell",
        "Open the full result",
        "Run",
        lambda window: window.open_cell(),
        icon="mdi6.arrow-expand",
        shortcut="Ctrl+Return",
        tip="Show the whole array, image or table behind the current cell",
        enabled=_has_cell,
    ),
    Action(
        "run.plot",
        "Plot this column",
        "Run",
        lambda window: window.plot_current_column(),
        short="Plot",
        icon="mdi6.chart-scatter-plot",
        shortcut="Ctrl+P",
        enabled=_has_cell,
    ),
    Action(
        "run.log",
        "Log of this run",
        "Run",
        lambda window: window.show_run_log(),
        icon="mdi6.text-long",
        shortcut="Ctrl+Shift+L",
        enabled=_has_cell,
    ),
    Action(
        "run.reprocess",
        "Reprocess the selected runs",
        "Run",
        _reprocess,
        section=1,
        short="Reprocess",
        icon="mdi6.play-outline",
        shortcut="Ctrl+R",
        tip="Compute all Variables of the selected runs again",
        enabled=lambda window: _may_process(window) and bool(window.selected_runs()),
    ),
    Action(
        "run.reprocess_cell",
        "Reprocess this cell",
        "Run",
        _reprocess_cell,
        section=1,
        icon="mdi6.play-circle-outline",
        shortcut="Ctrl+Shift+R",
        tip="Compute only this Variable of this run again, with what it depends on",
        enabled=lambda window: _may_process(window) and _has_cell(window),
    ),
    Action(
        "listener.log",
        "Log of the listener",
        "Run",
        lambda window: window.show_listener_log(),
        section=2,
        icon="mdi6.text-box-outline",
        enabled=with_folder,
    ),
    Action(
        "listener.restart",
        "Restart the listener",
        "Run",
        _restart,
        section=2,
        icon="mdi6.restart",
        tip="End the process that fills the table and start another one; nothing is lost",
        enabled=_may_process,
    ),
)
