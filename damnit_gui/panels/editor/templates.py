"""Variables to start from, for the editor's insert menu."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Template:
    """``code`` defines one function, ``name``."""

    title: str
    name: str
    code: str


TEMPLATES: tuple[Template, ...] = (
    Template(
        "Number with a unit",
        "pulse_energy",
        '''\
@Variable("Pulse energy", units="µJ", summary="mean")
def pulse_energy(run):
    """Mean energy of the FEL pulses."""
    return run["SA2_XTD1_XGM/XGM/DOOCS:output", "data.intensityTD"].xarray()
''',
    ),
    Template(
        "Value of a motor or another slow source",
        "motor_position",
        '''\
@Variable("Motor position", units="mm")
def motor_position(run):
    """Where the motor stood; where it moved, its mean position."""
    return run["MOTOR/SOURCE", "actualPosition.value"].ndarray().mean()
''',
    ),
    Template(
        "Result of another Variable",
        "ratio",
        '''\
@Variable("Ratio")
def ratio(run, signal: "var#signal", reference: "var#reference"):
    """How the signal compares with its reference."""
    return signal / reference
''',
    ),
    Template(
        "Image from a camera or a detector",
        "mean_image",
        '''\
@Variable("Mean image")
def mean_image(run):
    """The camera's frames, averaged over the run."""
    frames = run["CAMERA/SOURCE:daqOutput", "data.image.pixels"]
    return frames.xarray().mean(dim="trainId")
''',
    ),
    Template(
        "From calibrated data",
        "detector_mean",
        '''\
@Variable("Detector mean", data="proc")
def detector_mean(run):
    """Mean of the calibrated detector frames; filled when the calibration is done."""
    return run["DETECTOR/SOURCE:daqOutput", "image.data"].ndarray().mean()
''',
    ),
    Template(
        "Figure",
        "spectrum_figure",
        '''\
@Variable("Spectrum")
def spectrum_figure(run, spectrum: "var#spectrum"):
    """A drawing of the spectrum."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.plot(spectrum)
    axes.set_xlabel("channel")
    axes.set_ylabel("intensity")
    return figure
''',
    ),
    Template(
        "Skipped where it makes no sense",
        "dark_level",
        '''\
@Variable("Dark level")
def dark_level(run, run_kind: "var#run_kind"):
    """Offset of the detector, only for dark runs."""
    if run_kind != "dark":
        raise Skip("not a dark run")
    return run["DETECTOR/SOURCE:daqOutput", "image.data"].ndarray().mean()
''',
    ),
    Template(
        "Value with a colour in the table",
        "quality",
        '''\
@Variable("Quality")
def quality(run, pulse_energy: "var#pulse_energy"):
    """Green where the beam was strong enough, orange elsewhere."""
    good = float(pulse_energy.mean()) > 500
    return Cell("good" if good else "weak beam", background="#8fd19e" if good else "#f2b872")
''',
    ),
)

FIRST_CONTEXT = '''\
"""Variables of this proposal: each one becomes a column of the run table."""

from damnit_ctx import Cell, Skip, Variable


@Variable("Trains")
def n_trains(run):
    """How many trains the run has."""
    return len(run.train_ids)
'''
"""The text for a folder that has no context file yet; it works with every run."""


def instantiate(template: Template, text: str) -> str:
    """The template's code with a name that ``text`` does not define yet."""
    name, number = template.name, 2
    while re.search(rf"\b{re.escape(name)}\b", text):
        name = f"{template.name}_{number}"
        number += 1
    code = re.sub(rf"\bdef {re.escape(template.name)}\(", f"def {name}(", template.code)
    if name == template.name:
        return code
    return re.sub(r'@Variable\("([^"]*)"', rf'@Variable("\1 {number - 1}"', code, count=1)


def with_gaps(code: str, lines: Sequence[str], line: int) -> tuple[str, int]:
    """The text to insert at a line (from 0) so that two blank lines are around the code, and how many lines come
    before the code in it. A line of ``len(lines)`` means behind the last one."""
    at_end = line >= len(lines)
    above = lines[:-1] if at_end and lines[-1] == "" else lines[:line]
    lead = max(2 - _blank(reversed(above)), 0) if any(text.strip() for text in above) else 0
    lead += 1 if at_end and lines[-1] != "" else 0
    below = [] if at_end else lines[line:]
    tail = max(2 - _blank(below), 0) if any(text.strip() for text in below) else 0
    return "\n" * lead + code + "\n" * tail, lead


def _blank(lines: Iterable[str]) -> int:
    """How many lines are blank before the first that is not."""
    return sum(1 for _ in itertools.takewhile(lambda text: not text.strip(), lines))
