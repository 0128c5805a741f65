"""Rows by their keys, over segments of all buckets, as they are live."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from heartline.facts.hashes import hash_rows
from heartline.facts.store import FactStore
from heartline.records.store import Records
from heartline.tables import table

OF = table("customer")


def customers(names: dict[str, str]) -> pa.RecordBatch:
    made = [{"customer_id": customer, "name": name} for customer, name in names.items()]
    return pa.RecordBatch.from_pylist(made, OF.arrow_schema())


def test_what_is_found_is_what_is_live(tmp_path: Path) -> None:
    records = Records(tmp_path / "records.db")
    facts = FactStore(tmp_path, records)
    wanted = hash_rows([pa.array(["c3", "c7", "nobody", "c3"])])
    assert facts.find(OF, wanted, ["name"]).num_rows == 0
    facts.load(OF, [customers({f"c{n}": "old" for n in range(300)})], "first")
    facts.load(OF, [customers({"c7": "new", "d1": "new"})], "second")
    found = facts.find(OF, wanted, ["customer_id", "name"]).to_pylist()
    assert {row["customer_id"]: row["name"] for row in found} == {"c3": "old", "c7": "new"}
    assert len(found) == 2
    assert {row["key_hash"] for row in facts.find(OF, wanted).to_pylist()} == set(wanted[:2].tolist())
    assert facts.find(OF, wanted[:0], ["name"]).num_rows == 0
    records.close()
