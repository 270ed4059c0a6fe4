from hypothesis import given
from hypothesis import strategies as st

from damnit_gui.actions.fuzzy import best, score

TITLES = ["Open folder…", "Run table", "Reprocess the selected runs", "Restart the listener", "Dark theme"]


def find(query):
    return best(query, TITLES, str)


def test_nothing_typed_shows_all_in_their_order():
    assert find("  ") == TITLES


def test_the_starts_of_words_find():
    assert find("rtl")[0] == "Restart the listener"
    assert find("rt")[0] == "Run table"


def test_letters_in_a_row_count_more_than_scattered_ones():
    assert find("run")[0] == "Run table"


def test_case_and_spaces_do_not_matter():
    assert find("DARK th")[0] == "Dark theme"


def test_what_has_not_the_letters_in_order_is_left_out():
    assert find("zzz") == []
    assert score("ba", "ab") is None


@given(st.text("abA ", max_size=5), st.text("abcB -", max_size=12))
def test_a_text_is_found_exactly_if_it_has_the_letters_in_order(query, text):
    letters = iter(text.casefold())
    expected = all(letter in letters for letter in query.casefold().replace(" ", ""))
    assert (score(query, text) is not None) == expected
