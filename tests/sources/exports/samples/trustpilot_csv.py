from datetime import datetime

from tests.sources.exports.sample import Sample

HEAD = (
    "Domain Url,Webshop Name,Business Unit Id,Review Id,Review Created (UTC),Review Consumer User Id,Review Username,"
    "Review Title,Review Content,Review Stars,Source Of Review,Reference Id,Company Response,Company Reply Date (UTC),"
    "Review Language"
)
FIRST = (
    'shop.example,Shop,b1,5f01,2025-03-01 10:00:00,c9,Ida H.,Slow,"Parcel came late, sadly – æøå 🐌",2,AFSv2,R-7,'
    "We are sorry.,2025-03-03 10:00:00,da"
)
REST = "\nshop.example,Shop,b1,5f02,2025-03-04 10:00:00,,,Top,,5,,,,,\n"

SAMPLE = Sample(
    file="reviews.csv",
    body=f"{HEAD}\n{FIRST}{REST}",
    counts={"interaction": 3, "verbatim": 3, "customer": 1},
    rows={
        "interaction": {
            "trustpilot:5f01": {
                "customer_id": "trustpilot:c9", "occurred_at": datetime(2025, 3, 1, 10), "rating": 2.0,
                "rating_min": 1.0, "rating_max": 5.0, "kind": "review",
            },
            "trustpilot:reply:5f01": {
                "direction": "outbound", "conversation_id": "trustpilot:5f01", "customer_id": "trustpilot:c9",
                "occurred_at": datetime(2025, 3, 3, 10),
            },
            "trustpilot:5f02": {"customer_id": "trustpilot:review:5f02", "rating": 5.0},
        },
        "verbatim": {
            "trustpilot:5f01": {"text": "Slow\nParcel came late, sadly – æøå 🐌", "language": "da"},
            "trustpilot:reply:5f01": {"speaker": "employee"},
            "trustpilot:5f02": {"text": "Top"},
        },
        "customer": {"trustpilot:c9": {"name": "Ida H."}},
    },
    newer=HEAD + "\n" + FIRST.replace('",2,', '",4,') + "\n",
    replaced=("interaction", "trustpilot:5f01", {"rating": 4.0}),
    broken=HEAD + "\n" + FIRST.replace('",2,', '",9,') + REST + "shop.example,Shop\n",
    bad=frozenset({(2, "rating"), (4, "(row)")}),
    mend={"Stars": "1"},
    mended=("interaction", "trustpilot:5f01"),
    lacking=f"{HEAD}\n{FIRST}{REST}".replace("Review Stars", "Stars"),
    lacks="Review Stars",
    kept=("interaction", "trustpilot:5f01", "Reference Id", "R-7"),
)  # fmt: skip
