"""The page of investment: what-ifs, files that open, errors that say what to change, an answer in time."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pyarrow as pa
import pytest

from heartline.web.downloads import csv_bytes, xlsx_bytes

if TYPE_CHECKING:
    from .conftest import Client, Double

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(body: bytes, sheet: int = 1) -> list[list[str]]:
    """Texts and numbers of a worksheet, as they are kept in the file."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        words = [
            "".join(part.text or "" for part in entry.iter(f"{SHEET}t"))
            for entry in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{SHEET}si")
        ]
        rows = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml")).iter(f"{SHEET}row")
        return [
            [
                words[int(value.text or 0)] if cell.get("t") == "s" else value.text or ""
                for cell in row.iter(f"{SHEET}c")
                if (value := cell.find(f"{SHEET}v")) is not None
            ]
            for row in rows
        ]


def plan(client: Client, query: str = "") -> dict[str, object]:
    answer = client.get("/investment.json" + query)
    assert answer.status_code == 200
    found: dict[str, object] = json.loads(answer.content)
    return found


def ids(found: dict[str, object], name: str = "funded") -> set[str]:
    return {line["option_id"] for line in found[name]}  # type: ignore[index, attr-defined]


def test_another_budget_makes_another_plan(client: Client) -> None:
    small, large = plan(client, "?budget=20000"), plan(client, "?budget=200000")
    assert ids(small) == {"note"}
    assert ids(large) > ids(small)
    assert large["gain"]["value"] > small["gain"]["value"]  # type: ignore[index]
    assert "tracking" in ids(large, "left")  # no lift is known of it
    nothing = plan(client, "?budget=0")
    assert (ids(nothing), nothing["back"]["value"]) == (set(), None)  # type: ignore[index]


def test_caps_aims_and_kept_money_are_obeyed(client: Client) -> None:
    whole = plan(client, "?budget=200000")
    capped = plan(client, "?budget=200000&cap_service=9000")
    assert ids(capped) < ids(whole) | {"note"}
    assert "training" in ids(capped, "left")
    assert [cap["value"] for cap in capped["caps"] if cap["name"] == "cap_service"] == ["9000"]  # type: ignore[index, attr-defined]
    assert "cap_marketing_more" in {cap["name"] for cap in capped["caps"]}  # type: ignore[attr-defined]
    kept = plan(client, "?budget=200000&kept=1")
    assert ids(kept) < ids(whole)
    for aim in ("cvar", "payback"):
        found = plan(client, f"?budget=60000&aim={aim}")
        assert found["aim"] == aim
        assert ids(found)


def test_without_a_told_budget_an_example_is_shown_and_called_so(client: Client) -> None:
    page = client.get("/investment").text
    assert "No budget is told" in page
    assert "No budget is told" not in client.get("/investment?budget=30000").text


@pytest.mark.parametrize(
    "query", ["?budget=lots", "?budget=-5", "?budget=nan", "?aim=hope", "?kept=maybe", "?cap_service=x&budget=9"]
)
def test_what_is_no_number_is_said(client: Client, query: str) -> None:
    answer = client.get("/investment.json" + query)
    assert answer.status_code == 400
    assert json.loads(answer.content)["error"]["expected"]


def test_limits_in_conflict_are_named_and_the_form_stays(
    opened: type[Client], double: type[Double], full: Double
) -> None:
    offered = [{**row, "must": True} if row["option_id"] == "training" else row for row in full.rows["option"]]
    client = opened(double({**full.rows, "option": offered}))
    page = client.get("/investment?budget=1000").text
    assert "No plan keeps all of this" in page
    assert "training must be funded" in page.lower()
    assert 'value="1000"' in page
    assert client.get("/investment.csv?budget=1000").status_code == 400
    assert "must be funded" in client.get("/investment.json?budget=60000").text


def test_the_plan_as_csv_and_xlsx_holds_what_the_page_shows(client: Client) -> None:
    query = "?budget=200000"
    shown = plan(client, query)
    answer = client.get("/investment.csv" + query)
    assert "attachment" in answer.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {line["option_id"] for line in lines if int(line["units"])} == ids(shown)
    assert len(lines) == 5
    assert next(line["name"] for line in lines if line["option_id"] == "campaign") == "'=cmd()"
    book = client.get("/investment.xlsx" + query).content
    rows = cells(book)
    assert rows[0] == list(lines[0])
    assert [row[0] for row in rows[1:]] == [line["option_id"] for line in lines]
    guide = cells(book, 2)
    assert guide[0][0] == "column"
    assert [row[0] for row in guide[1:]] == rows[0]
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")  # no formula, whatever an option is called


def test_any_table_without_customers_can_be_taken_away(client: Client) -> None:
    for name in ("investment", "investment_place", "planned_experiment", "period_summary"):
        for form in ("csv", "xlsx"):
            answer = client.get(f"/tables/{name}.{form}")
            assert answer.status_code == 200
    for name in ("customer_overview", "customer", "correction", "nothing", "investment.exe"):
        assert client.get(f"/tables/{name}.csv").status_code == 404
    assert client.get("/tables/investment.exe").status_code == 404


def test_texts_dates_and_nothing_survive_a_file() -> None:
    from datetime import datetime

    rows = pa.table(
        {
            "text": ["=1+1", None],
            "number": [1.5, float("nan")],
            "flag": [True, None],
            "at": [datetime(2026, 7, 1), None],
        }
    )
    assert csv_bytes(rows).decode().splitlines()[1].startswith('"\'=1+1",1.5,true,')
    found = cells(xlsx_bytes("a" * 40, rows, [("text", "what it says", "", "nothing")]))
    assert found[1][:3] == ["=1+1", "1.5", "1"]
    assert found[2:] in ([], [[]])


def test_words_of_options_are_escaped(client: Client) -> None:
    page = client.get("/investment?budget=50000").text
    assert "A note &lt;b&gt;of thanks&lt;/b&gt;" in page
    assert "<b>of thanks" not in page
