"""A YAML file as a tree that knows its lines. Only what a playbook needs: one document, no aliases, no tags."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from heartline.errors import PlaybookError

MOST_BYTES = 1_000_000
MOST_DEPTH = 20

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same marks, ten times quicker
_RESOLVER: Any = yaml.resolver.Resolver()
_TAG = "tag:yaml.org,2002:"
_NAMED = re.compile(r"\s*(- )?\s*\w+:\s+(?P<rest>(?P<sign>\S?).*)")
"""A line with a name and a text behind it."""
_WHOLE = re.compile(r"[-+]?(0|[1-9]\d{0,17})")


@dataclass(frozen=True)
class Guess:
    """A plain word that YAML reads as something that no playbook holds: a date, a number in another system."""

    what: str


@dataclass(frozen=True)
class Node:
    """One value of a file.

    line: from 1; raw: a scalar as it is written; guessed: whether YAML makes something else than text of it
    literal: whether it is a text after ``|``, whose lines are those of the file
    value: of a scalar; items: of a list; parts, keys: of a mapping, with the line of each name
    """

    file: str
    line: int
    kind: str = "scalar"
    raw: str = ""
    guessed: bool = False
    literal: bool = False
    value: str | int | float | bool | Guess | None = None
    items: Sequence[Node] = ()
    parts: Mapping[str, Node] = field(default_factory=dict)
    keys: Mapping[str, int] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value in Python's own types; a guess stays one, so that no shape takes it."""
        if self.kind == "list":
            return [item.plain() for item in self.items]
        if self.kind == "mapping":
            return {name: part.plain() for name, part in self.parts.items()}
        return self.value

    def at(self, path: Sequence[str | int]) -> Node:
        """The node at a path of names and places, or the nearest one above it that is there."""
        found = self
        for step in path:
            if isinstance(step, int) and step < len(found.items):
                found = found.items[step]
            elif isinstance(step, str) and step in found.parts:
                found = found.parts[step]
            else:
                break
        return found


def read_nodes(content: bytes, file: str) -> Node | None:
    """The tree of a file; None where it holds nothing. PlaybookError says the line of what cannot be read."""
    if len(content) > MOST_BYTES:
        raise _refused(
            file, 1, "size", f"the file has {len(content):,} bytes", f"split it; at most {MOST_BYTES:,} a file"
        )
    text = _decoded(content, file)
    try:
        events = iter(yaml.parse(text, Loader=_LOADER))
        return _document(events, file)
    except yaml.YAMLError as cause:
        mark = getattr(cause, "problem_mark", None) or getattr(cause, "context_mark", None)
        said = getattr(cause, "problem", None) or "it cannot be read"
        line = mark.line + 1 if mark else 1
        mend = _mend("".join(text.split("\n")[line - 1 : line]))
        raise _refused(file, line, "yaml", f"this is no YAML: {said}", mend) from cause
    except (ValueError, OverflowError) as cause:  # an escape in quotes that stands for no character
        raise _refused(file, 1, "yaml", "an escape stands for no character", "write the sign itself") from cause


def _mend(line: str) -> str:
    """What a line that is no YAML most probably wants, by the signs in it."""
    if "\t" in line:
        return "use spaces instead of tabs"
    told = _NAMED.match(line)
    if told and told["sign"] and told["sign"] in "{[%@*&!`,":
        return f"put the text into quotes, for it begins with {told['sign']}"
    if told and re.search(r":(\s|$)", told["rest"]) and told["sign"] not in ("'", '"'):
        return "put the text into quotes, for it holds a colon"
    return "look at the indents, colons and quotes before it"


def _decoded(content: bytes, file: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        line = content.count(b"\n", 0, cause.start) + 1
        raise _refused(file, line, "encoding", "the file is not written in UTF-8", "save it as UTF-8") from cause
    strange = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if strange:
        line = text.count("\n", 0, strange.start()) + 1
        raise _refused(file, line, "encoding", f"a sign that nobody sees (U+{ord(strange[0]):04X})", "delete it")
    return text


def _document(events: Iterator[Any], file: str) -> Node | None:
    found: Node | None = None
    documents = 0
    for event in events:
        at = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _refused(
                    file, at, "documents", "a second document begins after ---",
                    "put it into a file of its own",
                )  # fmt: skip
        elif isinstance(event, yaml.NodeEvent):
            found = _node(event, events, file, 0)
    return None if found is None or (found.value is None and found.kind == "scalar") else found


def _node(event: Any, events: Iterator[Any], file: str, depth: int) -> Node:
    line = event.start_mark.line + 1
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise _refused(
            file, line, "alias", "an anchor (&) or alias (*) is used", "write the text out, or put it into quotes"
        )
    if event.tag is not None:
        raise _refused(
            file, line, "tag", f"the tag {event.tag[:40]} is used", "leave it out; text that begins with ! needs quotes"
        )
    if depth > MOST_DEPTH:
        raise _refused(file, line, "depth", f"more than {MOST_DEPTH} levels, one in the other", "write it flatter")
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, file, line)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(inner := next(events), yaml.SequenceEndEvent):
            items.append(_node(inner, events, file, depth + 1))
        return Node(file, line, "list", items=items)
    parts: dict[str, Node] = {}
    keys: dict[str, int] = {}
    while not isinstance(name := next(events), yaml.MappingEndEvent):
        at = name.start_mark.line + 1
        if not isinstance(name, yaml.ScalarEvent):
            raise _refused(file, at, "key", "a name is a list, a mapping or an alias", "write a plain name and a colon")
        key = _scalar(name, file, at).raw
        if key in parts:
            raise _refused(
                file, at, "repeated_key", f"`{_short(key)}` stands here twice, first on line {keys[key]}", "keep one"
            )
        keys[key] = at
        parts[key] = _node(next(events), events, file, depth + 1)
    return Node(file, line, "mapping", parts=parts, keys=keys)


def _scalar(event: Any, file: str, line: int) -> Node:
    raw: str = event.value
    if any("\ud800" <= sign <= "\udfff" for sign in raw):
        raise _refused(file, line, "encoding", "half a character is written as an escape", "write the sign itself")
    if not event.implicit[0]:
        return Node(file, line, raw=raw, value=raw, literal=event.style == "|")
    kind = _RESOLVER.resolve(yaml.ScalarNode, raw, (True, False)).removeprefix(_TAG)
    value = _guessed(kind, raw)
    return Node(file, line, raw=raw, guessed=not isinstance(value, str), value=value)


def _guessed(kind: str, raw: str) -> str | int | float | bool | Guess | None:
    """What YAML makes of a plain word. Only plain decimal numbers count as numbers."""
    if kind == "null":
        return None
    if kind == "bool":
        return raw.lower() in ("yes", "true", "on")
    if kind == "timestamp":
        return Guess("a date")
    if kind == "int":
        return int(raw) if _WHOLE.fullmatch(raw) else Guess("a number in another way of writing")
    if kind == "float":
        plain = not set(raw.lower()) & set("_:in")  # groups of digits, base 60, .inf and .nan
        if not plain or not math.isfinite(number := float(raw)):
            return Guess("a number in another way of writing")
        return number
    return raw


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _refused(file: str, line: int, rule: str, what: str, mend: str) -> PlaybookError:
    return PlaybookError(what, mend, file=file, line=line, rule=f"shape.{rule}")
