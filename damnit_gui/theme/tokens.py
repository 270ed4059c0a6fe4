"""What the window looks like, as plain values: colours by meaning, distances, and the arithmetic of contrast."""

from dataclasses import dataclass, fields

SPACE_1, SPACE_2, SPACE_3, SPACE_4 = 4, 8, 12, 16
"""The only distances, in device-independent pixels."""

AA_TEXT = 4.5
"""The contrast that WCAG 2 asks of text at level AA."""
AA_GRAPHICS = 3.0
"""The contrast that WCAG 2 asks of icons, lines and borders that carry meaning, at level AA."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of a theme, as ``#rrggbb``. Colour means state; what has no state is grey."""

    name: str
    dark: bool

    window: str
    """Behind panels."""
    base: str
    """Behind tables, texts and plots."""
    alternate: str
    """Every second row."""
    raised: str
    """Buttons, headers, tool bars."""
    hover: str
    border: str
    """Lines between things; decoration, so of low contrast."""
    outline: str
    """The edge of what can be typed into or pressed."""

    text: str
    muted: str
    """Less important text; still readable."""
    disabled: str
    icon: str

    accent: str
    """Focus, links, the current thing."""
    selection: str
    """Behind selected text and rows."""
    selection_text: str

    ok: str
    busy: str
    warning: str
    error: str
    skipped: str
    """A cell that is empty for a reason."""
    warning_fill: str
    error_fill: str
    """Behind `text`, to mark a line or cell that failed."""
    pending_fill: str
    """Behind `text`, to mark an edit that is not stored yet."""

    curve: str
    """Sparklines and the first curve of a plot."""


LIGHT = Tokens(
    name="light",
    dark=False,
    window="#f3f4f6",
    base="#ffffff",
    alternate="#f8f9fb",
    raised="#e9ebef",
    hover="#dfe3ea",
    border="#d3d7de",
    outline="#858e9c",
    text="#1b1f26",
    muted="#57606c",
    disabled="#9aa1ac",
    icon="#4a5361",
    accent="#1f62b5",
    selection="#cfe1f7",
    selection_text="#10233c",
    ok="#23743a",
    busy="#1f62b5",
    warning="#8a5a00",
    error="#b3261e",
    skipped="#626a75",
    warning_fill="#fdf0d3",
    error_fill="#fbe3e1",
    pending_fill="#fff6d6",
    curve="#1f62b5",
)

DARK = Tokens(
    name="dark",
    dark=True,
    window="#1d2025",
    base="#15171b",
    alternate="#191c21",
    raised="#272b32",
    hover="#323843",
    border="#363c46",
    outline="#717b8a",
    text="#e3e6ea",
    muted="#a3abb7",
    disabled="#656d79",
    icon="#b4bcc8",
    accent="#7db3f2",
    selection="#24466f",
    selection_text="#f2f6fb",
    ok="#6cc282",
    busy="#7db3f2",
    warning="#e3b04b",
    error="#f28b82",
    skipped="#8f98a5",
    warning_fill="#3b3017",
    error_fill="#432220",
    pending_fill="#3a3418",
    curve="#7db3f2",
)

THEMES = {tokens.name: tokens for tokens in (LIGHT, DARK)}

SERIES_LIGHT = ("#1f62b5", "#b3501e", "#23743a", "#8e3fa0", "#8a5a00", "#0e7490")
SERIES_DARK = ("#7db3f2", "#f2a477", "#6cc282", "#d39be3", "#e3b04b", "#5cc4d8")


def series_colours(tokens: Tokens) -> tuple[str, ...]:
    """Colours for curves in one plot, in the order in which they are taken."""
    return SERIES_DARK if tokens.dark else SERIES_LIGHT


def readable_pairs() -> list[tuple[str, str, float]]:
    """Each (foreground token, background token) that is used for reading, with the contrast it must have."""
    grounds = ("window", "base", "alternate", "raised")
    texts = ("text", "muted", "ok", "busy", "warning", "error", "skipped", "accent")
    pairs = [(text, ground, AA_TEXT) for text in texts for ground in grounds]
    pairs += [("text", ground, AA_TEXT) for ground in ("hover", "warning_fill", "error_fill", "pending_fill")]
    pairs += [("error", "error_fill", AA_TEXT), ("warning", "warning_fill", AA_TEXT)]
    pairs += [("selection_text", "selection", AA_TEXT)]
    pairs += [(mark, ground, AA_GRAPHICS) for mark in ("icon", "outline", "curve") for ground in ("window", "base")]
    return pairs


def contrast(first: str, second: str) -> float:
    """The WCAG 2 contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of ``#rrggbb``, 0 to 1."""
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def colour_names() -> list[str]:
    """The names of the tokens that are colours."""
    return [field.name for field in fields(Tokens) if field.name not in ("name", "dark")]
