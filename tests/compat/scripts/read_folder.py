"""Read a DAMNIT folder through the Python API of either program and write all it says as JSON.

    python read_folder.py MODULE FOLDER

runs in that program's own interpreter; MODULE holds its class `Damnit`. Arrays are described by type, shape, a hash of
their bytes and the first few elements, so that two descriptions are equal exactly when the values are.
"""

import hashlib
import importlib
import json
import sys
import warnings

import numpy as np
import pandas as pd
import xarray as xr


def array(value):
    value = np.ascontiguousarray(value)
    if value.dtype.kind in "OUT":
        return {"dtype": "text", "shape": list(value.shape), "values": [str(x) for x in value.ravel()]}
    return {
        "dtype": value.dtype.str,
        "shape": list(value.shape),
        "sha": hashlib.sha1(value.tobytes()).hexdigest(),
        "first": [str(x) for x in value.ravel()[:3]],
    }


def label(name):
    """A name as DAMNIT 0.4.0 gives it back: with `_` where the Variable's had `/`, which our API restores."""
    return str(name).replace("/", "_")


def labelled(value):
    return {
        "name": None if value.name is None else label(value.name),
        "dims": [str(d) for d in value.dims],
        "data": array(value.values),
        "coords": {str(k): array(v.values) for k, v in sorted(value.coords.items())},
        "attrs": {k: str(v) for k, v in sorted(value.attrs.items())},
    }


def describe(value):
    """A value as JSON: equal for equal values, whichever program read it."""
    if value is None:
        return None
    if isinstance(value, (bool, np.bool_)):
        return {"bool": bool(value)}
    if isinstance(value, (int, np.integer)):
        return {"int": int(value)}
    if isinstance(value, (float, np.floating)):
        return {"float": repr(float(value))}
    if isinstance(value, (complex, np.complexfloating)):
        return {"complex": str(complex(value))}
    if isinstance(value, str):
        return {"str": value}
    if isinstance(value, (bytes, memoryview)):
        return {"bytes": hashlib.sha1(bytes(value)).hexdigest()}
    if isinstance(value, np.ndarray):
        return describe(value[()]) if value.ndim == 0 else {"array": array(value)}
    if isinstance(value, xr.DataArray):
        return {"dataarray": labelled(value)}
    if isinstance(value, xr.Dataset):
        return {"dataset": {label(k): labelled(value[k]) for k in sorted(value.variables)}}
    if isinstance(value, pd.Series):
        return {"series": {"name": value.name, "csv": value.to_csv()}}
    if isinstance(value, pd.DataFrame):
        return {"dataframe": value.to_csv()}
    if type(value).__name__ == "Figure" and hasattr(value, "to_plotly_json"):
        return {"plotly": json.loads(value.to_json())}
    return {"other": type(value).__name__}


def attempt(function):
    """What a call returns, described; or the class of what it raises."""
    try:
        return describe(function())
    except Exception as error:  # the caller judges: any failure is a result here
        return {"raised": type(error).__name__}


def read_variable(variable):
    return {
        "title": variable.title,
        "units": variable.units or None,
        "read": attempt(variable.read),
        "summary": attempt(variable.summary),
        "preview": attempt(variable.preview_data),
    }


def read_run(damnit, key):
    run = damnit[key]
    return {
        "proposal": run.proposal,
        "run": run.run,
        "titles": sorted(run.titles()),
        "variables": {name: read_variable(run[name]) for name in sorted(run.keys())},
    }


def main(module, folder):
    warnings.simplefilter("ignore")
    damnit = importlib.import_module(module).Damnit(folder)
    table = damnit.table()
    shown = [name for name in table.columns if name != "start_time"]
    json.dump(
        {
            "proposal": damnit.proposal,
            "runs": {str(key if isinstance(key, int) else key[1]): read_run(damnit, key) for key in damnit.runs()},
            "table": {str(name): [describe(x) for x in table[name].tolist()] for name in shown},
            "start_time": [t.timestamp() for t in table["start_time"]],
        },
        sys.stdout,
        allow_nan=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
