"""A YAML file as a struct of a walk, or an error that says file, line and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from heartline.errors import PlaybookError, WalkError
from heartline.playbook.misfit import misfit
from heartline.playbook.nodes import Node, read_nodes

Kind = TypeVar("Kind", bound=msgspec.Struct)


def content_of(file: Path) -> bytes:
    """The bytes of a script; WalkError where it cannot be opened."""
    try:
        return file.read_bytes()
    except OSError as cause:
        why = (cause.strerror or type(cause).__name__).lower()
        raise WalkError(f"{file.name} cannot be opened: {why}", "a script of a walk", "check its path") from cause


def tree_of(content: bytes, file: str, names: str) -> Node:
    """The mapping that a script is. WalkError where it is none; names: what it should hold, for the message."""
    try:
        node = read_nodes(content, file)
    except PlaybookError as error:
        raise WalkError(f"{file}, line {error.line}: {error.what}", next_step=error.next_step) from error
    if node is None or node.kind != "mapping":
        raise WalkError(f"{file} holds no walk", f"names with values: {names}", "see docs/how-to")
    return node


def shaped(node: Node, kind: type[Kind], manual: str) -> Kind:
    """The mapping as a struct. WalkError with line and mend where it is none; manual: where its shape is told."""
    try:
        return msgspec.convert(node.plain(), kind)
    except msgspec.ValidationError as error:
        fault = misfit(node, kind, str(error), "the file")
        mend = fault.mend.replace("heartline playbook schema", manual)
        raise WalkError(f"{node.file}, line {fault.line}: {fault.got}", next_step=mend) from error


def fault_at(at: Node, said: str, mend: str) -> WalkError:
    """What is wrong at a place of the file."""
    return WalkError(f"{at.file}, line {at.line}: {said}", next_step=mend)
