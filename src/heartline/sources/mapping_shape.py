"""What kind of value each key of a mapping file takes, looked at before anything is made of it."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Any

from heartline.errors import MappingError
from heartline.sources.csv_file import WHITESPACE

HOW_TO = "see docs/how-to/mapping-files.md"
_TABLES = ("also_named", "questions", "between")
_BLOCKS = ("columns", "constants", "values", "skip_when", "only_when", "time", "group")


def check_shape(given: Mapping[str, Any], where: str) -> None:
    """MappingError where a key holds a value of another kind than it takes."""
    options = _block(given, "file", where)
    for name in _TABLES:
        _block(options, name, f"[file] in {where}")
    if not isinstance(options.get("header", True), bool):
        raise _wrong("header", f"[file] in {where}", "true or false")
    if not isinstance(options.get("columns", []), list):
        raise _wrong("columns", f"[file] in {where}", 'a list, e.g. ["customer", "date"]')
    if options.get("decimal", ".") not in (".", ","):
        raise _wrong("decimal", f"[file] in {where}", '"." or ","')
    _check_delimiter(options.get("delimiter"), where)
    _check_encoding(options.get("encoding"), where)
    for block in given.get("table", []) if isinstance(given.get("table"), list) else []:
        if not isinstance(block, dict):
            raise _wrong("table", where, "[[table]] blocks")
        for name in _BLOCKS:
            found = _block(block, name, f"[[table]] in {where}")
            if name == "values":
                for column in found:
                    _block(found, column, f"values of a table in {where}")


def _block(held: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    found = held.get(name, {})
    if not isinstance(found, dict):
        raise _wrong(name, where, 'pairs, e.g. { name = "value" }')
    return found


def _check_delimiter(found: object, where: str) -> None:
    if found in (None, "tab", WHITESPACE):
        return
    sound = isinstance(found, str) and len(found) == 1 and found.isascii() and found not in '"\r\n\0'
    if not sound:
        raise _wrong("delimiter", f"[file] in {where}", 'one sign such as ";", "tab" or "whitespace"')


def _check_encoding(found: object, where: str) -> None:
    if found is None:
        return
    try:
        known = isinstance(found, str) and isinstance(codecs.decode(b"", found), str)
    except (LookupError, ValueError, TypeError):
        known = False
    if not known:
        raise _wrong("encoding", f"[file] in {where}", "e.g. utf-8, utf-16, latin-1")


def _wrong(name: str, where: str, expected: str) -> MappingError:
    return MappingError(f"{name} in {where} holds what it cannot be", expected, HOW_TO)
