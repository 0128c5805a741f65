"""A mapping as the text of a mapping file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
INLINE = 100
"""A table that fits on a line of this length stands on one."""


def toml_text(mapping: Mapping[str, Any]) -> str:
    """TOML of a mapping: [file] first, then a [[table]] block each, plain keys before nested ones."""
    lines: list[str] = []
    if mapping.get("file"):
        lines += ["[file]", *_body(mapping["file"], "file"), ""]
    for block in mapping.get("table", ()):
        lines += ["[[table]]", *_body(block, "table"), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _body(block: Mapping[str, Any], path: str) -> list[str]:
    plain = [f"{_key(name)} = {_value(value)}" for name, value in block.items() if not _nested(name, value)]
    for name, value in block.items():
        if _nested(name, value) and value:
            inner = f"{path}.{_key(name)}"
            # a header that holds nothing but further tables says nothing
            head = [] if all(_nested(n, v) for n, v in value.items()) else ["", f"[{inner}]"]
            plain += [*head, *_body(value, inner)]
    return plain


def _nested(name: str, value: object) -> bool:
    """Whether a value stands below a header of its own: the long ones, but no ways to fill a column."""
    if not isinstance(value, Mapping) or "first_of" in value or "column" in value:
        return False
    return name in ("columns", "constants", "values") or len(_value(value)) > INLINE or not _flat(value)


def _flat(value: Mapping[str, Any]) -> bool:
    return not any(isinstance(one, Mapping) for one in value.values())


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + " }" if value else "{}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    # JSON's strings are TOML's basic strings but for the delete sign, which JSON leaves as it is
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)
