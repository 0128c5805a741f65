"""Everybody's data: nine public sets through mapping files, each with its load report and a count that proves it.

    python docs/tutorial/everybodys_data.py            runs everything and writes everybodys_data.md beside this file
    python docs/tutorial/everybodys_data.py --check    runs everything and fails when everybodys_data.md says otherwise

Needs the public data sets in ../shared/data. Every figure in everybodys_data.md comes from this run. What the files
hold is counted by Python's own readers, with nothing of Heartline, and set beside what the workspace holds.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shlex
import sys
import tempfile
from collections.abc import Mapping
from operator import eq
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from pages import DATA, ROOT, as_table, wrapped, write_or_check

from heartline.cli import heartline
from heartline.workspace import Workspace

SHOWN = "../shared/data"  # how the page writes the folder of the data


class Place:
    """A workspace of this run: commands as a person types them, and queries on what they loaded."""

    def __init__(self, scratch: Path, name: str, **settings: str) -> None:
        self._folder = scratch / name
        self._name = name
        self._commands: list[str] = []
        self._settings = {f"HEARTLINE_{setting.upper()}": value for setting, value in settings.items()}

    def run(self, command: str) -> str:
        """What a command prints, with the time it took left out."""
        given = "".join(f"{name}={value} " for name, value in self._settings.items())
        self._commands.append(f"{given if command.startswith('ingest') else ''}heartline {command}")
        typed = [
            str(self._folder) if word == self._name else re.sub(f"^{re.escape(SHOWN)}", str(DATA), word)
            if word.startswith(SHOWN) else str(ROOT / word) if word.startswith("examples/") else word
            for word in shlex.split(command)
        ]  # fmt: skip
        done = CliRunner(env=self._settings).invoke(heartline, typed)
        if done.exit_code:
            raise SystemExit(f"heartline {command} ended with {done.exit_code}: {done.output} {done.exception}")
        told = done.stdout.replace(str(self._folder), self._name).rstrip()
        return re.sub(r" rows in [0-9.]+ s:", " rows:", told)

    def ingest(self, mapping: str, *files: str) -> str:
        """The commands so far, the report of a load, and the first lines of the report when it is loaded again."""
        command = f"ingest --map examples/{mapping} {' '.join(f'{SHOWN}/{file}' for file in files)} -w {self._name}"
        first = self.run(command)
        typed = "\n".join(self._commands)
        again = self.run(command).splitlines()
        self._commands = []
        return f"```sh\n{typed}\n```\n\n```\n{first}\n```\n\nThe same again:\n\n```\n{again[0]}\n{again[1]}\n```\n"

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query."""
        with Workspace(self._folder) as workspace:
            found: list[dict[str, Any]] = workspace.query(sql).to_pylist()
            return found

    def one(self, sql: str) -> Any:
        """The one value of a query."""
        return next(iter(self.rows(sql)[0].values()))


def lines(file: str) -> list[dict[str, str]]:
    """The rows of a CSV file, by Python's own reader."""
    packed = (DATA / file).read_bytes()
    text = gzip.decompress(packed) if file.endswith(".gz") else packed
    return list(csv.DictReader(io.StringIO(text.decode("utf-8"), newline="")))


def totals(*rows: tuple[str, Any, Any]) -> str:
    """Control totals as a table. A total that is not met ends the run: there is no page to write then."""
    for name, file, here in rows:
        near = abs(file - here) < 0.005 if isinstance(file, float) else file == here
        if not near:
            raise SystemExit(f"{name}: the file has {file}, the workspace {here}")
    return as_table([
        {"control total": name, "in the file": _told(file), "in the workspace": _told(here)} for name, file, here in rows
    ])  # fmt: skip


def _told(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


def olist(scratch: Path) -> str:
    """Orders, items, payments, deliveries and reviews: a whole journey out of five files."""
    folder = "olist_sample_15k"
    shop = Place(scratch, "marketplace")
    shop.run("init marketplace --currency BRL --timezone America/Sao_Paulo")
    customers = shop.ingest("olist_customers.toml", f"{folder}/olist_customers_dataset.csv.gz")
    orders = shop.ingest("olist_orders.toml", f"{folder}/olist_orders_dataset.csv.gz")
    reviews = shop.ingest("olist_reviews.toml", f"{folder}/olist_order_reviews_dataset.csv.gz")

    file = {name: lines(f"{folder}/olist_{name}_dataset.csv.gz") for name in
            ("customers", "orders", "order_items", "order_payments", "order_reviews")}  # fmt: skip
    sold = {row["order_id"] for row in file["orders"] if row["order_status"] not in ("canceled", "unavailable")}
    with_items = {row["order_id"] for row in file["order_items"]}
    late = [
        row for row in file["orders"]
        if row["order_delivered_customer_date"][:10] > row["order_estimated_delivery_date"][:10]
    ]  # fmt: skip
    by_clock = sum(
        row["order_delivered_customer_date"] > row["order_estimated_delivery_date"] for row in file["orders"]
    )
    ids = [row["review_id"] for row in file["order_reviews"]]
    counted = totals(
        ("orders that were not cancelled and have items", len(sold & with_items),
         shop.one("select count(*) from purchase")),
        ("their items, BRL", sum(float(row["price"]) for row in file["order_items"] if row["order_id"] in sold),
         shop.one("select sum(revenue) from purchase")),
        ("payments of all orders, BRL", sum(float(row["payment_value"]) for row in file["order_payments"]),
         shop.one("select sum(cast(json_extract_string(properties, '$.paid') as double)) from interaction "
                  "where touchpoint = 'order'")),
        ("people", len({row["customer_unique_id"] for row in file["customers"]}),
         shop.one("select count(*) from customer")),
        ("parcels delivered", sum(row["order_delivered_customer_date"] != "" for row in file["orders"]),
         shop.one("select count(*) from interaction where touchpoint = 'delivery'")),
        ("of them after the promised day", len(late),
         shop.one("select count(*) from interaction where kind = 'late'")),
        ("reviews", len(ids), shop.one("select count(*) from interaction where touchpoint = 'order_review'")),
        ("sum of their stars", sum(int(row["review_score"]) for row in file["order_reviews"]),
         int(shop.one("select sum(rating) from interaction"))),
        ("reviews with words", sum(
            bool((row["review_comment_title"] + row["review_comment_message"]).strip()) for row in file["order_reviews"]
        ), shop.one("select count(*) from verbatim where language = 'pt'")),
    )  # fmt: skip
    journey = as_table(shop.rows(
        "select d.kind as parcel, count(distinct d.interaction_id) as orders, count(*) as reviews, "
        'avg(r.rating) as "mean stars", count(*) filter (where r.rating = 1) / count(*) as "share of one star" '
        "from interaction d join interaction r on split_part(r.interaction_id, ':', 3) = split_part(d.interaction_id, ':', 2) "
        "where d.touchpoint = 'delivery' and r.touchpoint = 'order_review' group by 1 order by 1 desc"
    ))  # fmt: skip
    return f"""## 1. A marketplace: five files, one journey

[Olist](https://www.kaggle.com/olistbr/brazilian-ecommerce) (CC BY-NC-SA 4.0), 15,000 orders in Brazil, 2016 to 2018.
The orders say neither who bought nor what it cost: that stands in three other files. `[[file.join]]` finds it by the key,
`[file.between]` counts the days by which a parcel was late. The files lie in one folder; the mapping names them.

{customers}
Every order has a `customer_id` of its own; the person is `customer_unique_id`. {len(file["customers"]):,} lines are
therefore {len({row["customer_unique_id"] for row in file["customers"]}):,} people: a person's second line changes
nothing, or replaces the town where it is another one. The numbers of the orders go to `identity`.

{orders}
One line sets one order aside: it has no items, so nobody knows what was bought, and no revenue is not the same as 0.
The mapping leaves out cancelled orders and those that could not be had; as contacts (`order`, failed) they are there.
A parcel is late when it came after the promised *day* was over. By the clock it would be {by_clock:,}, since the file
writes the promise as midnight, and {by_clock - len(late)} parcels came in the course of that day.

{reviews}
{len(ids) - len(set(ids))} review ids come twice: one form was answered for two orders. The mapping makes the id from
review and order, else one of the two would replace the other. Orders without a review are no loss, the load only says so.

{counted}

What the joined journey shows at once (that it goes together is no proof of a cause):

{journey}

Titles and comments are marked `pt`. The shipped text model reads English and says `unsupported_language` to others; the
stars speak instead, or [a model of yours](../how-to/bring-your-own-model.md).
"""


def amazon(scratch: Path) -> str:
    """Reviews with words, stars and time."""
    shop = Place(scratch, "products")
    shop.run("init products --currency USD")
    csv_file, json_file = "Musical_instruments_reviews.csv.gz", "All_Beauty_5.json.gz"
    instruments = shop.ingest("amazon_instruments.toml", f"amazon_reviews_5core/{csv_file}")
    beauty = shop.ingest("amazon_beauty.toml", f"amazon_reviews_5core/{json_file}")
    first = lines(f"amazon_reviews_5core/{csv_file}")
    packed = gzip.decompress((DATA / "amazon_reviews_5core" / json_file).read_bytes()).decode("utf-8")
    second = [json.loads(line) for line in packed.splitlines()]

    def review(row: Mapping[str, Any]) -> tuple[str, ...]:
        words = str(row.get("reviewText", "")).lower().strip()
        return row["reviewerID"], row["asin"], str(row["unixReviewTime"]), words

    apart = {review(row) for row in second}
    exact = {json.dumps(row, sort_keys=True) for row in second}
    counted = totals(
        ("reviews of instruments", len(first),
         shop.one(f"select count(*) from interaction where source = '{csv_file}'")),
        ("sum of their stars", int(sum(float(row["overall"]) for row in first)),
         int(shop.one(f"select sum(rating) from interaction where source = '{csv_file}'"))),
        ("customers who wrote them", len({row["reviewerID"] for row in first}),
         shop.one(f"select count(distinct customer_id) from interaction where source = '{csv_file}'")),
        ("different reviews of beauty products", len(apart),
         shop.one(f"select count(*) from interaction where source = '{json_file}'")),
        ("customers who wrote them", len({row["reviewerID"] for row in second}),
         shop.one(f"select count(distinct customer_id) from interaction where source = '{json_file}'")),
    )  # fmt: skip
    return f"""## 2. Reviews of products: CSV and JSON, and rows that come twice

Amazon reviews, 5-core sets of the [McAuley lab](https://cseweb.ucsd.edu/~jmcauley/datasets.html) (for research).

{instruments}
Customer and product are the id: nobody reviewed an instrument twice. Title and words are joined, with a line between.

{beauty}
{len(second):,} lines, {len(apart):,} reviews. {len(second) - len(exact):,} lines are the same to the letter as an earlier
one, and {len(exact) - len(apart)} more differ only in the colour or size below which the same words were shown. They are
{len(second) - len(apart):,} in all, `replaced` or `unchanged` in the report. With customer and product as the id,
{len(apart) - len({review(row)[:2] for row in second})} reviews would have been lost, since people review several colours,
and come back.

{counted}
"""


def tweets(scratch: Path) -> str:
    """Messages to airlines."""
    place = Place(scratch, "airlines")
    place.run("init airlines --currency USD")
    told = place.ingest("airline_tweets.toml", "airline_tweets/airline_tweets.csv.gz")
    file = lines("airline_tweets/airline_tweets.csv.gz")
    last = {row["tweet_id"]: row for row in file}
    counted = totals(
        ("different tweets", len(last), place.one("select count(*) from interaction")),
        ("their writers", len({row["customer_id"] for row in last.values()}),
         place.one("select count(distinct customer_id) from interaction")),
        ("their characters", sum(len(row["text"]) for row in last.values()),
         place.one("select sum(length(text)) from verbatim")),
    )  # fmt: skip
    return f"""## 3. Messages to airlines

[Twitter US Airline Sentiment](https://www.kaggle.com/crowdflower/twitter-airline-sentiment) (CC BY-NC-SA 4.0); what the
analyses make of it stands in [the main job](main_job.md).

{told}
{len(file) - len(last)} tweets stand there twice. Where readers told another reason the second time the row is replaced,
where not it is unchanged.

{counted}
"""


def support(scratch: Path) -> str:
    """Customers and support teams: conversations, and who spoke."""
    place = Place(scratch, "support")
    place.run("init support")
    names = ("spotify_inbound.csv.gz", "twcs_sample_93.csv")
    told = place.ingest("twitter_support.toml", *(f"twitter_customer_support/{name}" for name in names))
    inbound, sample = (lines(f"twitter_customer_support/{name}") for name in names)
    whole = [row for row in inbound if row["author_id"]]
    by_customer = [row for row in (*whole, *sample) if row["inbound"] == "True"]
    by_team = [row for row in sample if row["inbound"] == "False"]
    counted = totals(
        ("tweets of customers", len(by_customer),
         place.one("select count(*) from verbatim where speaker = 'customer'")),
        ("tweets of teams", len(by_team), place.one("select count(*) from verbatim where speaker = 'employee'")),
        ("customers", len({row["author_id"] for row in by_customer}),
         place.one("select count(distinct customer_id) from interaction where direction = 'inbound'")),
    )  # fmt: skip
    turns = as_table(place.rows(
        'select case when n = 1 then \'1\' when n < 4 then \'2 or 3\' else \'4 or more\' end as "tweets of the customer", '
        "count(*) as conversations from (select conversation_id, count(*) as n from interaction "
        "where direction = 'inbound' group by 1) group by 1 order by 1"
    ))  # fmt: skip
    blank = len(inbound) - len(whole)
    return f"""## 4. Support on Twitter: conversations, and who spoke

[Customer Support on Twitter](https://www.kaggle.com/thoughtvector/customer-support-on-twitter) (CC BY-NC-SA 4.0): what
customers wrote to one company, and a small sample with both sides.

{told}
{blank} rows of the first file have no author, no time and no words. One of them is empty altogether, as spreadsheets leave
them, and is no row; {blank - 1} are in quarantine.

Nothing in a row names its conversation. `[file.thread]` finds it by which tweet answers which, also where the tweet
between the two is not in the file: the customer's next one answers it. Numbers such as `848.0`, which a program made of
ids with gaps, meet `848`. An answer by the team belongs to the customer whom it answers; two answer tweets that are not
there, so their conversation stands for a customer. Words of teams are an employee's: kept, and never read for feelings.

{counted}

{turns}
"""


def conversations(scratch: Path) -> str:
    """Conversations in nested JSON, with actions."""
    place = Place(scratch, "conversations", mask_text="all")
    place.run("init conversations")
    told = place.ingest("abcd.toml", "abcd_sample/abcd_sample.json")
    talks = json.loads((DATA / "abcd_sample" / "abcd_sample.json").read_text(encoding="utf-8"))
    sides = [who for talk in talks for who, _ in talk["original"]]
    counted = totals(
        ("conversations", len(talks), place.one("select count(distinct conversation_id) from interaction")),
        ("turns of customers", sides.count("customer"),
         place.one("select count(*) from verbatim where speaker = 'customer'")),
        ("turns of agents", sides.count("agent"),
         place.one("select count(*) from verbatim where speaker = 'employee'")),
        ("actions", sides.count("action"), place.one("select count(*) from interaction where kind = 'action'")),
    )  # fmt: skip
    return f"""## 5. Conversations in nested JSON

[ABCD](https://github.com/asappresearch/abcd) (MIT), three made-up conversations with what the agent did in between.

{told}
The file is one list of conversations, each with a list of turns: `each = "original"` makes a row of every turn, with the
conversation's own values beside it. Customers' words, agents' words and actions go three ways. The file says no day, so the
mapping sets one for all, which is not true, but said; turns keep their order by their number. One customer of the three has
neither account nor e-mail and is known by a hash of the telephone number. Customers type all of these into the chat: with
`mask_text` at `all`, in the environment or in `heartline.toml`, what they typed never reaches the workspace.

{counted}
"""


def clicks(scratch: Path) -> str:
    """Clicks in a shop, and contracts."""
    place = Place(scratch, "clicks")
    place.run("init clicks --currency USD")
    told = place.ingest("rees46.toml", "rees46_events_excerpt/2019-Oct_0000-0250utc.csv.gz")
    file = lines("rees46_events_excerpt/2019-Oct_0000-0250utc.csv.gz")
    whole = [row for row in file if row["user_session"]]
    sold = [row for row in file if row["event_type"] == "purchase"]
    counted = totals(
        ("events", len(whole), place.one("select count(*) from interaction")),
        ("things put into a cart", sum(row["event_type"] == "cart" for row in file),
         place.one("select count(*) from interaction where touchpoint = 'cart'")),
        ("sessions that bought", len({row["user_session"] for row in sold}), place.one("select count(*) from purchase")),
        ("what they paid, USD", sum(float(row["price"]) for row in sold),
         place.one("select sum(revenue) from purchase")),
    )  # fmt: skip
    firm = Place(scratch, "contracts")
    firm.run("init contracts --currency USD")
    contracts = firm.ingest("telco.toml", "telco_churn/WA_Fn-UseC_-Telco-Customer-Churn.csv")
    people = lines("telco_churn/WA_Fn-UseC_-Telco-Customer-Churn.csv")
    known = totals(
        ("customers", len(people), firm.one("select count(*) from customer")),
        ("of them left", sum(row["Churn"] == "Yes" for row in people),
         firm.one("select count(*) from customer where json_extract_string(traits, '$.Churn') = 'Yes'")),
    )  # fmt: skip
    twice = len(whole) - len({tuple(row.values()) for row in whole})
    return f"""## 6. Clicks, and contracts

[REES46](https://rees46.com), the first hours of October 2019 in a shop: events without a number of their own.

{told}
The excerpt was cut inside its last line: that row is in quarantine, with its line. Ids are made from what a row holds.
{twice} rows are the same to the letter as another one, as when somebody clicks twice in a second; they are numbered, so
each stays, and loading them again changes nothing. {len(sold)} things bought make
{len({row["user_session"] for row in sold})} orders, one a session.

{counted}

IBM's telephone company (Apache-2.0), a table of contracts without a day. It fills `customer`; an event needs a time, and
none is made up.

{contracts}
{known}
"""


def page() -> str:
    """The whole tutorial."""
    with tempfile.TemporaryDirectory(prefix="heartline-tutorial-") as scratch:
        parts = [part(Path(scratch)) for part in (olist, amazon, tweets, support, conversations, clicks)]
    head = f"""# Everybody's data: nothing lost, nothing doubled

Public data sets as people find them, each loaded through a mapping file of `examples/`. What the load said stands as it
was printed (but for its time); below it what the file holds, counted by Python's own readers, beside what the workspace
holds. Every file is loaded twice, and the second time nothing changes. Every figure was written by
[{Path(__file__).name}]({Path(__file__).name}), which the test suite runs and which stops where two totals differ; the
data are not part of this repository. How to write a mapping: [mapping files](../how-to/mapping-files.md).

How to read a report: `new` rows were not there, `replaced` ones were there with other content under the same id,
`unchanged` ones were there as they are. Rows in quarantine are kept with line and reason until they are mended. In a load
that fills several tables these counts are the first table's; `Written` counts all.
"""
    tail = """## What else

Games, records and a wholesaler's invoices are in [the main job](main_job.md), through `steam_reviews.toml`, `cdnow.toml`
and `online_retail.toml`. For Zendesk, Qualtrics, Slack and seventeen others no mapping is needed:
[exports of other tools](../how-to/exports.md).
"""
    return wrapped("\n".join([head, *parts, tail]))


if __name__ == "__main__":
    # nothing in this page is estimated: two runs must be the same to the letter
    sys.exit(write_or_check(__file__, page, eq))
