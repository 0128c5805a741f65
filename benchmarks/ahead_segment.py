"""The segment of each customer in a workspace that holds only some of the messages."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from heartline.workspace import Workspace

MAPPING = Path(__file__).parents[1] / "examples" / "airline_tweets.toml"
REASON = "negativereason"


def segments(tweets: Sequence[Mapping[str, Any]], ids: Collection[str], folder: Path) -> dict[str, str]:
    """Customer → segment after the tweets with these ids, every analysis run on them alone.

    The readers' reason for writing is left out: it is a label by people.
    """
    file = folder / "tweets.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(tweets[0]))
        writer.writeheader()
        writer.writerows({**tweet, REASON: ""} for tweet in tweets if tweet["tweet_id"] in ids)
    settings: dict[str, str | int | float | bool] = {"company": "Six airlines", "currency": "USD", "periods": 1}
    with Workspace.create(folder / "workspace", settings) as workspace:
        workspace.ingest(None, [file], MAPPING)
        workspace.run()
        found = workspace.query("select customer_id, segment from loyalty where segment is not null").to_pylist()
    return {row["customer_id"]: row["segment"] for row in found}
