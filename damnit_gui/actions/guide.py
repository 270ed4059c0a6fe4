"""Actions that help to find the others."""

from .action import Action

ACTIONS = (
    Action(
        "help.palette",
        "Find an action…",
        "Help",
        lambda window: window.show_palette(),
        icon="mdi6.magnify",
        shortcut="Ctrl+K",
        tip="Type a few letters of what you want to do",
    ),
    Action(
        "help.shortcuts",
        "Keyboard shortcuts",
        "Help",
        lambda window: window.show_shortcuts(),
        icon="mdi6.keyboard-outline",
        shortcut="F1",
    ),
    Action(
        "help.about",
        "About",
        "Help",
        lambda window: window.show_about(),
        section=1,
        icon="mdi6.information-outline",
    ),
)
