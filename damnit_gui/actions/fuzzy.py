"""Finding by a few letters: which texts match, and how well. Pure."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def score(query: str, text: str) -> int | None:
    """How well the letters of ``query`` are found, in order, in ``text``; None if they are not. Higher is better.

    Letters at the start of words and letters in a row count more; case and spaces of the query do not.
    """
    wanted = query.casefold().replace(" ", "")
    given = text.casefold()
    total, at, before = 0, 0, -2
    for letter in wanted:
        found = _next(given, letter, at, before)
        if found < 0:
            return None
        starts_word = found == 0 or not given[found - 1].isalnum()
        total += 1 + 8 * starts_word + 5 * (found == before + 1)
        before, at = found, found + 1
    return total * 100 - len(text)


def _next(text: str, letter: str, at: int, before: int) -> int:
    """Where to take a letter: right after the one before, else at the start of a word, else anywhere."""
    if before + 1 == at and at < len(text) and text[at] == letter:
        return at
    position = text.find(letter, at)
    first = position
    while position >= 0:
        if position == 0 or not text[position - 1].isalnum():
            return position
        position = text.find(letter, position + 1)
    return first


def best(query: str, items: Iterable[T], text_of: Callable[[T], str]) -> list[T]:
    """The items that match, best first; all in their order for an empty query."""
    scored = [(score(query, text_of(item)), item) for item in items]
    if not query.strip():
        return [item for _, item in scored]
    matching = [(points, item) for points, item in scored if points is not None]
    return [item for _, item in sorted(matching, key=lambda pair: -pair[0])]
