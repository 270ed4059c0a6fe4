"""Finding columns by a few typed letters."""

from collections.abc import Sequence

from .columns import Column


def find_columns(columns: Sequence[Column], typed: str) -> list[int]:
    """Indices of the columns that ``typed`` may mean, the likeliest first.

    Every typed word has to occur in the title, its groups or the name. Titles that begin with the typed text come
    first, then those with a word that does, then the others; among equals the order of the table.
    """
    words = typed.casefold().split()
    if not words:
        return []
    found: list[tuple[int, int]] = []
    for index, column in enumerate(columns):
        title = column.title.casefold()
        everything = " ".join((*column.groups, column.title, column.name)).casefold()
        if all(word in everything for word in words):
            found.append((_likelihood(title, everything, words), index))
    return [index for _, index in sorted(found)]


def _likelihood(title: str, everything: str, words: Sequence[str]) -> int:
    if title.startswith(words[0]):
        return 0
    if any(part.startswith(words[0]) for part in everything.replace("_", " ").replace(".", " ").split()):
        return 1
    return 2
