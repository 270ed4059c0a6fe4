"""What the store keeps of a context file that was loaded."""

import itertools
import re
from collections.abc import Iterable, Mapping

from damnit_backend.store.contexts import ContextVersion
from damnit_backend.store.environments import Environment
from damnit_backend.store.known import KnownContext, KnownVariable

from .protocol import Loaded, VariableSpec

_LINE_ENDS = re.compile(r"\r\n|\r|\n")  # as Python counts lines


def known_context(loaded: Loaded) -> KnownContext:
    """The file's version, its environment, and the code of each Variable. For files that were not only checked."""
    lines = {file: _LINE_ENDS.split(text) for file, text in {"": loaded.text, **loaded.sources}.items()}
    found = loaded.environment
    environment = None
    if found is not None:
        environment = Environment(found.digest, found.python, found.executable, found.packages)
    variables = tuple(_known(variable, lines) for variable in loaded.variables)
    return KnownContext(ContextVersion(loaded.digest, loaded.text, loaded.sources), environment, variables)


def _known(variable: VariableSpec, lines: Mapping[str, list[str]]) -> KnownVariable:
    return KnownVariable(
        variable.name,
        variable.code,
        covered_text(lines, variable.spans),
        variable.depends,
        variable.parameters,
        variable.data,
        variable.cluster,
        variable.transient,
    )


def covered_text(lines: Mapping[str, list[str]], spans: Iterable[tuple[str, int, int]]) -> str:
    """The lines in spans, in file order, the context file's first; those of other files below a comment with the name.

    What does not follow each other in the file is apart by an empty line.
    """
    parts = []
    for file, group in itertools.groupby(sorted(spans), key=lambda span: span[0]):
        wanted = sorted({number for _, first, last in group for number in range(first, last + 1)})
        known = lines.get(file, [])
        text: list[str] = [] if not file else [f"# {file}"]
        for before, number in zip([None, *wanted], wanted, strict=False):
            if before is not None and number != before + 1 and text[-1].strip():
                text.append("")
            text.append(known[number - 1] if number <= len(known) else "")
        parts.append("\n".join(text).strip("\n"))
    return "\n\n".join(parts) + "\n"
