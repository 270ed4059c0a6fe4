"""What people type into cells."""

from typing import TypeAlias

from damnit_backend.core.keys import COMMENT

Typed: TypeAlias = bool | int | float | str | None
"""What people can type into a cell; None empties it."""

MANUAL = "manual-input"
"""The provenance of a value that a person typed in."""


def typed_provenance(name: str) -> str:
    """What a typed value of that variable has as its provenance: nothing, for a comment."""
    return "" if name == COMMENT else MANUAL
