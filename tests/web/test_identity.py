"""Identity on the desk: pairs side by side, what comes back of their buttons, who may send it, what is shown then."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from heartline.web.identifying import anchor, button, read_form
from heartline.web.page import BadAddress

if TYPE_CHECKING:
    from .conftest import Client, Double


@pytest.fixture
def desk(full: Double, opened: type[Client], double: type[Double]) -> Client:
    """The desk over a workspace of its own, in which identifiers join."""
    workspace = double(full.rows, environment={"HEARTLINE_IDENTITY": "keys"})
    made = opened(workspace)
    made.workspace = workspace  # type: ignore[attr-defined]
    return made


def decisions(desk: Client) -> list[Any]:
    found: list[Any] = desk.workspace.decisions  # type: ignore[attr-defined]
    return found


def sent(desk: Client, said: str, by: str = "Dana Ö.", **more: str) -> dict[str, str | list[str]]:
    """What a browser would send for one button."""
    shown = desk.get("/identity").text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown[: shown.index('id="merged-title"')]))
    return {**hidden, "said": said, "by": by, "note": "", **more}


def first(desk: Client) -> dict[str, Any]:
    found: dict[str, Any] = desk.get("/identity.json").json()["pairs"][0]
    return found


def test_pairs_are_shown_side_by_side_surest_first(desk: Client) -> None:
    held = desk.get("/identity.json").json()
    assert (held["waiting"], held["parts"], len(held["pairs"])) == (40, 2, 20)
    sure = [pair["sure"]["value"] for pair in held["pairs"] if pair["sure"]["value"] is not None]
    assert sure == sorted(sure, reverse=True)
    assert sure[0] == pytest.approx(0.94)
    page = desk.get("/identity").text
    assert page.count("Same person</button>") == page.count("Two people</button>") == 20
    assert page.count("Not now</button>") == page.count("formnovalidate") == 20
    lines = {line["what"]: line for line in held["pairs"][0]["lines"]}
    assert lines["Name"]["same"] == ""  # the names differ, and nothing says that they speak against it
    assert lines["Id"]["left"] == "c0000"


def test_reasons_are_told_with_their_weight(desk: Client) -> None:
    reasons = first(desk)["reasons"]
    assert [(why["text"], why["weight"], why["tone"]) for why in reasons] == [
        ("same birth date", 13.2, "good"), ("same family name", 9.1, "good"), ("other address", -2.3, "bad"),
        ("only the name agrees", None, "plain"),
    ]  # fmt: skip
    by_key = next(p for p in desk.get("/identity.json").json()["pairs"] if p["found_by"] == "phone")
    assert by_key["sure"]["value"] is None
    assert "both have the same phone" in desk.get("/identity").text


@pytest.mark.parametrize(("choice", "verb"), [("same", "join"), ("two", "apart")])
def test_a_decision_is_kept_with_who_and_when_and_its_pair_goes(desk: Client, choice: str, verb: str) -> None:
    pair = first(desk)
    answer = desk.post("/identity", sent(desk, pair[choice], note="the same voice"))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/identity#pairs"
    made = decisions(desk)[0]
    assert (made.verb, {*made.left, *made.right}, made.by) == (verb, {"c0000", "c0002"}, "Dana Ö.")
    held = desk.get("/identity.json").json()
    assert held["waiting"] == 39
    assert pair["anchor"] not in [other["anchor"] for other in held["pairs"]]
    assert held["decided"][0]["by"] == "Dana Ö."
    assert held["decided"][0]["note"] == "the same voice"
    assert desk.post("/identity", sent(desk, held["decided"][0]["back"])).status_code == 303
    held = desk.get("/identity.json").json()
    assert held["waiting"] == 40, "what was taken back is in doubt again"
    assert "taken back by Dana Ö." in held["decided"][0]["withdrawn"]
    assert held["decided"][0]["back"] == ""


def test_not_now_puts_a_pair_to_the_end_and_keeps_nothing(desk: Client) -> None:
    pair = first(desk)
    answer = desk.post("/identity", sent(desk, pair["later"], by=""))
    address = answer.headers["location"]
    assert address == f"/identity?later={pair['anchor']}#pairs"
    assert decisions(desk) == []
    path = address.split("#")[0].replace("/identity", "/identity.json")
    assert pair["anchor"] not in [other["anchor"] for other in desk.get(path).json()["pairs"]]
    assert desk.get(path + "&page=2").json()["pairs"][-1]["anchor"] == pair["anchor"]


def test_a_member_can_be_split_off(desk: Client) -> None:
    merged = desk.get("/identity.json").json()["merged"]
    assert len(merged) == 12
    assert [one["since"] for one in merged] == sorted((one["since"] for one in merged), reverse=True)
    assert [member["member_id"] for member in merged[0]["members"]] == ["c0000", "c0001"]
    assert "same e-mail address as c0000" in desk.get("/identity").text
    answer = desk.post("/identity", sent(desk, merged[0]["members"][1]["split"]))
    assert answer.headers["location"] == "/identity#merged"
    assert (decisions(desk)[0].verb, decisions(desk)[0].left, decisions(desk)[0].right) == (
        "apart",
        ("c0001",),
        ("p0000",),
    )


def test_nobody_decides_without_a_name(desk: Client) -> None:
    answer = desk.post("/identity", sent(desk, first(desk)["same"], by=""))
    assert answer.status_code == 400
    assert "say who you are" in answer.text.lower()
    assert decisions(desk) == []


def test_forms_from_elsewhere_and_of_earlier_starts_are_refused(
    desk: Client, opened: type[Client], full: Double
) -> None:
    good = sent(desk, first(desk)["same"])
    assert desk.post("/identity", good, origin="http://evil.example").status_code == 403
    assert desk.post("/identity", good, host="evil.example").status_code == 421
    assert desk.post("/identity", good | {"token": "x"}).status_code == 403
    assert desk.post("/identity", good | {"token": str(sent(opened(full), "[]")["token"])}).status_code == 403
    assert decisions(desk) == []


@pytest.mark.parametrize(
    "said",
    [
        "",
        "same",
        "{}",
        "[]",
        '["same"]',
        '["same", "a"]',
        '["same", "a", 1]',
        '["eat", "a", "b"]',
        '["back", "x"]',
        "null",
    ],
)
def test_a_form_that_no_page_made_is_refused(desk: Client, said: str) -> None:
    assert desk.post("/identity", sent(desk, said)).status_code == 400
    with pytest.raises(BadAddress):
        read_form(b"\xff")


def test_ids_of_any_kind_come_back_as_they_are() -> None:
    for one, other in (('a"<b>', "c&d=e"), ("ü\n", "'"), ("a b", "%2B+")):
        said = read_form(urlencode({"said": button("two", one, other), "by": "x", "later": "p1 <x>"}).encode())
        assert said.of == (one, other)
        assert said.address == "/identity?later=p1#pairs"
        assert re.fullmatch(r"p[0-9a-f]{10}", anchor(one, other))


def test_enter_in_a_field_decides_nothing(desk: Client) -> None:
    page = desk.get("/identity").text
    for form in re.findall(r"<form class=\"deciding\".*?</form>", page, re.DOTALL):
        assert re.search(r"<button[^>]*>", form)[0] == '<button type="submit" disabled hidden>'  # type: ignore[index]
        assert form.count('name="by" required') == 1


def test_what_customers_wrote_is_escaped(desk: Client) -> None:
    page = desk.get("/identity").text
    assert "=SUM(1+1)&#34;&lt;i&gt;" in page
    assert json.loads(html.unescape(re.findall(r'name="said" value="([^"]+)"', page)[0]))[0] == "same"


def test_where_only_hashes_are_kept_they_are_shown(full: Double, opened: type[Client], double: type[Double]) -> None:
    hashed = [{"customer_id": "c0000", "kind": "email", "value_hash": "ab12" * 16}]
    environment = {"HEARTLINE_IDENTITY": "keys", "HEARTLINE_IDENTITY_HASHED": "true"}
    made = opened(double({**full.rows, "identity": hashed}, environment=environment))
    lines = {line["what"]: line for line in made.get("/identity.json").json()["pairs"][0]["lines"]}
    assert lines["E-mail"]["left"] == "hash ab12ab12ab…"
    assert "only hashes are kept" in made.get("/identity").text


def test_no_pair_and_one_pair_are_said_as_such(full: Double, opened: type[Client], double: type[Double]) -> None:
    environment = {"HEARTLINE_IDENTITY": "probable"}
    none = opened(double({**full.rows, "doubtful_pair": []}, environment=environment)).get("/identity").text
    assert "Nobody is in doubt." in none
    assert "No pair waits" in none
    one = opened(double({**full.rows, "doubtful_pair": full.rows["doubtful_pair"][:1]}, environment=environment))
    assert "One pair may be one person." in one.get("/identity").text
    assert 'identity = "keys"' in opened(double(full.rows)).get("/identity").text
