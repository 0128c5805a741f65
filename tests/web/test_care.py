"""Queue, card and advocates: what is listed and what is not, what their forms do, who may send them, what came."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from heartline.action import house
from heartline.web.caring import ASKED, button, read_form
from heartline.web.page import BadAddress
from heartline.web.reply import filled, first_name

if TYPE_CHECKING:
    from .conftest import Client, Double

AS_OF = datetime(2026, 7, 1)


@pytest.fixture(autouse=True)
def at_the_moment_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "real", lambda: AS_OF)


@pytest.fixture(scope="module")
def read_only(full: Double, double: type[Double], opened: type[Client]) -> Client:
    """One desk for all tests that only look."""
    return opened(double(full.rows))


@pytest.fixture
def workspace(full: Double, double: type[Double]) -> Double:
    return double(full.rows)


@pytest.fixture
def desk(workspace: Double, opened: type[Client]) -> Client:
    """The desk over a workspace of its own."""
    return opened(workspace)


def listed(desk: Client, query: str = "") -> list[dict[str, Any]]:
    parts = desk.get(f"/cases.json{query}").json()["parts"]
    return [line["case"] | {"take": line["take"]} for part in parts for line in part["lines"]]


def sent(desk: Client, address: str, said: str, **more: str) -> dict[str, str | list[str]]:
    """What a browser would send for one button of a page, with all that is hidden in its form."""
    shown = desk.get(address).text
    forms = re.findall(r"<form [^>]*method=\"post\".*?</form>", shown, re.S)
    mine = next(form for form in forms if f'value="{html.escape(said)}"'.replace("&quot;", "&#34;") in form)
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', mine)
    given: dict[str, str | list[str]] = {name: html.unescape(value) for name, value in hidden}
    return given | {"said": said, "by": "Dana Ö."} | more


def test_the_queue_is_by_team_overdue_first_and_nobody_held_out_is_work(read_only: Client) -> None:
    cases = listed(read_only)
    assert [case["customer_id"] for case in cases] == ["c0000", "c0001", "c0003", "c0007"]
    assert [case["overdue"] for case in cases] == [True, False, False, False]
    assert cases[0]["due"] == "overdue by 24 hours"
    assert (cases[1]["withheld"], cases[1]["reasons"]) == (True, [])  # refused since
    assert (cases[2]["owner"], cases[2]["take"]) == ("Dana", "")
    assert cases[3]["team"] == "Team lead"
    held = read_only.get("/cases.json").json()
    assert {one["name"]: one["cases"] for one in held["counts"]} == {
        "open": 4, "overdue": 1, "put_off": 1, "acted": 0, "closed": 1,
    }  # fmt: skip
    shown = read_only.get("/cases").text
    assert "4 customers need a person; 1 is overdue." in shown
    assert "overdue by 24 hours" in shown
    for status in ("open", "overdue", "put_off", "acted", "closed"):
        assert "c0005" not in {case["customer_id"] for case in listed(read_only, f"?status={status}")}


@pytest.mark.parametrize(
    ("query", "customers"),
    [("?owner=Dana", ["c0003"]), ("?owner=-", ["c0000", "c0001", "c0007"]), ("?team=lead", ["c0007"]),
     ("?status=overdue", ["c0000"]), ("?status=put_off&owner=Dana", ["c0004"]), ("?status=closed", ["c0006"]),
     ("?team=nobody", [])],
)  # fmt: skip
def test_filters_are_in_the_address(read_only: Client, query: str, customers: list[str]) -> None:
    assert [case["customer_id"] for case in listed(read_only, query)] == customers
    assert read_only.get("/cases?status=held_out").status_code == 400


def test_the_card_says_who_what_hurt_what_was_promised_and_what_to_say(read_only: Client) -> None:
    held = read_only.get("/card/c0000.json").json()
    assert held["case"]["play"] == "Mend a hurt"
    assert held["play"]["says"] == "Call them, say what went wrong, and mend it."
    assert held["play"]["principles"] == ["We own what went wrong."]
    assert held["play"]["changed"] is True
    assert held["reply"].startswith("Dear Ada, I am sorry for what happened at checkout. A call before noon")
    assert held["reply"].strip().endswith("[your name], Meadow & Sons")
    assert held["promises"][0]["state"].startswith("overdue by ")
    assert [one["bad"] for one in held["promises"]] == [True, False, True, False]
    assert held["behind"] is True
    assert "c0000-i2" in held["hurts"][0]["explain"]
    assert all(event["felt"]["value"] <= -0.2 for event in held["hurts"][1:])
    assert {praise["text"] for praise in held["praises"]} >= {"months with us", "order"}
    shown = read_only.get("/card/c0000").text
    assert "never sent by itself" in shown
    assert "<script>alert" not in shown
    assert "Never say: calm down" in shown
    assert "/card/c0000" in read_only.get("/customers/c0000").text


def test_who_objects_is_shown_no_more_than_facts(desk: Client, workspace: Double) -> None:
    refused = desk.get("/card/c0001.json").json()
    assert (refused["segment"], refused["motivators"], refused["outcome"]) == ("", [], None)
    assert all(not event["labels"] for event in refused["hurts"])
    rows = [
        {**row, "objections": "contact"} if row["customer_id"] == "c0000" else row for row in workspace.rows["customer"]
    ]
    strict = type(desk)(type(workspace)({**workspace.rows, "customer": rows}))
    held = strict.get("/card/c0000.json").json()
    assert (held["may_contact"], held["reply"]) == (False, "")
    assert "Do not get in touch" in strict.get("/card/c0000").text
    assert "objects to being contacted" in strict.get("/cases").text


def test_who_refuses_after_the_case_was_opened_has_no_words_on_the_card(desk: Client, workspace: Double) -> None:
    said = {row["interaction_id"] for row in workspace.rows["verbatim"] if row["customer_id"] == "c0006"}
    failed = [
        {**row, "outcome": "failed"} if row["interaction_id"] in said else row for row in workspace.rows["interaction"]
    ]

    def shown(objections: str | None) -> list[dict[str, Any]]:
        people = [
            {**row, "objections": objections} if row["customer_id"] == "c0006" else row
            for row in workspace.rows["customer"]
        ]
        rows = {**workspace.rows, "interaction": failed, "customer": people}
        found: list[dict[str, Any]] = type(desk)(type(workspace)(rows)).get("/card/c0006.json").json()["hurts"]
        return found

    assert any(event["pieces"] for event in shown(None))
    since = shown("emotion")
    assert "failed" in {event["outcome"] for event in since}
    assert all((event["pieces"], event["speaker"]) == ([], "") for event in since)


def test_a_customer_without_a_case_has_a_card_and_a_way_to_open_one(desk: Client) -> None:
    held = desk.get("/card/c0008.json").json()
    assert (held["case"], held["buttons"], held["history"]) == (None, {}, [])
    answer = desk.post(
        "/cases", sent(desk, "/card/c0008", held["open_button"], team="care", reasons="asked for me by name", due_at="")
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/card/c0008?case=C-")
    case = desk.get(answer.headers["location"].replace("c0008?", "c0008.json?")).json()
    assert case["case"]["reasons"] == ["asked for me by name"]
    assert case["open_button"] == ""
    assert desk.get("/card/nobody").status_code == 404
    assert desk.get("/card/c0008?case=C-000001").status_code == 404  # somebody else's
    assert desk.get("/card/c0005.json").json()["case"] is None  # held out


def test_take_act_close_stand_in_the_history(desk: Client) -> None:
    done = desk.post("/cases", sent(desk, "/cases?team=care", button("take", "C-000001")))
    assert (done.status_code, done.headers["location"]) == (303, "/cases?team=care")
    card = "/card/c0000?case=C-000001"
    buttons = desk.get(card.replace("?", ".json?")).json()["buttons"]
    assert "take" not in buttons
    assert "done" not in {how for how, _ in desk.get(card.replace("?", ".json?")).json()["closings"]}
    assert desk.post("/cases", sent(desk, card, buttons["act"], text="")).status_code == 400
    assert desk.post("/cases", sent(desk, card, buttons["act"], by="Erik", text="called")).status_code == 400
    assert desk.post("/cases", sent(desk, card, buttons["act"], text="called", channel="smoke")).status_code == 400
    said = desk.post("/cases", sent(desk, card, buttons["act"], text="called & <b>mended</b>", channel="chat"))
    assert (said.status_code, said.headers["location"]) == (303, card)
    assert "called &amp; &lt;b&gt;mended&lt;/b&gt;" in desk.get(card).text
    buttons = desk.get(card.replace("?", ".json?")).json()["buttons"]
    assert set(buttons) == {"note", "close"}
    assert desk.post("/cases", sent(desk, card, buttons["close"], how="")).status_code == 400
    assert desk.post("/cases", sent(desk, card, buttons["close"], how="done", text="")).status_code == 303
    held = desk.get(card.replace("?", ".json?")).json()
    assert (held["case"]["status"], held["buttons"]) == ("closed", {})
    assert [line[2] for line in held["history"]] == ["opened", "took it", "acted", "closed"]
    assert held["outcome"]["words"].startswith("Measured 90 days after")


def test_put_off_hand_over_and_take_up_again(desk: Client) -> None:
    card = "/card/c0003"
    buttons = desk.get("/card/c0003.json").json()["buttons"]
    assert desk.post("/cases", sent(desk, card, buttons["snooze"], until="")).status_code == 400
    assert desk.post("/cases", sent(desk, card, buttons["snooze"], until="soon")).status_code == 400
    ahead = f"{datetime.now().year}-12-31" if datetime.now().month < 12 else f"{datetime.now().year + 1}-06-30"
    assert desk.post("/cases", sent(desk, card, buttons["snooze"], until=ahead)).status_code == 303
    assert "c0003" in {case["customer_id"] for case in listed(desk, "?status=put_off")}
    again = desk.get("/card/c0003.json").json()["buttons"]
    assert "wake" in again
    assert "snooze" not in again
    assert desk.post("/cases", sent(desk, card, again["wake"])).status_code == 303
    assert desk.post("/cases", sent(desk, card, buttons["reassign"], team="", owner="")).status_code == 400
    assert desk.post("/cases", sent(desk, card, buttons["reassign"], team="lead", owner="")).status_code == 303
    assert "c0003" in {case["customer_id"] for case in listed(desk, "?team=lead")}


def test_promises_are_written_down_and_settled(desk: Client) -> None:
    held = desk.get("/card/c0000.json").json()
    more = {"says": "A note <b>by hand</b>", "due_at": "9998-01-01"}
    assert desk.post("/cases", sent(desk, "/card/c0000", held["promise_button"], **more)).status_code == 303
    assert "A note &lt;b&gt;by hand&lt;/b&gt;" in desk.get("/card/c0000").text
    assert desk.post("/cases", sent(desk, "/card/c0000", held["promises"][0]["kept"])).status_code == 303
    first = next(one for one in desk.get("/card/c0000.json").json()["promises"] if one["says"] == "A call before noon")
    assert (first["state"].split()[0], first["kept"]) == ("kept", "")


def test_the_outcome_stands_on_the_case_and_what_is_matched_is_no_effect(read_only: Client) -> None:
    held = read_only.get("/card/c0006.json").json()
    assert held["outcome"]["helped"] is True
    assert held["outcome"]["did"] == [
        "came back or bought in the second half of that time", "bought nothing", "referred nobody",
        "told of no complaint", "felt better than before",
    ]  # fmt: skip
    assert held["outcome"]["change"]["value"] == 0.6
    verdicts = [line["verdict"] for line in held["effects"]]
    assert verdicts == ["it helps", "higher with a case: an association", "not enough evidence"]
    shown = read_only.get("/card/c0006").text
    assert "What it is for came about: they came back" in shown
    assert "Nobody acted" not in shown
    assert "+5.0 to +35.0\u202fpoints" in shown
    assert not re.search(r"\beffects?\b", re.sub(r'href="[^"]*"', "", shown))


def test_advocates_are_asked_by_lot_whatever_their_mood(desk: Client, workspace: Double) -> None:
    held = desk.get("/advocates.json").json()
    assert len(held["drawn"]) == 20
    assert held["may_ask"] == 300  # refusing to be read or profiled is no objection to being asked
    shown = desk.get("/advocates").text
    assert "nobody gets anything for a review" in shown
    first = held["drawn"][0]
    assert desk.post("/advocates", sent(desk, "/advocates", first["asked"])).status_code == 303
    after = desk.get("/advocates.json").json()
    assert after["asked_lately"] == 1
    assert first["customer_id"] not in {one["customer_id"] for one in after["drawn"]}
    assert ASKED in {case.reasons for case in workspace.moves.cases.of_customer(first["customer_id"])} | {
        event.note
        for case in workspace.moves.cases.of_customer(first["customer_id"])
        for event in workspace.moves.cases.history(case.case_id)
    }


def test_the_lot_knows_no_mood(full: Double, double: type[Double], opened: type[Client]) -> None:
    """Everything that was felt, rated or worked out turned upside down draws the same people."""

    def drawn(rows: dict[str, Any]) -> list[str]:
        return [one["customer_id"] for one in opened(double(rows)).get("/advocates.json").json()["drawn"]]

    turned = dict(full.rows)
    for name, unhappy in (
        ("customer_overview", {"segment": "dissenter", "felt_mean": -1.0}),
        ("touchpoint_visit", {"felt_valence": -1.0}),
        ("loyalty", {"segment": "dissenter", "p_leaving": 1.0}),
    ):  # fmt: skip
        turned[name] = [{**row, **unhappy} for row in full.rows[name]]
    assert drawn(turned) == drawn(dict(full.rows))


def test_speakers_are_thanked_and_quoted_only_as_they_agreed(
    full: Double, double: type[Double], opened: type[Client]
) -> None:
    said = '{"sharing": {"agreed": true, "since": "2026-03-01T10:00:00+00:00", "by": "Dana"}}'
    rows = {
        **full.rows,
        "referral": [
            {"referrer_id": who, "referred_id": f"n{who}", "occurred_at": AS_OF, "converted": True}
            for who in ("c0010", "c0011")
        ],
        "customer": [
            {**row, "consents": said if row["customer_id"] == "c0010" else None}
            | ({"objections": "marketing"} if row["customer_id"] == "c0011" else {})
            for row in full.rows["customer"]
        ],
    }  # fmt: skip
    workspace = double(rows)
    desk = opened(workspace)
    speakers = desk.get("/advocates.json").json()["speakers"]
    assert [one["customer_id"] for one in speakers] == ["c0010"]
    assert speakers[0]["quote"] == "agreed (since 2026-03-01), noted by Dana"
    assert speakers[0]["did"] == ["referred 1, of whom 1 came"]
    assert desk.post("/advocates", sent(desk, "/advocates", speakers[0]["buttons"]["thanked"])).status_code == 303
    assert desk.get("/advocates.json").json()["speakers"][0]["thanked"]
    assert desk.post("/advocates", sent(desk, "/advocates", speakers[0]["buttons"]["no"])).status_code == 303
    assert workspace.consents == [("c0010", {"sharing": False}, "Dana Ö.")]


def test_nobody_acts_without_a_name_or_with_a_foreign_form(desk: Client) -> None:
    good = sent(desk, "/cases", button("take", "C-000001"))
    assert desk.post("/cases", good | {"by": ""}).status_code == 400
    assert desk.post("/cases", good | {"token": "x"}).status_code == 403
    assert desk.post("/cases", good, origin="http://evil.example").status_code == 403
    assert desk.post("/cases", good | {"said": button("take", "C-000005")}).status_code == 400  # held out
    assert desk.post("/cases", good | {"said": button("take", "C-999999")}).status_code == 400
    assert listed(desk)[0]["owner"] == ""


def test_where_a_form_leads_is_made_anew(desk: Client) -> None:
    good = sent(desk, "/cases", button("take", "C-000001"), page="card", customer_id="//evil.example/", case="a&b")
    assert desk.post("/cases", good).headers["location"] == "/card/%2F%2Fevil.example%2F?case=a%26b"


@pytest.mark.parametrize(
    "body",
    [b"", b"said=x", b"said=%5B1%5D", b'said=["take"]', b'said=["drop","a"]', b'said=["take",3]', b"\xff=1",
     b'said=["consent","c","all","yes"]', b'said=["consent","c","sharing","maybe"]'],
)  # fmt: skip
def test_what_no_page_made_is_refused(body: bytes) -> None:
    with pytest.raises(BadAddress, match="cannot be read"):
        read_form(body)


def test_a_case_is_found_by_its_name_alone(read_only: Client) -> None:
    answer = read_only.get("/case/C-000003")
    assert (answer.status_code, answer.headers["location"]) == (303, "/card/c0003?case=C-000003")
    assert read_only.get("/case/C-999999").status_code == 400


@pytest.mark.parametrize("address", ["/cases", "/card/c0000", "/card/c0006", "/card/c0003", "/advocates"])
def test_every_link_leads_somewhere(read_only: Client, address: str) -> None:
    links = {html.unescape(link) for link in re.findall(r'href="(/[^"#]*)"', read_only.get(address).text)}
    assert len(links) > 20
    for link in sorted(links)[:40]:
        assert read_only.get(link).status_code == 200, link


def test_a_broken_playbook_stops_nobody(desk: Client, workspace: Double) -> None:
    assert workspace.moves.playbook() is not None
    (workspace.root / "playbook" / "all.yaml").write_text("plays: [{play: X}]\n", encoding="utf-8")
    shown = desk.get("/cases")
    assert shown.status_code == 200
    assert "cannot be read" in shown.text
    assert "all.yaml" in shown.text
    assert desk.get("/card/c0000").status_code == 200
    answer = desk.post("/cases", sent(desk, "/cases", button("take", "C-000001")))
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("name", "called"),
    [("Ada Björnson 3", "Ada"), ("Müller, Anna", "Anna"), ("Dr. Femi Adeyemi", "Femi"), ("", ""), ("=SUM(1+1)", ""),
     ("Prof. Dr. Chiara", "Chiara")],
)  # fmt: skip
def test_first_names(name: str, called: str) -> None:
    assert first_name(name) == called


def test_what_is_not_known_is_left_for_the_person_to_fill_in() -> None:
    assert filled("Dear {first_name}, {promise}", {"first_name": "", "promise": "x"}) == "Dear [first name], x"


def test_the_queue_turns_pages(desk: Client, workspace: Double) -> None:
    cases = workspace.moves.cases
    for number in range(60):
        cases.open_by_hand(f"c0{100 + number}", "care", "x", "Dana")
    first = desk.get("/cases.json?owner=-").json()
    assert (first["last_page"], first["total"]) == (2, 63)
    second = desk.get(first["following"].replace("/cases?", "/cases.json?")).json()
    assert second["following"] == ""
    seen = [line["case"]["case_id"] for held in (first, second) for part in held["parts"] for line in part["lines"]]
    assert len(seen) == len(set(seen)) == 63
    assert urlencode({"owner": "-", "page": 2}) in first["following"]
