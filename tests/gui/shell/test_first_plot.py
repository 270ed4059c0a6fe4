import numpy as np

from damnit_gui.panels.first_plot import first_plot


def test_the_first_column_with_a_unit_that_varies_is_plotted(session, add_run):
    for run in range(6, 9):
        add_run(run, {"energy": 200.0 + run, "motor": 1.0})
    session.live.look()
    assert first_plot(session.table.data) == "energy"


def test_nothing_is_plotted_of_what_hardly_varies_or_has_few_runs(session, add_run):
    for run in range(1, 6):
        add_run(run, {"energy": 100.0 + 1e-6 * run, "motor": np.nan})
    session.live.look()
    assert first_plot(session.table.data) is None


def test_a_new_folder_begins_with_one_plot_and_only_once(window, add_run):
    assert [spec.y for spec in window.panels.plots.specs()] == ["energy"]
    window.panels.plots.close_tab(0)
    add_run(9, {"energy": 500.0})
    window.session.live.look()
    assert window.panels.plots.specs() == []


def test_plots_that_people_closed_stay_closed(window, open_session):
    window.panels.plots.close_tab(0)
    window.clear_session()
    window.set_session(open_session())
    assert window.panels.plots.specs() == []
