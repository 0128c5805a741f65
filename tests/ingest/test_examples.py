"""The example mappings on the public data they are for, against known figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from heartline.ingest import suggest
from heartline.sources.mapping import read_mapping

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_cdnow(rooms: Any, shared_data: Path) -> None:
    file = shared_data / "cdnow" / "CDNOW_master.txt"
    report = rooms.load(None, file, mapping=EXAMPLES / "cdnow.toml")
    assert (report.read, report.new, report.quarantined) == (69_659, 69_659, 0)
    rows = rooms.rows("purchase")
    assert sum(row["revenue"] for row in rows) == pytest.approx(2_500_315.63)
    assert len({row["customer_id"] for row in rows}) == 23_570


def test_online_retail(rooms: Any, shared_data: Path) -> None:
    file = shared_data / "online_retail" / "online_retail.csv.gz"
    report = rooms.load(None, file, mapping=EXAMPLES / "online_retail.toml")
    assert report.read == 541_909
    # lines without a customer, and cancellations with one: both known counts of this set
    assert report.skipped == 135_080 + 8_905
    rows = rooms.rows("purchase")
    assert (len(rows), len({row["customer_id"] for row in rows})) == (18_536, 4_339)
    assert sum(row["revenue"] for row in rows) == pytest.approx(8_911_407.904)


def test_airline_tweets(rooms: Any, shared_data: Path) -> None:
    file = shared_data / "airline_tweets" / "airline_tweets.csv.gz"
    report = rooms.load(None, file, mapping=EXAMPLES / "airline_tweets.toml")
    assert report.read == report.new + report.replaced + report.unchanged == 10_370
    assert rooms.load(None, file, mapping=EXAMPLES / "airline_tweets.toml").unchanged == 10_370


def test_steam_reviews(rooms: Any, shared_data: Path) -> None:
    file = shared_data / "steam_reviews" / "steam_reviews.csv.gz"
    report = rooms.load(None, file, mapping=EXAMPLES / "steam_reviews.toml")
    assert (report.read, report.quarantined) == (10_608, 0)
    rows = rooms.rows("interaction")
    assert sum(row["touchpoint"] == "review" for row in rows) == 10_608
    assert {row["rating"] for row in rows if row["touchpoint"] == "review"} == {0.0, 1.0}


@pytest.mark.parametrize(
    ("path", "table", "columns"),
    [
        ("steam_reviews/steam_reviews.csv.gz", "interaction",
         {"interaction_id": "review_id", "customer_id": "customer_id", "occurred_at": "created_at", "text": "text",
          "rating": "voted_up"}),
        ("airline_tweets/airline_tweets.csv.gz", "interaction",
         {"interaction_id": "tweet_id", "customer_id": "customer_id", "occurred_at": "created_at", "text": "text"}),
    ],
)  # fmt: skip
def test_proposals_find_the_columns(shared_data: Path, path: str, table: str, columns: dict[str, str]) -> None:
    proposed = suggest(shared_data / path)
    assert proposed.table == table
    found = {guess.column: guess.source for guess in proposed.guesses}
    assert {name: found.get(name) for name in columns} == columns


def test_a_proposal_can_be_loaded_as_it_is(rooms: Any, shared_data: Path) -> None:
    file = shared_data / "online_retail" / "online_retail.csv.gz"
    text = suggest(file).to_toml()
    assert "CHECK" in text
    mapping = rooms.file(text, "proposed.toml")
    report = rooms.load(None, file, mapping=mapping)
    assert report.new > 20_000


def test_a_proposal_finds_blanks_formats_and_missing_ids(rooms: Any, shared_data: Path) -> None:
    file = shared_data / "cdnow" / "CDNOW_master.txt"
    mapping = rooms.file(suggest(file).to_toml(), "proposed.toml")
    assert rooms.load(None, file, mapping=mapping).new == 69_659


def test_a_mapping_says_what_is_wrong() -> None:
    from heartline.errors import MappingError

    for given, words in (
        ({}, "no \\[\\[table"),
        ({"table": [{"name": "nothing"}]}, "no table nothing"),
        ({"table": [{"name": "customer", "columns": {"custmer_id": "a"}}]}, "did you mean customer_id"),
        ({"table": [{"name": "customer", "columns": {"email": "a"}}]}, "nothing is given for customer_id"),
        ({"table": [{"name": "customer", "colums": {}}]}, "unknown key colums"),
        ({"table": [{"name": "purchase", "group": {"by": "a", "revenue": "mean(x)"}}]}, "no way to gather"),
    ):
        with pytest.raises(MappingError, match=words):
            read_mapping(given, "m.toml")


def test_a_german_export_is_understood(rooms: Any) -> None:
    lines = [f"B{n};K{n % 7};{n % 28 + 1:02d}.03.2025;1.{n:03d},50;" for n in range(40)]
    body = "Bestellnummer;Kundennummer;Bestelldatum;Gesamtbetrag;Rabatt\n" + "\n".join(lines)
    mapping = rooms.file(suggest(rooms.file(body, "b.csv")).to_toml(), "proposed.toml")
    report = rooms.load(None, rooms.root / "b.csv", mapping=mapping)
    assert (report.table, report.new, report.quarantined) == ("purchase", 40, 0)
    assert {row["revenue"] for row in rooms.rows("purchase")} == {1000.5 + n for n in range(40)}


def test_a_file_of_our_own_names_needs_no_mapping(rooms: Any) -> None:
    head = "interaction_id,customer_id,occurred_at,channel,touchpoint,rating,rating_min,rating_max,text\n"
    for rows in ("", "1,c,2025-01-01,web,checkout,4,1,5,fine\n"):
        told = suggest(rooms.file(head + rows)).to_toml()
        assert "heartline ingest interaction a.csv" in told
    assert 'rating_max = "rating_max"' in told
    assert 'text = "text"' in told
    assert "[table.constants]" not in told
    foreign = rooms.file("customer_id,shop,colour,size,shape\nc,a,b,c,d\n")
    assert "No mapping is needed" not in suggest(foreign).to_toml()


def test_json_is_no_text_and_a_column_named_review_is(rooms: Any) -> None:
    context = {"page": "/a/very/long/address", "number": 1}
    body = "".join(
        json.dumps({"id": n, "user": "c", "at": "2025-01-03", "Review text": said, "context": context}) + "\n"
        for n, said in enumerate(["so good!", "too slow, sad"] * 10)
    )
    found = {guess.column: guess.source for guess in suggest(rooms.file(body, "r.jsonl")).guesses}
    assert found["text"] == "Review text"
