"""What the facility's catalogue says of a run: the values of `mymdc#` arguments.

A laboratory plugs in a source of its own by naming its class in the environment variable DAMNIT_METADATA_SOURCE, as
`package.module:Class`; the class is called without arguments.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Mapping
from typing import Any, Protocol

log = logging.getLogger("damnit_ctx")

#: What may stand after `mymdc#`.
NAMES = ("run_type", "sample_name", "techniques")
SETTING = "DAMNIT_METADATA_SOURCE"


class MetadataError(Exception):
    """The catalogue cannot be asked, or has no answer; the message says why."""


class MetadataSource(Protocol):
    """Knows what `NAMES` are for a run: two texts, and a list of dictionaries."""

    def value(self, proposal: int, run: int, name: str) -> Any:
        """Raises MetadataError; whatever else it raises is told in the same way."""


class ExtraProposal:
    """The European XFEL's catalogue, through the package EXtra-proposal."""

    def __init__(self) -> None:
        self._proposal: tuple[int, Any] | None = None

    def value(self, proposal: int, run: int, name: str) -> Any:
        if self._proposal is None or self._proposal[0] != proposal:
            try:
                from extra_proposal import Proposal
            except ImportError as error:
                raise MetadataError(f"mymdc# needs the package EXtra-proposal: {error}") from error
            self._proposal = (proposal, Proposal(proposal))
        return getattr(self._proposal[1][run], name)()


class InMemory:
    """Metadata given beforehand, by proposal and run; `asked` counts the questions."""

    def __init__(self, runs: Mapping[tuple[int, int], Mapping[str, Any]]) -> None:
        self._runs = runs
        self.asked = 0

    def value(self, proposal: int, run: int, name: str) -> Any:
        self.asked += 1
        try:
            return self._runs[proposal, run][name]
        except KeyError:
            raise MetadataError(f"There is no {name} of run {run} of proposal {proposal}") from None


class Catalogue:
    """The metadata of one run. The source is made when something is asked, and asked for each name once.

    If it fails, it is not asked again for this run: it may take its time to fail.
    """

    def __init__(self, proposal: int | None, run: int | None, source: MetadataSource | None = None) -> None:
        self._key = None if proposal is None or run is None else (proposal, run)
        self._source = source
        self._values: dict[str, Any] = {}
        self._failure: MetadataError | None = None

    def value(self, name: str) -> Any:
        """Raises MetadataError."""
        if self._failure is not None:
            raise self._failure
        if name not in self._values:
            try:
                self._values[name] = self._ask(name)
            except Exception as error:  # any source, over any network: what it raises is what is wrong with it
                log.warning("The catalogue cannot be asked for %s", name, exc_info=True)
                told = error if isinstance(error, MetadataError) else f"{type(error).__name__}: {error}"
                self._failure = MetadataError(f"The catalogue of runs cannot be asked: {told}")
                raise self._failure from error
        return self._values[name]

    def _ask(self, name: str) -> Any:
        if self._key is None:
            raise MetadataError("neither proposal nor run are known")
        if self._source is None:
            self._source = configured_source()
        return self._source.value(*self._key, name)


def configured_source() -> MetadataSource:
    """The source that the environment names, else EXtra-proposal. Raises MetadataError."""
    setting = os.environ.get(SETTING)
    if not setting:
        return ExtraProposal()
    module, _, name = setting.partition(":")
    try:
        made: MetadataSource = getattr(importlib.import_module(module), name)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise MetadataError(f"{SETTING}={setting} names no metadata source: {error}") from error
    return made
