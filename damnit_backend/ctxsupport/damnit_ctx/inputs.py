"""What Variables get from outside of the context file: the values of `meta#`, `mymdc#` and `param#` arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from damnit_ctx.arguments import Argument
from damnit_ctx.metadata import Catalogue, MetadataError
from damnit_ctx.variable import Skip


@dataclass(frozen=True)
class Inputs:
    """`meta`: what is known of the run; `params`: values of parameters; `catalogue`: what the facility knows."""

    meta: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=lambda: Catalogue(None, None))

    def values(self, arguments: Iterable[Argument]) -> dict[str, Any]:
        """By argument, without those that are left to their defaults.

        Raises Skip if something is not given that has no default, MetadataError if the catalogue fails.
        """
        found: dict[str, Any] = {}
        lacking: list[str] = []
        for argument in arguments:
            name = str(argument.target)
            if argument.prefix == "mymdc":
                found.update(self._from_catalogue(argument, name))
            elif argument.prefix in ("meta", "param"):
                given = self.meta if argument.prefix == "meta" else self.params
                if name in given:
                    found[argument.name] = given[name]
                elif not argument.has_default:
                    lacking.append(f"{argument.prefix}#{name}")
        if lacking:
            raise Skip(f"No value is given for {', '.join(lacking)}")
        return found

    def _from_catalogue(self, argument: Argument, name: str) -> dict[str, Any]:
        try:
            return {argument.name: self.catalogue.value(name)}
        except MetadataError:
            if argument.has_default:
                return {}
            raise
