import functools
import math
import os
import resource
import signal

import h5py
import numpy as np
import pandas as pd
import psutil
import pytest
import xarray as xr
from damnit_ctx.cell import Cell
from damnit_ctx.variable import Skip

from damnit_backend.core.attributes import UNREADABLE
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import Failure, Kind, SmallArray, Trend
from damnit_backend.store import merge as merge_module
from damnit_backend.store import publishing
from damnit_backend.store import run_file as run_file_module
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import Folder
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.lease import LeaseLostError, require_lease, take_lease
from damnit_backend.store.merge import Merged, merge_fragments
from damnit_backend.store.results import ResultKind, read_preview, read_result
from damnit_backend.store.table import read_table
from damnit_backend.store.variables import add_editable

KEY = RunKey(1234, 5)


@pytest.fixture
def merge(database, folder):
    """``merge()`` merges what waits of run 5."""

    def run(key: RunKey = KEY) -> Merged:
        return merge_fragments(database, key, find_fragments(folder, key).get(key, []))

    return run


@pytest.fixture
def cell(database):
    """``cell(name)`` is that cell of run 5; None if there is none."""
    return lambda name: read_table(database).cells.get(CellKey(*KEY, name))


def result_names(path) -> list[str]:
    """The variables that have a result in a file."""
    with h5py.File(path, locking=False) as file:
        return sorted(name for name in file if not name.startswith("."))


def state(database, folder: Folder) -> tuple[object, ...]:
    """All that a merge leaves: the table but for its clock times, the results, and the names of files."""
    table = read_table(database)
    cells = {
        key.name: (str(cell.value), cell.units, cell.bold, cell.background, cell.max_diff, cell.provenance)
        for key, cell in table.cells.items()
    }
    path = folder.run_file(KEY)
    results = {name: str(read_result(path, name).data) for name in result_names(path)}
    with h5py.File(path, locking=False) as file:
        errors = {name: node.asstr()[()] for name, node in file.get(".errors", {}).items()}
    return table.runs[0].start_time, cells, results, errors, sorted(p.name for p in folder.results.iterdir())


def test_that_results_reach_the_table_and_the_runs_file(hand_over, merge, cell, folder):
    fragment = hand_over(
        number=Cell(3.5, units="mm", bold=True, background="#ff8000"),
        text="µJ – 静",
        truth=np.bool_(True),
        whole=np.int16(-3),
        complex=1 + 2j,
        curve=np.arange(300.0),
        image=np.random.default_rng(1).normal(size=(40, 60)),
        stack=np.zeros((2, 3, 4), np.uint16),
        bad=ValueError("no peak"),
        dark=Skip("dark run"),
    )
    done = merge()
    assert done.names == tuple(sorted(done.names))
    assert (len(done.names), done.failed, done.broken) == (10, ("bad",), ())
    number = cell("number")
    assert (number.value, number.units, number.bold, number.background) == (3.5, "mm", True, (255, 128, 0))
    assert (number.provenance, number.timestamp) == ("context.py", 1.7e9 + 2)
    assert [cell(name).value for name in ("text", "truth", "whole", "complex")] == ["µJ – 静", True, -3, 1 + 2j]
    assert [cell(name).kind for name in ("curve", "image", "stack")] == [Kind.TREND, Kind.IMAGE, Kind.TEXT]
    assert cell("curve").max_diff == 299
    assert cell("bad").value == Failure("ValueError", "no peak")
    assert cell("dark").value.is_skip
    np.testing.assert_array_equal(read_result(folder.run_file(KEY), "curve").data, np.arange(300.0))
    assert read_result(folder.run_file(KEY), "text").data == "µJ – 静"
    assert not fragment.exists()
    assert [path.name for path in folder.results.iterdir()] == ["p1234_r5.h5"]


def labelled() -> dict[str, object]:
    """Objects that netCDF stores with dimensions that refer to each other."""
    x, y = np.linspace(0, 1, 4), np.array([10, 20, 30])
    image = xr.DataArray(
        np.arange(12.0).reshape(4, 3), dims=("x", "y"), coords={"x": x, "y": y, "label": ("y", ["a", "b", "c"])},
        name="intensity", attrs={"units": "mJ"},
    )  # fmt: skip
    return {
        "with_coords": image,
        "without_coords": xr.DataArray(np.arange(6).reshape(2, 3)),
        "one_axis": xr.DataArray(np.arange(4.0), dims="x", coords={"x": x}),
        "zero": xr.DataArray(2.5),
        "of_times": xr.DataArray([1, 2], dims="t", coords={"t": np.array(["2020-01-01", "2021-01-01"], "M8[ns]")}),
        "g1.dotted": xr.Dataset({"a": image.rename("a"), "b": ("x", x)}, attrs={"note": "µ"}),
    }


def assert_reads_labelled(path, expected: dict[str, object]) -> None:
    for name, value in expected.items():
        xr.testing.assert_identical(read_result(path, name).data, value)
        with h5py.File(path, locking=False) as file:
            for node in file[name].values():
                scales = [scale.name for axis in node.dims for scale in axis.values()] if not node.is_scale else []
                assert all(scale.startswith(f"/{name}/") for scale in scales)


def test_that_xarrays_objects_are_equal_after_one_merge_and_after_more(hand_over, merge, folder):
    hand_over(**labelled())
    merge()
    assert_reads_labelled(folder.run_file(KEY), labelled())
    hand_over(other=1.0, **{"g1.second": labelled()["with_coords"]})
    merge()
    hand_over(**labelled())
    merge()
    hand_over(zero=3.0)
    merge()
    left = {name: value for name, value in labelled().items() if name != "zero"}
    assert_reads_labelled(folder.run_file(KEY), left | {"g1.second": labelled()["with_coords"]})
    assert read_result(folder.run_file(KEY), "zero").data == 3.0


def test_that_previews_of_every_kind_are_kept(hand_over, merge, folder):
    image = labelled()["with_coords"]
    hand_over(
        plain=Cell(np.zeros((2, 2, 2)), preview=np.eye(3)), labelled=Cell(np.zeros(3), preview=image), none=np.arange(3)
    )
    merge()
    hand_over(other=1)
    merge()
    path = folder.run_file(KEY)
    np.testing.assert_array_equal(read_preview(path, "plain").data, np.eye(3))
    xr.testing.assert_identical(read_preview(path, "labelled").data, image)
    np.testing.assert_array_equal(read_preview(path, "none").data, np.arange(3))


def test_that_tables_of_pandas_are_kept(hand_over, merge, folder):
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "µ"]}, index=[5, 6])
    hand_over(frame=frame, series=pd.Series([1.5, 2.5], name="s"))
    merge()
    pd.testing.assert_frame_equal(read_result(folder.run_file(KEY), "frame").data, frame)
    result = read_result(folder.run_file(KEY), "series")
    assert result.kind is ResultKind.SERIES
    pd.testing.assert_series_equal(result.data, pd.Series([1.5, 2.5], name="s"))


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [
        (1.5, None, None),
        (1.5, ValueError("boo"), Failure("ValueError", "boo")),
        (ValueError("boo"), 1.5, 1.5),
        (ValueError("boo"), None, None),
        (None, 1.5, 1.5),
        (np.arange(5.0), "text", "text"),
        (xr.DataArray([1.0, 2.0]), 2, 2),
    ],
)
def test_that_a_result_replaces_the_former_one_in_all_its_places(hand_over, merge, cell, folder, first, second, value):
    hand_over(x=first, other=7)
    merge()
    hand_over(x=second)
    merge()
    found = cell("x")
    assert (None if found is None else found.value) == value
    with h5py.File(folder.run_file(KEY), locking=False) as file:
        places = {place for place in ("x", ".reduced/x", ".preview/x", ".errors/x") if place in file}
    expected = {None: set(), Failure: {".errors/x"}}.get(
        type(value) if value is not None else None, {"x", ".reduced/x"}
    )
    assert places == expected
    assert cell("other").value == 7


def test_that_several_fragments_merge_at_once_the_latest_counting(hand_over, merge, cell):
    hand_over(a=1, b=1, c=1)
    hand_over(b=2, c=None)
    hand_over(a=ValueError("x"), d=3)
    done = merge()
    assert done.names == ("a", "b", "c", "d")
    assert done.failed == ("a",)
    assert [cell(name) and cell(name).value for name in "bcd"] == [2, None, 3]


def test_that_merging_the_same_twice_changes_nothing(hand_over, merge, database, folder):
    fragment = hand_over(a=1, b=np.arange(3.0), c=ValueError("x"), start_time=1.7e9, **labelled())
    content = fragment.read_bytes()
    merge()
    before = state(database, folder)
    fragment.write_bytes(content)
    merge()
    assert state(database, folder) == before


def test_that_reprocessing_does_not_grow_the_file_without_end(hand_over, merge, folder):
    sizes = []
    for number in range(8):
        hand_over(big=np.full(100_000, float(number)), **({} if number else {"kept": np.zeros(1000)}))
        merge()
        sizes.append(folder.run_file(KEY).stat().st_size)
    assert sizes[-1] < 1.5 * sizes[0]


class Killed(BaseException):
    """The process ended here."""


STEPS = [
    (run_file_module, "_start_file"),
    (run_file_module, "_remove"),
    (run_file_module, "_copy"),
    (run_file_module, "sync"),
    (publishing, "prepare_run_file"),
    (publishing, "keep_former"),
    (publishing, "publish_run_file"),
    (merge_module, "_write_cells"),
    (merge_module, "put_cell"),
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("module", "step"), STEPS, ids=[step for _, step in STEPS])
def test_that_a_crash_at_any_step_is_made_good_by_the_next_merge(
    hand_over, merge, database, folder, monkeypatch, module, step, when
):
    hand_over(a=0, kept=2)
    merge()
    first = hand_over(a=1, b=np.arange(3.0), start_time=1.7e9, **labelled())
    second = hand_over(c=ValueError("x"), b=None)
    fragments = {path: path.read_bytes() for path in (first, second)}
    merge()
    expected = state(database, folder)
    # Once more from the beginning, with a crash.
    folder.run_file(KEY).unlink()
    with database.writing() as sql:
        sql.execute("DELETE FROM run_variables")
        sql.execute("UPDATE run_info SET start_time = NULL")
    hand_over(a=0, kept=2)
    merge()
    for age, (path, content) in enumerate(fragments.items()):
        path.write_bytes(content)
        os.utime(path, (age, age))
    original = getattr(module, step)

    def killed(*args: object) -> None:
        if when == "after":
            original(*args)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(module, step, killed)
        with pytest.raises(Killed):
            merge()
        assert all(path.exists() for path in fragments)
    monkeypatch.setattr(psutil, "pid_exists", lambda _: False)  # this one lives, but counts as ended
    merge()
    assert state(database, folder) == expected


def test_that_a_crash_between_removing_two_fragments_is_made_good(hand_over, merge, cell, folder):
    first, second = hand_over(a=1, b=1), hand_over(a=2)
    order = find_fragments(folder, KEY)[KEY]
    assert order == [first, second]
    content = second.read_bytes()
    merge()
    second.write_bytes(content)
    merge()
    assert [cell("a").value, cell("b").value] == [2, 1]
    assert not second.exists()


def test_that_what_a_killed_listener_was_writing_is_cleaned_up(hand_over, merge, folder):
    orphan = folder.results / "p1234_r5.abcdef.merging.h5"
    other = folder.results / "p1234_r55.abcdef.merging.h5"
    orphan.write_bytes(b"half")
    other.write_bytes(b"half")
    hand_over(a=1)
    merge()
    assert not orphan.exists()
    assert other.exists()


def broken_fragments(sound: bytes) -> dict[str, bytes]:
    return {
        "p1234_r5.trunc.ready.h5": sound[: len(sound) // 2],
        "p1234_r5.empty.ready.h5": b"",
        "p1234_r5.garbage.ready.h5": b"not HDF5 at all" * 100,
    }


def test_that_broken_fragments_are_set_aside_and_named_while_others_are_merged(hand_over, merge, cell, folder):
    sound = hand_over(a=1, b=np.arange(1000.0)).read_bytes()
    for name, content in broken_fragments(sound).items():
        (folder.results / name).write_bytes(content)
    done = merge()
    assert cell("a").value == 1
    assert sorted(path.name for path, _ in done.broken) == [
        "p1234_r5.empty.broken.h5", "p1234_r5.garbage.broken.h5", "p1234_r5.trunc.broken.h5",
    ]  # fmt: skip
    assert all(path.exists() and path.name.split(".")[1] in reason for path, reason in done.broken)
    assert find_fragments(folder) == {}


def test_that_a_fragment_of_another_run_is_not_taken_for_one_of_this(hand_over, database, folder, cell):
    other = hand_over(RunKey(1234, 6), a=1)
    done = merge_fragments(database, KEY, [other])
    assert [reason for _, reason in done.broken if "p1234 r5" in reason]
    assert cell("a") is None
    assert not folder.run_file(KEY).exists()


@pytest.mark.parametrize("name", ["p1234_r5.ready.h5", "p1_r.x.ready.h5", "x.ready.h5", "p1234_r5.a.b.ready.h5",
                                  "p9999999999_r5.x.ready.h5"])  # fmt: skip
def test_that_a_file_with_another_name_is_no_fragment(folder, name):
    (folder.results / name).write_bytes(b"")
    assert find_fragments(folder) == {}
    assert find_fragments(folder, KEY) == {}


def test_that_a_directory_with_a_fragments_name_is_left_alone(folder, merge):
    (folder.results / "p1234_r5.x.ready.h5").mkdir()
    assert merge().names == ()


def test_that_a_fragment_which_is_gone_meanwhile_is_no_error(hand_over, database):
    path, other = hand_over(a=1), hand_over(b=2)
    path.unlink()
    assert merge_fragments(database, KEY, [path, other]).names == ("b",)


@pytest.mark.parametrize(
    "computed", [b"{", b"[]", b'{"a/b": {}}', b'{".reduced": {}}', b'{"": {}}', b'{"a": 5}', b'{"a": {"started": "x"}}']
)
def test_that_a_hostile_record_cannot_reach_other_places(hand_over, merge, cell, folder, computed):
    hand_over(a=1)
    merge()
    path = hand_over(b=2)
    with h5py.File(path, "r+") as file:
        file.attrs["desk_computed"] = computed.decode()
    assert len(merge().broken) == 1
    assert cell("a").value == 1
    with h5py.File(folder.run_file(KEY), locking=False) as file:
        assert ".reduced/a" in file


def link_elsewhere(file: h5py.File, secret: str, way: str) -> None:
    """Have a fragment lead to the dataset ``x`` or the raw bytes of another file."""
    match way:
        case "external link":
            file["x"] = h5py.ExternalLink(secret, "x")
        case "external link inside":
            file["a/more"] = h5py.ExternalLink(secret, "x")
        case "external summary":
            file[".reduced/x"] = h5py.ExternalLink(secret, "x")
        case "external place":
            del file[".errors"]
            file[".errors"] = h5py.ExternalLink(secret, "/")
        case "soft link":
            file["x"] = h5py.SoftLink("/a")
        case "external storage":
            file.create_dataset("a/raw", (8,), "u1", external=[(secret, 0, 8)])
        case "virtual":
            layout = h5py.VirtualLayout((3,), "f8")
            layout[:] = h5py.VirtualSource(secret, "x", (3,))
            file.create_virtual_dataset(".preview/a", layout)


@pytest.mark.parametrize(
    "way",
    ["external link", "external link inside", "external summary", "external place", "soft link", "external storage",
     "virtual"],
)  # fmt: skip
def test_that_a_fragment_cannot_have_the_listener_read_other_files(hand_over, merge, cell, tmp_path, way):
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["x"] = [1.0, 2.0, 3.0]
    path, sound = hand_over(a=1), hand_over(b=2)
    with h5py.File(path, "r+") as file:
        link_elsewhere(file, str(tmp_path / "secret.h5"), way)
    done = merge()
    assert [aside.name for aside, _ in done.broken] == [path.name.replace("ready", "broken")]
    assert (cell("a"), cell("x")) == (None, None)
    assert (cell("b").value, sound.exists()) == (2, False)


def test_that_a_fragment_which_goes_in_circles_is_merged(hand_over, merge, cell):
    path = hand_over(a=1)
    with h5py.File(path, "r+") as file:
        file["a/self"] = file["a"]
    merge()
    assert cell("a") is None or cell("a").value == 1


def test_that_one_odd_cell_does_not_stop_the_others(hand_over, merge, cell):
    path = hand_over(a=1)
    with h5py.File(path, "r+") as file:
        reduced = file[".reduced"]
        reduced.create_group("group")
        reduced["nothing"] = h5py.Empty("f8")
        reduced["record"] = np.zeros(3, [("x", "f4"), ("y", "i2")])
        reduced["long"] = np.longdouble(1.5)
        reduced["bytes"] = np.bytes_(b"fixed")
        reduced["no_text"] = np.array(b"\xff\xfe", h5py.string_dtype())
        reduced["texts"] = np.array(["a", "b"], dtype=h5py.string_dtype())
        reduced["bad_trend"] = np.zeros(5)
        reduced["bad_trend"].attrs["summary_type"] = "trendline"
        reduced["bad_attributes"] = 5.0
        reduced["bad_attributes"].attrs.update(
            units=3, bold="yes", background=[1, 2], max_diff="big", summary_method=b"mean", summary_type=[1]
        )
        file[".errors/no_type"] = "boo"
        file.create_group(".errors/group_error")
    assert merge().broken == ()
    assert cell("a").value == 1
    assert cell("group").value.error_cls == UNREADABLE
    assert cell("nothing") is None
    assert isinstance(cell("record").value, SmallArray)
    assert [cell(name).value for name in ("long", "bytes")] == [1.5, "fixed"]
    assert cell("no_text").value == "\ufffd\ufffd"
    assert isinstance(cell("bad_trend").value, Failure)
    odd = cell("bad_attributes")
    assert (odd.value, odd.units, odd.bold, odd.background, odd.max_diff) == (5.0, "", None, None, None)
    assert cell("no_type").value == Failure("Error", "boo")
    assert isinstance(cell("group_error").value, Failure)


@pytest.mark.parametrize("value", [2**63 - 1, 2**63, 2**64 - 1, -(2**63)])
def test_that_integers_of_64_bits_are_kept_and_larger_ones_keep_their_magnitude(hand_over, merge, cell, folder, value):
    hand_over(x=np.uint64(value) if value > 0 else np.int64(value))
    assert merge().broken == ()
    assert cell("x").value == pytest.approx(value, rel=1e-15)
    assert int(read_result(folder.run_file(KEY), "x").data) == value


def test_that_not_a_number_is_an_empty_cell_whose_result_stays(hand_over, merge, cell, folder):
    hand_over(x=math.nan, y=math.inf)
    merge()
    assert cell("x").value is None
    assert cell("y").value == math.inf
    assert math.isnan(read_result(folder.run_file(KEY), "x").data)


def test_that_fragments_of_the_reference_program_are_merged(hand_over, merge, cell, database):
    path = hand_over(KEY, False, a=1, start_time=1.7e9)
    with h5py.File(path, "r+") as file:
        del file.attrs["desk_computed"]
    merge()
    assert cell("a").value == 1
    assert cell("a").timestamp == pytest.approx(read_table(database).runs[0].added_at)
    assert read_table(database).runs[0].start_time == 1.7e9
    assert cell("start_time") is None


def test_that_submitted_results_say_where_they_come_from(hand_over, merge, cell):
    path = hand_over(x=1)
    hand_over(y=2)
    with h5py.File(path, "r+") as file:
        file.attrs["provenance"] = "my analysis"
    merge()
    assert (cell("x").provenance, cell("y").provenance) == ("my analysis", "context.py")


@pytest.mark.parametrize("name", ["comment", "run", "proposal", "added_at"])
def test_that_a_result_never_writes_to_the_tables_own_columns(hand_over, merge, cell, database, name):
    write_edit(database, CellKey(*KEY, "comment"), "typed")
    hand_over(**{name: 5.0, "a": 1})
    assert merge().names == ("a",)
    assert cell("comment").value == "typed"


@pytest.mark.parametrize("value", [5.0, None, ValueError("x")])
def test_that_a_result_never_replaces_what_people_typed_into_a_variable_of_their_own(
    hand_over, merge, cell, database, folder, caplog, value
):
    add_editable(database, "x", "number")
    write_edit(database, CellKey(*KEY, "x"), 7.5)
    hand_over(x=value, a=1)
    done = merge()
    assert (done.names, done.failed) == (("a",), ())
    assert (cell("x").value, cell("x").provenance) == (7.5, "manual-input")
    assert "result x" in caplog.text
    if value == 5.0:
        assert read_result(folder.run_file(KEY), "x").data == 5.0


@pytest.mark.parametrize("value", ["yesterday", math.nan, np.arange(3.0), ValueError("x")])
def test_that_a_start_time_which_is_none_is_not_taken_over(hand_over, merge, database, value):
    hand_over(start_time=value, a=1)
    merge()
    assert read_table(database).runs[0].start_time is None


def test_that_odd_names_are_stored_and_found(hand_over, merge, cell, folder):
    names = ["a.b", "it's", 'say "x"', "µ – 静", "a b", "x; DROP TABLE run_info; --", "%s", "[0]"]
    hand_over(**{name: number for number, name in enumerate(names)})
    merge()
    assert [cell(name).value for name in names] == list(range(len(names)))
    assert result_names(folder.run_file(KEY)) == sorted(names)


def test_that_a_result_which_nobody_declared_has_a_column_in_the_views(hand_over, merge, plain_sql):
    hand_over(**{"it's": 1.5, "none": None, "start_time": 1.7e9})
    merge()
    sql = plain_sql()
    assert sql.execute('SELECT "it\'s" FROM runs').fetchall() == [(1.5,)]
    assert "none" not in [column[0] for column in sql.execute("SELECT * FROM runs").description]
    before = sql.execute("PRAGMA schema_version").fetchone()
    hand_over(**{"it's": 2.5})
    merge()
    assert sql.execute("PRAGMA schema_version").fetchone() == before


def test_that_a_reader_who_has_the_old_file_open_is_not_disturbed(hand_over, merge, folder):
    hand_over(x=np.arange(200_000.0))
    merge()
    with h5py.File(folder.run_file(KEY), "r", locking=False) as old:
        hand_over(x=np.zeros(3))
        merge()
        assert old["x/data"][-1] == 199_999
    assert read_result(folder.run_file(KEY), "x").data.shape == (3,)


def test_that_a_damaged_run_file_is_kept_aside_and_made_anew(hand_over, merge, folder):
    folder.run_file(KEY).write_bytes(b"no HDF5")
    hand_over(a=1)
    merge()
    assert read_result(folder.run_file(KEY), "a").data == 1
    (aside,) = folder.results.glob("*.broken.h5")
    assert aside.read_bytes() == b"no HDF5"


def test_that_a_full_disk_leaves_the_fragments_waiting_and_the_old_file_whole(
    hand_over, merge, cell, folder, monkeypatch
):
    hand_over(a=1)
    merge()
    fragment = hand_over(a=2)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(run_file_module, "sync", full)
        with pytest.raises(UserError, match="No space left"):
            merge()
    assert fragment.exists()
    assert cell("a").value == 1
    assert not list(folder.results.glob("*.merging.h5"))
    merge()
    assert cell("a").value == 2


@pytest.mark.parametrize("room", [20_000, 100_000, 300_000])
def test_that_a_file_that_may_not_grow_is_the_disks_fault_and_not_the_fragments(
    hand_over, merge, database, folder, room
):
    big = np.random.default_rng(1).normal(size=30_000)
    hand_over(x=big, kept=big)
    merge()
    fragment = hand_over(x=big + 1, y=big)
    before = sorted(folder.results.glob("*.h5"))
    database.close()
    pid = os.fork()
    if pid == 0:  # a limit of a process's own instead of a small disk: HDF5 meets it in the same way
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        try:
            with Database(folder) as own:
                merge_fragments(own, KEY, [fragment])
        except UserError:
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert sorted(folder.results.glob("*.h5")) == before
    with Database(folder) as own:
        assert merge_fragments(own, KEY, [fragment]).broken == ()


def test_that_a_damaged_result_inside_a_fragment_sets_only_it_aside(hand_over, merge, cell, folder):
    hand_over(a=1)
    path = hand_over(b=labelled()["with_coords"], c=1)
    with h5py.File(path, "r+") as file:
        reference = file["b/intensity"].attrs["DIMENSION_LIST"]
        reference[0][0] = h5py.Reference()
        file["b/intensity"].attrs["DIMENSION_LIST"] = reference
    done = merge()
    assert cell("a").value == 1
    assert [path.name for path, _ in done.broken] == [path.name.replace("ready", "broken")]
    assert not list(folder.results.glob("*.merging.h5"))


def test_that_a_listener_which_was_replaced_while_it_hung_changes_neither_file_nor_table(
    hand_over, merge, cell, database, folder, monkeypatch
):
    lease = take_lease(database, "/s", "me")
    hand_over(a=1)
    merge()
    database.guard = functools.partial(require_lease, lease=lease)
    fragment = hand_over(a=2)
    original = publishing.prepare_run_file

    def hang(*arguments):
        aside = original(*arguments)
        with Database(folder) as other:
            take_lease(other, "/s", "successor")
        return aside

    monkeypatch.setattr(publishing, "prepare_run_file", hang)
    with pytest.raises(LeaseLostError, match="successor"):
        merge()
    assert (read_result(folder.run_file(KEY), "a").data, cell("a").value) == (1, 1)
    assert {path.name for path in folder.results.iterdir()} == {fragment.name, "p1234_r5.h5"}
    with pytest.raises(LeaseLostError):
        merge()
    assert fragment.exists()


def test_that_a_long_result_is_a_short_trend_line(hand_over, merge, cell):
    hand_over(x=np.arange(100_000.0))
    merge()
    assert isinstance(cell("x").value, Trend)
    assert len(cell("x").value.x) < 301


@pytest.mark.parametrize(("mode", "expected"), [(0o775, 0o664), (0o700, 0o600), (0o777, 0o664)])
def test_that_a_runs_file_has_the_folders_permissions_and_is_never_open_to_all(
    hand_over, merge, folder, mode, expected
):
    folder.results.chmod(mode)
    before = os.umask(0)
    try:
        for number in range(2):
            hand_over(**{f"x{number}": number})
            merge()
            assert folder.run_file(KEY).stat().st_mode & 0o777 == expected
    finally:
        os.umask(before)
