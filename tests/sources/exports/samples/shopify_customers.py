from tests.sources.exports.sample import Sample

HEAD = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address City,Phone,Total Spent,Total Orders,"
    "Note,Tags"
)
FIRST = "'901,Ida,Holm,ida@shop.example,yes,Aarhus,'+4512345678,120.50,3,,vip"
REST = "\n,,Falk,Bo@shop.example,no,,,0.00,0,,\n"

SAMPLE = Sample(
    file="customers_export.csv",
    body=f"{HEAD}\n{FIRST}{REST}",
    counts={"customer": 2, "identity": 3},
    rows={
        "customer": {
            "shopify:901": {"name": "Ida Holm", "email": "ida@shop.example", "phone": "+4512345678"},
            "email:f64b1d8bfe39c19b7c1a": {"name": "Falk"},
        }
    },
    newer=f"{HEAD}\n{FIRST.replace('Holm', 'Holm-Falk')}\n",
    replaced=("customer", "shopify:901", {"name": "Ida Holm-Falk"}),
    broken=f"{HEAD}\n,Ann,Ost,,yes,,,0.00,0,,\n{FIRST}{REST}'902,Per\n",
    bad=frozenset({(2, "customer_id"), (5, "(row)")}),
    mend={"Customer ID": "903"},
    mended=("customer", "shopify:903"),
    lacking=f"{HEAD}\n{FIRST}{REST}".replace(",Email,", ",Mail,"),
    lacks="Email",
    kept=("customer", "shopify:901", "Tags", "vip"),
)
