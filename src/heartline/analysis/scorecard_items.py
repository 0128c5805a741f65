"""What is in an order: the items named in ``purchase.products``, as words."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

SCHEMA = pa.schema([("products", pa.string()), ("items", pa.string())])
"""``products`` as told; ``items``: names of items joined by blanks, each without blanks; NULL where there is none."""

# By which an item is told from others, the surest first, as shops write it; compared in small letters.
NAMES = ("sku", "product_id", "productid", "variant_sku", "item_id", "id", "stock_code", "stockcode", "product", "name",
         "title", "description", "category")  # fmt: skip


def items(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Rows of SCHEMA for rows with ``products``, a JSON array of objects or of texts."""
    told = batch.column("products").to_pylist()
    found = [" ".join(_named(each)) or None for each in told]
    return pa.RecordBatch.from_arrays([pa.array(told, pa.string()), pa.array(found, pa.string())], schema=SCHEMA)


def _named(products: str | None) -> list[str]:
    try:
        listed = json.loads(products or "[]")
    except ValueError:
        return []
    names = [_name(each) for each in (listed if isinstance(listed, list) else [listed])]
    return sorted({"_".join(name.split()) for name in names if name.strip()})


def _name(item: Any) -> str:
    """The name of one item; empty where it has none."""
    if not isinstance(item, dict):
        return _text(item)
    small = {str(key).lower(): _text(value) for key, value in item.items()}
    return next((small[key] for key in NAMES if small.get(key)), "")


def _text(value: Any) -> str:
    """A text or a whole number as text; empty for anything else."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
