"""Parts of a JSON object that somebody else wrote: read without trust, so that no shape of it raises."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from heartline.sources.json_lines import cell_of

Cells = Mapping[str, str | None]
"""Cells of one row by the names of its columns; what is not named is blank."""


def part(held: object, path: str) -> Any:
    """The value at ``a.b.c``; None where there is none."""
    found: Any = held
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def inside(held: object, path: str) -> dict[str, Any]:
    """The object at ``a.b.c``, empty where there is none; one that is written as JSON text is read."""
    found = part(held, path)
    if isinstance(found, str) and found.lstrip()[:1] == "{":
        try:
            found = msgspec.json.decode(found)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return {}
    return found if isinstance(found, dict) else {}


def first(held: object, *paths: str) -> Any:
    """The value at the first path that leads to one; blank text is none."""
    for path in paths:
        found = part(held, path)
        if found is not None and found != "":
            return found
    return None


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list, or the list's own in an envelope such as ``{"type": …, "data": […]}``."""
    if isinstance(value, dict):
        value = next((inner for inner in value.values() if isinstance(inner, list)), [])
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def cell(value: object) -> str | None:
    """A value as a cell, None for null and blank: strings as they are, all else as JSON writes it."""
    if isinstance(value, str):
        # half a character, which JSON can spell and nothing can store
        text = value if value.isascii() else value.encode("utf-8", "replace").decode()
        return text if text.strip() else None
    return _json(value) if isinstance(value, dict | list) else cell_of(value)


def cell_at(held: object, *paths: str) -> str | None:
    """The cell at the first path that leads to something."""
    return cell(first(held, *paths))


def left_over(held: Mapping[str, Any], used: Collection[str], **more: object) -> str | None:
    """JSON of what nobody used, and of ``more``, without nulls and without what is empty; None where nothing is."""
    found = {name: value for name, value in held.items() if name not in used} | more
    kept = {name: value for name, value in found.items() if value is not None and value != "" and value not in ([], {})}
    return _json(kept) if kept else None


def _json(value: object) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except ValueError:
        return json.dumps(value).encode("utf-8", "replace").decode()
