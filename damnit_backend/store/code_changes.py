"""What differs between two texts of a Variable's code, by the names of what is defined there. Pure."""

import ast
from collections.abc import Iterator


def changed_names(before: str, after: str) -> list[str]:
    """The definitions that were changed, added or taken away, those of ``after`` first; none where that cannot be told.

    Formatting and comments do not count. Members of classes are named with their class.
    """
    try:
        old, new = (dict(_definitions(ast.parse(text))) for text in (before, after))
    except (SyntaxError, ValueError, RecursionError):  # of another version of Python, or in pieces
        return []
    return [name for name in {**new, **old} if old.get(name) != new.get(name)]


def _definitions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Names, and a text of what they are; the statements of one name are one text."""
    found: dict[str, list[str]] = {}
    for node in getattr(tree, "body", []):
        if isinstance(node, ast.ClassDef):
            yield from _definitions(node, f"{prefix}{node.name}.")
            continue
        for name in _names(node):
            found.setdefault(prefix + name, []).append(ast.unparse(node))
    yield from ((name, "\n".join(texts)) for name, texts in found.items())


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)]
    if not names and isinstance(node, ast.Assign | ast.Delete):  # of a part of what has the name
        names = [n.id for n in ast.walk(node.targets[0]) if isinstance(n, ast.Name)]
    return names[:1] or [ast.unparse(node).partition("\n")[0]]
