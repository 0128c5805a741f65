"""Walks on the desk: gaps in words, ways, film strips, and the form for guesses, which shows nobody's feelings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from heartline.walks import book, past
from heartline.web.gap import feeling
from heartline.workspace import Workspace

from .guided_rows import GUIDE
from .map_rows import MAP
from .walk_rows import SHOT

if TYPE_CHECKING:
    from .conftest import Client, Double


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "house") as made:
        made.walks.scripts_folder.mkdir()
        (made.walks.scripts_folder / "reach.yaml").write_text(GUIDE, encoding="utf-8")
        yield made


def test_gaps_beyond_doubt_are_said_in_words_with_their_figures(client: Client) -> None:
    shown = client.get("/walks").text
    told = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", shown)))
    assert "At 2 points of connection a guess or a walk is far from what customers feel." in told
    assert (
        "Those who decide think that discount code feels good (+0.40, 5 people); customers feel bad "
        "(−0.25, −0.37 to −0.13, 64 customers); who walked there felt −0.30 (3 people)."
    ) in told
    assert "Walkers found that thank you note feels bad (−0.30, 4 people); customers feel very good (" in told
    assert "/explain/empathy_gap?column=guess&amp;touchpoint=discount_code" in shown
    assert "2 guesses count from the next run on" in told


def test_walks_that_the_last_run_did_not_see_are_told(
    full: Double, opened: type[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "walk of people began after the moment that the last run looked from"
    assert words not in opened(full).get("/walks").text
    monkeypatch.setattr(full, "as_of", datetime(2026, 6, 1))
    assert f"1 {words}, and stands in no gap" in opened(full).get("/walks").text


def test_points_stand_in_the_order_of_the_journey_and_who_is_not_known_is_not_drawn(client: Client) -> None:
    held = client.get("/walks.json").json()
    order = [line["touchpoint"] for line in held["gaps"]]
    assert order == ["advert", "discount code", "delivery", "support call", "thank you note"]
    drawn = client.get("/charts/empathy_gap.json").json()["data"]["values"]
    assert [(row["name"], row["who"]) for row in drawn][:4] == [
        ("advert", "guessed"), ("advert", "customers"), ("discount code", "guessed"), ("discount code", "walked"),
    ]  # fmt: skip
    alone = next(row for row in drawn if row["name"] == "advert")
    assert (alone["n"], alone["low"]) == (1, None)
    assert held["gaps"][3]["customers"]["value"] is None


def test_nobody_who_guesses_is_named_and_nobody_who_walks_has_a_figure(client: Client) -> None:
    for address in ("/walks", "/walks.json", "/charts/empathy_gap.json", "/charts/walk_felt.json"):
        shown = client.get(address).text
        assert not re.search(r"\b(Ulla|Vera)\b", shown), address
    held = client.get("/walks/reach_a_human.json").json()
    assert held["walkers"] == [["Rita", 2], ["Tove", 1]]
    assert not re.search(r"\b(Rita|Tove)\b", client.get("/charts/walk_trend.json?script=reach_a_human").text)
    for table in ("walk", "walk_step", "walk_guess"):
        rows = client.get(f"/explain/{table}.json").json()
        assert rows["total"] >= 3
        assert not {"walker", "guesser", "note"} & set(rows["names"])
    assert client.get("/explain/walk?walker=Rita").status_code == 404
    assert client.get("/explain/walk_guess?column=guesser").status_code == 404


def test_ways_say_how_they_stand_and_how_to_walk_them(client: Client) -> None:
    ways = {line["script"]: line for line in client.get("/walks.json").json()["ways"]}
    teapot, human = ways["buy_a_teapot"], ways["reach_a_human"]
    assert (teapot["on"], teapot["cost"]["value"], teapot["release"], teapot["reached"]) == (
        "mobile",
        21.4,
        "42",
        False,
    )
    assert (teapot["tone"], teapot["busy"], human["busy"]) == ("bad", True, False)
    assert "on a busy machine" in client.get("/walks").text
    assert "the goal is not reached any more" in teapot["change"]
    assert teapot["command"] == "heartline walk run buy_a_teapot --device mobile"
    assert (human["walks"], human["first"], human["go"]) == (3, 1, "/walks/go?script=reach_a_human")
    assert human["cost"]["value"] == pytest.approx(12.0)


def test_a_script_shows_its_trend_its_film_and_what_was_wrong(client: Client) -> None:
    shown, held = client.get("/walks/buy_a_teapot").text, client.get("/walks/buy_a_teapot.json").json()
    trend = held["charts"]["walk_trend"]["rows"]
    assert [(row["cost"], row["new_release"], row["reached"]) for row in trend] == [
        (12.0, "41", "goal reached"), (21.4, "42", "not reached"),
    ]  # fmt: skip
    assert [frame["address"] for frame in held["film"]] == [f"/walks/shot/{SHOT}/00.jpg", ""]
    assert held["film"][1]["wrong"] == ["a page answered with an error"]
    assert "/basket: &lt;b&gt;500&lt;/b&gt;" in shown
    assert "<i>teapot</i>" not in shown
    assert "The picture is not kept any more." in shown
    assert "whether the site is slow was not judged" in shown
    assert "up to 4 s of the waiting may be its own, so that effort may be 17.4 at the least" in shown
    assert [step["wrong"] for step in held["steps"]] == [[], ["a page answered with an error"]]
    assert client.get("/walks/buy_a_teapot?device=mobile").status_code == 200
    assert client.get("/walks/buy_a_teapot?device=desktop").status_code == 400
    assert client.get("/walks/no_such_walk").status_code == 404


def test_a_persons_walk_shows_feelings_by_step(client: Client) -> None:
    held = client.get("/walks/reach_a_human.json").json()
    assert [(row["number"], row["mean"], row["n"]) for row in held["charts"]["walk_felt"]["rows"]] == [
        (1, -0.5, 3), (2, 0.5, 3),
    ]  # fmt: skip
    assert "They &lt;u&gt;sang&lt;/u&gt;." in client.get("/walks/reach_a_human").text


def test_pictures_are_given_out_alone_of_walks(client: Client) -> None:
    found = client.get(f"/walks/shot/{SHOT}/00.jpg")
    assert (found.status_code, found.headers["content-type"]) == (200, "image/jpeg")
    assert "default-src 'none'" in found.headers["content-security-policy"]
    for address in (
        f"/walks/shot/{SHOT}/01.jpg", f"/walks/shot/{SHOT}/walk.json", f"/walks/shot/{SHOT}/..%2f00.jpg",
        "/walks/shot/outbox/00.jpg", "/walks/shot/..%2f../00.jpg", "/walks/shot/./00.jpg",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address


def test_the_form_shows_points_in_order_and_no_feeling_of_anybody(client: Client) -> None:
    shown = client.get("/walks/guess").text
    places = [shown.index(f">{name}</legend>") for name in ("advert", "checkout", "delivery", "thank you note")]
    assert places == sorted(places)
    main = shown.split("<main", 1)[1].split("</main>")[0]
    assert not re.search(r"[+\u2212]0\.\d", main)
    assert "explain" not in main
    of_guide = client.get("/walks/guess.json?script=reach_a_human").json()
    assert [point["touchpoint"] for _, points in of_guide["stages"] for point in points] == [
        "contact_page", "support_call",
    ]  # fmt: skip


def form(desk: Client, address: str = "/walks/guess", **fields: str) -> dict[str, str | list[str]]:
    found = re.search(r'name="token" value="([^"]+)"', desk.get(address).text)
    assert found
    return {"token": found[1], "walker": "Walker 1", "role": "decides", "at.support_call": "0.5"} | fields


def test_guesses_are_kept_and_those_too_late_are_told_kindly(house: Workspace, opened: Any) -> None:
    desk = opened(house)
    done = desk.post("/walks/guess", form(desk))
    assert (done.status_code, done.headers["location"]) == (303, "/walks/guess?kept=1&late=0")
    (kept,) = house.walks.guesses.of("walker 1")
    assert (kept.touchpoint, kept.valence, kept.role) == ("support_call", 0.5, "decides")
    past = datetime(2026, 1, 1) - timedelta(days=1)
    step = {
        "interaction_id": "s1", "walk_id": "w1", "script": "reach_a_human", "walker": "Walker 1", "number": 1,
        "occurred_at": past.isoformat(), "touchpoint": "support_call", "what": "Call.", "outcome": "done",
    }  # fmt: skip
    house.walks.outbox.put("w1", {"walk_step": [step]})
    late = desk.post("/walks/guess", form(desk)).headers["location"]
    assert late == "/walks/guess?kept=1&late=1"
    assert "What you know now is worth keeping, but it is no guess any more" in desk.get(late).text
    assert "Walker 1" not in late


def test_a_guess_before_a_walk_leads_on_to_it_and_asks_only_what_is_left(house: Workspace, opened: Any) -> None:
    desk = opened(house)
    address = "/walks/guess?script=reach_a_human&walker=Walker+1&release=43"
    done = desk.post("/walks/guess", form(desk, address, script="reach_a_human", release="43"))
    on = urlsplit(done.headers["location"])
    assert on.path == "/walks/go"
    assert parse_qs(on.query) == {
        "script": ["reach_a_human"], "walker": ["Walker 1"], "role": ["decides"], "release": ["43"], "guessed": ["1"],
    }  # fmt: skip
    left = desk.get("/walks/guess.json?script=reach_a_human&walker=walker+1").json()
    assert [point["touchpoint"] for _, points in left["stages"] for point in points] == ["contact_page"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"token": "x"}, 403), ({"walker": " "}, 400), ({"role": "boss"}, 400), ({"at.support_call": "0.7"}, 400),
        ({"at.nowhere": "0.5"}, 400), ({"walker": "x" * 200}, 400),
    ],
)  # fmt: skip
def test_a_form_that_no_page_made_is_refused(
    house: Workspace, opened: Any, fields: dict[str, str], status: int
) -> None:
    desk = opened(house)
    assert desk.post("/walks/guess", form(desk) | fields).status_code == status
    assert desk.post("/walks/guess", form(desk), origin="https://elsewhere.example").status_code == 403
    assert house.query("select * from walk_guess").num_rows == 0


def test_who_taps_no_face_is_told_to_tap_one(house: Workspace, opened: Any) -> None:
    desk = opened(house)
    told = form(desk)
    del told["at.support_call"]
    answer = desk.post("/walks/guess", told)
    assert (answer.status_code, "go back and tap one" in answer.text) == (400, True)


def test_nothing_walked_and_nothing_guessed_says_what_to_do(double: type[Double], opened: type[Client]) -> None:
    shown = opened(double()).get("/walks").text
    assert "Become the customer, and see how it feels." in shown
    assert "There is no script of a walk." in shown
    assert "walk_origins" in shown


@pytest.mark.parametrize(
    ("valence", "words"),
    [
        (-1.0, "very bad"),
        (-0.3, "bad"),
        (0.0, "neither good nor bad"),
        (0.4, "good"),
        (0.9, "very good"),
        (None, "not known"),
    ],
)
def test_means_are_said_as_people_say_them(valence: float | None, words: str) -> None:
    assert feeling(valence) == words


@pytest.mark.parametrize("address", ["/walks", "/walks/buy_a_teapot", "/walks/reach_a_human"])
def test_a_page_reads_past_walks_once(client: Client, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    asked = list[str]()
    read, shelf = past._rows, book.read_shelf
    monkeypatch.setattr(past, "_rows", lambda *given: asked.append(given[2]) or read(*given))
    monkeypatch.setattr(book, "read_shelf", lambda folder: asked.append("shelf") or shelf(folder))
    assert client.get(address).status_code == 200
    assert sorted(asked) == ["shelf", "walk", "walk_step", *(["walk_step"] if address != "/walks" else [])]
    asked.clear()
    assert client.get(address).status_code == 200
    assert asked.count("walk") == 1  # nothing is remembered from one answer to the next


def test_explored_sites_stand_in_the_list_of_walks(client: Client) -> None:
    (line,) = client.get("/walks.json").json()["maps"]
    assert (line["origin"], line["pages"], line["sale"], line["human"]) == (
        "https://shop.example", 8, "2 clicks", "1 click",
    )  # fmt: skip
    assert (line["dead_ends"], line["broken"], line["whole"], line["address"]) == (2, 2, True, f"/walks/map/{MAP}")
    assert f'href="/walks/map/{MAP}"' in client.get("/walks").text


def test_the_map_of_a_site_shows_ways_picture_and_table_and_nobodys_address(client: Client) -> None:
    shown, held = client.get(f"/walks/map/{MAP}").text, client.get(f"/walks/map/{MAP}.json").json()
    assert held["ways"][0] == ["To the point of sale", "2 clicks", ["/", "/list?page=2", "/checkout"]]
    assert ["broken", "2"] in held["figures"]
    lines = {line["address"]: line for line in held["lines"]}
    assert (lines["/faq"]["what"], lines["/faq"]["bad"]) == (["no way on", "blind", "keyboard held"], True)
    assert (lines["/checkout"]["what"], lines["/checkout"]["bad"]) == (["point of sale"], False)
    assert "<svg" in shown
    assert "<b>" not in shown  # titles are text, in the picture too
    assert "&lt;b&gt;/checkout&lt;/b&gt;" in shown
    for text in (shown, client.get(f"/walks/map/{MAP}.json").text):
        assert "ann@" not in text
        assert "9f8e7d" not in text
    assert client.get("/walks/map/map-nothing").status_code == 404
    assert client.get("/walks/map/..%2f..%2fheartline.toml").status_code == 404
