"""Finding by a few letters: which texts match, and how well. Pure."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")


def score(query: str, text: str) -> int | None:
    """How well the letters of ``query`` are found, in order, in ``text``; None if they are not. Higher is better.

    Letters at the start of words and letters in a row count more; case and spaces of the query do not.
    """
    wanted = query.casefold().replace(" ", "")
    given = text.casefold()
    # Jumping to the start of a later word may skip letters that are needed; taking the first ones never fails wrongly.
    found = [places for places in (_places(wanted, given, jump) for jump in (True, False)) if places is not None]
    return max((_worth(places, given) * 100 - len(text) for places in found), default=None)


def _places(wanted: str, text: str, jump: bool) -> list[int] | None:
    """Where the letters are, each after the one before; with ``jump`` rather at the start of a word."""
    places: list[int] = []
    for letter in wanted:
        at = places[-1] + 1 if places else 0
        place = text.find(letter, at)
        in_a_row = bool(places) and place == at
        if jump and not in_a_row:
            starts = (i for i in range(at, len(text)) if text[i] == letter and _starts_word(text, i))
            place = next(starts, place)
        if place < 0:
            return None
        places.append(place)
    return places


def _worth(places: list[int], text: str) -> int:
    rows = sum(second == first + 1 for first, second in pairwise(places))
    return len(places) + 8 * sum(_starts_word(text, place) for place in places) + 5 * rows


def _starts_word(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()


def best(query: str, items: Iterable[T], text_of: Callable[[T], str]) -> list[T]:
    """The items that match, best first; all in their order for an empty query."""
    scored = [(score(query, text_of(item)), item) for item in items]
    if not query.strip():
        return [item for _, item in scored]
    matching = [(points, item) for points, item in scored if points is not None]
    return [item for _, item in sorted(matching, key=lambda pair: -pair[0])]
