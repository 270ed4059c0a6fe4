"""How other threads hand something to the GUI thread."""

from PyQt6.QtCore import QObject, pyqtSignal


class Mailbox(QObject):
    """What is emitted in any thread arrives in the thread that made the mailbox.

    It has no parent: it lives as long as a thread may still post to it, however early its owner goes.
    """

    arrived = pyqtSignal(object)
