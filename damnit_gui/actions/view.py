"""Actions on what is shown and how."""

from .action import Action, WindowContext, with_folder


def _page(name: str, title: str, icon: str, shortcut: str, tip: str) -> Action:
    def shown(window: WindowContext) -> bool:
        return window.page == name

    return Action(
        f"view.{name}",
        title,
        "View",
        lambda window: window.show_page(name),
        icon=icon,
        shortcut=shortcut,
        tip=tip,
        enabled=with_folder,
        checked=shown,
    )


def _panel(name: str, title: str, icon: str, shortcut: str, tip: str) -> Action:
    return Action(
        f"view.{name}",
        title,
        "View",
        lambda window: window.toggle_panel(name),
        section=1,
        icon=icon,
        shortcut=shortcut,
        tip=tip,
        enabled=with_folder,
        checked=lambda window: window.panel_visible(name),
    )


def _theme(name: str, title: str, icon: str) -> Action:
    return Action(
        f"theme.{name}",
        title,
        "View",
        lambda window: window.set_theme(name),
        section=3,
        icon=icon,
        checked=lambda window: window.theme == name,
    )


ACTIONS = (
    _page("table", "Run table", "mdi6.table", "Ctrl+1", "Runs and their values"),
    _page("editor", "Context file", "mdi6.code-braces", "Ctrl+2", "The code that fills the table"),
    _panel("inspector", "Inspector", "mdi6.magnify-scan", "Ctrl+3", "Everything about the current cell"),
    _panel("plots", "Plots", "mdi6.chart-scatter-plot", "Ctrl+4", "Columns against each other"),
    _panel("jobs", "Jobs", "mdi6.tray-full", "Ctrl+5", "What is processed, and what waits"),
    _panel("log", "Log", "mdi6.text-long", "Ctrl+6", "What a run's processing, or the listener, wrote"),
    _panel("messages", "Messages", "mdi6.message-text-outline", "Ctrl+7", "What this window had to say"),
    Action(
        "view.follow",
        "Follow new runs",
        "View",
        lambda window: window.set_following(not window.following),
        section=2,
        icon="mdi6.arrow-collapse-down",
        shortcut="Ctrl+L",
        tip="Keep the newest run in sight",
        enabled=with_folder,
        checked=lambda window: window.following,
    ),
    Action(
        "view.full_screen",
        "Full screen",
        "View",
        lambda window: window.toggle_full_screen(),
        section=2,
        icon="mdi6.fullscreen",
        shortcut="F11",
    ),
    Action(
        "view.reset_layout",
        "Reset the layout",
        "View",
        lambda window: window.reset_layout(),
        section=2,
        icon="mdi6.view-dashboard-outline",
        tip="Put all panels back to where they were at first",
        enabled=with_folder,
    ),
    _theme("system", "Theme of the system", "mdi6.theme-light-dark"),
    _theme("light", "Light theme", "mdi6.white-balance-sunny"),
    _theme("dark", "Dark theme", "mdi6.weather-night"),
)
