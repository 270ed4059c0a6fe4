"""A Variable's arguments: what their annotations ask for."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from typing import Any, Callable

#: What may stand before the `#` of an annotation.
PREFIXES = ("var", "self", "meta", "mymdc", "param")
#: Those that ask for results of other Variables.
DEPENDENCIES = ("var", "self")
#: What may stand after `meta#`.
META_NAMES = ("run_number", "proposal", "proposal_path")

_FIXED_KINDS = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.KEYWORD_ONLY,
)


@dataclass(frozen=True)
class Argument:
    """One argument after the run.

    `prefix` and `target` are the annotation's parts before and after `#`; both None for an argument without
    such an annotation, which is then left to its default.
    """

    name: str
    prefix: str | None
    target: str | None
    has_default: bool
    default: Any = None
    positional_only: bool = False

    @property
    def is_glob(self) -> bool:
        return self.target is not None and any(c in self.target for c in "*?[")


def arguments_of(func: Callable[..., Any]) -> list[Argument]:
    """The arguments after the run. Raises ValueError if there is no run, or no readable signature."""
    parameters = list(inspect.signature(func).parameters.values())
    if not parameters or parameters[0].kind in (
        inspect.Parameter.KEYWORD_ONLY,
        inspect.Parameter.VAR_KEYWORD,
    ):
        raise ValueError("its function must take the run as first argument")
    first = parameters[0]
    prefix, _ = _split(first.annotation)
    if prefix is not None:
        raise ValueError(f"its first argument is always the run, so {first.name!r} must come after it")
    return [_argument(p) for p in parameters[1:] if p.kind in _FIXED_KINDS]


def _argument(parameter: inspect.Parameter) -> Argument:
    prefix, target = _split(parameter.annotation)
    has_default = parameter.default is not inspect.Parameter.empty
    return Argument(
        name=parameter.name,
        prefix=prefix,
        target=target,
        has_default=has_default,
        default=parameter.default if has_default else None,
        positional_only=parameter.kind is inspect.Parameter.POSITIONAL_ONLY,
    )


def _split(annotation: Any) -> tuple[str | None, str | None]:
    """`"var#x"` → ("var", "x"); anything without a `#` → (None, None)."""
    if not isinstance(annotation, str):
        return None, None
    text = annotation.strip()
    if text[:1] in ("'", '"'):  # quoted once more by `from __future__ import annotations`
        try:
            text = str(ast.literal_eval(text)).strip()
        except (ValueError, SyntaxError):
            return None, None
    if "#" not in text:
        return None, None
    prefix, _, target = text.partition("#")
    return prefix.strip(), target.strip()
