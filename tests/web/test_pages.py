"""Every page: opens, has its JSON twin, uses and documents every field, says so where nothing is known."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

from heartline.tables import TABLES
from heartline.web.app import HERE
from heartline.web.consent import Consent
from heartline.web.page import Page
from heartline.web.registry import PAGES
from heartline.web.timeline import timeline

from .guided_rows import OVER
from .map_rows import MAP
from .room_rows import ROOM

if TYPE_CHECKING:
    from .conftest import Client, Double

ADDRESSES = {
    "playbook": "/playbook",
    "desk": "/", "journey": "/journey", "customers": "/customers", "data": "/data", "customer": "/customers/c0000",
    "drivers": "/drivers", "identity": "/identity", "service": "/service", "mind": "/mind", "hurt": "/hurt",
    "drop_offs": "/drop-offs", "conduct": "/conduct", "cases": "/cases", "card": "/card/c0000",
    "advocates": "/advocates",
    "growth": "/growth?against=year", "value": "/value", "claims": "/claims", "investment": "/investment",
    "predictions": "/predictions?quantity=repeat_purchase",
    "walk_start": "/walks/go", "walk_go": f"/walks/go/{OVER}",
    "walks": "/walks", "walk_script": "/walks/buy_a_teapot", "walk_guess": "/walks/guess",
    "walk_map": f"/walks/map/{MAP}",
    "rooms": "/rooms", "room": f"/rooms/{ROOM}",
    "brief": "/brief", "stage_brief": "/brief/support",
    "explain": "/explain/period_summary?column=connection_mean&segment=all&period_end=2026-07-01T00:00:00",
}  # fmt: skip


def twin(address: str) -> str:
    path, _, query = address.partition("?")
    return ("/desk" if path == "/" else path) + ".json" + ("?" + query if query else "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_opens_and_its_twin_holds_every_field(client: Client, page: Page) -> None:
    shown = client.get(ADDRESSES[page.name])
    assert shown.status_code == 200
    assert "<h1" in shown.text
    held = client.get(twin(ADDRESSES[page.name]))
    assert held.status_code == 200
    assert set(held.json()) == {field.name for field in fields(page.context)}
    assert twin(ADDRESSES[page.name]).replace("&", "&amp;") in shown.text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_field_is_documented_and_used_by_the_template(page: Page) -> None:
    environment = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
    source = (HERE / "templates" / page.template).read_text(encoding="utf-8")
    used = {
        node.attr
        for node in environment.parse(source).find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "page"
    }
    declared = {field.name for field in fields(page.context)}
    assert declared == used, f"not used: {declared - used}; not declared: {used - declared}"
    for field in fields(page.context):
        assert len(field.metadata["help"]) > 8, f"{page.name}.{field.name} does not say what it is"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_empty_workspace_says_what_to_do_next(empty_client: Client, page: Page) -> None:
    answer = empty_client.get(ADDRESSES[page.name])
    if page.name in ("customer", "card", "walk_script", "walk_map"):
        assert answer.status_code == 404
    elif page.name in ("room", "walk_go"):
        assert answer.status_code == 400
    elif page.name == "rooms":
        assert "No room is kept" in answer.text  # a conversation needs no facts
    elif page.name == "walk_start":
        assert "No guide is there yet" in answer.text
    else:
        assert answer.status_code == 200
        assert "heartline run" in answer.text or "heartline ingest" in answer.text


def test_the_headline_hedges(client: Client) -> None:
    held = client.get("/desk.json").json()
    said = "".join(phrase["text"] for phrase in held["headline"])
    assert "Connection is 46.0 of 100, no real change" in said  # 44.8 to 47.2 against 44.4 to 46.8
    assert "satisfaction is 57.0 of 100, down from 59.6" in said  # the intervals do not meet
    assert "Discount code feels worse" in said
    assert all(phrase["figure"]["explain"] for phrase in held["headline"] if phrase["figure"])


def test_what_broke_is_the_planted_touchpoint_and_thin_ones_are_left_out(client: Client) -> None:
    broke = client.get("/desk.json").json()["broken"]
    assert [fall["touchpoint"] for fall in broke["falls"]] == ["discount_code"]
    assert [failure["touchpoint"] for failure in broke["failures"]] == ["discount_code"]
    assert broke["compared"] == 7  # the advert has 12 felt visits in a month, fewer than min_base
    assert broke["by_chance"] == pytest.approx(0.35)
    assert broke["leaks"][0]["touchpoint"] == "checkout"


def test_the_call_list_is_by_value_and_leaves_out_who_refused(client: Client) -> None:
    held = client.get("/desk.json").json()
    amounts = [person["value_at_stake"]["value"] for person in held["people"]]
    assert amounts == sorted(amounts, reverse=True)
    assert len(amounts) == 10 < held["people_total"]
    assert not {"c0001", "c0002"} & {person["customer_id"] for person in held["people"]}


def test_a_missing_value_is_said_never_zero(client: Client) -> None:
    lines = client.get("/customers.json?sort=customer_id&dir=asc").json()["lines"]
    unknown = next(line for line in lines if line["customer_id"] == "c0005")
    assert unknown["expected_value"]["value"] is None
    shown = client.get("/customers?q=c0005").text
    assert "not enough evidence" in shown


def test_search_filter_sort_and_paging(client: Client) -> None:
    first = client.get("/customers.json?sort=connection&dir=desc").json()
    values = [line["connection"]["value"] for line in first["lines"] if not line["withheld"]]
    assert values == sorted(values, reverse=True)
    assert (first["first"], first["last"], first["total"]) == (1, 50, 300)
    second = client.get(first["following"].replace("/customers?", "/customers.json?")).json()
    assert second["first"] == 51
    assert not {line["customer_id"] for line in first["lines"]} & {line["customer_id"] for line in second["lines"]}
    found = client.get("/customers.json?q=C0007").json()
    assert [line["customer_id"] for line in found["lines"]] == ["c0007"]
    some = client.get("/customers.json?segment=advocate").json()
    assert 0 < some["total"] < 300
    risky = client.get("/customers.json?risk=leaving&at_least=0.7").json()
    assert 0 < risky["total"] < 300
    assert all(line["p_leaving"]["value"] >= 0.7 for line in risky["lines"] if not line["withheld"])
    assert client.get("/customers.json?page=999").json()["last"] == 300


def test_the_download_is_the_filtered_list_and_no_formula(client: Client) -> None:
    answer = client.get("/customers.csv?segment=advocate")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(lines) == client.get("/customers.json?segment=advocate").json()["total"]
    everyone = {line["customer_id"]: line for line in csv.DictReader(io.StringIO(client.get("/customers.csv").text))}
    assert len(everyone) == 300
    assert everyone["c0003"]["name"].startswith("'=")
    assert everyone["c0001"]["connection"] == "" == everyone["c0002"]["p_leaving"]
    assert everyone["c0004"]["connection"] != ""


def test_words_are_escaped_and_their_evidence_is_marked(client: Client) -> None:
    shown = client.get("/customers/c0000").text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown
    assert '<mark class="bad" title="annoyance' in shown
    assert "=SUM(1+1)&#34;&lt;i&gt;" in client.get("/customers/c0003").text


def test_refusal_is_obeyed(client: Client) -> None:
    refused = client.get("/customers/c0001.json").json()
    assert refused["connection"] is None
    assert refused["segment"] == ""
    assert all(not event["labels"] for event in refused["events"])
    assert all(event["felt_from"] != "words" for event in refused["events"])
    assert "refused that their words are read" in client.get("/customers/c0001").text
    objects = client.get("/customers/c0002.json").json()
    assert objects["risks"] == []
    assert objects["value"]["value"] is None
    assert any(event["labels"] for event in objects["events"])  # objects to profiling, not to being read
    rows = client.get("/explain/connection.json?customer_id=c0001").json()
    assert rows["rows"] == []
    assert rows["evidence"] == []


def test_the_time_line_turns_pages_without_loss(double: type[Double]) -> None:
    start = datetime(2026, 1, 1)
    contacts = [
        {"interaction_id": f"i{n}", "customer_id": "c", "occurred_at": start + timedelta(hours=n // 3),
         "channel": "web", "touchpoint": "t"}
        for n in range(20)
    ]  # fmt: skip
    orders = [
        {"purchase_id": f"p{n}", "customer_id": "c", "occurred_at": start + timedelta(hours=n), "revenue": 1.0}
        for n in range(6)
    ]
    door = double({"interaction": contacts, "purchase": orders})
    seen: list[str] = []
    before: datetime | None = datetime(9999, 1, 1)
    while before is not None:
        events, before = timeline(door, "c", before, 5, Consent())
        seen += [event.explain for event in events]
    assert len(seen) == len(set(seen)) == 26


def test_json_has_no_nan(client: Client) -> None:
    for page in PAGES:
        json.loads(client.get(twin(ADDRESSES[page.name])).text, parse_constant=lambda found: pytest.fail(found))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_opens_when_nothing_but_keys_and_counts_is_known(
    opened: type[Client], double: type[Double], full: Double, page: Page
) -> None:
    """Every column that may be missing is missing: the thinnest data that an analysis can give."""
    counts = {
        "customers",
        "visits",
        "n",
        "of",
        "judged",
        "felt_visits",
        "reached",
        "steps",
        "interactions",
        "reasons",
        "felt_n",
    }
    thin = {
        name: [
            {
                key: value
                for key, value in row.items()
                if TABLES[name].column(key).required or key in counts | set(TABLES[name].key)
            }
            for row in rows
        ]
        for name, rows in full.rows.items()
    }
    answer = opened(double(thin)).get(ADDRESSES[page.name])
    assert answer.status_code == 200
    if page.name in ("desk", "customers", "customer", "journey"):
        assert "not enough evidence" in answer.text


def test_an_id_of_any_spelling_has_a_page(opened: type[Client], double: type[Double]) -> None:
    odd = "shop/42 ü?&#%"
    rows = {
        "customer": [{"customer_id": odd, "name": None}],
        "customer_overview": [{"customer_id": odd, "interactions": 0, "reasons": ""}],
        "interaction": [
            {
                "interaction_id": "i",
                "customer_id": odd,
                "occurred_at": datetime(2026, 1, 1),
                "channel": "web",
                "touchpoint": "t",
            }
        ],
    }
    asked = opened(double(rows))
    found = re.search(r'<th scope="row"><a href="([^"]+)"', asked.get("/customers").text)
    assert found
    page = asked.get(html.unescape(found[1]))
    assert page.status_code == 200
    links = re.findall(r'href="(/explain/[^"]+)"', page.text)
    assert links
    assert all(asked.get(html.unescape(link)).status_code == 200 for link in links)
    assert asked.get(html.unescape(found[1]) + ".json").json()["customer_id"] == odd


def test_a_mean_that_rests_on_nobody_is_not_shown(opened: type[Client], double: type[Double], full: Double) -> None:
    """A connection whose every customer is thin only repeats the prior."""
    rows = {**full.rows, "period_summary": [{**row, "judged": 29} for row in full.rows["period_summary"]]}
    held = opened(double(rows)).get("/desk.json").json()
    assert held["connection"]["now"]["value"] is None
    assert held["connected_share"]["value"] is None
    assert held["satisfaction"]["now"]["value"] is not None
    assert all(line["connection"]["value"] is None for line in held["segments"])
    assert {row["axis"] for row in held["charts"]["bond_over_time"]["rows"]} == {"Satisfaction"}
    assert "".join(phrase["text"] for phrase in held["headline"]).startswith("Connection is not known")


def test_one_month_alone_names_what_feels_worst(opened: type[Client], double: type[Double], full: Double) -> None:
    last = max(row["period_start"] for row in full.rows["touchpoint_period"])
    rows = {**full.rows, "touchpoint_period": [r for r in full.rows["touchpoint_period"] if r["period_start"] == last]}
    held = opened(double(rows)).get("/desk.json").json()
    said = "".join(phrase["text"] for phrase in held["headline"])
    assert "discount code feels worst (\u22120.2" in said
    assert held["broken"]["falls"] == []


def test_without_money_the_call_list_is_by_risk(opened: type[Client], double: type[Double], full: Double) -> None:
    people = [{**row, "value_at_stake": None} for row in full.rows["customer_overview"]]
    held = opened(double({**full.rows, "customer_overview": people})).get("/desk.json").json()
    risks = [person["p_leaving"]["value"] for person in held["people"]]
    assert len(risks) == 10
    assert risks == sorted(risks, reverse=True)
    assert all(person["value_at_stake"]["value"] is None for person in held["people"])


def test_predictions_are_held_against_simpler_rules(client: Client, empty_client: Client) -> None:
    shown = client.get("/predictions?quantity=repeat_purchase").text
    assert "better than the base rate, the last rating, recency and frequency" in shown
    assert "not shown to be better than recency and frequency" in shown
    assert "not enough evidence" in shown  # too few attacks
    assert 'data-chart="/charts/said_and_came.json?quantity=repeat_purchase"' in shown
    assert client.get("/predictions?quantity=nothing").status_code == 400
    bare = empty_client.get("/predictions").text
    assert "Nothing has been predicted yet" in bare
    assert "heartline backtest" in bare


def test_value_adds_orders_and_contracts_and_says_how_sure_it_is(client: Client) -> None:
    held = client.get("/value.json").json()
    assert (held["total"]["value"], held["total"]["low"], held["total"]["high"]) == (9000.0, 8100.0, 10800.0)
    assert [part for part, _ in held["parts"]] == ["orders", "contracts"]
    assert "by contracts" in client.get("/value").text


def test_growth_says_where_it_came_from_and_what_reached_its_target(client: Client) -> None:
    shown = client.get("/growth").text
    assert "Revenue grew" in shown
    assert "reached" in shown
    assert "not enough evidence" in shown  # nine texts on recognition
    bridge = client.get("/charts/growth_bridge.json").json()["data"]["values"]
    assert bridge[0]["to"] + sum(step["amount"] for step in bridge[1:-1]) == bridge[-1]["amount"] == 9629.5
    assert client.get("/growth?against=never").status_code == 400


def test_the_next_moves_of_a_customer_have_reasons_and_obey_objections(client: Client) -> None:
    shown = client.get("/customers/c0004").text
    assert "for: bought 3 times in a year; against: last bought 90 days ago" in shown
    assert "nothing tells this customer from others" in shown
    moves = client.get("/customers/c0004.json").json()["next_moves"]
    assert [move["name"] for move in moves] == ["complaint", "repeat_purchase", "feeling_bad"]
    assert client.get("/customers/c0001.json").json()["next_moves"] == []


def test_scales_of_our_questions_say_how_well_they_measure(client: Client) -> None:
    shown = client.get("/mind").text
    held = client.get("/mind.json").json()
    assert [(line["scale"], line["verdict"]) for line in held["scales"]] == [
        ("attachment", "usable"), ("understood", "not enough evidence"),
    ]  # fmt: skip
    omega = held["scales"][0]["omega"]
    assert (omega["low"], omega["value"], omega["high"], omega["n"]) == (0.905, 0.92, 0.93, 290)
    assert "/explain/survey_scale?column=omega" in shown
    assert held["languages"] == ["en"]
    assert client.get("/mind?source=texts&language=en").status_code == 200


def test_hurt_is_shown_with_intervals_and_obeys_objections(client: Client) -> None:
    shown = client.get("/hurt").text
    held = client.get("/hurt.json").json()
    assert "For each customer who told us" in shown
    assert "association" in shown
    assert [person["customer_id"] for person in held["people"]] == ["c0000", "c0004"]
    assert held["withheld"] == 2
    assert held["per_teller"]["low"] < held["per_teller"]["value"] < held["per_teller"]["high"]
    assert [step["met"] for step in held["paths"]][:1] == ["bad contact at support call"]
    assert "not enough evidence" in shown  # nobody met the cause price


def test_moves_away_come_first_and_those_without_a_reason_are_named(client: Client) -> None:
    held = client.get("/hurt.json").json()
    assert [step["move"] for step in held["paths"]] == [
        "Satisfied, content → Satisfied, at risk",
        "Satisfied, content → Advocates",
    ]
    assert held["paths"][1]["met"] == "any contact at support call"
    assert [one["move"] for one in held["quiet"]] == ["Satisfied, content → Satisfied, indifferent"]
    assert [line["cause"] for line in held["leaving"]][-2:] == ["any of these", "nothing known"]
    assert "Nothing beyond chance" in client.get("/hurt").text


def test_teams_are_compared_only_beyond_chance_and_by_the_ingredient_chosen(client: Client) -> None:
    held = client.get("/service.json?ingredient=hassle").json()
    at = held["team_signs"].index("left before the end")
    tones = {line["team"]: line["tones"][at] for line in held["team_lines"]}
    assert tones == {"amber": "good", "ember": "bad"}
    assert all(tone == "" for line in held["team_lines"] for n, tone in enumerate(line["tones"]) if n != at)
    other = client.get("/service.json?ingredient=respect").json()
    assert "left before the end" not in other["team_signs"]
    assert "never a person" in client.get("/service").text


def test_betrayal_of_a_customer_has_factors_and_obeys_objections(client: Client) -> None:
    shown = client.get("/customers/c0000").text
    assert "If nothing new happens" in shown
    assert "what was done about it failed too" in shown
    assert client.get("/customers/c0000.json").json()["harm"]["value"] == 40.0
    for who in ("c0001", "c0002"):
        assert client.get(f"/customers/{who}.json").json()["betrayal"] is None
        assert "If nothing new happens" not in client.get(f"/customers/{who}").text


def test_value_shows_all_three_multiples_and_says_that_it_is_no_cause(client: Client) -> None:
    shown = client.get("/value").text
    held = client.get("/value.json").json()
    assert "about" in shown
    assert "An association" in shown
    for name, ratio in (("raw", 2.8), ("held_equal", 1.3), ("headline", 1.9)):
        assert held[name]["value"] == ratio
        assert held[name]["low"] < ratio < held[name]["high"]
    assert [line["name"] for line in held["multiples"]] == ["own_rating", "company_data", "ten_points"]
    assert len(held["ways"]) == 6
    nobody = next(way for way in held["ways"] if way["measure"] == "word_of_mouth")
    assert nobody["adjusted"]["value"] is None
    assert "nobody of one group did it" in shown
    assert "not enough evidence" in shown
    assert all(stage["total"]["value"] > 0 for stage in held["stages"])
    assert len(client.get("/charts/paying_ways.json").json()["data"]["values"]) == 10  # five ways, raw and adjusted


def test_claims_have_an_interval_a_verdict_and_a_way_back(client: Client) -> None:
    shown = client.get("/claims").text
    held = client.get("/claims.json").json()
    assert (held["supported"], held["refuted"], held["undecided"]) == (1, 1, 2)
    first = held["claims"][0]
    assert first["name"] == "more_than_twice"
    assert (first["published"], first["held_against"]) == ("2\u202f×", "more than 2\u202f×")
    assert "measure=value" in first["source"]
    assert client.get(first["source"]).status_code == 200
    assert client.get(first["own"]["explain"]).status_code == 200
    assert "does not hold here" in shown
    assert "nobody was asked" in shown
    assert held["claims"][1]["published"] == "96\u202f%"
    for name in ("claim.csv", "claim.xlsx"):
        assert f"/tables/{name}" in shown
        assert client.get(f"/tables/{name}").status_code == 200
