import json
from datetime import datetime

from tests.sources.exports.sample import Sample

FIRST = {
    "id": "5f01", "stars": 2, "title": "Slow", "text": "Parcel came late, sadly – æøå 🐌", "language": "da",
    "createdAt": "2025-03-01T10:00:00Z", "updatedAt": "2025-03-02T10:00:00", "isVerified": True, "numberOfLikes": 3,
    "consumer": {"id": "c9", "displayName": "Ida H.", "numberOfReviews": 1, "links": []},
    "businessUnit": {"id": "b1", "identifyingName": "shop.example", "links": []},
    "companyReply": {"text": "We are sorry.", "createdAt": "2025-03-03T10:00:00Z", "updatedAt": None},
    "source": "AFSv2", "links": [],
}  # fmt: skip
SECOND = {
    "id": "5f02", "stars": 5, "title": "Top", "text": None, "language": None, "createdAt": "2025-03-04T10:00:00Z",
    "updatedAt": None, "consumer": None, "companyReply": None,
}  # fmt: skip


def page(*records: object) -> str:
    return json.dumps({"reviews": records, "links": []}, ensure_ascii=False, indent=2) + "\n"


SAMPLE = Sample(
    file="reviews.json",
    body=page(FIRST) + page(SECOND),
    counts={"interaction": 3, "verbatim": 3, "customer": 1},
    rows={
        "interaction": {
            "trustpilot:5f01": {
                "customer_id": "trustpilot:c9", "occurred_at": datetime(2025, 3, 2, 10), "rating": 2.0,
                "rating_min": 1.0, "rating_max": 5.0, "kind": "review",
            },
            "trustpilot:reply:5f01": {"direction": "outbound", "conversation_id": "trustpilot:5f01", "rating": None,
                                      "customer_id": "trustpilot:c9"},
            "trustpilot:5f02": {"customer_id": "trustpilot:review:5f02", "rating": 5.0},
        },
        "verbatim": {
            "trustpilot:5f01": {"text": "Slow\nParcel came late, sadly – æøå 🐌", "language": "da"},
            "trustpilot:reply:5f01": {"speaker": "employee"},
            "trustpilot:5f02": {"text": "Top"},
        },
        "customer": {"trustpilot:c9": {"name": "Ida H.", "email": None}},
    },
    newer=page({**FIRST, "stars": 4, "updatedAt": "2025-03-09T06:00:00Z"}),
    replaced=("interaction", "trustpilot:5f01", {"rating": 4.0, "occurred_at": datetime(2025, 3, 9, 6)}),
    broken=page({**FIRST, "stars": 7}) + page(SECOND)[:-20],
    bad=frozenset({(1, "rating"), (1 + page(FIRST).count("\n"), "(row)")}),
    mend={"Stars": "1"},
    mended=("interaction", "trustpilot:5f01"),
    kept=("interaction", "trustpilot:5f01", "source", "AFSv2"),
)  # fmt: skip
