import json
from datetime import datetime

from tests.sources.exports.sample import Sample

HEAD = (
    "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Cancelled at,Refunded Amount,Id,Tags,Source,"
    "Phone"
)
FIRST = (
    "#1001,Ida@shop.example,paid,2025-06-01 10:00:02 -0400,USD,47.00,6.00,3.00,56.00,JUNE,5.00,2025-06-01 10:00:00 -0400,"
    "2,Fern print,16.00,FERN-1,Ida Holm,,0.00,5501,gift,web,"
)
REST = """
#1001,Ida@shop.example,,,,,,,,,,,1,"Tote bag, canvas",20.00,TOTE-1,,,,,,,
#1002,,voided,,USD,25.00,0.00,0.00,25.00,,0.00,2025-06-02 09:00:00 -0400,1,Mug,25.00,MUG-1,Bo Falk,,0.00,5502,,pos,
"""

SAMPLE = Sample(
    file="orders_export.csv",
    body=f"{HEAD}\n{FIRST}{REST}",
    counts={"purchase": 2, "interaction": 2, "customer": 1, "identity": 1},
    rows={
        "purchase": {
            "shopify:5501": {
                "occurred_at": datetime(2025, 6, 1, 14), "revenue": 47.0, "currency": "USD", "discount": 5.0,
                "refunded": 0.0, "channel": "web", "customer_id": "email:df2f1092f08863dfba90",
                "products": json.dumps(
                    [
                        {"quantity": 2.0, "name": "Fern print", "price": 16.0, "sku": "FERN-1"},
                        {"quantity": 1.0, "name": "Tote bag, canvas", "price": 20.0, "sku": "TOTE-1"},
                    ], separators=(",", ":"),
                ),
            },
            "shopify:5502": {"revenue": 0.0, "customer_id": "shopify:order:#1002", "channel": "store"},
        },
        "interaction": {"shopify:order:5502": {"outcome": "failed", "touchpoint": "order", "channel": "store"}},
    },
    newer=f"{HEAD}\n{FIRST.replace(',0.00,5501', ',16.00,5501')}\n",
    replaced=("purchase", "shopify:5501", {"refunded": 16.0}),
    broken=f"{HEAD}\n{FIRST.replace('47.00', '47 dollars')}{REST}#1003,short\n",
    bad=frozenset({(2, "revenue"), (5, "(row)")}),
    mend={"Goods paid": "47"},
    mended=("purchase", "shopify:5501"),
    lacking=f"{HEAD}\n{FIRST}{REST}".replace("Subtotal", "Sum"),
    lacks="Subtotal",
    kept=("interaction", "shopify:order:5501", "Tags", "gift"),
)  # fmt: skip
