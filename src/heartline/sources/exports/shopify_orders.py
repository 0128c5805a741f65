"""Shopify: orders, a line per article, with the order's own fields on its first line only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from heartline.sources.cells import strings
from heartline.sources.export import Export, OtherHeader
from heartline.sources.open_file import FileOptions, open_file
from heartline.sources.raw import RawBatch, Source
from heartline.sources.reshaped import Reshaped, batch_of

MADE = ("Products", "Goods paid")
_NEVER_PAID = ("voided", "expired")
_NUMBERS = ("quantity", "price")


class _Orders:
    """Gathers the lines that follow each other under one order number into one row."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._held: dict[str, Any] | None = None
        self._line = 0
        self._products: list[dict[str, Any]] = []

    def columns(self, found: Sequence[str]) -> list[str]:
        # articles go into one column; those of the file are kept as they are in it
        self._names = [*(name for name in found if not name.startswith("Lineitem ")), *MADE]
        return self._names

    def batch(self, raw: RawBatch) -> RawBatch:
        cells = {name: strings(column).to_pylist() for name, column in raw.columns.items()}
        numbers = cells.get("Name", [None] * raw.rows)
        made: list[dict[str, Any]] = []
        lines: list[int] = []
        for at, line in enumerate(raw.lines.tolist()):
            row = {name: values[at] for name, values in cells.items()}
            held = self._held
            if held is None or numbers[at] is None or numbers[at] != held.get("Name"):
                self._flush(made, lines)
                self._held, self._line, self._products = row, line, []
            if product := _product(row):
                self._products.append(product)
        return batch_of(self._names, made, lines, raw.broken)

    def finish(self) -> RawBatch | None:
        made: list[dict[str, Any]] = []
        lines: list[int] = []
        self._flush(made, lines)
        return batch_of(self._names, made, lines) if made else None

    def _flush(self, made: list[dict[str, Any]], lines: list[int]) -> None:
        if self._held is None:
            return
        row = self._held
        status = (row.get("Financial Status") or "").lower()
        # what was never paid brought nothing, whatever its sum
        row["Goods paid"] = "0" if status in _NEVER_PAID and row.get("Subtotal") else row.get("Subtotal")
        row["Products"] = msgspec.json.encode(self._products).decode() if self._products else None
        made.append(row)
        lines.append(self._line)
        self._held = None


def _product(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if not name.startswith("Lineitem ") or value is None:
            continue
        short = name.removeprefix("Lineitem ").replace(" ", "_")
        try:
            found[short] = float(value) if short in _NUMBERS else value
        except ValueError:
            found[short] = value
    return found if "name" in found or "sku" in found else {}


def _opened(path: Path, options: FileOptions) -> Source:
    return Reshaped(open_file(path, options), _Orders())


_WHO = {
    "first_of": [
        {"column": "Email", "prefix": "email:", "hashed": True},
        {"column": "Phone", "prefix": "phone:", "hashed": True},
        {"column": "Name", "prefix": "shopify:order:"},
    ]
}

EXPORT = Export(
    name="shopify_orders",
    title="a Shopify export of orders",
    about="Each order becomes one purchase with its articles, and an interaction that keeps all else; revenue is the "
    "subtotal (goods after discount), 0 where the payment was voided; buyers become customers.",
    fetch="in Shopify under Orders choose Export, plain CSV file",
    signatures=(frozenset({"Name", "Email", "Financial Status", "Subtotal", "Lineitem name", "Created at"}),),
    opener=_opened,
    needs=("Subtotal",),
    options={
        "optional": [
            "Id",
            "Phone",
            "Billing Name",
            "Currency",
            "Discount Amount",
            "Refunded Amount",
            "Financial Status",
            "Source",
        ],
    },
    tables=(
        {
            "name": "purchase",
            "columns": {
                "purchase_id": {
                    "first_of": [
                        {"column": "Id", "prefix": "shopify:"},
                        {"column": "Name", "prefix": "shopify:"},
                    ]
                },
                "customer_id": _WHO,
                "occurred_at": "Created at",
                "revenue": "Goods paid",
                "currency": "Currency",
                "discount": "Discount Amount",
                "refunded": "Refunded Amount",
                "channel": "Source",
                "products": "Products",
            },
            "constants": {"channel": "web"},
            "values": {"channel": {"pos": "store", "*": "web"}},
        },
        {
            "name": "interaction",
            "columns": {
                "interaction_id": {
                    "first_of": [
                        {"column": "Id", "prefix": "shopify:order:"},
                        {"column": "Name", "prefix": "shopify:order:"},
                    ]
                },
                "customer_id": _WHO,
                "occurred_at": "Created at",
                "channel": "Source",
                "outcome": "Financial Status",
            },
            "constants": {"channel": "web", "touchpoint": "order", "stage": "purchase", "kind": "order"},
            "values": {
                "channel": {"pos": "store", "*": "web"},
                "outcome": {"voided": "failed", "expired": "failed", "pending": "", "*": "completed"},
            },
        },
        {
            "name": "customer",
            "only_when": {"Email": "?*"},
            "keep_others": False,
            "columns": {"customer_id": _WHO, "name": "Billing Name", "email": "Email", "phone": "Phone"},
        },
    ),
    others=(
        OtherHeader(
            ("Total Spent",),
            "the export of customers",
            "load it with heartline ingest --from shopify_customers",
        ),
    ),
)
