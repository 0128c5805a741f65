"""Value against what customers then spent, on public data: the figures in docs/explanation/value.md. Prints JSON lines.

    python benchmarks/value_holdout.py DATA_FOLDER

DATA_FOLDER holds ``cdnow/CDNOW_sample.txt`` and ``online_retail/online_retail.csv.gz`` as published.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from scipy import stats

from heartline.analysis.base import Context
from heartline.analysis.value import ANALYSIS
from heartline.engines.duckdb import DuckDBEngine
from heartline.runner import run_analysis
from heartline.tables import table


class Order(NamedTuple):
    """One order of the public data."""

    customer: str
    when: datetime
    revenue: float


def cdnow(folder: Path) -> Iterator[Order]:
    """Purchases of a cohort of a music shop, 1997 to June 1998."""
    for line in (folder / "cdnow" / "CDNOW_sample.txt").read_text().splitlines():
        _, customer, day, _, dollars = line.split()
        yield Order(customer, datetime.strptime(day, "%Y%m%d"), float(dollars))


def online_retail(folder: Path) -> Iterator[Order]:
    """Invoices of a gift wholesaler; cancellations and lines without a customer are left out."""
    spent: dict[str, float] = defaultdict(float)
    about: dict[str, tuple[str, datetime]] = {}
    with gzip.open(folder / "online_retail" / "online_retail.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["CustomerID"] and not row["InvoiceNo"].startswith("C"):
                spent[row["InvoiceNo"]] += float(row["Quantity"]) * float(row["UnitPrice"])
                about[row["InvoiceNo"]] = (row["CustomerID"], datetime.fromisoformat(row["InvoiceDate"][:19]))
    for invoice, revenue in spent.items():
        yield Order(*about[invoice], revenue)


def measure(name: str, orders: list[Order], as_of: datetime, horizon: int) -> dict[str, Any]:
    """Forecast at ``as_of``, compare with the ``horizon`` days that followed and with three simple rules."""
    past = [order for order in orders if order.when < as_of]
    found, ran = _forecast(past, as_of, horizon)
    later: dict[str, float] = defaultdict(float)
    before: dict[str, float] = defaultdict(float)
    for order in orders:
        if order.revenue > 0 and as_of <= order.when < as_of + timedelta(days=horizon):
            later[order.customer] += order.revenue
        if order.revenue > 0 and as_of - timedelta(days=horizon) <= order.when < as_of:
            before[order.customer] += order.revenue
    customers = found.column("customer_id").to_pylist()
    actual = np.array([later[customer] for customer in customers])
    of = {
        each: found.column(each).to_numpy()
        for each in found.column_names
        if each.startswith(("expected", "fre", "age"))
    }
    spent = (of["frequency"] + 1) * found.column("mean_order_value").to_numpy()
    rules = {
        "value": of["expected_value"],
        "simple average": np.full(len(customers), np.mean([before[customer] for customer in customers])),
        "own past rate": spent / np.maximum(of["age_days"], 30) * horizon,
        "same as the period before": np.array([before[customer] for customer in customers]),
    }
    inside = (actual >= of["expected_value_low"]) & (actual <= of["expected_value_high"])
    return {
        "data": name,
        "customers": len(customers),
        "horizon_days": horizon,
        **{key: ran[key] for key in ("method", "spend_method", "reason", "counts", "spend")},
        "interval_coverage": round(float(inside.mean()), 3),
        "against": {rule: _errors(said, actual) for rule, said in rules.items()},
    }


def _forecast(past: list[Order], as_of: datetime, horizon: int) -> tuple[pa.Table, dict[str, Any]]:
    schema = table("purchase").arrow_schema()
    known = {
        "purchase_id": [str(number) for number in range(len(past))],
        "customer_id": [order.customer for order in past],
        "occurred_at": [order.when for order in past],
        "revenue": [order.revenue for order in past],
    }
    columns = [pa.array(known.get(field.name, [None] * len(past)), field.type) for field in schema]
    engine = DuckDBEngine()
    for name in ("customer", "subscription", "referral", "connection"):
        engine.register_arrow(name, table(name).arrow_schema().empty_table())
    engine.register_arrow("purchase", pa.Table.from_arrays(columns, schema=schema))
    settings: dict[str, str | int | float | bool] = {
        "currency": "own",
        "horizon_days": horizon,
        "discount_rate": 0.0,
        "min_base": 30,
        "periods": 6,
        "value_window_days": 150,
    }
    ran = run_analysis(engine, ANALYSIS, Context(as_of, settings))
    found = engine.fetch("select * from customer_value order by customer_id nulls first")
    engine.close()
    return found, dict(ran.values)


def _errors(said: Any, actual: Any) -> dict[str, float]:
    best = np.argsort(-said, kind="stable")[: len(said) // 10]
    return {
        "mean_absolute_error": round(float(np.abs(said - actual).mean()), 2),
        # everybody the same ranks nobody
        "rank_correlation": round(float(stats.spearmanr(said, actual)[0]), 3) if np.ptp(said) > 0 else 0.0,
        "said_over_actual": round(float(said.sum() / actual.sum()), 3),
        "spend_share_of_top_tenth": round(float(actual[best].sum() / actual.sum()), 3),
    }


def main() -> None:
    """Measure every hold-out and print one JSON object a line."""
    folder = Path(sys.argv[1])
    print(json.dumps(measure("cdnow", list(cdnow(folder)), datetime(1997, 10, 1), 273)))
    orders = list(online_retail(folder))
    print(json.dumps(measure("online_retail, from June", orders, datetime(2011, 6, 10), 183)))
    print(json.dumps(measure("online_retail, from September", orders, datetime(2011, 9, 1), 100)))


if __name__ == "__main__":
    main()
