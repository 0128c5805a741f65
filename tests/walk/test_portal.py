"""A site made unlike the shop, without knowing the rules: one page, dialogs, toasts, what comes late."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.walk.small import Answer, site

from heartline.walk.browser import visit
from heartline.walk.effort import effort
from heartline.walk.faults import faults
from heartline.walk.recorder import walk
from heartline.walk.script import parse_script

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent / "portal"
SCRIPT = """walk: travel_pass
persona: A customer the evening before a trip
goal: add a travel pass
origin: {origin}
device: {device}
account: true
glance: 1.5
slow: 20
stop: {{patience: 1.5, seconds: 120}}
steps:
  - open: /
  - click: Reject
    if_there: true
  - click: Menu
    if_there: true
  - click: My Brightline
  - fill: Customer number
    with: "4711"
  - fill: Password
    with: sun-and-sea
  - click: Sign in
  - expect: Good day, Kim
  - click: Manage add-ons
  - price: Travel pass
  - click: Add travel pass
  - price: Total
  - fill: Customer number
    with: "4711"
    if_there: true
  - click: Confirm
  - expect: Travel pass is active
success:
  text: Active
"""
FAULTY = "label survey contrast again silent crash"
SAID = {"no_label", "pop_up", "contrast", "repeated_entry", "script_error", "part_error", "not_as_expected"}
"""What these faults are called; a refusal that nothing is said of is seen by what does not come."""


@pytest.fixture(scope="module")
def portal(browser):
    """Walk the portal with these faults on this device."""

    def walked(planted, device):
        page = Answer((HERE / "portal.html").read_text("utf-8").replace("FAULTS", planted))
        refused = "silent" in planted.split()
        pages = {
            "/portal.css": Answer((HERE / "portal.css").read_text("utf-8"), kind="text/css"),
            "/portal.js": Answer((HERE / "portal.js").read_text("utf-8"), kind="text/javascript"),
            "/api/usage": Answer('{"gigabytes": 12.4}', kind="application/json", wait=0.2),
            "/api/login": Answer("{}", kind="application/json"),
            "/api/addon": Answer("{}", status=500 if refused else 200, kind="application/json"),
        } | dict.fromkeys(("/", "/help", "/login", "/my", "/my/addons"), page)
        with site(pages) as own:
            script = parse_script(SCRIPT.format(origin=own.origin, device=device).encode())
            with visit(browser, own.origin, device) as visitor:
                return walk(script, visitor)

    return walked


@pytest.mark.parametrize("device", ["desktop", "mobile"])
def test_nothing_is_invented_and_what_is_wrong_is_found(portal, device):
    plain = portal("", device)
    assert (plain.reached, faults(plain)) == (True, [])
    faulty = portal(FAULTY, device)
    assert {one.name for one in faults(faulty)} == SAID
    assert not faulty.reached
    assert effort(faulty).effort > effort(plain).effort


def test_a_bar_that_cannot_be_put_away_ends_the_way_where_it_lies_over_it(portal):
    walked = portal("chat", "mobile")
    assert {one.name for one in faults(walked)} == {"pop_up", "covered"}
    assert walked.steps[-1].words == "Manage add-ons"


def test_to_be_asked_to_sign_in_again_and_again_is_a_loop(portal):
    walked = portal("loop", "desktop")
    assert {one.name for one in faults(walked)} == {"loop", "not_as_expected"}
