"""Damage at random: whatever is spoilt, doctor gives a report, and never finds well what cannot be read."""

import json
import os
import random
import subprocess
import sys

import pytest

from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.table import read_table

ROUNDS = int(os.environ.get("DAMNIT_DAMAGE_ROUNDS", "4"))
"""More of them, with other seeds, for who has an hour."""

READ_ALL = """
import json, sys
from damnit_backend.api import Damnit
from damnit_backend.core.values import Failure
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.table import read_table
from pathlib import Path

# What damage leads to in a reader is the reader's: here it counts only whether it could read.
folder, wanted = Folder(Path(sys.argv[1])), [tuple(key) for key in json.loads(sys.argv[2])]
with open_for_reading(folder) as database:
    cells = {tuple(key): cell.value for key, cell in read_table(database).cells.items()}
table = Damnit(folder.path)
for key in wanted:
    value = cells[key]
    if isinstance(value, Failure):
        assert value.error_cls != "UnreadableValue", key
    elif key[2] != "comment":
        table[key].read()
"""


def spoil(content: bytearray, chance: random.Random) -> bytearray:
    at, length = chance.randrange(len(content)), chance.choice((16, 512, 4096))
    match chance.choice(("bits", "bits", "noise", "zeros", "cut")):
        case "bits":
            for _ in range(chance.choice((1, 3, 20, 200))):
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        case "noise":
            content[at : at + length] = chance.randbytes(len(content[at : at + length]))
        case "zeros":
            content[at : at + length] = bytes(len(content[at : at + length]))
        case "cut":
            del content[at:]
    return content


@pytest.mark.parametrize("name", ["runs.sqlite", "extracted_data/p1234_r2.h5"])
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_what_cannot_be_read_is_a_problem(damnit_folder, examine, seed, name):
    with open_for_reading(damnit_folder) as database:
        keys = [list(key) for key in read_table(database).cells]
    path = damnit_folder.path / name
    path.write_bytes(spoil(bytearray(path.read_bytes()), random.Random(f"{seed} {name}")))
    report = examine("database", "schema", "results")
    assert [f.text for f in report.findings if "could not be checked" in f.text] == []
    if not report.problems:
        reading = [sys.executable, "-c", READ_ALL, str(damnit_folder.path), json.dumps(keys)]
        done = subprocess.run(reading, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
