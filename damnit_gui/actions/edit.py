"""Actions that change values or the context file."""

from .action import Action, WindowContext


def _undo(window: WindowContext) -> None:
    if window.undo_stack is not None:
        window.undo_stack.undo()


def _redo(window: WindowContext) -> None:
    if window.undo_stack is not None:
        window.undo_stack.redo()


def _on_table(window: WindowContext) -> bool:
    return window.page == "table"


ACTIONS = (
    Action(
        "edit.undo",
        "Undo edit",
        "Edit",
        _undo,
        icon="mdi6.undo",
        shortcut="Ctrl+Z",
        tip="Take the last edit of a cell back",
        enabled=lambda window: _on_table(window) and window.undo_stack is not None and window.undo_stack.canUndo(),
    ),
    Action(
        "edit.redo",
        "Redo edit",
        "Edit",
        _redo,
        icon="mdi6.redo",
        shortcut="Ctrl+Shift+Z",
        enabled=lambda window: _on_table(window) and window.undo_stack is not None and window.undo_stack.canRedo(),
    ),
    Action(
        "edit.save_context",
        "Save context file",
        "Edit",
        lambda window: window.save_context(),
        section=1,
        icon="mdi6.content-save-outline",
        shortcut="Ctrl+S",
        tip="Check the context file, then save it",
        enabled=lambda window: window.page == "editor",
    ),
)
