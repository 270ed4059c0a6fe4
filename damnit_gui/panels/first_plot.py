"""What to plot in a folder in which nobody has chosen a plot yet. Pure."""

import numpy as np

from damnit_gui.state.table_data import TableData

LEAST_RUNS = 3
LEAST_SPREAD = 0.01


def first_plot(data: TableData) -> str | None:
    """The first computed column that has a unit and really varies from run to run; None while there is none."""
    for name in data.numeric_names():
        info = data.variables[name]
        if info.editable or not info.units:
            continue
        numbers = data.numbers(name)
        numbers = numbers[np.isfinite(numbers)]
        if len(numbers) >= LEAST_RUNS and np.ptp(numbers) > LEAST_SPREAD * np.abs(numbers).max():
            return name
    return None
