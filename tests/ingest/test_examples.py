"""The example mappings on the public data they are for, against known figures."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from itertools import islice
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


def cells(file: Path) -> list[dict[str, str]]:
    """The lines of a packed CSV file by Python's own reader: what the loads are held against."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_olist(rooms: Any, shared_data: Path) -> None:
    folder = shared_data / "olist_sample_15k"
    orders = cells(folder / "olist_orders_dataset.csv.gz")
    person = {row["customer_id"]: row["customer_unique_id"] for row in cells(folder / "olist_customers_dataset.csv.gz")}
    report = rooms.load(None, folder / "olist_orders_dataset.csv.gz", mapping=EXAMPLES / "olist_orders.toml")
    assert (report.read, report.new, report.skipped, report.quarantined) == (15_000, 14_797, 202, 1)
    bought = {row["purchase_id"]: row for row in rooms.rows("purchase")}
    counted = {row["order_id"] for row in orders if row["order_status"] not in ("canceled", "unavailable")}
    items = [row for row in cells(folder / "olist_order_items_dataset.csv.gz") if row["order_id"] in counted]
    assert sum(row["revenue"] for row in bought.values()) == pytest.approx(sum(float(row["price"]) for row in items))
    assert {key: row["customer_id"] for key, row in bought.items()} == {
        row["order_id"]: person[row["customer_id"]] for row in orders if row["order_id"] in bought
    }
    came = [row for row in rooms.rows("interaction") if row["touchpoint"] == "delivery"]
    late = sum(row["order_delivered_customer_date"][:10] > row["order_estimated_delivery_date"][:10] for row in orders)
    assert sum(row["kind"] == "late" for row in came) == late == 957
    assert len(came) == 14_552 == sum(row["order_delivered_customer_date"] != "" for row in orders)

    file = folder / "olist_order_reviews_dataset.csv.gz"
    reviewed = rooms.load(None, file, mapping=EXAMPLES / "olist_reviews.toml")
    assert (reviewed.read, reviewed.new, reviewed.quarantined) == (14_944, 14_944, 0)
    found = [row for row in rooms.rows("interaction") if row["kind"] == "review"]
    assert Counter(row["rating"] for row in found) == {5: 8597, 4: 2887, 3: 1281, 2: 478, 1: 1701}
    words = [row for row in cells(file) if (row["review_comment_title"] + row["review_comment_message"]).strip()]
    assert len(rooms.rows("verbatim")) == len(words)
    again = rooms.load(None, file, mapping=EXAMPLES / "olist_reviews.toml")
    assert (again.new, again.replaced, again.unchanged) == (0, 0, 14_944)

    known = rooms.load(None, folder / "olist_customers_dataset.csv.gz", mapping=EXAMPLES / "olist_customers.toml")
    assert (known.new, len(rooms.rows("identity"))) == (len(set(person.values())), 15_000)


def test_amazon_reviews(rooms: Any, shared_data: Path) -> None:
    folder = shared_data / "amazon_reviews_5core"
    file = folder / "Musical_instruments_reviews.csv.gz"
    report = rooms.load(None, file, mapping=EXAMPLES / "amazon_instruments.toml")
    assert (report.read, report.new) == (10_261, 10_261)
    stars = Counter(row["rating"] for row in rooms.rows("interaction"))
    assert stars == Counter(float(row["overall"]) for row in cells(file))
    beauty = rooms.load(None, folder / "All_Beauty_5.json.gz", mapping=EXAMPLES / "amazon_beauty.toml")
    with gzip.open(folder / "All_Beauty_5.json.gz", "rt", encoding="utf-8") as text:
        rows = [json.loads(line) for line in text]
    reviews = {(r["reviewerID"], r["asin"], r["unixReviewTime"], r.get("reviewText", "").lower().strip()) for r in rows}
    assert beauty.read == len(rows) == 5_269 == beauty.new + beauty.replaced + beauty.unchanged
    assert beauty.new == len(reviews)


def test_support_on_twitter(rooms: Any, shared_data: Path) -> None:
    folder = shared_data / "twitter_customer_support"
    files = [folder / "spotify_inbound.csv.gz", folder / "twcs_sample_93.csv"]
    report = rooms.load(None, *files, mapping=EXAMPLES / "twitter_support.toml")
    assert (report.read, report.new, report.quarantined) == (9_093 + 93, 9_087 + 93, 6)
    speakers = Counter(row["speaker"] for row in rooms.rows("verbatim"))
    assert speakers == {"customer": 9_087 + 49, "employee": 44}
    answers = [row for row in rooms.rows("interaction") if row["direction"] == "outbound"]
    # an answer is the customer's whom it answers, never the team's; two answer tweets that are not in the file
    assert sum(row["customer_id"].startswith("conversation:") for row in answers) == 2
    assert all(row["customer_id"].removeprefix("conversation:").isdecimal() for row in answers)
    # a conversation holds its customer's tweets and the team's
    sides: dict[str, set[str]] = {}
    for row in rooms.rows("interaction"):
        sides.setdefault(row["conversation_id"], set()).add(row["direction"])
    assert sum(len(both) == 2 for both in sides.values()) >= 20


def test_abcd_conversations(rooms: Any, shared_data: Path) -> None:
    file = shared_data / "abcd_sample" / "abcd_sample.json"
    report = rooms.load(None, file, mapping=EXAMPLES / "abcd.toml")
    talks = json.loads(file.read_text(encoding="utf-8"))
    turns = [(str(t["convo_id"]), n, who, said) for t in talks for n, (who, said) in enumerate(t["original"], 1)]
    assert report.read == report.new == len(turns)
    said = {row["interaction_id"]: (row["speaker"], row["text"]) for row in rooms.rows("verbatim")}
    sides = {"customer": "customer", "agent": "employee"}
    assert said == {f"{t}:{n:04}": (sides[who], words) for t, n, who, words in turns if who in sides}
    assert len(rooms.rows("customer")) == len(talks)


def test_clicks_and_contracts(rooms: Any, shared_data: Path) -> None:
    file = shared_data / "rees46_events_excerpt" / "2019-Oct_0000-0250utc.csv.gz"
    report = rooms.load(None, file, mapping=EXAMPLES / "rees46.toml")
    # the excerpt ends inside its last line
    assert (report.read, report.new, report.quarantined) == (17_435, 17_434, 1)
    sold = [row for row in cells(file) if row["event_type"] == "purchase"]
    bought = rooms.rows("purchase")
    assert len(bought) == len({row["user_session"] for row in sold})
    assert sum(row["revenue"] for row in bought) == pytest.approx(sum(float(row["price"]) for row in sold))
    contracts = shared_data / "telco_churn" / "WA_Fn-UseC_-Telco-Customer-Churn.csv"
    assert rooms.load(None, contracts, mapping=EXAMPLES / "telco.toml").new == 7_043
    left = [json.loads(row["traits"])["Churn"] for row in rooms.rows("customer")]
    assert left.count("Yes") == 1_869


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
    with gzip.open(file, "rt", encoding="utf-8") as whole:  # a ninth of the lines, whose customers are as often missing
        part = rooms.file("".join(islice(whole, 60_000)), "part.csv")
    report = rooms.load(None, part, mapping=mapping)
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
