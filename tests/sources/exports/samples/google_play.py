from datetime import datetime

from tests.sources.exports.sample import Sample

HEAD = (
    "Package Name,App Version Code,App Version Name,Reviewer Language,Device,Review Submit Date and Time,"
    "Review Submit Millis Since Epoch,Review Last Update Date and Time,Review Last Update Millis Since Epoch,Star Rating,"
    "Review Title,Review Text,Developer Reply Date and Time,Developer Reply Millis Since Epoch,Developer Reply Text,"
    "Review Link"
)
LINK = (
    "https://play.google.com/console/developers/1/app/2/user-feedback/review-details?reviewId=gp%3AAb-1&corpus=PUBLIC"
)
FIRST = (
    "example.app,42,4.2,da,lynx,2025-03-01T10:00:00Z,1740823200000,2025-03-02T10:00:00Z,1740909600000,2,Slow,"
    f'"Opens slowly, sadly – æøå",2025-03-03T10:00:00Z,1740996000000,Thank you. Version 4.3 is quicker.,{LINK}'
)
REST = "\nexample.app,,,en,akita,2025-03-04T10:00:00Z,1741082400000,2025-03-04T10:00:00Z,1741082400000,5,,,,,,\n"

SAMPLE = Sample(
    file="reviews_example.app_202503.csv",
    body=f"{HEAD}\n{FIRST}{REST}",
    encoding="utf-16",
    also=("utf-8", "utf-8-sig"),
    counts={"interaction": 3, "verbatim": 2},
    rows={
        "interaction": {
            "google_play:gp:Ab-1": {
                "customer_id": "google_play:gp:Ab-1", "occurred_at": datetime(2025, 3, 2, 10), "channel": "app",
                "touchpoint": "app_review", "rating": 2.0, "rating_min": 1.0, "rating_max": 5.0,
            },
            "google_play:reply:gp:Ab-1": {"direction": "outbound", "conversation_id": "google_play:gp:Ab-1",
                                          "occurred_at": datetime(2025, 3, 3, 10), "rating": None},
            "google_play:example.app:1741082400000:en:akita": {"rating": 5.0},
        },
        "verbatim": {
            "google_play:gp:Ab-1": {"text": "Slow\nOpens slowly, sadly – æøå", "language": "da"},
            "google_play:reply:gp:Ab-1": {"speaker": "employee"},
        },
    },
    newer=f"{HEAD}\n{FIRST.replace('1740909600000,2', '1741500000000,4')}\n",
    replaced=("interaction", "google_play:gp:Ab-1", {"rating": 4.0, "occurred_at": datetime(2025, 3, 9, 6)}),
    broken=f"{HEAD}\n{FIRST.replace('1740909600000,2', '1740909600000,9')}{REST}example.app,42\n",
    bad=frozenset({(2, "rating"), (4, "(row)")}),
    mend={"Star Rating": "1"},
    mended=("interaction", "google_play:gp:Ab-1"),
    lacking=f"{HEAD}\n{FIRST}{REST}".replace("Star Rating", "Stars"),
    lacks="Star Rating",
    kept=("interaction", "google_play:gp:Ab-1", "App Version Name", "4.2"),
)  # fmt: skip
