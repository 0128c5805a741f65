"""Conduct: teams with their intervals, sentences only where enough and allowed, and a pulse that nobody worked out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from .conduct_rows import BROKEN, KEPT

if TYPE_CHECKING:
    from .conftest import Client


def test_teams_are_shown_with_interval_and_base(client: Client) -> None:
    held = client.get("/conduct.json").json()
    assert held["teams"] == ["amber", "birch"]
    assert held["names"] == ["respect", "empathy", "recognition", "answering", "promises"]  # listening: nobody's
    empathy = held["lines"][0]["cells"][1]
    assert (empathy["kept"]["value"], empathy["kept"]["n"], empathy["tone"]) == (0.7, 120, "good")
    assert empathy["kept"]["low"] < 0.7 < empathy["kept"]["high"]
    assert held["lines"][1]["cells"][1]["tone"] == "bad"
    assert len(held["periods"]) == 4


def test_sentences_are_quoted_without_who_said_them_to_whom(client: Client) -> None:
    held = client.get("/conduct.json").json()
    by_name = {line["measure"]: line for line in held["measures"]}
    assert by_name["empathy"]["kept_words"] == [KEPT]
    assert by_name["recognition"]["broken_words"] == [BROKEN]
    assert by_name["respect"]["kept_words"] == []
    shown = client.get("/conduct").text
    assert "<b>annoying" not in shown  # words are escaped
    assert "reply-" not in shown
    assert "talk-" not in shown


def test_too_few_customers_are_not_quoted(client: Client) -> None:
    """Of birch there are five; one refused, and of the others at least three are needed: there are four."""
    held = client.get("/conduct.json?team=birch").json()
    words = {line["measure"]: line["kept_words"] for line in held["measures"]}
    assert words["empathy"] == [KEPT]
    assert held["team"] == "birch"


def test_a_team_that_is_not_there_is_refused(client: Client) -> None:
    assert client.get("/conduct?team=tiny").status_code == 400


def test_the_pulse_is_the_team_s_own_word_and_never_few_people_s(client: Client) -> None:
    (line,) = client.get("/conduct.json").json()["pulse"]
    assert (line["period"], line["mean"]["value"], line["mean"]["n"]) == ("2026-06", 3.6, 11)
    assert abs(line["change"]["value"] - 0.4) < 1e-9  # against May; April had three answers and is not there
    assert line["felt"]["value"] == 0.05


@pytest.mark.parametrize("table", ["conduct", "promise_heard"])
def test_no_single_conversation_is_opened(client: Client, table: str) -> None:
    """Rows of verdicts open without what would tell whose conversation it was, and none is found by its id."""
    shown = client.get(f"/explain/{table}.json?team=amber")
    assert shown.status_code == 200
    held = shown.json()
    assert held["total"] > 0
    assert {"conversation_id", "customer_id", "interaction_id"}.isdisjoint(held["names"])
    assert "talk-" not in json.dumps(held["rows"])
    assert "reply-" not in json.dumps(held["rows"])
    for key in ("interaction_id=reply-0", "customer_id=c0000", "conversation_id=talk-0", "column=interaction_id"):
        assert client.get(f"/explain/{table}?{key}").status_code == 404


def test_off_says_how_to_turn_it_on(empty_client: Client) -> None:
    shown = empty_client.get("/conduct").text
    assert "conduct = &#34;teams&#34;" in shown or 'conduct = "teams"' in shown
    assert "works council" in shown
