"""Shopify: the list of customers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from heartline.sources.cells import strings
from heartline.sources.export import Export, OtherHeader
from heartline.sources.open_file import FileOptions, open_file
from heartline.sources.raw import RawBatch, Source
from heartline.sources.reshaped import Reshaped, with_columns

_SHIELDED = ("Customer ID", "Phone", "Default Address Phone", "Default Address Zip")


class _Customers:
    """Takes off the ' before ids and numbers, which keeps spreadsheets from changing them, and joins the names."""

    def columns(self, found: Sequence[str]) -> list[str]:
        return [*found, "Name"]

    def batch(self, raw: RawBatch) -> RawBatch:
        made = {name: pc.utf8_ltrim(strings(raw.columns[name]), "'") for name in _SHIELDED if name in raw.columns}
        nothing = pa.nulls(raw.rows, pa.string())
        first, last = (strings(raw.columns.get(name, nothing)) for name in ("First Name", "Last Name"))
        made["Name"] = pc.coalesce(pc.binary_join_element_wise(first, last, " "), first, last)
        return with_columns(raw, made)

    def finish(self) -> None:
        return None


def _opened(path: Path, options: FileOptions) -> Source:
    return Reshaped(open_file(path, options), _Customers())


EXPORT = Export(
    name="shopify_customers",
    title="a Shopify export of customers",
    about="Each line becomes a customer; whether they accept e-mail marketing is their consent, what was spent and"
    " noted is kept among the traits.",
    fetch="in Shopify under Customers choose Export, plain CSV file",
    signatures=(
        frozenset({"First Name", "Last Name", "Email", "Total Spent", "Total Orders"}),
        frozenset({"Customer ID", "Email", "Accepts Email Marketing"}),
    ),
    opener=_opened,
    options={
        "optional": ["Customer ID", "Phone", "Accepts Email Marketing"],
        "also_named": {
            "Phone": ["Default Address Phone"],
            "Total Orders": ["Orders Count"],
            "Accepts Email Marketing": ["Accepts Marketing"],
        },
    },
    tables=(
        {
            "name": "customer",
            "columns": {
                "customer_id": {
                    "first_of": [
                        {"column": "Customer ID", "prefix": "shopify:"},
                        {"column": "Email", "prefix": "email:", "hashed": True},
                    ]
                },
                "name": "Name",
                "email": "Email",
                "phone": "Phone",
                "consent_marketing": "Accepts Email Marketing",
            },
        },
    ),
    others=(
        OtherHeader(
            ("Name", "Financial Status"),
            "the export of orders",
            "load it with heartline ingest --from shopify_orders",
        ),
    ),
)
