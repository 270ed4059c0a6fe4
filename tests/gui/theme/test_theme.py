import re
from pathlib import Path

import pytest
from PyQt6.QtGui import QColor, QIcon, QPalette

from damnit_gui.theme import DARK, LIGHT, apply_theme, current, icon, monospace, series_colours, tabular, theme_changed
from damnit_gui.theme.style_sheet import style_sheet
from damnit_gui.theme.tokens import AA_GRAPHICS, AA_TEXT, THEMES, Tokens, colour_names, contrast, readable_pairs


@pytest.fixture(autouse=True)
def light_again(qapp):
    yield
    apply_theme(qapp, "light")


@pytest.mark.parametrize("tokens", THEMES.values(), ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("pair", readable_pairs(), ids=lambda pair: f"{pair[0]} on {pair[1]}")
def test_contrast_satisfies_wcag_aa(tokens, pair):
    foreground, background, least = pair
    assert contrast(getattr(tokens, foreground), getattr(tokens, background)) >= least


@pytest.mark.parametrize("tokens", THEMES.values(), ids=lambda tokens: tokens.name)
def test_curves_stand_out_from_their_ground(tokens):
    assert all(contrast(colour, tokens.base) >= AA_GRAPHICS for colour in series_colours(tokens))


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert AA_TEXT == 4.5


@pytest.mark.parametrize("tokens", THEMES.values(), ids=lambda tokens: tokens.name)
def test_every_token_is_a_colour(tokens: Tokens):
    assert all(QColor(getattr(tokens, name)).isValid() for name in colour_names())


def test_applying_a_theme_changes_palette_and_tokens_and_says_so(qapp, qtbot):
    with qtbot.waitSignal(theme_changed) as got:
        apply_theme(qapp, "dark")
    assert got.args == [DARK]
    assert current() is DARK
    assert qapp.palette().color(QPalette.ColorRole.Base) == QColor(DARK.base)
    apply_theme(qapp, "light")
    assert qapp.palette().color(QPalette.ColorRole.Base) == QColor(LIGHT.base)


@pytest.mark.parametrize("tokens", THEMES.values(), ids=lambda tokens: tokens.name)
def test_the_arrow_of_lists_has_the_colour_of_icons(tokens):
    path = re.search(r"url\((.+?)\)", style_sheet(tokens))[1]
    assert tokens.icon in Path(path).read_text()


def test_an_unknown_theme_is_the_systems(qapp):
    assert apply_theme(qapp, "plaid") in (LIGHT, DARK)


def colours_of(made: QIcon, mode=QIcon.Mode.Normal):
    image = made.pixmap(32, 32, mode).toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


def test_an_icon_changes_its_colour_with_the_theme(qapp):
    made = icon("mdi6.circle", "error")
    assert colours_of(made) == {LIGHT.error}
    apply_theme(qapp, "dark")
    assert colours_of(made) == {DARK.error}
    assert colours_of(made, QIcon.Mode.Disabled) == {DARK.disabled}


def test_the_fonts_are_what_they_say(qapp):
    assert monospace().fixedPitch() or monospace().styleHint() == monospace().StyleHint.Monospace
    assert tabular(qapp.font()).family() == qapp.font().family()
