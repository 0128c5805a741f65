"""The main job on real data: from export files to feelings, bonds and money, and back to the rows.

    python docs/tutorial/main_job.py            runs everything and writes main_job.md beside this file
    python docs/tutorial/main_job.py --check    runs everything and fails when main_job.md says something else

Needs the public data sets in ../shared/data. Every figure in main_job.md comes from this run.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pages import DATA, ROOT, as_table, nearly_same, write_or_check

from heartline.workspace import Workspace


def rows(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    """Rows of a query."""
    found: list[dict[str, Any]] = workspace.query(sql).to_pylist()
    return found


def load(workspace: Workspace, mapping: str, file: str) -> str:
    """Load a file through a mapping of examples/; the sentence that the load report makes."""
    report = workspace.ingest(None, [DATA / file], ROOT / "examples" / mapping)
    written = ", ".join(f"{count:,} rows of `{name}`" for name, count in report.written.items())
    return (
        f"Read {report.read:,} rows: {report.new:,} new, {report.replaced:,} replaced, {report.unchanged:,} unchanged, "
        f"{report.skipped:,} skipped by the mapping, {report.quarantined:,} in quarantine. Written: {written}."
    )


def airlines(folder: Path) -> str:
    """Words to airlines → feelings → touchpoints → connection → loyalty."""
    with Workspace.create(folder, {"company": "Six airlines", "currency": "USD", "periods": 1}) as workspace:
        first = load(workspace, "airline_tweets.toml", "airline_tweets/airline_tweets.csv.gz")
        again = load(workspace, "airline_tweets.toml", "airline_tweets/airline_tweets.csv.gz")
        report = workspace.run()
        touchpoints = rows(
            workspace,
            'select touchpoint, sum(felt_visits) as felt, sum(felt_mean * felt_visits) / sum(felt_visits) as "mean felt", '
            'sum(negative_share * felt_visits) / sum(felt_visits) as "share bad" '
            "from touchpoint_period where felt_visits > 0 group by touchpoint having sum(felt_visits) >= 30 order by 3",
        )
        mood = rows(
            workspace,
            "select json_extract_string(properties, '$.airline_sentiment') as \"three readers said\", count(*) as texts, "
            'avg(valence) as "mean valence", count(*) filter (where valence < -0.1) / count(*) as "share below -0.1", '
            'count(*) filter (where valence > 0.1) / count(*) as "share above 0.1" '
            "from feeling join interaction using (interaction_id) where status = 'scored' group by 1 order by 3",
        )
        statuses = rows(
            workspace, "select part as status, n, share from coverage where measure = 'texts' order by n desc"
        )
        bonds = rows(
            workspace,
            "select segment, count(*) as customers, avg(connection) as connection, "
            'count(*) filter (where evidence_count >= 3) as "with 3 or more pieces of evidence" '
            "from customer_overview group by segment order by customers desc",
        )
        notes = "\n".join(f"- {note}" for note in report.notes["touchpoints"] + report.notes["connection"])
    return f"""## 1. Words to airlines: feelings, touchpoints, connection, loyalty

```sh
heartline init airlines --currency USD
heartline ingest --map examples/airline_tweets.toml ../shared/data/airline_tweets/airline_tweets.csv.gz -w airlines
heartline run -w airlines
```

{first}

The same file a second time: {again[0].lower()}{again[1:]}

The mapping takes the reason that people wrote for as the touchpoint. What three readers thought of the mood stays among
the properties: it is no rating by the customer, so no analysis reads it, and the feelings can be held against it.

How the texts were read (`coverage`):

{as_table(statuses)}

The model never saw these messages. Its valence against the readers:

{as_table(mood)}

Praise is told from blame, but four in ten of the neutral messages (most are questions) are read as somewhat bad: the
model has learned from forum posts, not from customers. A better one takes the same place in the line.

How each reason felt, worst first (`touchpoint_period`, at least 30 felt visits):

{as_table(touchpoints)}

Segments (`customer_overview`), one week of one channel:

{as_table(bonds)}

Thin evidence is said, not hidden: nearly everybody stands near the company's mean with a wide interval. What the fits
said:

{notes}
"""


def steam(folder: Path) -> str:
    """Reviews of games: words now, behaviour later."""
    told: dict[str, str | int] = {"company": "101 games", "currency": "USD", "periods": 1, "emotion_model": "bulk"}
    with Workspace.create(folder, told) as workspace:
        first = load(workspace, "steam_reviews.toml", "steam_reviews/steam_reviews.csv.gz")
        workspace.run()
        thumbs = rows(
            workspace,
            "select case when i.rating = 1 then 'up' else 'down' end as thumb, count(*) as reviews, "
            'avg(f.valence) as "mean valence of the words", '
            'count(*) filter (where f.valence > 0.1) / count(*) as "share above 0.1" '
            "from interaction i join feeling f using (interaction_id) where f.status = 'scored' and i.rating is not null "
            "group by 1 order by 1",
        )
        said = rows(
            workspace,
            'select felt_from as "felt read from", count(*) as visits, avg(felt_valence) as "mean felt" '
            "from touchpoint_visit group by 1 order by 2 desc",
        )
        emotions = rows(
            workspace,
            'select emotion, count(*) as reviews, avg(valence) as "mean valence" from ('
            "select unnest(string_split(emotions, ' ')) as emotion, valence from feeling where status = 'scored') "
            "where emotion <> '' group by emotion order by reviews desc limit 6",
        )
    return f"""## 2. Reviews of games: words, a thumb, and what the writer did later

```sh
heartline init games --currency USD
heartline ingest --map examples/steam_reviews.toml ../shared/data/steam_reviews/steam_reviews.csv.gz -w games
HEARTLINE_EMOTION_MODEL=bulk heartline run -w games
```

One file feeds two kinds of contact: the review, and the last time that its writer played. {first}

Reviews are long, so they are read by `bulk`, the small model for much text: it takes a part of the time and tells
praise from blame less sharply ([how the models compare](../explanation/text-emotion.md)). Words against the writer's
own thumb:

{as_table(thumbs)}

The emotions named most often:

{as_table(emotions)}

A visit that left neither words nor rating stays unknown, it is not zero:

{as_table(said)}
"""


def cdnow(folder: Path) -> str:
    """Purchases of CDs → value, against published parameters."""
    with Workspace.create(folder, {"company": "CDNOW", "currency": "USD", "horizon_days": 273}) as workspace:
        first = load(workspace, "cdnow_sample.toml", "cdnow/CDNOW_sample.txt")
        workspace.run(as_of=datetime(1997, 10, 1))
        told = workspace.explain("customer_value")
        counts, spend = told.values["counts"], told.values["spend"]
        total = rows(
            workspace,
            "select count(*) as customers, sum(expected_purchases) as expected, sum(expected_value) as money "
            "from customer_value",
        )[0]
        came = rows(
            workspace,
            "select count(*) as orders, sum(revenue) as money from purchase where occurred_at >= timestamp '1997-10-01' "
            "and occurred_at < timestamp '1998-07-01' and revenue > 0",
        )[0]
    weekly = _weekly(counts)
    parameters = [
        {"parameter": name, "published": published, "here": here}
        for name, published, here in zip(
            ("r", "alpha (weeks)", "a", "b", "p", "q", "v"),
            ("0.243", "4.414", "0.793", "2.426", "6.25", "3.74", "15.45"),
            [f"{value:.3f}" for value in weekly] + [f"{float(spend[key]):.2f}" for key in ("p", "q", "v")],
            strict=True,
        )
    ]
    return f"""## 3. CDNOW: value against published figures

```sh
heartline ingest --map examples/cdnow_sample.toml ../shared/data/cdnow/CDNOW_sample.txt -w cdnow
heartline run --as-of 1997-10-01 -w cdnow
```

{first}

As of October 1997 nothing later is seen, although the file holds it. BG/NBD (Fader, Hardie & Lee 2005) and Gamma-Gamma
(Fader & Hardie 2013) on the orders themselves:

{as_table(parameters)}

For the 273 days after, {total["customers"]:,} customers were expected to make {total["expected"]:,.0f} purchases worth
{total["money"]:,.0f} USD (discounted). They made {came["orders"]:,} orders worth {came["money"]:,.0f} USD. The model knows
no season and no growth; see its method card for how it does customer by customer.
"""


def _weekly(counts: Mapping[str, Any]) -> list[float]:
    return [counts["r"], counts["alpha_days"] / 7, counts["a"], counts["b"]]


def retail(folder: Path) -> str:
    """Invoices of a wholesaler → value, with a stated fallback."""
    with Workspace.create(folder, {"company": "A wholesaler", "currency": "GBP", "horizon_days": 180}) as workspace:
        first = load(workspace, "online_retail.toml", "online_retail/online_retail.csv.gz")
        workspace.run()
        notes = "\n".join(f"- {note}" for note in workspace.explain("customer_value").notes)
        value = rows(
            workspace,
            'select frequency_band as "repeat purchase days", count(*) as customers, avg(expected_purchases) as '
            '"expected purchases", avg(expected_value) as "expected value, GBP" from (select *, case when frequency = 0 '
            "then '0' when frequency < 4 then '1 to 3' when frequency < 10 then '4 to 9' else '10 or more' end as "
            "frequency_band from customer_value) group by 1 order by min(frequency)",
        )
    return f"""## 4. Online Retail: invoices become purchases, and a fit that fails says so

```sh
heartline ingest --map examples/online_retail.toml ../shared/data/online_retail/online_retail.csv.gz -w retail
heartline run -w retail
```

{first} Several lines of an invoice
become one purchase, and the mapping leaves out lines without a customer and cancellations.

What the analysis said:

{notes}

Where the published model finds no sign that customers leave, value steps back to rates that differ between customers
(`gamma_poisson`) and writes the reason into every row. Expected over the next 180 days:

{as_table(value)}
"""


def page() -> str:
    """The whole tutorial."""
    with tempfile.TemporaryDirectory(prefix="heartline-tutorial-") as scratch:
        parts = [part(Path(scratch) / part.__name__) for part in (airlines, steam, cdnow, retail)]
    head = f"""# The main job, end to end, on real data

From export files to feelings, bonds and money. Every figure here was written by
[{Path(__file__).name}]({Path(__file__).name}), which the test suite runs; the public data sets are not part of this
repository. Mapping files stand in `examples/`; how to write one: [mapping files](../how-to/mapping-files.md).
"""
    tail = """## 5. From what?

Every figure opens: `heartline explain customer_value -w cdnow` names the moment, the settings, the rows read and the
steps; `--sql` prints them, `--key customer_id=...` shows the rows. `heartline serve -w airlines` shows the same in the
browser, where every figure is a link to its explanation.
"""
    return "\n".join([head, *parts, tail])


if __name__ == "__main__":
    sys.exit(write_or_check(__file__, page, nearly_same))
