"""All actions, in the order in which menus show them. A new one is one entry in its module."""

from . import edit, folder, guide, run, view
from .action import Action

ACTIONS: tuple[Action, ...] = (*folder.ACTIONS, *edit.ACTIONS, *view.ACTIONS, *run.ACTIONS, *guide.ACTIONS)

MENUS = ("Folder", "Edit", "View", "Run", "Help")
