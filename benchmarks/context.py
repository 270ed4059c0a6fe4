"""Context files: loading, the cost of a Variable, thumbnails and trend lines: `python -m benchmarks.context`.

Figures are the quickest of several, as whatever else a machine does only ever slows them down. With
`--reference PYTHON`, an interpreter that has DAMNIT 0.4.0, both programs also compute the same run by command.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
import typer
from damnit_ctx.summary import max_diff
from damnit_ctx.thumbnail import array_thumbnail
from damnit_ctx.trendline import trendline
from numpy.typing import NDArray

from damnit_backend.contextproc.process import ContextProcess
from damnit_backend.contextproc.protocol import Done, FragmentReady, Loaded, Run
from damnit_backend.simulator import Beamtime, BeamtimeOptions
from damnit_backend.store.folder import Folder

ROOT = Path(__file__).resolve().parents[1]
#: What Variables return, made of a number.
KINDS = {"numbers": "{}", "arrays of 1000": "np.arange(1000.0) + ({})"}
HEADER = "import numpy as np\nfrom damnit_ctx import Variable\n"


@dataclass(frozen=True)
class Figure:
    """One measured figure, in milliseconds unless its name says otherwise, and what it must stay below."""

    name: str
    value: float
    bound: float | None = None


def context_text(variables: int, value: str = "{}") -> str:
    """Variables as people write them: two of three depend on the one before. `value` has a place for a number."""
    parts = [HEADER]
    for i in range(variables):
        needed = f', before: "var#value_{i - 1}"' if i % 3 else ""
        term = " + before" if i % 3 else ""
        parts.append(
            f'@Variable("Group {i // 20}/Value {i}", tags=["group {i // 20}"], units="mJ")\n'
            f"def value_{i}(run{needed}):\n"
            f'    """The value number {i}."""\n'
            f"    offset = {i} / 7\n"
            f"    return {value.format(f'offset{term}')}\n\n"
        )
    return "\n".join(parts)


def milliseconds(function: Callable[[], object], repeats: int = 7) -> float:
    """The quickest of several calls, after one that warms up."""
    function()
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        function()
        taken.append(1000 * (time.perf_counter() - begun))
    return min(taken)


async def in_a_context_process(folder: Folder, beamtime: Beamtime, variables: int) -> list[Figure]:
    """Load and execute as the listener does; one run after the other in the same warm process."""
    process = await ContextProcess.start(None, folder.path)
    figures = []
    try:
        for kind, value in KINDS.items():
            folder.context_file.write_text(context_text(variables, value), encoding="utf-8")
            loads = [await _load(process, folder) for _ in range(12)]
            whole = [await _run(process, folder, beamtime, None) for _ in range(12)]
            single = [await _run(process, folder, beamtime, ("value_0",)) for _ in range(12)]
            run, one = min(whole), min(single)
            figures += [
                Figure(f"load and check {variables} Variables that return {kind}", min(loads), 50),
                Figure("a run of all of them", run),
                Figure("a run of one of them: fork, open the run, write and publish", one),
                Figure("each further Variable", (run - one) / (variables - 1), 0.5),
            ]
    finally:
        await process.close()
    return figures


async def _load(process: ContextProcess, folder: Folder) -> float:
    begun = time.perf_counter()
    answer = await process.load(folder.context_file, folder.path)
    taken = 1000 * (time.perf_counter() - begun)
    if not isinstance(answer, Loaded):
        raise SystemExit(f"The context file was not loaded: {answer}")
    return taken


async def _run(process: ContextProcess, folder: Folder, beamtime: Beamtime, names: tuple[str, ...] | None) -> float:
    request = Run(
        id=0, proposal=beamtime.options.proposal, run=1, proposal_path=str(beamtime.proposal_path), data="raw",
        trigger=None, variables=names, fragments=str(folder.results), log=str(folder.logs / "run.out"),
    )  # fmt: skip
    begun = time.perf_counter()
    paths = []
    async for event in process.run(request):
        if isinstance(event, FragmentReady):
            paths.append(event.path)
        if isinstance(event, Done) and event.outcome != "ok":
            raise SystemExit(f"The run ended with {event}")
    taken = 1000 * (time.perf_counter() - begun)
    for path in paths:
        Path(path).unlink()
    return taken


def summaries() -> list[Figure]:
    """What cells show of large results."""
    random = np.random.default_rng(1)
    image = random.random((4000, 4000), dtype=np.float32)
    with_gaps = np.where(image > 0.1, image, np.nan).astype(np.float32)
    images: dict[str, NDArray[Any]] = {
        "float32": image,
        "float32 with NaN": with_gaps,
        "float64": image.astype(np.float64),
        "uint16": (image * 1000).astype(np.uint16),
        "bool": image > 0.5,
        "float32, columns first": np.asfortranarray(image),
    }
    curve = random.random(10_000_000)
    thumbnails = [
        Figure(f"thumbnail of 4000 x 4000 {name}", milliseconds(partial(array_thumbnail, array)), 100)
        for name, array in images.items()
    ]
    return [
        *thumbnails,
        Figure("largest difference in 4000 x 4000 float32", milliseconds(partial(max_diff, image))),
        Figure("trend line of 1000 points", milliseconds(partial(trendline, None, curve[:1000]), 200)),
        Figure("trend line of 10 million points", milliseconds(partial(trendline, None, curve))),
    ]


@dataclass(frozen=True)
class Program:
    """One of the two programs, as its command line: the interpreter, and the module that is its command."""

    name: str
    python: str
    module: str
    environment: dict[str, str]

    def __call__(self, folder: Path, *arguments: str) -> None:
        """Run a command in the folder. What it says is shown if it fails."""
        command = [self.python, "-m", self.module, *arguments]
        done = subprocess.run(
            command, cwd=folder, env=self.environment, capture_output=True, text=True, check=False, timeout=300
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")


def by_command(reference: str, folder: Path, beamtime: Beamtime, variables: int) -> list[Figure]:
    """The same run by both programs' commands, interpreters started anew: until the results are in the table."""
    root = str(beamtime.proposal_path.parents[2])
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    surroundings |= {"HOME": str(folder), "EXTRA_DATA_DATA_ROOT": root, "XFEL_DATA_ROOT": root, "MPLBACKEND": "agg"}
    standins = {"PYTHONPATH": str(ROOT / "tests" / "compat" / "standins"), "MPLBACKEND": ""}
    ours = Program("damnit", sys.executable, "damnit_backend.cli", surroundings)
    theirs = Program("DAMNIT 0.4.0", reference, "damnit.cli", surroundings | standins)
    context, proposal = str(folder / "amore" / "context.py"), str(beamtime.options.proposal)
    for program in (ours, theirs):
        place = folder / program.module
        program(folder, "init", "--proposal", proposal, "--context", context, str(place))
        if program is theirs:
            program(place, "db-config", "context_python", reference)

    taken = []
    for _ in range(4):  # the first warms up
        begun = time.perf_counter()
        ours(folder, "reprocess", str(folder / ours.module), "1")
        ended = time.perf_counter()
        theirs(folder / theirs.module, "reprocess", "--direct", "1")
        computed = time.perf_counter()
        theirs(folder / theirs.module, "combiner", "now", str(folder / theirs.module))
        taken.append((ended - begun, time.perf_counter() - ended, time.perf_counter() - computed))
    mine, whole, combining = (1000 * min(times) for times in zip(*taken[1:], strict=True))
    return [
        Figure(f"damnit reprocess: {variables} Variables, until they are in the table", mine),
        Figure("DAMNIT 0.4.0, the same", whole),
        Figure("of which its combiner, which may be running already", combining),
    ]


def main(
    variables: Annotated[int, typer.Option(help="How many Variables the context file has.")] = 300,
    reference: Annotated[str, typer.Option(help="An interpreter that has DAMNIT 0.4.0.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="damnit-context-") as directory:
        beamtime = Beamtime(Path(directory) / "data", BeamtimeOptions(trains=20))
        beamtime.prepare()
        beamtime.write_raw(1)
        folder = Folder(Path(directory) / "amore")
        folder.results.mkdir(parents=True)
        folder.logs.mkdir()
        figures = asyncio.run(in_a_context_process(folder, beamtime, variables)) + summaries()
        if reference:
            folder.context_file.write_text(context_text(variables), encoding="utf-8")
            figures += by_command(reference, Path(directory), beamtime, variables)
    if json:
        report: dict[str, Any] = {"milliseconds": [[figure.name, figure.value] for figure in figures]}
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report)).decode() + "\n")
        return
    for figure in figures:
        bound = "" if figure.bound is None else f"   (must stay below {figure.bound:g})"
        print(f"{figure.name:<68}{figure.value:9.2f} ms{bound}")


if __name__ == "__main__":
    typer.run(main)
