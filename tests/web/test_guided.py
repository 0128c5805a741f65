"""Guided walks over the desk: what is taken, what is refused, pictures, guesses first, and the summary."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from tests.walks.pictures import JPEG, SECRET, jpeg_with

from heartline.web.security import HEADERS, WALK_PHOTO_PATH, WALK_TOLD_PATH

from . import guided_rows
from .guided_rows import GOES_ON, OVER, PHOTO

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Client


def token(client: Client) -> str:
    found = re.search(r'data-token="([^"]+)"', client.get(f"/walks/go/{GOES_ON}").text)
    assert found
    return found[1]


def sent(client: Client, **fields: Any) -> Any:
    given = {"token": token(client), "walk_id": GOES_ON, "sent": "1782896470000", "events": "[]"} | fields
    return client.post(WALK_TOLD_PATH, {name: str(value) for name, value in given.items()})


EVENT = {"do": "felt", "n": 7, "at": 1782896465000, "step": 2, "valence": 0.5}


def test_what_cannot_be_is_refused_and_the_rest_is_taken(client: Client) -> None:
    events = [
        {"id": "web-test-0001", "event": EVENT},
        {"id": "web-test-0002", "event": {**EVENT, "step": 9}},
        {"id": "web-test-0003", "event": {"do": "sing"}},
        {"id": "x", "event": EVENT},
    ]
    for _ in range(2):
        answer = sent(client, events=json.dumps(events)).json()
        assert answer["taken"] == ["web-test-0001"]
        assert set(answer["refused"]) == {"web-test-0002", "web-test-0003", "x"}
        assert answer["ended"] is False


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"token": "other"}, 403), ({"walk_id": "nowhere"}, 400), ({"events": "nonsense"}, 400),
        ({"events": '[{"id": 1}]'}, 400), ({"sent": "soon"}, 400), ({"sent": "9" * 30}, 400), ({"sent": "-1"}, 400),
    ],
)  # fmt: skip
def test_sendings_that_no_page_made_are_refused(client: Client, fields: dict[str, str], status: int) -> None:
    answer = sent(client, **fields)
    assert answer.status_code == status
    assert answer.json()["error"]["got"]


def photo(client: Client, body: bytes, query: dict[str, Any] | None = None, **headers: str) -> Any:
    asked = {"walk_id": GOES_ON, "id": "web-photo-1", "step": 1, "n": 8, "at": 1782896465000, "sent": 1782896470000}
    given = {
        "origin": "http://127.0.0.1:8765", "content-type": "image/jpeg", "x-token": token(client),
        "content-length": str(len(body)),
    } | headers  # fmt: skip
    return client.ask("POST", f"{WALK_PHOTO_PATH}?{urlencode(asked | (query or {}))}", given, body)


def test_pictures_go_in_bare_and_come_out_as_pictures(client: Client) -> None:
    for _ in range(2):
        assert photo(client, jpeg_with((0xE1, SECRET))).json()["taken"] == ["web-photo-1"]
    shown = client.get(f"/walks/photo/{GOES_ON}/web-photo-1.jpg")
    assert shown.content == JPEG
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert {name.decode() for name, _ in HEADERS} <= set(shown.headers)


@pytest.mark.parametrize(
    ("body", "query", "headers", "status"),
    [
        (JPEG, {}, {"x-token": "other"}, 403),
        (JPEG, {}, {"origin": "https://evil.example"}, 403),
        (JPEG, {}, {"content-type": "text/html"}, 403),
        (JPEG, {}, {"content-type": "application/x-www-form-urlencoded"}, 403),
        (JPEG, {}, {"content-length": "4000001"}, 403),
        (JPEG, {"walk_id": "nowhere"}, {}, 400),
        (JPEG, {"step": "one"}, {}, 400),
        (JPEG, {"at": "9" * 40}, {}, 400),
        (JPEG, {"sent": "x"}, {}, 400),
    ],
)
def test_pictures_that_no_page_sent_are_refused(
    client: Client, body: bytes, query: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    assert photo(client, body, query, **headers).status_code == status


def test_what_is_no_picture_is_told_so_and_not_shown(client: Client) -> None:
    answer = photo(client, b"<script>alert(1)</script>", {"id": "web-photo-2"}).json()
    assert answer["taken"] == []
    assert "no picture" in answer["refused"]["web-photo-2"]
    for name in ("web-photo-2.jpg", "guided.jsonl", "..%2f..%2frecords.db", PHOTO):
        assert client.get(f"/walks/photo/{GOES_ON}/{name}").status_code in (400, 404)


def test_the_summary_tells_what_it_was_like(client: Client) -> None:
    shown = client.get(f"/walks/go/{OVER}").text
    for part in ("Goal reached, 1:55 min", "Find the number.", "felt bad", "frustration", "could not be done",
                 "She laughed &amp; &lt;i&gt;meant&lt;/i&gt; it.", "Did they sound glad? <b>yes</b>",
                 "hear a &lt;b&gt;human&lt;/b&gt; voice", f"/walks/photo/{OVER}/{PHOTO}",
                 "Anywhere with a phone, on a Saturday."):  # fmt: skip
        assert part in shown
    assert "phone's clock" not in shown


def test_begin_takes_the_form_of_the_page_only(client: Client) -> None:
    page = client.get("/walks/go?script=reach_a_human&walker=Rita&role=other").text
    made = re.search(r'name="token" value="([^"]+)"', page)
    assert made
    assert 'value="Rita"' in page
    good = {"token": made[1], "script": "reach_a_human", "role": "other"}
    assert client.post("/walks/go", {**good, "token": "x"}).status_code == 403
    assert client.post("/walks/go", {**good, "script": "nowhere"}).status_code == 400
    assert client.post("/walks/go", {**good, "role": "king"}).status_code == 400
    assert client.post("/walks/go", good, origin="https://evil.example").status_code == 403
    answer = client.post("/walks/go", {**good, "walker": "Ben", "release": "7"})
    assert answer.status_code == 303
    assert "Ben" in client.get(answer.headers["location"]).text


def test_who_decides_is_asked_for_a_guess_first(tmp_path: Path, opened: type[Client]) -> None:
    with guided_rows.house(tmp_path / "house") as house:
        guesses_first(opened(house))


def guesses_first(client: Client) -> None:
    page = client.get("/walks/go").text
    made = re.search(r'name="token" value="([^"]+)"', page)
    assert made
    good = {"token": made[1], "script": "reach_a_human", "role": "decides", "walker": "Nora", "release": "7 & 8"}
    answer = client.post("/walks/go", good)
    assert answer.headers["location"].startswith("/walks/guess?script=reach_a_human&walker=Nora&role=decides")
    asked = client.get(answer.headers["location"]).text
    points = re.findall(r'name="at\.([a-z_]+)" value="-1.0"', asked)
    assert sorted(points) == ["contact_page", "support_call"]
    guesses = {f"at.{one}": "0.5" for one in points}
    answer = client.post("/walks/guess", {**good, **guesses})
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    assert 'name="guessed" value="1"' in page
    assert 'value="7 &amp; 8"' in page
    assert client.post("/walks/go", good).headers["location"].startswith("/walks/go/2")  # guessed: not asked again
    nobody = client.post("/walks/go", good | {"walker": ""}).headers["location"]
    assert nobody.startswith("/walks/guess?script=reach_a_human&walker=&")
    asked = client.get(nobody).text
    assert sorted(re.findall(r'name="at\.([a-z_]+)" value="-1.0"', asked)) == ["contact_page", "support_call"]
    assert "Walk without guessing" in asked
    assert client.post("/walks/go", good | {"walker": "", "guessed": "1"}).headers["location"].startswith("/walks/go/2")
    other = good | {"walker": "Ben"}
    assert client.post("/walks/go", {**other, "guessed": "1"}).headers["location"].startswith("/walks/go/2")
    for role in ("meets_customers", "other", ""):
        assert client.post("/walks/go", {**other, "role": role}).headers["location"].startswith("/walks/go/2")


def test_the_worker_is_a_script_of_the_walks(client: Client) -> None:
    answer = client.get("/walks/worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "heartline-walk" in answer.text
