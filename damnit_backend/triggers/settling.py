"""When a run is ready: once nothing in it has changed for the settling time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from damnit_backend.core.keys import RunKey
from damnit_backend.store.run_data import RunData

from .run_directory import RunDirectory


@dataclass(slots=True)
class _Watched:
    changed: int
    signature: str
    since: float


@dataclass(slots=True)
class Settling:
    """Follows the directories of a proposal's runs from one look to the next and says which data became ready.

    Settled directories are looked into again only when their own modification time changes, so that thousands of
    old runs cost one listing a look.
    """

    proposal: int
    settle_seconds: float
    seen: dict[tuple[RunKey, str], str] = field(default_factory=dict)
    """Signatures of the data that were reported as ready, in this or an earlier life of the listener."""
    _settled: dict[tuple[RunKey, str], int] = field(default_factory=dict)
    _watched: dict[tuple[RunKey, str], _Watched] = field(default_factory=dict)

    def look(
        self, now: float, directories: Iterable[RunDirectory], sign: Callable[[RunDirectory], str]
    ) -> list[RunData]:
        """The data that became ready by ``now`` (monotonic seconds), in order of run, raw before proc."""
        ready = []
        for directory in directories:
            place = (RunKey(self.proposal, directory.run), directory.stage)
            if self._settled.get(place) == directory.changed:
                continue
            current = sign(directory)
            if not current or current == self.seen.get(place):
                # Known data, or none: an empty directory is looked into until it has some. Data that cannot be seen
                # just now, or were moved to tape, are no news either.
                self._watched.pop(place, None)
                if current:
                    self._settled[place] = directory.changed
                continue
            watched = self._watched.get(place)
            if watched is None or watched.signature != current:
                self._watched[place] = _Watched(directory.changed, current, now)
                continue
            if now - watched.since >= self.settle_seconds:
                ready.append(RunData(place[0], directory.stage, current))
        return sorted(ready, key=lambda data: (data.key, data.stage != "raw"))

    def accept(self, data: Iterable[RunData]) -> None:
        """The data were recorded as seen; they are reported again only if they change."""
        for item in data:
            place = (item.key, item.stage)
            self.seen[place] = item.signature
            watched = self._watched.pop(place, None)
            if watched is not None:
                self._settled[place] = watched.changed

    @property
    def waiting(self) -> int:
        """How many data are known but still change."""
        return len(self._watched)


def already_processed(seen: Mapping[tuple[RunKey, str], str], with_results: Iterable[RunKey]) -> frozenset[RunKey]:
    """The runs whose data a listener that starts must take as processed: another program filled their rows.

    Of every run that a listener of ours looked at, the record of seen data says exactly what was processed.
    """
    return frozenset(with_results) - {key for key, _ in seen}
