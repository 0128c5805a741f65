"""The published JSON Schema of one file of a playbook, for editors and for the company's own checks."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import msgspec

from heartline.playbook import shape
from heartline.playbook.conditions import CONDITIONS
from heartline.tables import ABOUT, CHANNELS, EMOTIONS, OUTCOMES, SIGNALS

_LISTED = {"channels": CHANNELS, "outcomes": OUTCOMES, "signals": SIGNALS, "emotions": EMOTIONS, "about": ABOUT}
_TOLD = re.compile(r"(?:^|[.;\n] ?)\s*(\w+(?:, \w+)*): ")


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one file; names, ranges and closed lists of words, each part with what it means."""
    made = msgspec.json.schema(shape.Playbook)
    parts: dict[str, Any] = made["$defs"]
    for name, part in parts.items():
        _describe(part, getattr(shape, name))
    whole = parts["Playbook"]
    del whole["properties"]["version"]
    for word, known in _LISTED.items():
        parts["ContactTrigger"]["properties"][word]["items"]["enum"] = list(known)
    parts["Trigger"]["properties"]["customer"]["propertyNames"] = {"enum": list(CONDITIONS)}
    whole["description"] = "One file of a playbook. Lists of several files are put together; a single part stands once."
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Generated from heartline.playbook.shape by docs/generate.py (make docs). Do not edit.",
        "title": "Heartline playbook",
        **made,
    }


def schema_text() -> str:
    """The same as text."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _describe(part: dict[str, Any], of: type[msgspec.Struct]) -> None:
    """What a docstring says of the part, and of each field: `name, other: what they are; next: …`."""
    text = inspect.getdoc(of) or ""
    names = {one.name: one.encode_name for one in msgspec.structs.fields(of)}
    known = {*names, *names.values()}
    found = [met for met in _TOLD.finditer(text) if known.issuperset(met[1].split(", "))]
    ends = [*(met.start() for met in found[1:]), len(text)]
    part["description"] = " ".join(text[: found[0].start()].split()).rstrip(".") if found else " ".join(text.split())
    for met, end in zip(found, ends, strict=False):
        said = " ".join(text[met.end() : end].split()).rstrip(".;")
        for name in met[1].split(", "):
            part["properties"].get(names.get(name, name), {})["description"] = said
