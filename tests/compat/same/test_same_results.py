"""Context files as people write them, run by both programs: they store the same, but for named differences."""

import sqlite3
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NAMED = tomllib.loads((HERE / "differences.toml").read_text(encoding="utf-8"))
DOCUMENTATION = Path(__file__).parents[3] / "docs" / "compatibility.md"


def reasons(case: str, variable: str) -> list[str]:
    """Why a variable of a case differs; nothing if it must not."""
    patterns = NAMED["variables"].get(case, {})
    return [reason for pattern, why in patterns.items() if fnmatchcase(variable, pattern) for reason in why]


def test_that_both_programs_store_the_same(case: str, differences: dict[str, dict[str, Any]]) -> None:
    unexpected = {}
    for variable, parts in differences.items():
        allowed = {part for reason in reasons(case, variable) for part in NAMED["parts"][reason]}
        if beyond := {part: pair for part, pair in parts.items() if part not in allowed}:
            unexpected[variable] = beyond
    assert len(differences) > 4
    assert unexpected == {}


def test_that_each_named_difference_is_one(case: str, differences: dict[str, dict[str, Any]]) -> None:
    patterns = NAMED["variables"].get(case, {})
    assert [p for p in patterns if not any(fnmatchcase(variable, p) for variable in differences)] == []
    assert [name for name, parts in differences.items() if reasons(case, name) and not parts] == []


def test_that_each_reason_is_used_and_told_to_people() -> None:
    used = {reason for case in NAMED["variables"].values() for why in case.values() for reason in why}
    rows = {line.split(" | ")[0].lstrip("| ") for line in DOCUMENTATION.read_text(encoding="utf-8").splitlines()}
    assert used == NAMED["parts"].keys()
    assert [reason for reason in used if reason not in rows] == []


def test_that_columns_have_the_same_order_but_for_groups(made_by_us: Path, made_by_reference: Path) -> None:
    mine, theirs = (columns(folder) for folder in (made_by_us, made_by_reference))
    assert [name for name in mine if "." not in name] == [name for name in theirs if "." not in name]


def columns(folder: Path) -> list[str]:
    sql = sqlite3.connect(folder / "runs.sqlite")
    found = sql.execute("SELECT name FROM variables WHERE type IS NULL ORDER BY rowid").fetchall()
    sql.close()
    return [name for (name,) in found]
