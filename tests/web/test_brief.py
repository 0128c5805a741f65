"""The brief: the same figures as the pages, ranked by the rule, patterns apart from single requests, decisions kept."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from heartline.playbook.shape import Playbook
from heartline.tables import TABLES
from heartline.web.brief import asks, people
from heartline.web.brief.gather import gather
from heartline.web.brief.lines import Ask
from heartline.web.brief.paper import of_brief
from heartline.web.brief.patterns import wilson
from heartline.web.brief.text import WIDTH, text

from . import brief_rows

if TYPE_CHECKING:
    from .conftest import Client, Double

NOW = datetime(2026, 7, 2, 8)
AsksOf = Callable[..., dict[str, Ask]]


@pytest.fixture(scope="module")
def small(double: type[Double]) -> Double:
    made = double(brief_rows.rows(), brief_rows.AS_OF, environment={"HEARTLINE_INTENDED": "delivery=0.1"})
    folder = made.moves.house.root / "playbook"
    folder.mkdir()
    (folder / "all.yaml").write_text(brief_rows.PLAYBOOK, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def own(small: Double, opened: type[Client]) -> Client:
    return opened(small)


def shown(figure: dict[str, Any]) -> tuple[Any, ...]:
    return figure["value"], figure["low"], figure["high"], figure["n"]


def test_the_brief_tells_what_the_pages_tell(client: Client) -> None:
    brief, desk, hurt = (client.get(f"/{name}.json").json() for name in ("brief", "desk", "hurt"))
    assert brief["headline"] == desk["headline"]
    assert shown(brief["standing"][0]["change"]["now"]) == shown(desk["connection"]["now"])
    assert shown(brief["standing"][1]["change"]["now"]) == shown(desk["satisfaction"]["now"])
    worth = {one["what"].split(" of ")[0]: one["figure"] for one in brief["worth"]}
    assert shown(worth["Expected"]) == shown(client.get("/value.json").json()["total"])
    assert any(shown(one["figure"]) == shown(desk["stake"]) for one in brief["worth"])
    asks = {ask["kind"]: ask for ask in brief["asks"]}
    assert shown(asks["silent"]["evidence"][1]["figure"])[:3] == shown(hurt["per_teller"])[:3]
    causes = client.get("/drop-offs.json").json()["steps"][0]["causes"]
    assert shown(asks["cause"]["evidence"][0]["figure"])[:3] in [shown(line["share"])[:3] for line in causes]


def test_standards_are_judged_by_the_months_that_journey_shows(own: Client) -> None:
    brief = own.get("/brief.json").json()
    places = {
        one["touchpoint"]: one["felt"]
        for one in own.get("/journey.json?since=2026-04&until=2026-06").json()["touchpoints"]
    }
    for line in brief["standards"]:
        touchpoint = line["where"].replace(" ", "_")
        if touchpoint in places and places[touchpoint]["value"] is not None:
            assert line["felt"]["value"] == pytest.approx(places[touchpoint]["value"])
            assert line["felt"]["low"] == pytest.approx(places[touchpoint]["low"])
            assert line["felt"]["n"] == int(places[touchpoint]["n"])


def test_a_standard_is_broken_only_where_the_whole_interval_lies_below(own: Client) -> None:
    lines = {line["where"]: line for line in own.get("/brief.json").json()["standards"]}
    verdicts = {where: line["verdict"] for where, line in lines.items()}
    assert verdicts == {
        "support call": "broken", "checkout": "open", "delivery": "kept", "survey room": "not_known",
        "stage consideration": "not_measured",
    }  # fmt: skip
    broken = lines["support call"]
    assert broken["owner"] == "Customer care"
    assert broken["gap"]["value"] == pytest.approx(-0.3)
    assert broken["gap"]["high"] - broken["gap"]["low"] == pytest.approx(0.1 / 3**0.5)
    assert lines["survey room"]["felt"]["value"] is None  # twelve felt visits, fewer than min_base


def test_what_needs_deciding_is_ranked_by_the_rule(client: Client) -> None:
    asks = client.get("/brief.json").json()["asks"]
    ranks = [(ask["urgency"], -(ask["money"]["value"] or 0), -ask["weight"]) for ask in asks]
    assert ranks == sorted(ranks)
    assert {
        "case",
        "promise",
        "standard",
        "cause",
        "investment",
        "play",
        "initiative",
        "silent",
        "leaving",
        "betrayal",
    } <= {ask["kind"] for ask in asks}
    assert all(ask["who"] for ask in asks)


def test_everything_opens(client: Client) -> None:
    brief = client.get("/brief.json").json()
    figures = [one["figure"] for ask in brief["asks"] for one in ask["evidence"]]
    figures += [one["figure"] for part in ("worth", "changes", "gaps") for one in brief[part]]
    figures += [line[name] for line in brief["standards"] for name in ("felt", "gap")]
    figures += [one["change"]["now"] for one in brief["standing"]]
    pages = {ask["page"] for ask in brief["asks"]} | {theme["page"] for theme in brief["patterns"]}
    for address in pages | {figure["explain"] for figure in figures if figure["explain"]}:
        assert client.get(address).status_code == 200, address


def test_what_an_ask_cites_can_be_written_down_and_is_the_same_figure(full: Double) -> None:
    cited = 0
    for ask in gather(full, NOW).asks:
        for one in ask.evidence[:1]:
            if one.figure.explain.startswith("/explain/"):
                kept = full.moves.decisions.add(ask.title, "Ada", one.figure.explain, at=NOW)
                assert kept.figure == pytest.approx(one.figure.value), ask.kind
                assert (kept.low is None) == (one.figure.low is None), ask.kind
                cited += 1
    assert cited >= 7


@pytest.fixture(scope="module")
def asks_of(double: type[Double]) -> AsksOf:
    """Asks of the small company, without a playbook, with other rows of some tables; by title."""
    made, own = double(brief_rows.rows(), brief_rows.AS_OF), brief_rows.rows()

    def put(name: str, rows: list[dict[str, Any]]) -> None:
        made._connection.register("incoming", pa.Table.from_pylist(rows, TABLES[name].arrow_schema()))
        made._connection.execute(f'create or replace table "{name}" as select * from incoming')

    def found(**more: list[dict[str, Any]]) -> dict[str, Ask]:
        book = Playbook()
        for name, rows in more.items():
            put(name, rows)
        try:
            told = [*asks.of_causes(made, book), *asks.of_plan(made), *asks.of_plays(made, book)]
            told += [*people.of_the_betrayed(made, book), *people.of_silent_leaving(made, book)]
            return {ask.title: ask for ask in told}
        finally:
            for name in more:
                put(name, own.get(name, []))

    return found


def test_causes_ask_for_judgement_then_for_a_date_then_for_what_the_fix_shows(asks_of: AsksOf) -> None:
    cause = brief_rows.rows()["drop_off"][0]
    assert "Judge: does code denied stop people at checkout?" in asks_of()
    accepted = asks_of(drop_off=[cause | {"status": "accepted"}])
    assert "Date the fix of code denied at checkout" in accepted
    fix = {"funnel": "buy", "step": "checkout", "cause": "code_denied", "outcome": "drop_rate", "n_after": 90,
           "method": "interrupted_series", "fixed_at": datetime(2026, 5, 1), "estimate": -0.01, "low": -0.05,
           "high": 0.03, "verdict": "none_shown"}  # fmt: skip
    fixed = asks_of(drop_off=[cause | {"status": "accepted"}], fix_effect=[fix])
    assert [title for title in fixed if "code denied" in title] == [
        "The fix of code denied at checkout shows nothing yet: keep or change it?"
    ]
    for status, verdict in (("accepted", "effect_if_assumed"), ("rejected", "none_shown")):
        effects = [fix | {"verdict": verdict}] if status == "accepted" else []
        quiet = asks_of(drop_off=[cause | {"status": status}], fix_effect=effects)
        assert not [title for title in quiet if "code denied" in title]


@pytest.mark.parametrize(
    ("verdict", "title", "urgency"),
    [
        ("helps", "helps: give it to everybody", 3),
        ("useless", "does nothing that shows", 3),
        ("harms", "harms: end it", 2),
    ],
)
def test_plays_ask_by_what_they_do(asks_of: AsksOf, verdict: str, title: str, urgency: int) -> None:
    play = {"play_id": "call_back", "outcome": "stays", "proof": True, "method": "hold_out", "acted": 80, "others": 40,
            "effect": 0.1, "low": 0.02, "high": 0.18, "verdict": verdict, "horizon_days": 90}  # fmt: skip
    (found,) = [ask for name, ask in asks_of(play_effect=[play]).items() if title in name]
    assert found.urgency == urgency
    assert found.evidence[0].figure.n == 120
    none = play | {"verdict": "not_enough_evidence"}
    beside = play | {"proof": False, "outcome": "buys"}
    assert "play" not in {ask.kind for ask in asks_of(play_effect=[none, beside]).values()}


def test_a_plan_that_does_not_pay_back_is_not_called_worth_funding(asks_of: AsksOf) -> None:
    option = {"option_id": "letter", "name": "a letter", "units": 1.0, "cost": 1000.0, "expected_gain": 1500.0,
              "funded": True, "currency": "EUR"}  # fmt: skip
    told = {"budget": 2000.0, "gain": 1500.0, "low": 900.0, "high": 2100.0, "cost": 1000.0, "p_payback": 0.9,
            "told": True,
            "currency": "EUR", "options": "letter"}  # fmt: skip
    assert "Fund 1 option: a letter" in asks_of(investment=[option], investment_frontier=[told])
    rarely = asks_of(investment=[option], investment_frontier=[told | {"p_payback": 0.02}])
    assert "The best plan hardly ever brings back its cost: fund it for other reasons? a letter" in rarely
    untold = asks_of(investment=[option | {"funded": None}], investment_frontier=[told | {"told": False}])
    assert untold["Tell a budget: 1 option cannot be weighed without one"].urgency == 5


def test_people_are_counted_and_never_named(asks_of: AsksOf) -> None:
    betrayed = [{"customer_id": f"k{n}", "p_betrayal": 0.9 if n < 3 else 0.1} for n in range(40)]
    ask = asks_of(betrayal=betrayed)["3 customers probably feel betrayed: who calls?"]
    assert ask.evidence[0].figure.value == 3
    assert ask.evidence[1].figure.value == pytest.approx(3 * 0.9 + 37 * 0.1)
    assert "k0" not in str(ask)
    quiet = [
        {"customer_id": f"k{n}", "p_silent_leaving": 0.8 if n == 0 else 0.2, "value_at_stake": 50.0} for n in range(5)
    ]
    ask = asks_of(customer_overview=quiet)["1 customer probably leaves without a word: who calls?"]
    assert [one.figure.value for one in ask.evidence] == [1, pytest.approx(1.6), 50.0]


def test_deadlines_are_held_against_the_clock_of_the_settings(double: type[Double]) -> None:
    for clock, late in (("facts", False), ("wall", True)):
        made = double(brief_rows.rows(), brief_rows.AS_OF, environment={"HEARTLINE_CLOCK": clock})
        made.moves.promises.add(
            "k005", "We call on Friday", "Ada", due_at=brief_rows.AS_OF + timedelta(days=1), at=brief_rows.AS_OF
        )
        assert any(ask.kind == "promise" for ask in gather(made).asks) is late, clock
        assert any(ask.kind == "promise" for ask in gather(made, NOW + timedelta(days=9)).asks)


def test_a_pattern_comes_from_many_and_a_single_request_from_few(own: Client) -> None:
    brief = own.get("/brief.json").json()
    (pattern,) = [one for one in brief["patterns"] if one["what"] == "complaint"]
    assert (pattern["where"], pattern["customers"], pattern["share"]["n"]) == ("delivery", 8, 60)
    assert (pattern["share"]["low"], pattern["share"]["high"]) == pytest.approx(wilson(8, 60))
    (single,) = brief["singles"]
    assert (single["what"], single["where"]) == ("request", "checkout")
    assert (single["customers"], single["contacts"], single["loudest"]) == (1, 7, 7)
    assert "1 customer, 7 contacts, 7 of one customer" in re.sub(r"\s+", " ", own.get("/brief").text)


def test_wilson_at_published_figures() -> None:
    # Brown, Cai, DasGupta (2001) give the formula; 5 of 10 at 90 % is 0.5 ± z sqrt(n/4 + z²/4) / (n + z²)
    low, high = wilson(5, 10)
    assert (low, high) == pytest.approx((0.2692718, 0.7307282), abs=1e-6)
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == 1.0


def test_what_is_not_known_is_said(opened: type[Client], double: type[Double]) -> None:
    thin = {"period_summary": [{"period_end": datetime(2026, 7, 1), "segment": "all", "customers": 3, "judged": 0}]}
    page = opened(double(thin)).get("/brief").text
    assert "not enough evidence" in page
    assert "Nothing asks for a decision" in page
    assert "No standard is set" in page


def test_a_playbook_that_cannot_be_read_is_said_and_stops_nothing(opened: type[Client], double: type[Double]) -> None:
    made = double(brief_rows.rows(), brief_rows.AS_OF)
    folder = made.moves.house.root / "playbook"
    folder.mkdir()
    (folder / "all.yaml").write_text("standards: [", encoding="utf-8")
    client = opened(made)
    for address in ("/brief", "/brief/support"):
        page = client.get(address)
        assert page.status_code == 200
        assert "The playbook cannot be read" in page.text


def token(client: Client) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/brief").text)
    assert found
    return found[1]


def test_a_decision_on_the_page_cites_its_figure_and_is_reviewed(opened: type[Client], small: Double) -> None:
    client = opened(small)
    start = client.get("/brief?evidence=/explain/period_summary?column=connection_mean%26segment=all").text
    assert 'value="/explain/period_summary?column=connection_mean&amp;segment=all"' in start
    tomorrow = f"{datetime.now() + timedelta(days=2):%Y-%m-%d}"
    said = {
        "token": token(client), "said": "decide", "what": "Answer <b>all</b> the same day", "by": "Ada",
        "evidence": "/explain/period_summary?column=connection_mean&segment=all", "review_on": tomorrow,
        "expected": "two points",
    }  # fmt: skip
    answer = client.post("/brief", said)
    assert (answer.status_code, answer.headers["location"]) == (303, "/brief#decision-1")
    page = client.get("/brief").text
    assert "Answer &lt;b&gt;all&lt;/b&gt; the same day" in page
    assert "52.0" in html.unescape(page)
    log = gather(small, datetime.fromisoformat(tomorrow) + timedelta(days=1)).log
    assert log[0].due
    review = {"token": token(client), "said": "review", "number": "1", "came": "less", "by": "Björn"}
    assert client.post("/brief", review).status_code == 303
    assert "Reviewed on" in client.get("/brief").text
    for wrong, status in (
        (review, 400), (said | {"evidence": ""}, 400), (said | {"token": "x"}, 403), ({"said": "sing"}, 400),
        (review | {"number": "one"}, 400),
    ):  # fmt: skip
        assert client.post("/brief", wrong).status_code == status


def test_the_text_of_a_small_company(double: type[Double]) -> None:
    made = double(brief_rows.rows(), brief_rows.AS_OF)
    folder = made.moves.house.root / "playbook"
    folder.mkdir()
    (folder / "all.yaml").write_text(brief_rows.PLAYBOOK, encoding="utf-8")
    made.moves.decisions.add(
        "Call back within the hour", "Ada", "touchpoint_period.felt_mean?touchpoint=support_call",
        expected="relief", review_on="2026-06-30", at=datetime(2026, 5, 1),
    )  # fmt: skip
    said = text(of_brief(gather(made, NOW)), full=False)
    assert max(map(len, said.splitlines())) <= WIDTH
    assert said == EXPECTED


EXPECTED = """\
Meadow & Sons: What to decide this week
Period ending 2026-07-01, against 2026-06-01

Connection is 52.0 of 100, up from 45.0; satisfaction is 70.0 of 100, no real change. An
estimated 15.0 k EUR is at stake, 25.0 % of the 60.0 k EUR that customers are expected to bring.
None of 4 points of connection feels worse than the month before.

Where we stand
--------------
- Connection: 52.0 of 100. up from 45.0; 50.0 to 54.0; 300 customers judged on own evidence
- Satisfaction: 70.0 of 100. no real change from 70.0; 68.0 to 72.0; 250 customers who rated or
  answered
- At stake with those who may leave: 15.0 k EUR (350 customers)
- Connected, of customers judged: 20.0 % (300 customers)

To decide
---------
- Support call does not feel as it is meant to: felt −0.20 (−0.23 to −0.17, 300 contacts); short
  by −0.30 (−0.33 to −0.27). Meant: relief, at least +0.10. The whole interval lies below it
  [decides: Customer care]
- Judge: does code denied stop people at checkout?: of stopping there, goes with it: 25.0 %
  (15.0 to 35.0 %, 400 attempts); worth in a year 9 000 EUR (5 000 to 13.0 k EUR). Nobody has
  accepted or rejected it. Shares go with stopping; they are not proof [decides: Online shop]
(Ranked: somebody waits, a standard is broken, money, people to be looked for, to be learnt.)

Standards that are broken
-------------------------
- Support call: −0.20 (−0.23 to −0.17, 300 known). meant: relief, at least +0.10; gap −0.30
  (−0.33 to −0.27) [broken; owner: Customer care]

What changed
------------
Nothing changed beyond its interval.
(0 of 4 places fell beyond the interval of the change in 2026-06; about 0.2 would by chance
alone.)

Patterns: said by many
----------------------
- Complaint at delivery: 13.3 % (7.7 to 22.2 %, 60 customers read). 8 customers, 8 contacts

Single requests: said by few
----------------------------
- Request at checkout: 1 customer, 7 contacts, 7 of one customer
(1 in all: to be answered, not yet a reason to change a standard.)

Decisions to look back on
-------------------------
- 1. Call back within the hour: 2026-05-01, Ada, rests on a pattern; felt mean of support call
  was −0.20 (−0.23 to −0.17); now −0.20 (−0.23 to −0.17); expected: relief; review on 2026-06-30
  [to be reviewed]

What we do not know
-------------------
- Visits read from words: 7.5 % (4 000 in all)
(Unknown is not neutral: whoever says nothing may feel otherwise.)

Heartline, read as of 2026-07-01 00:00 UTC. Intervals are 90 %. What goes together is not called
cause.
"""
