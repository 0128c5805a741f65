"""The files that come out: Heartline's own import columns, written row group by row group."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

_TEXT, _REAL, _WHOLE = pa.string(), pa.float64(), pa.int64()
_TIME = pa.timestamp("us", tz="UTC")


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


SCHEMAS: dict[str, pa.Schema] = {
    "customer": _schema(
        customer_id=_TEXT, first_seen_at=_TIME, name=_TEXT, email=_TEXT, phone=_TEXT, region=_TEXT,
        member=_TEXT, consent_emotion=_TEXT,
    ),
    "interaction": _schema(
        interaction_id=_TEXT, customer_id=_TEXT, occurred_at=_TIME, channel=_TEXT, touchpoint=_TEXT,
        stage=_TEXT, kind=_TEXT, direction=_TEXT, outcome=_TEXT, duration_s=_REAL, rating=_REAL,
        rating_min=_REAL, rating_max=_REAL, text=_TEXT, speaker=_TEXT, conversation_id=_TEXT, team=_TEXT,
        campaign=_TEXT, properties=_TEXT,
    ),
    "purchase": _schema(
        purchase_id=_TEXT, customer_id=_TEXT, occurred_at=_TIME, revenue=_REAL, currency=_TEXT,
        list_value=_REAL, discount=_REAL, margin=_REAL, refunded=_REAL, channel=_TEXT, products=_TEXT,
    ),
    "survey_response": _schema(
        response_id=_TEXT, customer_id=_TEXT, answered_at=_TIME, construct=_TEXT, subject=_TEXT, value=_REAL,
        scale_min=_REAL, scale_max=_REAL, survey=_TEXT, question=_TEXT, text=_TEXT,
    ),
    "referral": _schema(referrer_id=_TEXT, referred_id=_TEXT, occurred_at=_TIME, converted=_TEXT),
    "spend": _schema(touchpoint=_TEXT, period=_TEXT, amount=_REAL, currency=_TEXT, department=_TEXT),
    "option": _schema(
        option_id=_TEXT, name=_TEXT, department=_TEXT, touchpoint=_TEXT, cost=_REAL, currency=_TEXT,
        expected_lift=_REAL, max_units=_WHOLE,
    ),
    "funnel": _schema(funnel=_TEXT, position=_WHOLE, touchpoint=_TEXT),
    "initiative": _schema(
        initiative_id=_TEXT, name=_TEXT, touchpoint=_TEXT, unit_kind=_TEXT, unit=_TEXT, started_at=_TIME,
        ended_at=_TIME, cost=_REAL, currency=_TEXT,
    ),
    "truth_customer": _schema(
        customer_id=_TEXT, true_bond=_REAL, true_satisfaction=_REAL, true_segment=_TEXT, left_at=_TIME,
        attacking=pa.bool_(), self_relevance=_REAL, betrayed=pa.bool_(), disrespected=pa.bool_(),
        promise_broken=pa.bool_(), orders_per_week=_REAL, p_leave_week=_REAL, p_buy_90d=_REAL,
        expected_value_365d=_REAL, felt_180d=_REAL, promoting_acts_365d=_WHOLE, bond_at_start=_REAL,
        bond_mid=_REAL, propensity=_REAL, baseline=_REAL, unhappy_92d=pa.bool_(), told_92d=pa.bool_(),
        betrayed_at=_TIME, left_service=_REAL, left_product=_REAL, left_price=_REAL, left_process=_REAL,
    ),
    "truth_interaction": _schema(
        interaction_id=_TEXT, customer_id=_TEXT, felt_valence=_REAL, situation=_TEXT, emotion=_TEXT,
        signals=_TEXT,
    ),
}  # fmt: skip


class Files:
    """Open Parquet files of one simulated company, one a table; closes all of them at the end."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.rows: dict[str, int] = dict.fromkeys(SCHEMAS, 0)
        self._writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> Files:
        for name, schema in SCHEMAS.items():
            self._writers[name] = pq.ParquetWriter(self.folder / f"{name}.parquet", schema, compression="zstd")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    def write(self, table: str, columns: dict[str, object]) -> None:
        """Append rows; a column that is not given is NULL throughout."""
        schema = SCHEMAS[table]
        arrays = {name: _array(values, schema.field(name).type) for name, values in columns.items()}
        count = len(next(iter(arrays.values())))
        if not count:
            return
        ordered = [
            arrays[name] if name in arrays else pa.nulls(count, schema.field(name).type) for name in schema.names
        ]
        self._writers[table].write_table(pa.Table.from_arrays(ordered, schema=schema))
        self.rows[table] += count


def _array(values: object, kind: pa.DataType) -> pa.Array:
    array = values if isinstance(values, pa.Array) else pa.array(values)
    return array if array.type == kind else array.cast(kind)


def named(codes: object, names: tuple[str | None, ...]) -> pa.Array:
    """Codes to their names; a negative code is NULL."""
    indices = pa.array(codes).cast(pa.int32())
    valid = pa.compute.if_else(pa.compute.less(indices, 0), None, indices)
    return pa.array(names, pa.string()).take(valid)
