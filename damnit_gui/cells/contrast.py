"""Text that can be read on any background: arithmetic on colours written as ``#rrggbb``."""

from colorsys import hls_to_rgb, rgb_to_hls

from damnit_gui.theme.tokens import AA_TEXT, contrast

Rgb = tuple[int, int, int]

_DARKEST = 0.12
"""The lightness of what was white: still another colour than the ground."""
_CALMER = 0.7
"""So much of a light colour's saturation stays: the darker a colour, the more of it one sees."""


def hex_colour(rgb: Rgb) -> str:
    """Three numbers as ``#rrggbb``; those outside of 0 to 255 are clipped."""
    red, green, blue = (min(max(channel, 0), 255) for channel in rgb)
    return f"#{red:02x}{green:02x}{blue:02x}"


def rgb_of(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def readable_on(background: str, *candidates: str, least: float = AA_TEXT) -> str:
    """The first candidate with a contrast of at least ``least``, else what can be read best, black and white too."""
    best = max((*candidates, "#000000", "#ffffff"), key=lambda colour: contrast(colour, background))
    good = [colour for colour in candidates if contrast(colour, background) >= least]
    return good[0] if good else best


def dimmed(colour: str) -> str:
    """A light colour as a dark theme shows it: of the same hue, about as dark as it was light. Others stay."""
    red, green, blue = (channel / 255 for channel in rgb_of(colour))
    hue, lightness, saturation = rgb_to_hls(red, green, blue)
    if lightness <= 0.5:
        return colour
    mixed = [round(255 * channel) for channel in hls_to_rgb(hue, _DARKEST + 1 - lightness, _CALMER * saturation)]
    return hex_colour((mixed[0], mixed[1], mixed[2]))


def blend(under: str, over: str, share: float) -> str:
    """``over`` laid on ``under``; ``share`` is how much of it is seen, 0 to 1."""
    mixed = [round(a + (b - a) * share) for a, b in zip(rgb_of(under), rgb_of(over), strict=True)]
    return hex_colour((mixed[0], mixed[1], mixed[2]))
