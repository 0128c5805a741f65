"""Drop-offs on the desk: what is shown of causes, what their buttons send, who may send it, what stands then."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from heartline.web.deciding import anchor, button, read_form
from heartline.web.page import BadAddress

if TYPE_CHECKING:
    from .conftest import Client, Double


@pytest.fixture
def desk(full: Double, opened: type[Client], double: type[Double]) -> Client:
    """The desk over a workspace of its own."""
    return opened(double(full.rows))


def sent(desk: Client, verb: str, cause: str = "code_denied", **more: str) -> dict[str, str | list[str]]:
    """What a browser would send for one button of the page."""
    shown = desk.get("/drop-offs").text
    token = re.findall(r'name="token" value="([^"]*)"', shown)[0]
    said = button(verb, "buy", "checkout", cause)  # type: ignore[arg-type]
    assert f'value="{html.escape(said)}"'.replace("&quot;", "&#34;") in shown
    return {"token": token, "said": said, "by": "Dana Ö.", "note": "", "fixed_at": "", "channel": "", **more}


def test_a_step_shows_its_causes_with_interval_base_and_money(desk: Client) -> None:
    held = desk.get("/drop-offs.json").json()
    step = held["steps"][0]
    assert (step["step"], step["reached"]["value"], step["thin"]) == ("checkout", 640, "signing in failed")
    first = step["causes"][0]
    assert (first["cause"], first["share"]["value"], first["met"]["value"]) == ("a code was denied", 0.19, 64)
    assert first["money"]["low"] == 1500.0
    page = desk.get("/drop-offs").text
    assert "14.0 to 24.0" in page
    assert "An association" in page
    assert "an effect, if the trend from before would have gone on" in page
    assert "place 1 of 5 placebos" in page
    assert held["top"]["cause"] == "a code was denied"


def test_a_decision_is_kept_and_stands_at_once(desk: Client) -> None:
    answer = desk.post("/drop-offs", sent(desk, "reject", note="they come <b>back</b>"))
    assert (answer.status_code, answer.headers["location"]) == (
        303, f"/drop-offs#{anchor('buy', 'checkout', 'code_denied')}",
    )  # fmt: skip
    line = desk.get("/drop-offs.json").json()["steps"][0]["causes"][0]
    assert line["status"] == "rejected"
    assert line["decided"].startswith("rejected by Dana Ö., 2026-07-02")
    page = desk.get("/drop-offs").text
    assert "they come &lt;b&gt;back&lt;/b&gt;" in page
    assert page.count("Open again</button>") == 1
    assert desk.post("/drop-offs", sent(desk, "open")).status_code == 303
    assert desk.get("/drop-offs.json").json()["steps"][0]["causes"][0]["status"] == "open"


def test_a_fix_needs_its_day_and_carries_its_channel(desk: Client) -> None:
    assert desk.post("/drop-offs", sent(desk, "fixed")).status_code == 400
    answer = desk.post("/drop-offs", sent(desk, "fixed", fixed_at="2026-05-04", channel="app"))
    assert answer.status_code == 303
    line = desk.get("/drop-offs.json").json()["steps"][0]["causes"][0]
    assert line["decided"] == "accepted by Dana Ö., 2026-07-02; fixed since 2026-05-04 in app"
    # a day left in the field does not date what is only accepted
    desk.post("/drop-offs", sent(desk, "reject", fixed_at="2026-05-04"))
    assert "fixed" not in desk.get("/drop-offs.json").json()["steps"][0]["causes"][0]["decided"]


def test_nobody_decides_without_a_name_or_with_a_foreign_form(desk: Client) -> None:
    assert desk.post("/drop-offs", sent(desk, "accept", by="")).status_code == 400
    assert desk.post("/drop-offs", sent(desk, "accept", token="x")).status_code == 403
    assert desk.get("/drop-offs.json").json()["steps"][0]["causes"][0]["status"] == "open"


@pytest.mark.parametrize(
    "body", [b"", b"said=x", b"said=%5B1%5D", b'said=["drop","a","b","c"]', b'said=["accept","a","b",3]', b"\xff=1"]
)
def test_what_no_page_made_is_refused(body: bytes) -> None:
    with pytest.raises(BadAddress, match="cannot be read"):
        read_form(body)


def test_an_empty_workspace_says_how_to_begin(opened: type[Client], double: type[Double]) -> None:
    assert opened(double()).get("/drop-offs").status_code == 200
