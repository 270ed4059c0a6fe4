"""The editor's commands as data; the tool bar and the keys are made from this list."""

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from damnit_gui.theme import icon

from .templates import TEMPLATES, Template


@dataclass(frozen=True, slots=True)
class Command:
    """``name`` is the panel's method. Those that write are off in a folder that may only be read."""

    name: str
    title: str
    tip: str
    icon: str
    key: str = ""
    writes: bool = False
    in_tool_bar: bool = True
    text_beside: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("save", "Save", "Check the file, then save it", "mdi6.content-save-outline", "Ctrl+S", True, True, True),
    Command("revert", "Revert", "Back to the file on disk; Ctrl+Z undoes it", "mdi6.restore", "", True),
    Command("compare", "Compare", "What differs from the saved text", "mdi6.file-compare"),
    Command("check_now", "Check", "Check the file now", "mdi6.check-decagram-outline", "F7"),
    Command("next_problem", "Next problem", "Go to the next problem", "mdi6.alert-circle-outline", "F8", False, False),
    Command("show_find", "Find", "Find", "mdi6.magnify", "Ctrl+F"),
    Command("show_replace", "Replace", "Find and replace", "mdi6.find-replace", "Ctrl+H", True, False),
    Command("find_next", "Find next", "Next match", "mdi6.arrow-down", "F3", False, False),
    Command("find_former", "Find former", "Former match", "mdi6.arrow-up", "Shift+F3", False, False),
    Command("go_to_line", "Go to line", "Go to a line", "mdi6.format-list-numbered", "Ctrl+L", False, False),
    Command("toggle_comment", "Comment", "Comment lines out, or in again", "mdi6.pound", "Ctrl+/", True),
    Command(
        "request_reprocess",
        "Reprocess…",
        "Reprocess runs with this context file…",
        "mdi6.refresh",
        "",
        True,
        True,
        True,
    ),
)


def make_actions(owner: QWidget) -> dict[str, QAction]:
    """An action for each command; their keys hold while the focus is inside ``owner``."""
    actions = {}
    for command in COMMANDS:
        action = QAction(icon(command.icon), command.title, owner)
        key = QKeySequence(command.key)
        shown = f" ({key.toString(QKeySequence.SequenceFormat.NativeText)})" if command.key else ""
        action.setIconText(command.title)  # Qt would leave out the dots
        action.setToolTip(command.tip + shown)
        action.setShortcut(key)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(_method(owner, command.name))
        owner.addAction(action)
        actions[command.name] = action
    return actions


def _method(owner: QWidget, name: str) -> Callable[[], None]:
    method: Callable[[], None] = getattr(owner, name)
    return lambda: method()  # without the `checked` of the signal


def template_button(insert: Callable[[Template], None]) -> QToolButton:
    button = QToolButton()
    button.setText("Insert ▾")
    button.setStyleSheet("QToolButton::menu-indicator { image: none; }")  # it would cover the text
    button.setToolTip("Insert a Variable to start from")
    button.setIcon(icon("mdi6.plus-box-outline"))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    menu = QMenu(button)
    for template in TEMPLATES:
        action = menu.addAction(template.title)
        if action is not None:
            action.triggered.connect(lambda _checked, template=template: insert(template))
    button.setMenu(menu)
    return button


def fill_tool_bar(bar: QToolBar, actions: dict[str, QAction], templates: QToolButton, label: QWidget) -> None:
    """The commands in order, the templates before the last one, the label at the right."""
    for command in COMMANDS:
        if not command.in_tool_bar:
            continue
        if command is COMMANDS[-1]:
            bar.addWidget(templates)
        bar.addAction(actions[command.name])
        button = bar.widgetForAction(actions[command.name])
        if command.text_beside and isinstance(button, QToolButton):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(space)
    bar.addWidget(label)
