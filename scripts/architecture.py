"""Writes the list of modules in docs/architecture.md from the first line of each module's docstring."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
BEGIN = "<!-- modules: made by scripts/architecture.py -->"
PACKAGES = ("damnit_backend", "damnit_gui")


def summary(path: Path) -> str:
    """The first paragraph of a module's docstring on one line."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def module_list() -> str:
    """One heading a package, one line a module."""
    lines: list[str] = []
    folders = sorted({path.parent for package in PACKAGES for path in (ROOT / package).rglob("*.py")})
    for folder in folders:
        modules = sorted(path for path in folder.glob("*.py") if path.stem != "__init__")
        init = folder / "__init__.py"
        lines += ["", f"### `{folder.relative_to(ROOT)}/`", ""]
        if init.exists() and summary(init):
            lines += [summary(init), ""]
        lines += [f"- `{path.name}`: {summary(path)}" for path in modules]
    return "\n".join(lines).strip() + "\n"


def page() -> str:
    """The whole page: what people wrote above the mark, and the list below it."""
    above = PAGE.read_text(encoding="utf-8").split(BEGIN)[0]
    return f"{above}{BEGIN}\n\n{module_list()}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"Wrote {PAGE.relative_to(ROOT)}\n")
