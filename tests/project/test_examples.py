"""The examples of the documentation work as they stand, on simulated runs."""

import asyncio
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from damnit_ctx import Cell, Pipeline, Variable
from damnit_ctx.arguments import META_NAMES, PREFIXES
from damnit_ctx.group import RESERVED
from damnit_ctx.metadata import NAMES
from damnit_ctx.options import RESERVED_NAMES

from damnit_backend.contextproc.process import ContextProcess
from damnit_backend.contextproc.protocol import Finished, Loaded, Run
from damnit_backend.store.folder import Folder

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
SCAN = 2


def examples(*, scripts: bool) -> list[object]:
    """The context files in the guide and in the README, or the scripts there, named by where they stand."""
    found = []
    for page in ("docs/context-file.md", "README.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            line = text[: match.start()].count("\n") + 2
            if "from damnit_ctx import" in match[1] and ("print(" in match[1]) == scripts:
                found.append(pytest.param(match[1], id=f"{Path(page).name}:{line}"))
    return found


async def finished(folder: Folder, beamtime) -> list[Finished]:
    process = await ContextProcess.start(None, folder.path)
    try:
        loaded = await process.load(folder.context_file, folder.path)
        assert isinstance(loaded, Loaded), loaded
        request = Run(
            0, beamtime.options.proposal, SCAN, str(beamtime.proposal_path), "all", None, None,
            str(folder.results), str(folder.logs / "log"),
        )  # fmt: skip
        return [event async for event in process.run(request) if isinstance(event, Finished)]
    finally:
        await process.close()


@pytest.mark.parametrize("code", examples(scripts=False))
def test_every_variable_of_an_example_has_a_value(code, beamtime, folder):
    beamtime.write_raw(SCAN)
    beamtime.write_proc(SCAN)
    folder.context_file.write_text(code, encoding="utf-8")
    outcomes = asyncio.run(finished(folder, beamtime))
    assert outcomes
    assert [event for event in outcomes if event.outcome not in ("ok", "none")] == []


@pytest.mark.parametrize("code", examples(scripts=True))
def test_a_script_prints_what_it_says(code, tmp_path):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said = [line.split("  # ")[1] for line in code.splitlines() if line.startswith("print(")]
    assert done.stdout.splitlines() == said


def test_the_guide_names_all_that_the_language_has():
    guide = (ROOT / "docs/context-file.md").read_text(encoding="utf-8")
    arguments = {name for cls in (Variable, Cell, Pipeline) for name in inspect.signature(cls).parameters}
    methods = {name for name, value in vars(Pipeline).items() if not name.startswith("_") and callable(value)}
    asked = {f"{prefix}#" for prefix in PREFIXES} | {f"meta#{name}" for name in META_NAMES}
    asked |= {f"mymdc#{name}" for name in NAMES}
    words = arguments | methods | asked | {*RESERVED, *RESERVED_NAMES, "save_hdf5", "Skip", "on_conflict"}
    assert [word for word in sorted(words - {"copy", "definitions"}) if word not in guide] == []
