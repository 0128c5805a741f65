"""Conversations as rows: each is read once, by rules, and gives a row a measure and a row a promise.

The only place where employees' words are read. What the emotion model knows of languages is used here, the model
itself is not: nobody's feeling is read but a customer's, and that is done elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pyarrow as pa

from heartline.conduct import Turn, read_conversation
from heartline.emotion import language
from heartline.emotion import words as spelled

TURN: Final = "\ue000"
PART: Final = "\ue001"
"""Letters that no text holds (they are taken out before): between turns, and between the parts of a turn."""

_EPOCH: Final = datetime(1970, 1, 1)
CARRIED: Final = ("conversation_id", "customer_id", "team", "touchpoint", "ended_at")
SCHEMA: Final = pa.schema(
    [
        *((name, pa.timestamp("us") if name == "ended_at" else pa.string()) for name in CARRIED),
        ("measure", pa.string()), ("status", pa.string()), ("p", pa.float64()), ("interaction_id", pa.string()),
        ("span_start", pa.int64()), ("span_end", pa.int64()), ("sign", pa.string()), ("value", pa.float64()),
        ("made_at", pa.timestamp("us")), ("due_at", pa.timestamp("us")),
    ]
)  # fmt: skip
"""Rows of a measure, and rows of a promise (``measure`` is ``promise``, ``sign`` its kind, ``status`` empty)."""


def is_read(text: str) -> bool:
    """Whether a text is in the language that the signs are made for."""
    low = spelled.lower(spelled.cut(text))
    return language.is_english(low, spelled.tokens(low))


def read_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Rows of SCHEMA for rows of ``CARRIED`` and ``turns``."""
    rows = [row for one in batch.to_pylist() for row in _rows(one)]
    return pa.Table.from_pylist(rows, SCHEMA).combine_chunks().to_batches()[0] if rows else _empty()


def _empty() -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in SCHEMA], schema=SCHEMA)


def _rows(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    turns = list(turns_of(one["turns"]))
    read = read_conversation(turns, is_read)
    carried = {name: one[name] for name in CARRIED}
    for found in read.findings:
        told = bool(found.key)
        yield carried | {
            "measure": found.measure, "status": found.status, "p": found.p, "value": found.value,
            "interaction_id": found.key if told else None, "sign": found.sign if told else None,
            "span_start": found.start if told else None, "span_end": found.end if told else None,
        }  # fmt: skip
    for made in read.promises:
        yield carried | {
            "measure": "promise", "status": "", "interaction_id": made.key, "span_start": made.promise.start,
            "span_end": made.promise.end, "sign": made.promise.kind, "made_at": made.made_at, "due_at": made.due_at,
        }  # fmt: skip


def turns_of(joined: str) -> Iterator[Turn]:
    """The turns of a conversation as its step joined them."""
    for piece in joined.split(TURN):
        side, key, at, spoken, hurt, text = piece.split(PART, 5)
        known = None if hurt == "" else hurt == "1"
        yield Turn(key, side, _EPOCH + timedelta(microseconds=int(at)), text, known, spoken == "1")
