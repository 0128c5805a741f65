"""From what? Every link to an explanation opens, shows its rows, and takes no other column than the table's."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Client


@pytest.mark.parametrize(
    "address",
    ["/", "/journey", "/journey?channel=web&since=2026-03", "/customers", "/customers/c0004", "/data", "/service",
     "/service?ingredient=empathy", "/mind", "/mind?source=texts"],
)  # fmt: skip
def test_every_figure_of_a_page_opens(client: Client, address: str) -> None:
    links = {html.unescape(link) for link in re.findall(r'href="(/explain/[^"]+)"', client.get(address).text)}
    assert len(links) > 5
    by_shape: dict[str, str] = {}
    for link in sorted(links):
        by_shape.setdefault(re.sub(r"=[^&]*", "", link) + str(re.findall(r"column=(\w+)", link)), link)
    for link in by_shape.values():
        opened = client.get(link)
        assert opened.status_code == 200, link
        assert address == "/data" or "No row matches" not in opened.text, link


def test_a_figure_opens_to_its_row_steps_and_settings(client: Client) -> None:
    address = "/explain/period_summary?column=connection_mean&segment=all&period_end=2026-07-01T00:00:00"
    held = client.get(address.replace("?", ".json?")).json()
    assert held["total"] == 1
    assert float(held["value"]) == pytest.approx(46.0)
    assert held["steps"][0][0] == "felt"
    assert held["settings"] == {"min_base": 30}
    assert [part["title"] for part in held["evidence"]] == ["Customers"]
    shown = client.get(address).text
    assert "case when rating &lt; 3" in shown


def test_a_touchpoint_opens_to_visits_of_that_month_and_their_words(client: Client) -> None:
    held = client.get(
        "/explain/touchpoint_period.json?column=felt_mean&touchpoint=returns&period_start=2026-05-01T00:00:00"
    ).json()
    worst, best = held["evidence"]
    assert worst["rows"]
    assert all(row["occurred_at"].startswith("2026-05") and row["touchpoint"] == "returns" for row in worst["rows"])
    assert worst["rows"][0]["felt_valence"] <= best["rows"][0]["felt_valence"]
    assert held["how"]
    assert any(words for part in held["evidence"] for words in part["words"])


def test_a_sign_opens_to_the_words_that_carry_it(client: Client) -> None:
    key = "column=rate&touchpoint=returns&period_end=2026-07-01T00:00:00&sign"
    (words,) = client.get(f"/explain/service_ingredient.json?{key}=effort").json()["evidence"]
    assert words["rows"]
    assert all(row["touchpoint"] == "returns" for row in words["rows"])
    assert any(piece["labels"] for said in words["words"] for piece in said)
    assert not {"c0001", "c0002"} & {row["customer_id"] for row in words["rows"]}  # refused, and objects
    (none,) = client.get(f"/explain/service_ingredient.json?{key}=ease").json()["evidence"]
    assert none["rows"] == []
    for sign in ("error", "waiting", "retry", "repeat_contact"):
        (held,) = client.get(f"/explain/service_ingredient.json?{key}={sign}").json()["evidence"]
        assert held["title"] == "Where it happened"
    above, below = client.get(
        "/explain/touchpoint_moment.json?column=best&touchpoint=returns&period_end=2026-07-01T00:00:00"
    ).json()["evidence"]
    assert above["title"] == "Far above what they are used to"
    assert below["rows"] or above["rows"]


def test_a_phrase_opens_to_texts_that_hold_it(client: Client) -> None:
    key = "column=share&source=texts&kind=phrase&term"
    (held,) = client.get(f"/explain/association.json?{key}=never%20again").json()["evidence"]
    assert held["rows"]
    assert all("again" in "".join(piece["text"] for piece in said).lower() for said in held["words"])
    assert client.get(f"/explain/association.json?{key}=(.*").json()["evidence"] == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/explain/nothing", 404),
        ("/explain/user", 404),
        ("/explain/feeling?column=secret", 404),
        ("/explain/feeling?secret=1", 400),
        ("/explain/feeling?valence=high", 400),
        ("/explain/feeling?customer_id=x'%20or%201=1--", 200),
        ("/explain/feeling;drop%20table%20customer", 404),
    ],
)
def test_other_addresses_are_refused(client: Client, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    if status == 200:
        assert "No row matches" in answer.text
