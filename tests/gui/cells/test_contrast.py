"""Text on coloured cells."""

from hypothesis import given
from hypothesis import strategies as st

from damnit_gui.cells.contrast import blend, dimmed, hex_colour, readable_on, rgb_of
from damnit_gui.theme import DARK, LIGHT
from damnit_gui.theme.tokens import contrast

channel = st.integers(0, 255)
colours = st.tuples(channel, channel, channel).map(hex_colour)


@given(background=colours, theme=st.sampled_from([LIGHT, DARK]))
def test_text_can_be_read_on_any_background(background, theme) -> None:
    assert contrast(readable_on(background, theme.text), background) >= 4.5


@given(background=colours, wanted=colours)
def test_a_colour_that_can_be_read_is_kept(background, wanted) -> None:
    if contrast(wanted, background) >= 4.5:
        assert readable_on(background, wanted, "#000000") == wanted


@given(colour=colours, other=colours)
def test_blending_goes_from_one_colour_to_the_other(colour, other) -> None:
    assert blend(colour, other, 0.0) == colour
    assert blend(colour, other, 1.0) == other


def test_in_the_dark_light_colours_keep_their_hue_and_lose_their_glare() -> None:
    for pastel, strongest in (("#f4c7c3", 0), ("#c8e6c9", 1), ("#cce0ff", 2)):
        shown = rgb_of(dimmed(pastel))
        assert max(shown) < 128
        assert shown[strongest] == max(shown)
    assert dimmed("#ffffff") != "#000000"
    assert dimmed("#8b0000") == "#8b0000"


def test_numbers_outside_of_the_range_are_clipped() -> None:
    assert hex_colour((-5, 300, 16)) == "#00ff10"
    assert rgb_of("#00ff10") == (0, 255, 16)
