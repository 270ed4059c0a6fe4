"""A folder as a notebook finds it: two runs, a failure, edits; without the process that computed them."""

import io
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import xarray as xr
from damnit_ctx.context import LoadedContext
from damnit_ctx.execute import Executor, Plan
from damnit_ctx.inputs import Inputs
from damnit_ctx.load import Loader
from damnit_ctx.write import FragmentWriter
from PIL import Image

from damnit_backend.api import Damnit
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import Folder
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.opening import create_database
from damnit_backend.store.variables import Declaration, add_editable, declare_computed

PLOTLY = '{"data": [{"type": "scatter", "x": [1, 2], "y": [3, 4]}], "layout": {}}'


def fill(file: h5py.File, run: int) -> None:
    """The results of a run, as they lie in a fragment."""

    def put(name: str, data: Any, summary: Any, objtype: str | None = None, **attributes: Any) -> None:
        file.create_dataset(f"{name}/data", data=data)
        if objtype:
            file[name].attrs["_damnit_objtype"] = objtype
        file.create_dataset(f".reduced/{name}", data=summary).attrs.update(attributes)

    png = io.BytesIO()
    Image.new("RGBA", (4, 3)).save(png, "PNG")
    thumbnail = np.frombuffer(png.getvalue(), np.uint8)
    put("energy", 100.5 + run, 100.5 + run, units="µJ")
    put("text", "dark", "dark")
    put("trace", np.arange(50.0), np.stack([np.arange(50.0)] * 2), summary_type="trendline", max_diff=49.0)
    put("image", np.eye(20), thumbnail)
    put("group.figure", np.zeros((4, 3, 4), np.uint8), thumbnail, "image")
    put("plotly", np.frombuffer(PLOTLY.encode(), np.uint8), thumbnail, "PlotlyFigure")
    put("start_time", 1.7e9 + run, 1.7e9 + run)
    file[".errors/broken"] = "no peak"
    file[".errors/broken"].attrs["type"] = "ValueError"
    file.create_dataset(".preview/image", data=np.arange(3.0))


@pytest.fixture
def labelled() -> xr.DataArray:
    return xr.DataArray(np.arange(4.0), dims="x", coords={"x": [1, 2, 3, 4]}, attrs={"units": "mm"}, name="intensity")


@pytest.fixture
def db(folder: Folder, database: Database, labelled: xr.DataArray) -> Damnit:
    declare_computed(
        database,
        [Declaration("energy", "XGM/Energy", "doc", "mJ"), Declaration("trace", "XGM/Trace", units="V"),
         Declaration("broken", "Fit")],
    )  # fmt: skip
    add_editable(database, "quality", "number", "Quality")
    for run in (7, 3):
        key = RunKey(1234, run)
        path = folder.results / f"p1234_r{run}.x.ready.h5"
        with h5py.File(path, "w") as file:
            file.attrs["provenance"] = "context.py"
            fill(file, run)
        labelled.to_dataset().to_netcdf(path, mode="a", group="labelled", engine="h5netcdf")
        with h5py.File(path, "r+") as file:
            file["labelled"].attrs["_damnit_objtype"] = "dataarray"
            file[".reduced/labelled"] = "DataArray"
        assert not merge_fragments(database, key, find_fragments(folder, key)[key]).broken
    write_edit(database, CellKey(1234, 3, "comment"), "beam was unstable")
    write_edit(database, CellKey(1234, 3, "quality"), 0.75)
    write_edit(database, CellKey(1234, 9, "comment"), "planned")
    return Damnit(folder.path)


@pytest.fixture(scope="session")
def round_trip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Any], Any]]:
    """``round_trip(value)`` has a Variable return it, writes and merges that, and gives what a notebook reads."""
    folder = Folder(tmp_path_factory.mktemp("round_trip"))
    folder.results.mkdir()
    folder.context_file.write_text("from damnit_ctx import Variable\n@Variable\ndef x(run): return run\n")
    before = Path.cwd()
    context = Loader().load(folder.context_file, folder.path)
    os.chdir(before)
    assert isinstance(context, LoadedContext)
    tokens = itertools.count()

    def round_trip(value: Any) -> Any:
        key, paths = RunKey(1234, 5), []
        writer = FragmentWriter(folder.results, "p1234_r5", f"{next(tokens)}", lambda path, _: paths.append(path))
        events: list[dict[str, Any]] = []
        Executor(context, Plan(("x",)), value, Inputs(), writer, events.append).execute()
        os.chdir(before)
        writer.close()
        assert events[-1]["outcome"] == "ok", events[-1]
        assert not merge_fragments(database, key, paths).broken
        return Damnit(folder.path)[5, "x"].read()

    with closing(create_database(folder, proposal=1234)) as database:
        yield round_trip
