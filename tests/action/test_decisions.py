"""The decisions log: a decision stands on a figure as it was, and is held against it when its day has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from heartline.action.decisions import Decisions
from heartline.action.evidence import parse
from heartline.errors import DecisionError
from heartline.tables import table

from .small_house import SmallHouse

DAY = datetime(2026, 7, 2, 9)
PERIODS = [datetime(2026, 6, 1), datetime(2026, 7, 1)]
BOND = "period_summary.connection_mean?segment=all"


def summary(end: datetime, mean: float, judged: int) -> dict[str, Any]:
    return {
        "period_end": end, "segment": "all", "customers": 300, "judged": judged, "connection_mean": mean,
        "connection_low": mean - 1, "connection_high": mean + 1,
    }  # fmt: skip


def visits(month: int, mean: float, channel: str, felt: int) -> dict[str, Any]:
    return {
        "period_start": datetime(2026, month, 1), "touchpoint": "returns", "channel": channel, "stage": "support",
        "visits": 2 * felt, "customers": felt, "felt_visits": felt, "felt_mean": mean, "felt_low": mean - 0.1,
        "felt_high": mean + 0.1, "abandoned": 0, "failed": 0,
    }  # fmt: skip


def put(house: SmallHouse, name: str, rows: list[dict[str, Any]]) -> None:
    """Let a table hold these rows, as the next run would."""
    house.put(name, pa.Table.from_pylist(rows, table(name).arrow_schema()))


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[SmallHouse]:
    """Two periods, a touchpoint of three months in two channels, and a cause that few met."""
    house = SmallHouse(
        tmp_path,
        {
            "period_summary": [summary(PERIODS[0], 45.0, 200), summary(PERIODS[1], 46.0, 210)],
            "touchpoint_period": [
                visits(month, mean, channel, felt)
                for month, mean in ((4, -0.3), (5, -0.2), (6, -0.1))
                for channel, felt in (("web", 30), ("call", 10))
            ],
            "drop_off": [
                {"funnel": "buy", "step": "checkout", "cause": "code_denied", "share": 0.2, "share_low": 0.1,
                 "share_high": 0.3, "reached": 12, "status": "open"},
                {"funnel": "buy", "step": "checkout", "cause": "confusion", "share": None, "reached": 12},
            ],
        },
        datetime(2026, 7, 1),
    )  # fmt: skip
    yield house
    house.close()


def test_a_decision_keeps_its_figure_as_it_was_and_the_run_that_wrote_it(kept: SmallHouse) -> None:
    made = Decisions(kept).add("Answer every e-mail the same day", "Ada", BOND, review_on="2026-09-01", at=DAY)
    assert (made.figure, made.low, made.high, made.n, made.kind) == (46.0, 45.0, 47.0, 210, "pattern")
    assert made.run_id == kept.explain("period_summary").run_id
    assert made.evidence_key == '{"segment": "all"}'  # the period is not kept: the review looks at the latest
    assert Decisions(kept).log()[0] == made


def test_the_address_of_the_desk_and_the_short_form_are_the_same_figure() -> None:
    desk = parse("/explain/period_summary?column=connection_mean&period_end=2026-07-01T00%3A00%3A00&segment=all")
    assert (desk.table, desk.column, dict(desk.key)) == ("period_summary", "connection_mean", {"segment": "all"})
    short = parse(BOND)
    assert (short.table, short.column, short.key) == (desk.table, desk.column, desk.key)
    assert dict(desk.period) == {"period_end": "2026-07-01T00:00:00"}


def test_an_earlier_period_is_cited_as_it_was_and_reviewed_at_the_latest(kept: SmallHouse) -> None:
    log = Decisions(kept)
    made = log.add("Go on", "Ada", BOND + "&period_end=2026-06-01T00:00:00", review_on="2026-08-01", at=DAY)
    assert made.figure == 45.0
    (due,) = log.due(date(2026, 8, 1))
    assert due.now is not None
    assert due.now.value == 46.0


def test_felt_valence_is_pooled_as_the_briefs_pool_it(kept: SmallHouse) -> None:
    made = Decisions(kept).add(
        "Rewrite the returns form", "Ada", "touchpoint_period.felt_mean?touchpoint=returns", at=DAY
    )
    assert made.figure == pytest.approx(-0.2)
    assert made.n == 120
    # three months of 30 and 10 visits, each with an interval of 0.2: sqrt(3 (30² + 10²)) 0.1 / 120
    assert made.low == pytest.approx(-0.2 - (3 * 1000) ** 0.5 * 0.1 / 120)


def test_what_rests_on_few_is_a_single_request(kept: SmallHouse) -> None:
    cited = "drop_off.share?funnel=buy&step=checkout&cause=code_denied"
    assert Decisions(kept).add("Mend the code", "Ada", cited, at=DAY).kind == "single_request"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "cites no evidence"),
        ({"evidence": BOND, "judgement": True}, "cites evidence and is marked"),
        ({"evidence": "/journey"}, "names no figure"),
        ({"evidence": "period_summary.nothing"}, "no column nothing"),
        ({"evidence": "interaction.rating"}, "single customers"),
        ({"evidence": "period_summary.segment"}, "no figure that an analysis wrote"),
        ({"evidence": "period_summary.connection_mean?segment=nobody"}, "no row answers"),
        ({"evidence": "drop_off.share"}, "several rows answer"),
        ({"evidence": "drop_off.share?funnel=buy&step=checkout&cause=confusion"}, "not enough evidence"),
        ({"evidence": "period_summary.connection_mean?period_end=yesterday"}, "cannot be 'yesterday'"),
        ({"evidence": "touchpoint_period.felt_mean?channel=web"}, "by touchpoint, by stage or by both"),
        ({"evidence": BOND, "by": " "}, "not said by whom"),
        ({"evidence": BOND, "what": ""}, "not said what"),
        ({"evidence": BOND, "what": "x" * 501}, "501 characters"),
        ({"evidence": BOND, "review_on": "2026-07-02"}, "not ahead"),
        ({"evidence": BOND, "review_on": "soon"}, "no day"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_nothing_is_kept(
    kept: SmallHouse, given: dict[str, Any], said: str
) -> None:
    log = Decisions(kept)
    with pytest.raises(DecisionError) as refused:
        log.add(**({"what": "Do it", "by": "Ada", "at": DAY} | given))
    assert said in str(refused.value)
    assert refused.value.next_step
    assert log.log() == []


def test_the_life_of_a_decision(kept: SmallHouse) -> None:
    log = Decisions(kept)
    made = log.add("Thank advocates by hand", "Ada", BOND, expected="two points more", review_on="2026-09-01", at=DAY)
    assert log.due(date(2026, 8, 31)) == []
    put(kept, "period_summary", [summary(datetime(2026, 9, 1), 49.5, 220)])
    (due,) = log.due(date(2026, 9, 1))
    assert due.now is not None
    assert (due.decision.decision_id, due.decision.figure, due.now.value) == (made.decision_id, 46.0, 49.5)
    done = log.review(made.decision_id, "Björn", "as_expected", "three and a half", at=datetime(2026, 9, 2))
    assert (done.figure, done.later_figure, done.later_n, done.came) == (46.0, 49.5, 220, "as_expected")
    assert log.due(date(2026, 9, 3)) == []
    put(kept, "period_summary", [summary(datetime(2026, 10, 1), 10.0, 220)])
    assert log.standing()[0].decision.later_figure == 49.5  # what was said at the review stands
    with pytest.raises(DecisionError, match="was reviewed on 2026-09-02"):
        log.review(made.decision_id, "Björn", "nothing")


def test_a_judgement_says_so_and_has_no_figure(kept: SmallHouse) -> None:
    log = Decisions(kept)
    made = log.add("Keep the shop in the old town", "Ada", judgement=True, review_on="2027-01-01", at=DAY)
    assert (made.kind, made.figure, made.evidence_table, made.run_id) == ("judgement", None, None, None)
    done = log.review(made.decision_id, "Ada", "not_known")
    assert done.later_figure is None


@pytest.mark.parametrize(
    ("number", "by", "came", "said"),
    [(99, "Ada", "less", "no decision 99"), (1, "", "less", "by whom"), (1, "Ada", "fine", "it came out 'fine'")],
)
def test_a_review_that_cannot_be_taken(kept: SmallHouse, number: int, by: str, came: str, said: str) -> None:
    log = Decisions(kept)
    log.add("Do it", "Ada", judgement=True, at=DAY)
    with pytest.raises(DecisionError, match=said):
        log.review(number, by, came)
    assert log.log()[0].reviewed_at is None


def test_a_figure_that_is_gone_is_not_known_at_the_review(kept: SmallHouse) -> None:
    log = Decisions(kept)
    cited = "drop_off.share?funnel=buy&step=checkout&cause=code_denied"
    made = log.add("Mend the code", "Ada", cited, review_on="2026-09-01", at=DAY)
    put(kept, "drop_off", [])
    (due,) = log.due(date(2026, 9, 1))
    assert due.now is None
    assert log.review(made.decision_id, "Ada", "not_known").later_figure is None
