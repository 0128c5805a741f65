"""Malformed files of Heartline's own tables that are JSON Lines or Parquet."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from tests.ingest.malformed import MAY, MUST, NEVER, WORDS, Cells, Maker, Malformed


def lines_of_json(make: Maker) -> Malformed:
    chance = make.chance
    good, marks, lines = [], set(), []
    for _ in range(chance.randint(2, 30)):
        if chance.random() < 0.6:
            row: dict[str, Any] = make.row()
            more = chance.choice(("", "", "nested", "null", "own", "long", "twice", "number"))
            added: dict[str, Any] = {
                "nested": {"deeper": {"nested": [[1, {"b": None}]]}}, "null": {"no": None},
                "long": {"long": "x" * 100_000}, "own": {f"k{make.number}-{len(lines)}-{n}": n for n in range(30)},
                "number": {"n": 2**70, "f": 1e-300},
            }  # fmt: skip
            text = json.dumps(row | added.get(more, {}))
            if more == "twice":
                text = text[:-1] + f', "{make.id_column}": "{row[make.id_column]}"' + "}"
            good.append(row)
        else:
            row = make.row("bad")
            text = _bad_json(make, row)
            marks.add(row[make.id_column])
        lines.append(text.encode("utf-8", "surrogateescape"))
    # a character of two bytes says that the file is UTF-8, and not some other encoding throughout
    good.append(make.row())
    lines.insert(chance.randint(0, len(lines)), json.dumps(good[-1] | {"note": "é"}, ensure_ascii=False).encode())
    end = chance.choice((b"\n", b"\n", b"\r\n", b"\n\n \n"))
    body = chance.choice((b"", b"", b"\xef\xbb\xbf")) + end.join(lines)
    found = make.file(body, "JSON Lines", NEVER, good, chance.choice(("a.jsonl", "a.ndjson")))
    found.bad = marks
    return found


def _bad_json(make: Maker, row: Cells) -> str:
    text = json.dumps(row)
    key = json.dumps(make.id_column)
    return make.chance.choice((
        text[: len(text) // 2], text[:-1], text[1:], f"[{text}]", json.dumps(text), text + text, text.replace('"', "'"),
        f'{text[:-1]}, "n": NaN}}', f'{text[:-1]}, "n": -Infinity}}', f'{text[:-1]}, "n": 1e999}}', "\0" + text,
        f'{text[:-1]}, "n": {"[" * 5000 + "]" * 5000}}}', f'{text[:-1]}, "n": {"9" * 5000}}}', f"// {text}", "NaN",
        f'{text[:-1]}, "n": "\\ud800"}}', f'{text[:-1]}, "n": "\udcff"}}', f'{text[:-1]}, "n": "\x01"}}', f"{text},",
        f"{text[:-1]}, {key}: null}}", f'{text[:-1]}, {key}: "  "}}', "true", "1", '"x"', text.replace(":", "=", 1),
    ))  # fmt: skip


def cut_json(make: Maker) -> Malformed:
    rows = make.rows(15)
    lines = [json.dumps(row).encode() + b"\n" for row in rows]
    body = b"".join(lines)
    cut = make.chance.randint(len(lines[0]), len(body))
    whole = [row for n, row in enumerate(rows) if len(b"".join(lines[: n + 1])) - 1 <= cut]
    return make.file(body[:cut], "JSON Lines cut short", NEVER, whole, "a.jsonl")


def _typed(rows: Sequence[Cells]) -> pa.Table:
    names = list(rows[0])
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in names})


def parquet(make: Maker) -> Malformed:
    chance = make.chance
    rows = make.rows(12)
    table = _typed(rows)
    kind = chance.choice(
        ("cut", "flipped", "other", "no rows", "typed", "bytes", "twice", "magic", "not UTF-8", "nested")
    )
    out = io.BytesIO()
    if kind == "other":
        table = pa.table({"a": [1, 2], "b": [None, "x"]})
    elif kind == "no rows":
        table = table.slice(0, 0)
    elif kind in ("typed", "nested"):
        odd = _odd_columns(len(rows)) if kind == "typed" else {"n": pa.array([[{"a": [1]}], None] * (len(rows) // 2))}
        for name, column in odd.items():
            table = table.append_column(name, column)
        table = table.set_column(0, table.column_names[0], table.column(0).dictionary_encode())
    elif kind == "bytes":
        table = pa.table([column.cast(pa.large_binary()) for column in table.columns], names=table.column_names)
    elif kind == "twice":
        table = pa.table([*table.columns, table.column(0)], names=[*table.column_names, table.column_names[0]])
    elif kind == "not UTF-8":
        last = table.column_names[-1]
        values = [b"\xff" if n == 0 else row[last].encode() for n, row in enumerate(rows)]
        table = table.set_column(len(rows[0]) - 1, last, pa.array(values).view(pa.string()))
    pq.write_table(table, out, row_group_size=chance.choice((1, 5, 1000)))
    body = out.getvalue()
    good: Sequence[Cells] = ()
    refused = NEVER
    if kind in ("cut", "magic", "other"):
        refused = MUST
        body = body[: chance.randint(0, len(body) - 1)] if kind == "cut" else body
        body = b"PARE" + body[4:-4] + b"PARE" if kind == "magic" else body
    elif kind == "flipped":
        refused, held = MAY, bytearray(body)
        for _ in range(chance.randint(1, 9)):
            held[chance.randrange(4, len(held))] ^= 1 << chance.randint(0, 7)
        body = bytes(held)
    elif kind == "not UTF-8":
        good = rows[1:]
    elif kind != "no rows":
        good = rows
    return make.file(body, f"Parquet: {kind}", refused, good, "a.parquet")


def _odd_columns(size: int) -> dict[str, pa.Array]:
    far = [9 * 10**15, None] * (size // 2)
    return {
        "ns": pa.array([1700000000123456789, None] * (size // 2), pa.timestamp("ns")),
        "mars": pa.array([1, None] * (size // 2), pa.timestamp("us", "Mars/Phobos")),
        "far": pa.array(far, pa.timestamp("s")), "day": pa.array([2**31 - 1, None] * (size // 2), pa.date32()),
        "long": pa.array([2**62, None] * (size // 2), pa.duration("us")), "nothing": pa.nulls(size),
        "clock": pa.array([1, None] * (size // 2), pa.time64("ns")),
        "half": pa.array([1.5, None] * (size // 2)).cast(pa.float16()),
        "nan": pa.array([float("nan"), float("inf")] * (size // 2)),
        "whole": pa.array([2**64 - 1, None] * (size // 2), pa.uint64()),
        "raw": pa.array([b"\xff\x00", None] * (size // 2)),
        "map": pa.array([[("a", 1)], None] * (size // 2), pa.map_(pa.string(), pa.int64())),
        "text": pa.array([WORDS, None] * (size // 2), pa.large_string()),
    }  # fmt: skip


TYPED: dict[Callable[[Maker], Malformed], int] = {lines_of_json: 12, cut_json: 3, parquet: 8}
