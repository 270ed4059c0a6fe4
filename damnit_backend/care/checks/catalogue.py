"""The checks of a folder, in the order in which they run: a new one is a module beside this and a line in `CHECKS`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from damnit_backend.care.examination import Examination, Found

from . import (
    broker,
    context_file,
    database,
    fragments,
    jobs,
    journal,
    leftovers,
    listener,
    permissions,
    proposal,
    results,
    runtime,
    schema,
    slurm,
    space,
)


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name for programs and for people, and what does it."""

    name: str
    title: str
    run: Callable[[Examination], Iterator[Found]]


CHECKS = (
    Check("database", "Database", database.check),
    Check("schema", "Tables", schema.check),
    Check("journal", "Journal", journal.check),
    Check("results", "Results", results.check),
    Check("fragments", "Fragments", fragments.check),
    Check("leftovers", "Left over", leftovers.check),
    Check("permissions", "Permissions", permissions.check),
    Check("space", "Disk", space.check),
    Check("listener", "Listener", listener.check),
    Check("jobs", "Queue", jobs.check),
    Check("runtime", "Sockets", runtime.check),
    Check("context", "Context file", context_file.check),
    Check("proposal", "Proposal", proposal.check),
    Check("broker", "Broker", broker.check),
    Check("slurm", "Slurm", slurm.check),
)
