"""Reads the files of a playbook and puts them together; what cannot be read is told with its file and line."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec

from heartline.errors import PlaybookError
from heartline.playbook.faults import Fault
from heartline.playbook.misfit import misfit
from heartline.playbook.nodes import Node, read_nodes
from heartline.playbook.shape import Playbook

FOLDER = "playbook"
"""Name of the folder in a workspace."""
ENDINGS = (".yaml", ".yml")
MOST_FILES = 500
NAMED_BY = {
    "principles": "principle", "conduct": "rule", "teams": "team", "expectations": "promise", "stages": "stage",
    "plays": "play",
}  # fmt: skip
"""Part that is a list: what the name of each of its entries stands under; unique among them."""
_PARTS: dict[str, Any] = {one.name: one.type for one in msgspec.structs.fields(Playbook) if one.name != "version"}
_Stamp = tuple[str, int, int]


@dataclass(frozen=True)
class Loaded:
    """What the files of a folder hold.

    playbook: None where a fault keeps it from being put together; root: all parts, with their files and lines
    faults: what keeps it, in the order of files and lines; files: how many there are
    """

    playbook: Playbook | None
    root: Node
    faults: tuple[Fault, ...]
    files: int


def read(folder: Path) -> Playbook | None:
    """The playbook in a folder with its files; None where there is no file.

    PlaybookError with file, line, rule and the mend where a file cannot be read or has another shape.
    """
    loaded = load(folder)
    if loaded.faults:
        raise loaded.faults[0].error
    return loaded.playbook if loaded.files else None


def read_again(folder: Path) -> Playbook | None:
    """As ``read``, but files that have not changed since are not read again."""
    return _kept(folder, tuple(_stamps(folder)))


@lru_cache(maxsize=8)
def _kept(folder: Path, stamps: tuple[_Stamp, ...]) -> Playbook | None:
    return read(folder) if stamps else None


def load(folder: Path) -> Loaded:
    """Everything that the files hold, with all that is wrong in their shape."""
    parts: dict[str, Node] = {}
    faults: list[Fault] = []
    found = _files(folder)
    for name in found:
        try:
            node = read_nodes(_content(folder, name), name)
        except PlaybookError as error:
            faults.append(Fault.of(error))
            continue
        if node is None:
            continue
        if node.kind != "mapping":
            faults.append(misfit(node, Playbook))
            continue
        for key, part in node.parts.items():
            _add(parts, key, part, node, faults)
    root = Node(found[0] if found else "", 1, "mapping", parts=parts)  # what is nowhere is told at the first file
    faults += _twice(root)
    faults.sort(key=lambda fault: (fault.file, fault.line, fault.rule))
    whole = None if faults else _versioned(msgspec.convert(root.plain(), Playbook))
    return Loaded(whole, root, tuple(faults), len(found))


def _add(parts: dict[str, Node], key: str, part: Node, of: Node, faults: list[Fault]) -> None:
    """Put one part of a file to those of the files before it, where it has its shape."""
    line = of.keys[key]
    if key not in _PARTS:
        faults.append(misfit(of, Playbook, unknown=key))
        return
    told = _PARTS[key]
    if get_origin(told) is not tuple:
        if wrong := _fault(part, told, key):
            faults.append(wrong)
        elif key in parts:
            first = parts[key]
            faults.append(
                Fault(
                    of.file, line, "shape.given_twice", f"`{key}` is given a second time, first in {first.file}",
                    "keep one of them",
                )
            )  # fmt: skip
        else:
            parts[key] = part
        return
    if part.kind != "list":
        faults.append(misfit(part, list, name=key))
        return
    kind = get_args(told)[0]
    good = []
    for item in part.items:
        wrong = _fault(item, kind, key)
        faults += [wrong] if wrong else []
        good += [] if wrong else [item]
    before = parts.get(key)
    parts[key] = Node(part.file, part.line, "list", items=[*(before.items if before else ()), *good])


def _fault(node: Node, kind: Any, name: str) -> Fault | None:
    try:
        msgspec.convert(node.plain(), kind)
    except msgspec.ValidationError as error:
        return misfit(node, kind, str(error), name)
    return None


def _twice(root: Node) -> Iterator[Fault]:
    for part, key in NAMED_BY.items():
        first: dict[str, Node] = {}
        for item in root.at([part]).items:
            named = item.at([key])
            if named.raw in first:
                before = first[named.raw]
                yield Fault(
                    named.file, named.line, "shape.given_twice",
                    f"{key} `{named.raw}` is given a second time, first in {before.file} on line {before.line}",
                    "give it another name, or take one of them out",
                )  # fmt: skip
            first.setdefault(named.raw, named)


def _versioned(playbook: Playbook) -> Playbook:
    """With a hash of what it says; comments, order of files and line ends do not count."""
    told = hashlib.sha256(msgspec.json.encode(playbook)).hexdigest()
    return msgspec.structs.replace(playbook, version=told[:12])


def _files(folder: Path) -> list[str]:
    names = sorted(name for name, _, _ in _stamps(folder))
    if len(names) > MOST_FILES:
        raise PlaybookError(
            f"{len(names):,} files", f"put them together; at most {MOST_FILES}", file=names[MOST_FILES], line=1,
            rule="shape.files",
        )  # fmt: skip
    return names


def _stamps(folder: Path) -> Iterator[_Stamp]:
    """Name below the folder, time and size of each file of a playbook; what begins with a dot is left out."""

    def unlisted(cause: OSError) -> None:
        """A folder whose files cannot be seen would take its plays away without a word."""
        if not isinstance(cause, FileNotFoundError | NotADirectoryError):
            name = Path(cause.filename or folder).relative_to(folder).as_posix()
            raise _unreadable("the folder", name, cause) from cause

    for place, folders, names in os.walk(folder, onerror=unlisted):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(place) / name
            if file.suffix.lower() in ENDINGS and not name.startswith(".") and file.is_file():
                told = file.stat()
                yield file.relative_to(folder).as_posix(), told.st_mtime_ns, told.st_size


def _content(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as cause:
        raise _unreadable("the file", name, cause) from cause


def _unreadable(what: str, name: str, cause: OSError) -> PlaybookError:
    return PlaybookError(
        f"{what} cannot be opened: {(cause.strerror or type(cause).__name__).lower()}", "check its rights",
        file=name, line=1, rule="shape.unreadable",
    )  # fmt: skip
