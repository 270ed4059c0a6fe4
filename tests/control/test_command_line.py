"""Starting processes of ours."""

import subprocess

from damnit_backend.control.command_line import damnit_command


def test_files_in_the_working_directory_are_not_executed(tmp_path):
    for name in ("selectors", "msgspec", "typer"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('code of the folder was executed')\n")
    done = subprocess.run(damnit_command("listen", "--help"), cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout
