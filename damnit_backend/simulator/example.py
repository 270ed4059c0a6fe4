"""The example context file that fits the simulated instrument."""

from pathlib import Path

EXAMPLE_CONTEXT = Path(__file__).with_name("example_context.py")
"""A context file to copy into the DAMNIT folder of a simulated beamtime."""
