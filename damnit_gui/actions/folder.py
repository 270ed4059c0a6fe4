"""Actions on folders and the program itself."""

from .action import Action, WindowContext, with_folder


def _reload(window: WindowContext) -> None:
    if window.session is not None:
        window.session.table.request_reload()


ACTIONS = (
    Action(
        "folder.open",
        "Open folder…",
        "Folder",
        lambda window: window.choose_folder(),
        icon="mdi6.folder-open-outline",
        shortcut="Ctrl+O",
        tip="Choose a DAMNIT folder on the disk",
    ),
    Action(
        "folder.open_proposal",
        "Open by proposal…",
        "Folder",
        lambda window: window.show_welcome("open"),
        icon="mdi6.pound",
        shortcut="Ctrl+Shift+O",
        tip="Find a folder by its proposal's number",
    ),
    Action(
        "folder.new",
        "New folder…",
        "Folder",
        lambda window: window.show_welcome("new"),
        icon="mdi6.folder-plus-outline",
        shortcut="Ctrl+N",
        tip="Begin a run table for a proposal",
    ),
    Action(
        "folder.demo",
        "Demonstration…",
        "Folder",
        lambda window: window.show_welcome("demo"),
        icon="mdi6.flask-outline",
        tip="Start a simulated beamtime and watch its table fill",
    ),
    Action(
        "folder.reload",
        "Read again",
        "Folder",
        _reload,
        section=1,
        icon="mdi6.refresh",
        shortcut="F5",
        tip="Read the whole table again (it keeps itself up to date anyway)",
        enabled=with_folder,
    ),
    Action(
        "folder.close",
        "Close folder",
        "Folder",
        lambda window: window.close_folder(),
        section=1,
        icon="mdi6.folder-remove-outline",
        shortcut="Ctrl+Shift+W",
        enabled=with_folder,
    ),
    Action(
        "folder.check",
        "Check folder…",
        "Folder",
        lambda window: window.check_folder(),
        section=2,
        icon="mdi6.stethoscope",
        tip="Is everything in the folder in order, and what can be mended?",
        enabled=with_folder,
    ),
    Action(
        "folder.back_up",
        "Back up folder…",
        "Folder",
        lambda window: window.back_up_folder(),
        section=2,
        icon="mdi6.content-save-all-outline",
        tip="One consistent copy in a file, while everything goes on",
        enabled=with_folder,
    ),
    Action(
        "program.quit",
        "Quit",
        "Folder",
        lambda window: window.close_window(),
        section=3,
        icon="mdi6.exit-to-app",
        shortcut="Ctrl+Q",
        tip="Close the window; the listener goes on with its work",
    ),
)
