"""Says in words why a value has not the shape of its place, and on which line."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from heartline.playbook.faults import Fault
from heartline.playbook.nodes import Guess, Node
from heartline.playbook.shape import Bound

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_AT = re.compile(r"(?P<said>.*) - at `(?P<path>\$.*)`", re.DOTALL)
_GOT = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`")
_BOUND = re.compile(r"Expected `\w+` (?P<bound>of length )?(?P<sign>>=|<=|>|<) (?P<limit>[-\d.]+)")
_WORDS = {
    "str": "text", "float": "a number", "int": "a whole number", "bool": "true or false",
    "array": "a list, a line with - for each entry", "object": "names with values, `name: value`", "null": "nothing",
}  # fmt: skip
_PLAIN = {
    "float": re.compile(r"-?\d{1,9}(\.\d{1,9})?"), "int": re.compile(r"\d{1,9}"), "bool": re.compile("true|false"),
}  # fmt: skip
"""What YAML would read as a number or an answer if it stood without quotes."""
_SIGNS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}


def misfit(node: Node, kind: Any, said: str = "", name: str = "", unknown: str = "") -> Fault:
    """What is wrong with a node that is no ``kind``.

    said: message of msgspec, with its path; empty: the node is of another sort altogether
    name: what the node stands under, for the message; unknown: a name in it that there is not
    """
    if unknown:
        return _unknown(node, kind, unknown)
    if not said:
        wanted = "array" if kind is list else "object"
        return _type(node, wanted, name or "the file", node.kind)
    told = _AT.fullmatch(said)
    steps = _STEP.findall(told["path"]) if told else []
    said = told["said"] if told else said
    for part, place in steps:
        if place == "...":
            node, name, kind = _first_that_fails(node, kind)
        elif place:
            node, kind = node.at([int(place)]), _inner(kind, int(place))
        else:
            node, name, kind = node.at([part]), part, _inner(kind, part)
    return _said(node, kind, said, name)


def _said(node: Node, kind: Any, said: str, name: str) -> Fault:
    """A message of msgspec about one node, in words."""
    if found := re.match(r"Object contains unknown field `(.*)`", said, re.DOTALL):
        return _unknown(node, kind, found[1])
    if found := re.match(r"Object missing required field `(.*)`", said):
        return Fault(
            node.file, node.line, "shape.missing", f"`{found[1]}` is missing{_of(node)}", f"add a line `{found[1]}: …`"
        )
    if node.kind == "scalar" and node.raw and _bare(kind) is Bound:
        number = re.search(r"-?\d+(\.\d+)?", node.raw)
        bound = f"at_least: {number[0]}" if number else f"one_of: [{_short(node.raw)}]"
        told = f"`{name}` is `{_short(node.raw)}`"
        return Fault(node.file, node.line, "shape.type", told, f"write a bound, such as `{name}: {{{bound}}}`")
    if found := _GOT.match(said):
        return _type(node, found["wanted"].removesuffix(" | null"), name, found["got"])
    if "matching regex" in said:
        return Fault(
            node.file, node.line, "shape.name", f"`{_short(node.raw)}` is no name",
            "use small letters, digits and underscores, at most 60",
        )  # fmt: skip
    if found := _BOUND.match(said):
        bound = f"{_SIGNS[found['sign']]} {float(found['limit']):g}"
        if found["bound"]:
            more = "entries" if node.kind == "list" else "characters"
            has = len(node.items) if node.kind == "list" else len(node.raw)
            return Fault(node.file, node.line, "shape.length", f"`{name}` has {has} {more}", f"give {bound}")
        return Fault(
            node.file, node.line, "shape.range", f"`{name}` is {node.raw}, and has to be {bound}", f"give {bound}"
        )
    allowed = _allowed(kind)
    if allowed:
        mend = f"write one of {', '.join(allowed)}"
        return Fault(node.file, node.line, "shape.word", f"`{name}` is `{_short(node.raw)}`", mend)
    return Fault(node.file, node.line, "shape.type", f"`{name}` does not fit: {said}", "see heartline playbook schema")


def _type(node: Node, wanted: str, name: str, got: str) -> Fault:
    """A value of another type, with what YAML made of it where that is the reason."""
    raw = _short(node.raw)
    wish = _WORDS.get(wanted, wanted)
    if node.kind == "scalar" and node.value is None:
        mend = f"write {wish} behind it, or leave the line out"
        return Fault(node.file, node.line, "shape.empty", f"`{name}` holds nothing", mend)
    if node.guessed and (wanted == "str" or isinstance(node.value, Guess)):
        what = node.value.what if isinstance(node.value, Guess) else _WORDS.get(got, got)
        mend = f'put it in quotes: "{raw}"' if wanted == "str" else f"write {wish} in plain digits"
        if isinstance(node.value, bool):
            what = "true" if node.value else "false"
        return Fault(
            node.file, node.line, "shape.guess", f"YAML reads {raw} as {what}, and `{name}` is {wish}", mend
        )  # fmt: skip
    is_ = {"list": "a list", "mapping": "names with values"}.get(node.kind, f"`{raw}`")
    if node.kind == "scalar" and wanted in ("float", "int", "bool"):
        if _PLAIN[wanted].fullmatch(raw):
            is_, wish = f'the text "{raw}"', f"{raw} without quotes"
        elif raw.endswith("%") and wanted == "float":
            wish = "a share between 0 and 1, such as 0.1"
    return Fault(
        node.file, node.line, "shape.type", f"`{name}` is {is_}" if name != "the file" else f"{name} is {is_}",
        f"write {wish}",
    )  # fmt: skip


def _unknown(node: Node, kind: Any, key: str) -> Fault:
    """A name that there is not, with the nearest one."""
    line = node.keys.get(key, node.line)
    what = f"there is no `{_short(key)}` here{_of(node)}"
    known = [one.encode_name for one in msgspec.structs.fields(_struct(kind))]
    if "version" in known and "plays" in known:
        known.remove("version")
        if key == "version":
            return Fault(node.file, line, "shape.unknown", what, "take it out: it is worked out from the files")
    near = difflib.get_close_matches(key, known, 1)
    if key in ("on", "off") and "active" in known:
        near = ["active"]
    mend = f"write `{near[0]}`" if near else f"write one of {', '.join(known)}"
    return Fault(node.file, line, "shape.unknown", what, mend)


def _of(node: Node) -> str:
    """Which play, rule … a mapping is, for a message."""
    for key in ("play", "rule", "principle", "team", "promise", "stage", "touchpoint"):
        told = node.parts.get(key)
        if told is not None and told.raw:
            return f" ({key} {_short(told.raw)})"
    return ""


def _first_that_fails(node: Node, kind: Any) -> tuple[Node, str, Any]:
    """msgspec does not say under which name of a free mapping it failed."""
    inner = get_args(_bare(kind))[1]
    for name, part in node.parts.items():
        try:
            msgspec.convert(part.plain(), inner)
        except msgspec.ValidationError:
            return part, name, inner
    return node, "", inner


def _bare(kind: Any) -> Any:
    """A type without its limits and without None."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        kind = _bare(next(one for one in get_args(kind) if one is not type(None)))
    return kind


def _struct(kind: Any) -> type[msgspec.Struct]:
    bare: type[msgspec.Struct] = _bare(kind)
    return bare


def _inner(kind: Any, step: str | int) -> Any:
    """The type of a field or an entry."""
    bare = _bare(kind)
    if isinstance(step, int):
        return (get_args(bare) or (Any,))[0]
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        return next((one.type for one in msgspec.structs.fields(bare) if one.encode_name == step), Any)
    return Any


def _allowed(kind: Any) -> Sequence[str]:
    bare = _bare(kind)
    return get_args(bare) if get_origin(bare) is Literal else ()


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
