"""What a window remembers of how people arranged the table of a folder, as plain JSON."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .order import Sort

WIDEST = 2000


class Density(enum.StrEnum):
    """How high the rows are."""

    DENSE = "dense"
    COMPACT = "compact"
    COMFORTABLE = "comfortable"


@dataclass(frozen=True)
class TableLayout:
    """``widths`` are those that people chose, by column name, in device-independent pixels."""

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    widths: Mapping[str, int] = field(default_factory=dict)
    sort: Sort | None = None
    density: Density = Density.COMPACT
    follow: bool = True

    def to_dict(self) -> dict[str, Any]:
        return {
            "order": list(self.order),
            "hidden": sorted(self.hidden),
            "widths": dict(self.widths),
            "sort": None if self.sort is None else {"name": self.sort.name, "descending": self.sort.descending},
            "density": str(self.density),
            "follow": self.follow,
        }

    @classmethod
    def from_dict(cls, stored: object) -> "TableLayout":
        """What of ``stored`` makes sense: it may be of another version, or damaged."""
        if not isinstance(stored, Mapping):
            return cls()
        widths, density, follow = stored.get("widths"), stored.get("density"), stored.get("follow")
        return cls(
            order=tuple(_texts(stored.get("order"))),
            hidden=frozenset(_texts(stored.get("hidden"))),
            widths={
                name: width
                for name, width in (widths.items() if isinstance(widths, Mapping) else ())
                if isinstance(name, str) and type(width) is int and 0 < width <= WIDEST
            },
            sort=_sort(stored.get("sort")),
            density=Density(density) if density in list(Density) else Density.COMPACT,
            follow=follow if isinstance(follow, bool) else True,
        )


def _texts(items: object) -> list[str]:
    return [item for item in items if isinstance(item, str)] if isinstance(items, list) else []


def _sort(stored: object) -> Sort | None:
    if not isinstance(stored, Mapping) or not isinstance(stored.get("name"), str):
        return None
    return Sort(stored["name"], stored.get("descending") is True)
