"""The page of drivers: what it names first, what it leaves open, where the money goes, and its downloads."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Client


def test_the_hidden_driver_comes_first_and_overrated_is_no_licence_to_cut(client: Client) -> None:
    shown = client.get("/drivers").text
    assert "Thank you note: customers give it" in shown
    assert "Do not cut them for that alone" in shown
    held = client.get("/drivers.json").json()
    assert held["overrated"] == ["account opening"]
    lines = {line["touchpoint"]: line for line in held["lines"]}
    assert lines["account opening"]["name"] == "Overrated"
    assert lines["account opening"]["floor"] == "keep: customers call it important"
    assert lines["checkout"]["name"] == "Left open"
    assert "hardly told apart" in lines["checkout"]["trust"]
    assert lines["delivery"]["kind"] == "must-have"
    assert lines["advert"]["derived"]["value"] is None
    assert "fewer than 30" in lines["advert"]["reason"]


def test_spend_is_held_against_effect_largest_gap_first(client: Client) -> None:
    spend = client.get("/drivers.json").json()["spend"]
    assert [line["touchpoint"] for line in spend[:2]] == ["account opening", "thank you note"]
    assert [line["verdict"] for line in spend[:2]] == ["more than its effect", "less than its effect"]


def test_nothing_derived_says_so(client: Client) -> None:
    shown = client.get("/drivers?outcome=leaving").text
    assert "cannot be told yet: not enough evidence" in shown
    assert "no more than chance may" in shown
    assert client.get("/charts/driver_quadrant.json?outcome=leaving").json()["data"]["values"] == []
    assert len(client.get("/charts/driver_effects.json?outcome=leaving").json()["data"]["values"]) == 8
    assert client.get("/drivers?outcome=revenue").status_code == 400


def test_the_table_is_given_out_whole(client: Client) -> None:
    lines = list(csv.DictReader(io.StringIO(client.get("/tables/driver.csv").text)))
    assert len(lines) == 10
    first = next(line for line in lines if line["touchpoint"] == "thank_you_note" and line["outcome"] == "connection")
    assert float(first["derived"]) == 0.45
    assert client.get("/tables/driver.xlsx").content.startswith(b"PK")


def test_a_figure_opens(client: Client) -> None:
    address = client.get("/drivers.json").json()["lines"][0]["derived"]["explain"]
    assert client.get(address).status_code == 200
