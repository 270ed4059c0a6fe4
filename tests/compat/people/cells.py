"""Cells: another summary, a colour, a preview."""

# ruff: noqa: ARG001 -- Variables take a run they may not use

import numpy as np
import xarray as xr
from damnit_ctx import Cell, Variable

DATA = np.arange(20.0)


@Variable(title="Cells/plain")
def plain(run):
    return Cell(5)


@Variable(title="Cells/positional")
def positional(run):
    return Cell(DATA, "mean", None, True, "#ff0000")


@Variable(title="Cells/by_name")
def by_name(run):
    return Cell(data=DATA, summary="max")


@Variable(title="Cells/of_none")
def of_none(run):
    return Cell(None)


@Variable(title="Cells/none_with_text")
def none_with_text(run):
    return Cell(None, summary_value="nothing")


@Variable(title="Cells/none_with_preview")
def none_with_preview(run):
    return Cell(None, preview=DATA)


@Variable(title="Cells/value_int")
def value_int(run):
    return Cell(DATA, summary_value=3)


@Variable(title="Cells/value_float")
def value_float(run):
    return Cell(DATA, summary_value=2.5)


@Variable(title="Cells/value_numpy")
def value_numpy(run):
    return Cell(DATA, summary_value=np.float32(2.5))


@Variable(title="Cells/value_bool")
def value_bool(run):
    return Cell(DATA, summary_value=True)


@Variable(title="Cells/value_complex")
def value_complex(run):
    return Cell(DATA, summary_value=1 + 2j)


@Variable(title="Cells/value_text")
def value_text(run):
    return Cell(DATA, summary_value="fine ✓")


@Variable(title="Cells/value_zero")
def value_zero(run):
    return Cell(DATA, summary_value=0)


@Variable(title="Cells/value_empty_text")
def value_empty_text(run):
    return Cell(DATA, summary_value="")


@Variable(title="Cells/value_nan")
def value_nan(run):
    return Cell(DATA, summary_value=float("nan"))


@Variable(title="Cells/value_zero_d")
def value_zero_d(run):
    return Cell(DATA, summary_value=np.array(4))


@Variable(title="Cells/value_dataarray")
def value_dataarray(run):
    return Cell(DATA, summary_value=xr.DataArray(DATA).mean())


@Variable(title="Cells/value_before_summary")
def value_before_summary(run):
    return Cell(DATA, summary="mean", summary_value=99)


@Variable(title="Cells/not_bold")
def not_bold(run):
    return Cell(DATA, bold=False)


@Variable(title="Cells/bold")
def bold(run):
    return Cell(1, bold=True)


@Variable(title="Cells/bold_by_numpy")
def bold_by_numpy(run):
    return Cell(1, bold=DATA.mean() > 3)


@Variable(title="Cells/colour_hex")
def colour_hex(run):
    return Cell(1, background="#00ff7f")


@Variable(title="Cells/colour_upper")
def colour_upper(run):
    return Cell(1, background="#00FF7F")


@Variable(title="Cells/colour_list")
def colour_list(run):
    return Cell(1, background=[1, 2, 3])


@Variable(title="Cells/colour_tuple")
def colour_tuple(run):
    return Cell(1, background=(255, 0, 255))


@Variable(title="Cells/colour_array")
def colour_array(run):
    return Cell(1, background=np.array([10, 20, 30]))


@Variable(title="Cells/colour_short")
def colour_short(run):
    return Cell(1, background="#fff")


@Variable(title="Cells/colour_name")
def colour_name(run):
    return Cell(1, background="red")


@Variable(title="Cells/colour_high")
def colour_high(run):
    return Cell(1, background=[256, 0, 0])


@Variable(title="Cells/colour_four")
def colour_four(run):
    return Cell(1, background=[1, 2, 3, 4])


@Variable(title="Cells/units")
def units(run):
    return Cell(4.5, units="mm")


@Variable(title="Cells/units_before_variable", units="m")
def units_before_variable(run):
    return Cell(4.5, units="mm")


@Variable(title="Cells/units_of_data")
def units_of_data(run):
    return Cell(xr.DataArray(DATA, attrs={"units": "fs"}))


@Variable(title="Cells/units_before_data")
def units_before_data(run):
    return Cell(xr.DataArray(DATA, attrs={"units": "fs"}), units="ps")


@Variable(title="Cells/units_of_variable_and_data", units="m")
def units_of_variable_and_data(run):
    return xr.DataArray(DATA, attrs={"units": "fs"})


@Variable(title="Cells/preview_1d")
def preview_1d(run):
    return Cell(DATA.reshape(4, 5), preview=DATA)


@Variable(title="Cells/preview_2d")
def preview_2d(run):
    return Cell(DATA, preview=DATA.reshape(4, 5))


@Variable(title="Cells/preview_labelled")
def preview_labelled(run):
    return Cell(3, preview=xr.DataArray(DATA, dims="t", attrs={"units": "s"}))


@Variable(title="Cells/preview_of_nan")
def preview_of_nan(run):
    return Cell(3, preview=np.full(4, np.nan))


@Variable(title="Cells/preview_3d")
def preview_3d(run):
    return Cell(3, preview=np.zeros((2, 2, 2)))


@Variable(title="Cells/preview_text")
def preview_text(run):
    return Cell(3, preview="text")


@Variable(title="Cells/preview_list")
def preview_list(run):
    return Cell(3, preview=[1, 2, 3])


@Variable(title="Cells/preview_with_summary")
def preview_with_summary(run):
    return Cell(DATA, summary="min", preview=DATA.reshape(4, 5))


@Variable(title="Cells/preview_dataset")
def preview_dataset(run):
    return Cell(3, preview=xr.Dataset({"a": ("x", [1])}))


@Variable(title="Cells/unknown_summary")
def unknown_summary(run):
    return Cell(DATA, summary="nonsense")


@Variable(title="Cells/bad_units")
def bad_units(run):
    return Cell(3, units=5)


@Variable(title="Cells/bad_bold")
def bad_bold(run):
    return Cell(3, bold="yes")


@Variable(title="Cells/bad_argument")
def bad_argument(run):
    return Cell(3, color=1)


@Variable(title="Cells/cell_in_cell")
def cell_in_cell(run):
    return Cell(Cell(3))


@Variable(title="Cells/a_list")
def a_list(run):
    return Cell([1, 2, 3])


@Variable(title="Cells/text")
def text(run):
    return Cell("text", bold=True)


@Variable(title="Cells/not_saveable")
def not_saveable(run):
    return Cell(object())


@Variable(title="Cells/summary_of_variable", summary="max")
def summary_of_variable(run):
    return Cell(DATA)


@Variable(title="Cells/summary_of_both", summary="max")
def summary_of_both(run):
    return Cell(DATA, summary="min")


@Variable(title="Cells/value_of_both", summary="max")
def value_of_both(run):
    return Cell(DATA, summary_value=7)
