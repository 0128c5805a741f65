"""The SQL that puts persons over facts stays in the subset that both engines answer alike."""

from __future__ import annotations

import pyarrow as pa
from tests.engines.opaque import OpaqueFunctions
from tests.engines.sql_subset import faults

from heartline.engines.base import Engine
from heartline.engines.duckdb import DuckDBEngine
from heartline.identity.ids import own_id, own_id_sql, own_ids
from heartline.identity.mapped import ALL, mapped_steps
from heartline.tables import TABLES

# Not in the list of analyses; that they agree is shown below.
OF_IDS = ("MD5 is not in the subset", "Substring is not in the subset")


def test_steps_stay_in_the_subset(duckdb_engine: DuckDBEngine) -> None:
    for of in TABLES.values():
        if of.kind == "fact" or of.name == "member":
            duckdb_engine.register_parquet(of.name if of.name == "member" else ALL + of.name, [], of.arrow_schema())
    duckdb_engine.run(mapped_steps(duckdb_engine.functions, lambda _: "true"))
    rows = duckdb_engine.fetch(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'main' and not internal"
    ).to_pylist()
    types: dict[str, dict[str, str]] = {}
    for row in rows:
        types.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
    steps = mapped_steps(OpaqueFunctions(), lambda _: "true")
    assert {of.name for of in TABLES.values() if of.kind == "fact" and of.customer} <= {step.name for step in steps}
    outside = {
        f"{step.name}: {fault}"
        for step in steps
        for fault in faults(step.sql, step.name in TABLES, types)
        if not any(known in fault for known in OF_IDS)
    }
    assert outside == set()


def test_an_id_is_the_same_in_python_and_on_every_engine(engine: Engine) -> None:
    members = ["a", "anon:1f", "Ünal 'x'", "", "p0"]
    engine.register_arrow("named", pa.table({"member_id": [*members, None]}))
    rows = engine.fetch(f"select member_id, {own_id_sql('member_id')} as id from named").to_pylist()
    assert {row["member_id"]: row["id"] for row in rows} == {None: None, **{one: own_id(one) for one in members}}
    assert own_ids(members) == [own_id(one) for one in members]
    assert len({own_id(one) for one in members}) == len(members)
