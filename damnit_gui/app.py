"""The program with the window: the one place where its objects are made and connected."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtWidgets import QApplication

from damnit_backend.core.errors import UserError
from damnit_backend.core.settings import Settings, load_settings
from damnit_backend.store.files import keep_others_from_writing
from damnit_gui.main_window import PROGRAM, MainWindow
from damnit_gui.services.completeness import RunsComplete
from damnit_gui.services.crashes import catch_crashes
from damnit_gui.services.edit_journal import left_edits, usual_directory
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.log_file import begin_logging, log_path
from damnit_gui.services.notifier import Level, Notice, Notifier
from damnit_gui.services.opener import Opener
from damnit_gui.services.os_signals import OsSignals
from damnit_gui.services.preferences import Preferences, preferences_file
from damnit_gui.services.tasks import Tasks
from damnit_gui.services.workers import end_process_if_stuck
from damnit_gui.theme import SYSTEM, apply_theme
from damnit_gui.theme.icons import program_icon

DEFAULT_SIZE = (1600, 1000)
DRAW_MS = 700
"""Time for thumbnails and plots to be drawn before a picture is taken."""


@dataclass(frozen=True, slots=True)
class AppOptions:
    """What the command line says. With ``quit_when_runs`` the program ends by itself when so many runs are complete
    and no work is left, with ``quit_after`` at the latest after so many seconds; then ``screenshot`` is written."""

    folder: str | None = None
    theme: str | None = None
    size: tuple[int, int] | None = None
    screenshot: Path | None = None
    quit_when_runs: int | None = None
    quit_after: float | None = None
    preferences: Path | None = None
    listener: bool = True
    """Whether to start a listener for a folder that has none."""

    @property
    def unattended(self) -> bool:
        return self.quit_when_runs is not None


def parse_size(text: str | None) -> tuple[int, int] | None:
    """Width and height from a text such as ``1600x1000``."""
    if text is None:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and 200 <= int(width) <= 16384 and 200 <= int(height) <= 16384):
        raise UserError(f"{text!r} is not the size of a window.", "Write width and height such as 1600x1000.")
    return int(width), int(height)


class App:
    """A window, and what it needs while it is open. `run` shows it and returns the exit code."""

    def __init__(self, qt: QApplication, options: AppOptions) -> None:
        self.qt = qt
        self.options = options
        self.exit_code = 0
        self._finished = False
        self.notifier = Notifier()
        self.preferences = Preferences(options.preferences or preferences_file())
        theme = options.theme or self.preferences.theme
        apply_theme(qt, theme)
        self.tasks = Tasks(self.notifier, threads=2)
        self.window = MainWindow(self.preferences, self.notifier, theme)
        self.opener = Opener(self.tasks, self.notifier, self._load_settings(), start_listeners=options.listener)
        self._until: RunsComplete | None = None
        self._connect()

    def _load_settings(self) -> Settings:
        try:
            return load_settings()
        except UserError as error:
            # Somebody who starts it with an icon sees no terminal; the window works without the facility's file.
            self.notifier.report(error)
            return Settings()

    def _connect(self) -> None:
        window, opener = self.window, self.opener
        window.folder_requested.connect(self.open)
        window.welcome.make_requested.connect(opener.make)
        window.welcome.demo_requested.connect(opener.demonstrate)
        opener.opening.connect(lambda _: window.welcome.show_busy(True))
        opener.opened.connect(self._show)
        opener.found_open.connect(self._come_back)
        opener.failed.connect(self._opening_failed)
        self.notifier.posted.connect(self._note)
        hints = self.qt.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._follow_system)

    def open(self, text: str) -> None:
        """Open a folder, or come back to it if it is the one that is open."""
        session = self.window.session
        self.opener.open(text, None if session is None else session.folder)

    def _come_back(self) -> None:
        self.window.welcome.show_busy(False)
        self.window.show_page("table")

    def _show(self, session: FolderSession) -> None:
        self.window.welcome.show_busy(False)
        self.window.set_session(session)
        session.start()
        self.preferences.add_recent(session.folder.path)
        self._look_for_left_edits(str(session.folder.path))
        if self.options.quit_when_runs is not None:
            self._until = RunsComplete(session, self.options.quit_when_runs, parent=session)
            self._until.reached.connect(lambda: QTimer.singleShot(DRAW_MS, lambda: self.finish(0)))

    def _look_for_left_edits(self, shown: str = "") -> None:
        """Tell of edits in other folders that a window could not store before it was closed."""

        def tell(left: dict[str, int]) -> None:
            for folder, number in left.items():
                if folder and folder != shown:
                    edits = "An edit waits" if number == 1 else f"{number} edits wait"
                    self.notifier.warning(f"{edits} to be stored in {folder}.", "Open that folder once to store them.")

        self.tasks.run(lambda: left_edits(usual_directory()), tell)

    def _opening_failed(self, error: UserError) -> None:
        self.window.show_opening_failed(error)
        if self.options.unattended:
            print(f"damnit: {error}", file=sys.stderr)
            self.finish(1)

    def _note(self, notice: Notice) -> None:
        """Nobody reads the messages of a program that is to end by itself."""
        if notice.level is Level.BUG and self.options.unattended:
            print(f"damnit: {notice.text}", file=sys.stderr)
            if self._until is None:
                self.finish(1)  # The folder was not opened, and never will be.

    def _follow_system(self) -> None:
        if self.window.theme == SYSTEM:
            apply_theme(self.qt, SYSTEM)

    def finish(self, exit_code: int) -> None:
        """Take the picture that was asked for, and end: whatever happens."""
        if self._finished:
            return
        self._finished = True
        self.exit_code = 1
        try:
            if self.options.screenshot is not None:
                take_picture(self.window, self.options.screenshot)
            self.exit_code = exit_code
        except UserError as error:
            print(f"damnit: {error}", file=sys.stderr)
        finally:
            self.window.close()
            self.qt.quit()

    def run(self) -> int:
        options = self.options
        signals = OsSignals()
        signals.received.connect(lambda _: self.finish(0))
        if options.size is not None:
            self.window.resize(*options.size)
        else:
            self.window.restore_place(DEFAULT_SIZE)
        self.window.show()
        if options.quit_after is not None:
            QTimer.singleShot(round(options.quit_after * 1000), lambda: self.finish(int(options.unattended)))
        folder = options.folder
        if folder is not None:
            # In the event loop, where a failure is caught and the timer above ends what does not end by itself.
            QTimer.singleShot(0, lambda: self.open(folder))
        else:
            self._look_for_left_edits()
        try:
            with catch_crashes(self.notifier):
                self.qt.exec()
                self.close()
        finally:
            signals.restore()
        return self.exit_code

    def close(self) -> None:
        """Store what waits to be stored, then end all services. Nobody sees the window any more."""
        session = self.window.session
        self.window.clear_session()
        if session is not None and not session.is_closed:
            loop = QEventLoop()
            session.closed.connect(loop.quit)
            loop.exec()
        self.tasks.close()
        self.preferences.save()
        self.window.deleteLater()


def take_picture(window: MainWindow, path: Path) -> None:
    """Write what the window shows to a PNG file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The picture of the window cannot be written to {path}: {error.strerror}.") from error
    if not window.grab().save(str(path), "PNG"):
        raise UserError(f"The picture of the window cannot be written to {path}.")


def run_gui(options: AppOptions) -> int:
    """Show the window until it is closed; the exit code."""
    keep_others_from_writing()
    begin_logging(log_path())
    qt = QApplication.instance()
    if not isinstance(qt, QApplication):
        qt = QApplication([PROGRAM])
    qt.setApplicationName("damnit-desktop")
    qt.setApplicationDisplayName(PROGRAM)
    qt.setApplicationVersion(version("damnit-desktop"))
    qt.setDesktopFileName("damnit-desktop")
    qt.setWindowIcon(program_icon())
    exit_code = App(qt, options).run()
    end_process_if_stuck(exit_code)
    return exit_code


def run_from_command_line(*, size: str | None, **options: Any) -> int:
    """The window for `damnit gui`: its options as they were typed; the exit code. UserError for what makes no sense."""
    return run_gui(AppOptions(size=parse_size(size), **options))


def main(argv: Sequence[str] | None = None) -> int:
    """The program that an icon starts: `damnit-desktop [FOLDER]`."""
    parser = argparse.ArgumentParser(prog="damnit-desktop", description="A run table that fills itself.")
    parser.add_argument("folder", nargs="?", help="a DAMNIT folder or a proposal number")
    parser.add_argument("--theme", choices=("light", "dark", "system"))
    arguments = parser.parse_args(argv)
    try:
        return run_gui(AppOptions(folder=arguments.folder, theme=arguments.theme))
    except UserError as error:
        print(f"damnit-desktop: {error}", file=sys.stderr)
        return 1
