"""The lines of an edit journal: what people typed, and which of it is stored."""

import secrets
from collections.abc import Iterable
from typing import Literal

import msgspec

from damnit_backend.core.codec import storable_text
from damnit_backend.core.keys import CellKey
from damnit_backend.store.typed import Typed

Kind = Literal["nothing", "boolean", "integer", "number", "string"]


class JournalEdit(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person typed. ``text`` is the value in a form that keeps each of its kinds, NaN and infinity too."""

    id: str
    proposal: int
    run: int
    name: str
    kind: Kind
    text: str
    typed_at: float
    """Seconds since 1970."""

    @property
    def key(self) -> CellKey:
        return CellKey(self.proposal, self.run, self.name)

    @property
    def value(self) -> Typed:
        match self.kind:
            case "nothing":
                return None
            case "boolean":
                return self.text == "true"
            case "integer":
                return int(self.text)
            case "number":
                return float(self.text)
            case "string":
                return self.text


def journal_edit(key: CellKey, value: Typed, typed_at: float) -> JournalEdit:
    """A new edit, with a number that no other one has."""
    return JournalEdit(secrets.token_hex(12), *key, *_as_text(value), typed_at)


def _as_text(value: Typed) -> tuple[Kind, str]:
    match value:
        case None:
            return "nothing", ""
        case bool():
            return "boolean", str(value).lower()
        case int():
            return "integer", str(value)
        case float():
            return "number", repr(value)
        case str():
            return "string", storable_text(value)


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: the folder's path for people who look into the file, an edit, or the number of one that is stored."""

    folder: str | None = None
    edit: JournalEdit | None = None
    done: str | None = None


def append_form(lines: Iterable[Line]) -> bytes:
    """What to append to the file."""
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def undone(content: bytes) -> tuple[list[JournalEdit], bool]:
    """The edits of a journal that are not stored, and whether anything else in it cannot be read."""
    edits: dict[str, JournalEdit] = {}
    damaged = False
    for text in content.splitlines():
        try:
            line = msgspec.json.decode(text, type=Line)
            edit = _readable(line.edit)
        except (msgspec.MsgspecError, ValueError):
            damaged = True
            continue
        if edit is not None:
            edits[edit.id] = edit
        if line.done is not None:
            edits.pop(line.done, None)
    return list(edits.values()), damaged


def folder_of(content: bytes) -> str:
    """The path of the folder that a journal is about, where it was when the journal was begun; empty if it is lost."""
    try:
        return msgspec.json.decode(content.splitlines()[0], type=Line).folder or ""
    except (msgspec.MsgspecError, ValueError, IndexError):
        return ""


def _readable(edit: JournalEdit | None) -> JournalEdit | None:
    """The edit; ValueError if its text is none of its kind."""
    if edit is not None and edit.kind in ("integer", "number"):
        float(edit.text)
    return edit
