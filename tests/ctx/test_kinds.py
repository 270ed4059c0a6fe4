"""Each kind of value that a Variable may return, executed, written and read back from the file."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from damnit_ctx.labelled import UNNAMED

Execute = Callable[..., Any]

PLAIN = {
    "whole": "7",
    "real": "np.float32(3.5)",
    "truth": "True",
    "complex_number": "1 + 2j",
    "numbers": "[1, 2, 3]",
    "pair": "(1.5, 2)",
    "nested": "[[1, 2], [3, 4]]",
    "zero_d": "np.array(4.0)",
    "one_d": "np.arange(1000.0)",
    "empty": "np.zeros(0)",
    "bools": "np.arange(5) > 2",
    "complexes": "np.arange(5) * 1j",
    "half": "np.ones(3, np.float16)",
    "big_endian": "np.arange(3, dtype='>i4')",
    "image": "np.arange(6).reshape(2, 3)",
    "cube": "np.zeros((3, 4, 5), np.uint16)",
    "large": "np.arange(500_000.0)",
    "record": "np.zeros(3, dtype=[('a', 'f8'), ('b', 'i4')])",
    "record_of_bytes": "np.array([(1, b'ab')], dtype=[('n', 'i4'), ('s', 'S4')])",
    "byte_strings": "[b'a', b'bc']",
    "opaque": "np.array([b'ab'], dtype='V2')",
}


def test_that_numbers_and_arrays_come_back_as_they_were(execute: Execute) -> None:
    text = "".join(f"@Variable\ndef {name}(run): return {value}\n" for name, value in PLAIN.items())

    done = execute(text)

    for name, value in PLAIN.items():
        expected = np.asarray(eval(value, {"np": np}))
        stored = np.asarray(done.read(f"{name}/data"))
        assert done.outcome(name)["outcome"] == "ok"
        assert stored.dtype == expected.dtype, name
        np.testing.assert_array_equal(stored, expected)


def test_that_text_comes_back_and_what_hdf5_cannot_hold_is_escaped(execute: Execute) -> None:
    done = execute(
        r"""
        @Variable
        def text(run): return "grüße " * 1000
        @Variable
        def odd(run): return "a\0b\ud800c"
        @Variable
        def raw(run): return b"bytes"
        """
    )

    assert done.read("text/data") == "grüße " * 1000
    assert done.read("odd/data") == r"a\x00b\ud800c"
    assert done.read("raw/data") == "bytes"
    assert done.read(".reduced/raw") == "bytes"


def test_that_masked_values_become_nan_and_extended_precision_double(execute: Execute) -> None:
    done = execute(
        """
        @Variable
        def masked(run): return np.ma.masked_greater(np.arange(4), 2)
        @Variable
        def unmasked(run): return np.ma.masked_array([1, 2])
        @Variable
        def extended(run): return np.longdouble(1.5)
        @Variable
        def extended_complex(run): return np.clongdouble(1.5j)
        """
    )

    np.testing.assert_array_equal(done.read("masked/data"), [0, 1, 2, np.nan])
    assert done.read("unmasked/data").dtype.kind == "i"
    assert done.read("extended/data").dtype == np.float64
    assert done.read("extended_complex/data").dtype == np.complex128


DATAARRAYS = {
    "plain": "xr.DataArray(np.arange(5.0), dims='x', attrs={'units': 'mm'})",
    "named": "xr.DataArray(np.arange(5.0), dims='x', coords={'x': np.arange(5) * 2}, name='n')",
    "image": "xr.DataArray(np.ones((3, 4)), dims=['y', 'x'])",
    "number": "xr.DataArray(3.0)",
    "complexes": "xr.DataArray(np.arange(3) * 1j, dims='x')",
    "bools": "xr.DataArray(np.arange(3) > 1, dims='x')",
    "texts": "xr.DataArray(np.array(['a', 'bc']), dims='x')",
    "times": "xr.DataArray([1., 2.], dims='t', coords={'t': np.array(['2020-01-01', '2021-01-01'], 'M8[ns]')})",
    "empty": "xr.DataArray(np.zeros((0, 3)), dims=['y', 'x'])",
}


def test_that_dataarrays_come_back_as_xarray_reads_them(execute: Execute) -> None:
    text = "".join(f"@Variable\ndef {name}(run): return {value}\n" for name, value in DATAARRAYS.items())

    done = execute(text)

    for name, value in DATAARRAYS.items():
        expected = eval(value, {"np": np, "xr": xr})
        assert done.outcome(name)["outcome"] == "ok", done.outcome(name)
        assert done.attributes(name)["_damnit_objtype"] == "dataarray"
        with xr.load_dataset(done.path_of(name), group=name, engine="h5netcdf") as dataset:
            (read,) = dataset.data_vars.values()
        if expected.name is None:
            assert read.name == UNNAMED
            read = read.rename(None)
        xr.testing.assert_identical(read, expected)


def test_that_a_dataset_comes_back_with_names_that_are_no_paths(execute: Execute) -> None:
    done = execute(
        """
        @Variable
        def ds(run): return xr.Dataset({"a/b": ("x/y", np.arange(3.0)), "c": ("x/y", [1, 2, 3])})
        @Variable
        def like_a_dimension(run): return xr.DataArray(np.ones((2, 2)), dims=["x", "y"], name="x")
        """
    )

    dataset = xr.load_dataset(done.path_of("ds"), group="ds", engine="h5netcdf")
    assert done.attributes("ds")["_damnit_objtype"] == "dataset"
    assert set(dataset.data_vars) == {"a_b", "c"}
    assert set(dataset.sizes) == {"x_y"}
    with done.open("ds") as file:
        assert (file["ds/a_b"].compression, file["ds/a_b"].shuffle) == ("gzip", True)
    assert done.read(".reduced/ds") == "Dataset (0.00MB)"
    assert done.outcome("like_a_dimension")["outcome"] == "ok"


def test_that_an_array_that_was_read_from_a_file_can_be_stored_again(execute: Execute) -> None:
    """Its encoding, e.g. chunks of another shape, must not be asked for."""
    done = execute(
        """
        @Variable
        def again(run):
            array = xr.DataArray(np.arange(5.0), dims="x")
            array.encoding = {"chunksizes": (100,), "original_shape": (100,), "zlib": True, "odd": object()}
            return array
        """
    )

    assert done.outcome("again")["outcome"] == "ok"


def test_that_pandas_objects_come_back_from_parquet(execute: Execute) -> None:
    done = execute(
        """
        import pandas as pd
        @Variable
        def series(run): return pd.Series([1, 2, 4], index=[0.5, 1.5, 2.5], name="q")
        @Variable
        def unnamed(run): return pd.Series([1, 2, 4])
        @Variable
        def frame(run): return pd.DataFrame({"a": [1, 2], 3: ["x", "y"]})
        """
    )

    def read(name: str) -> pd.DataFrame:
        return pd.read_parquet(io.BytesIO(done.read(f"{name}/data").tobytes()))

    assert done.attributes("series")["_damnit_objtype"] == "series"
    pd.testing.assert_series_equal(read("series")["q"], pd.Series([1, 2, 4], index=[0.5, 1.5, 2.5], name="q"))
    assert read("unnamed").iloc[:, 0].tolist() == [1, 2, 4]
    assert done.attributes("frame")["_damnit_objtype"] == "dataframe"
    assert read("frame")["3"].tolist() == ["x", "y"]
    np.testing.assert_array_equal(done.read(".reduced/series"), [[0.5, 1.5, 2.5], [1, 2, 4]])
    assert done.read(".reduced/frame").startswith("DataFrame (")


def test_that_figures_are_stored_as_pictures_and_let_go(execute: Execute) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    done = execute(
        """
        import matplotlib.pyplot as plt
        @Variable
        def figure(run):
            figure, axes = plt.subplots(figsize=(4, 2), dpi=100)
            axes.plot([1, 2, 3])
            return figure
        @Variable
        def axes(run): return plt.subplots(figsize=(4, 2), dpi=100)[1]
        @Variable
        def part(run): return plt.figure(figsize=(4, 2), dpi=100).subfigures(1, 2)[1].subplots()
        """
    )

    for name in ("figure", "axes", "part"):
        assert done.attributes(name)["_damnit_objtype"] == "image"
        assert done.read(f"{name}/data").shape == (200, 400, 4)
        assert done.read(f".reduced/{name}").tobytes().startswith(b"\x89PNG")
    assert plt.get_fignums() == []


def test_that_a_plotly_figure_is_stored_as_json_with_a_text_in_the_cell(execute: Execute) -> None:
    done = execute(
        """
        import plotly.graph_objects as go
        @Variable
        def plot(run): return go.Figure(go.Scatter(x=[1, 2], y=[3, 4]))
        @Variable
        def looked_at(run): return Cell(1, preview=go.Figure(go.Scatter(x=[1, 2], y=[3, 4])))
        """
    )

    assert done.attributes("plot")["_damnit_objtype"] == "PlotlyFigure"
    assert json.loads(done.read("plot/data").tobytes())["data"][0]["type"] == "scatter"
    assert done.read(".reduced/plot") == "Plotly figure (1 trace: scatter)"
    assert done.attributes(".preview/looked_at")["_damnit_objtype"] == "PlotlyFigure"
    assert json.loads(done.read(".preview/looked_at").tobytes())["data"]


def test_that_previews_are_stored_beside_the_data_and_make_the_summary(execute: Execute) -> None:
    done = execute(
        """
        @Variable
        def array(run): return Cell(np.zeros((3, 4, 5)), preview=np.arange(4.0))
        @Variable
        def dataarray(run): return Cell(3, preview=xr.DataArray(np.arange(4.0), dims="q"))
        @Variable
        def figure(run):
            import matplotlib.pyplot as plt
            return Cell(3, preview=plt.subplots(figsize=(4, 2), dpi=100)[0])
        """
    )

    np.testing.assert_array_equal(done.read(".preview/array"), np.arange(4.0))
    np.testing.assert_array_equal(done.read(".reduced/array"), [np.arange(4), np.arange(4)])
    assert done.attributes(".preview/dataarray")["_damnit_objtype"] == "dataarray"
    group = ".preview/dataarray"
    read = xr.load_dataset(done.path_of(group), group=group, engine="h5netcdf", phony_dims="sort")
    assert read[UNNAMED].dims == ("q",)
    assert done.attributes(".preview/figure")["_damnit_objtype"] == "image"
    assert done.read(".preview/figure").shape == (200, 400, 4)


REFUSED = {
    "thing": ("object()", "object"),
    "mapping": ("{'a': 1}", "dict"),
    "huge": ("2**70", "64 bits"),
    "day": ("np.datetime64('2020-01-01')", "seconds as a number"),
    "days": ("np.array(['2020-01-01'], 'M8[ns]')", "DataArray"),
    "words": ("['a', 'b']", "text"),
    "word_array": ("np.array(['a', 'b'])", "DataArray"),
    "duration": ("np.timedelta64(3, 's')", "seconds as a number"),
    "durations": ("np.array([3], 'm8[s]')", "DataArray"),
    "record_of_texts": ("np.zeros(2, [('name', 'U3')])", "Python objects"),
    "set": ("{1, 2}", "set"),
    "module": ("np", "module"),
    "objects": ("np.array([{}, None])", "Python objects"),
    "ragged": ("[[1, 2], [3]]", "array"),
    "binary": (r"b'\xff\xfe'", "uint8"),
    "attributes": ("xr.DataArray([1], attrs={'a': object()})", "xarray"),
    "complex_column": ("pd.DataFrame({'wave': [1j]})", "wave"),
    "objects_column": ("pd.Series([{}, 1], name='odd')", "odd"),
    "mixed": ("xr.DataArray(np.array([{}, 1]), dims='x')", "xarray"),
}


def test_that_what_cannot_be_saved_says_so_and_leaves_the_others_alone(execute: Execute) -> None:
    text = "".join(f"@Variable\ndef {name}(run): return {value}\n" for name, (value, _) in REFUSED.items())

    done = execute("import pandas as pd\n" + text + "@Variable\ndef good(run): return 1\n")

    for name, (_, words) in REFUSED.items():
        assert done.outcome(name)["outcome"] == "error", name
        assert words in done.outcome(name)["message"], done.outcome(name)
        assert done.read(f".errors/{name}") == done.outcome(name)["message"]
        assert done.attributes(f".errors/{name}")["type"] == "CannotSave"
        assert done.outcome(name)["line"] is not None
        assert not {name, f".reduced/{name}", f".preview/{name}"} & done.places()
    assert done.read("good/data") == 1


def test_that_an_array_that_cannot_be_read_fails_alone_and_says_why(execute: Execute, tmp_path: Path) -> None:
    """Arrays that come into being only when they are written: from a file that was damaged meanwhile, or never."""
    path = tmp_path / "lazy.h5"
    noise = np.random.default_rng(1).random((60, 10_000))
    stored = {"good": {"zlib": True, "chunksizes": (10, 10_000)}, "bad": {"zlib": True, "chunksizes": (10, 10_000)}}
    labelled = xr.Dataset({"good": (("y", "x"), noise), "bad": (("y", "x"), noise)})
    labelled.to_netcdf(path, engine="h5netcdf", encoding=stored)
    with h5py.File(path) as file:
        last = file["bad"].id.get_chunk_info(5)

    done = execute(
        f"""
        import os
        lazy = xr.open_dataset({str(path)!r}, engine="h5netcdf")
        class Breaks:
            def __array__(self, dtype=None, copy=None):
                raise OSError("the camera went away")
        @Variable
        def before(run): return np.arange(3)
        @Variable
        def breaks(run): return Breaks()
        @Variable
        def holds_one(run): return [Breaks(), Breaks()]
        @Variable
        def damaged(run):
            with open({str(path)!r}, "r+b") as file:
                file.seek({last.byte_offset})
                file.write(bytes({last.size}))
            return lazy["bad"]
        @Variable
        def damaged_dataset(run): return lazy[["bad"]]
        @Variable
        def preview(run): return Cell(np.arange(3), preview=lazy["bad"])
        @Variable
        def intact(run): return lazy["good"]
        @Variable
        def gone(run):
            lazy.close()
            os.unlink({str(path)!r})
            return lazy["bad"]
        """
    )

    for name, words in {
        "breaks": "camera", "holds_one": "camera", "damaged": "filter", "damaged_dataset": "filter",
        "preview": "filter", "gone": "No such file",
    }.items():  # fmt: skip
        assert done.outcome(name)["outcome"] == "error", name
        assert words in done.outcome(name)["message"], done.outcome(name)
        assert done.read(f".errors/{name}") == done.outcome(name)["message"]
        assert not {name, f".reduced/{name}", f".preview/{name}"} & done.places()
    assert done.read("before/data").tolist() == [0, 1, 2]
    np.testing.assert_array_equal(done.read("intact/good"), noise)


def test_that_without_pyarrow_or_h5netcdf_the_error_names_them(
    execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for name in ("pyarrow", "fastparquet", "h5netcdf"):
        monkeypatch.setitem(sys.modules, name, None)

    done = execute(
        """
        import pandas as pd
        @Variable
        def frame(run): return pd.DataFrame({"a": [1]})
        @Variable
        def array(run): return xr.DataArray([1])
        """
    )

    assert "pyarrow" in done.outcome("frame")["message"]
    assert "h5netcdf" in done.outcome("array")["message"]
