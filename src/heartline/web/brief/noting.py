"""Decisions: what a form of the brief says when it comes back."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from heartline.web.door import Door
from heartline.web.page import BadAddress

_FIELDS = 20


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form; BadAddress for one that no page of the desk made."""
    try:
        fields = parse_qs(body.decode("utf-8"), strict_parsing=True, max_num_fields=_FIELDS, encoding="utf-8")
        given = {name: values[0] for name, values in fields.items()}
        if given.get("said") not in ("decide", "review"):
            raise ValueError("said")
    except (ValueError, KeyError) as wrong:
        raise BadAddress("this form cannot be read", "the form of a decision", "load the page again") from wrong
    return given


def obey(door: Door, said: Mapping[str, str]) -> str:
    """Keep what was decided or what came of it; gives the address to go on to. DecisionError says what is wrong."""
    decisions = door.moves.decisions
    if said["said"] == "review":
        try:
            number = int(said.get("number", ""))
        except ValueError as wrong:
            raise BadAddress("this form names no decision", "the form of a decision", "load the page again") from wrong
        kept = decisions.review(number, said.get("by", ""), said.get("came", ""), said.get("note", ""))
    else:
        kept = decisions.add(
            said.get("what", ""), said.get("by", ""), said.get("evidence", ""), said.get("judgement") == "1",
            said.get("expected", ""), said.get("review_on", ""),
        )  # fmt: skip
    return f"/brief#decision-{kept.decision_id}"
