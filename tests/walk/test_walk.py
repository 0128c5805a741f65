"""Walks through the demonstration shop: what was built into it is found, and nothing else."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from tests.walk.shop import ON_MOBILE, PHONE, PLANTED, SERVICE, open_shop
from tests.walk.small import site

from heartline.walk.browser import visit
from heartline.walk.effort import effort
from heartline.walk.faults import FAULTS, faults
from heartline.walk.recorder import walk
from heartline.walk.report import walk_page, walk_values
from heartline.walk.script import parse_script

pytestmark = pytest.mark.browser
WALKS = [
    (variant, way, device)
    for variant, way in PLANTED
    for device in ("desktop", "mobile")
    if (variant, way) != ("bumpy", "service")  # nothing that the other way does not have
]


@pytest.mark.parametrize(("variant", "way", "device"), WALKS)
def test_every_planted_fault_is_found_and_none_is_invented(walk_shop, variant, way, device):
    walked = walk_shop(variant, way, device).walk
    planted = PLANTED[variant, way] | (ON_MOBILE.get((variant, way), set()) if device == "mobile" else set())
    found = faults(walked)
    assert {one.name for one in found} == planted, [one for one in found if one.name not in planted]
    assert walked.reached == (variant != "broken")


def test_every_fault_of_a_real_browser_is_planted_somewhere():
    planted = set().union(*PLANTED.values(), *ON_MOBILE.values())
    elsewhere = {"missing_way", "covered", "certificate", "astray", "focus_unseen"}  # tests/walk/test_*.py
    assert set(FAULTS) - planted == elsewhere


@pytest.mark.parametrize("device", ["desktop", "mobile"])
def test_effort_ranks_the_shops_as_they_were_built(walk_shop, device):
    smooth, bumpy, broken = (effort(walk_shop(one, "buy", device).walk).effort for one in ("smooth", "bumpy", "broken"))
    assert smooth < bumpy < broken


def test_the_same_walk_twice_gives_the_same(walk_shop):
    one, two = (walk_shop("smooth", "buy", "desktop", *again).walk for again in ((), (1,)))
    assert [(s.verb, s.words, s.outcome, s.clicks, s.keystrokes) for s in one.steps] == [
        (s.verb, s.words, s.outcome, s.clicks, s.keystrokes) for s in two.steps
    ]
    assert [urlsplit(s.look.address).path for s in one.steps] == [urlsplit(s.look.address).path for s in two.steps]
    assert effort(two).effort == pytest.approx(effort(one).effort, rel=0.05)


@pytest.mark.parametrize(("variant", "way", "device"), WALKS)
def test_nothing_leaves_the_origin(walk_shop, variant, way, device):
    walked = walk_shop(variant, way, device)
    own = urlsplit(walked.walk.script.origin).netloc
    outside = urlsplit(walked.outside).netloc
    assert walked.elsewhere == []
    assert set(walked.passed) == {own}
    assert walked.refused[outside] > 0  # every page of the shop tries to
    assert sum(len(step.noise.blocked) for step in walked.walk.steps) > 0


def test_clicks_and_keystrokes_are_those_of_the_script(walk_shop):
    done = {step.number: step for step in walk_shop("smooth", "buy", "desktop").walk.steps}
    assert (done[7].words, done[7].clicks, done[7].keystrokes) == ("Discount code", 1, len("TEA10"))
    assert (done[2].outcome, done[2].clicks) == ("left_out", 0)
    assert (done[16].words, done[16].keystrokes) == ("E-mail", 0)  # it stands there already
    assert (done[3].amount, done[20].amount) == (19.0, 17.1)


def test_faults_say_where_and_what(walk_shop):
    told = {one.name: one for one in faults(walk_shop("broken", "service", "mobile").walk)}
    assert PHONE in told["hidden"].evidence
    assert told["page_error"].evidence == "/returns: 404"
    assert told["loop"].page == "/login"
    bumpy = {one.name: one for one in faults(walk_shop("bumpy", "buy", "desktop").walk)}
    assert bumpy["price_surprise"].evidence == "19.00 at first, 22.00 at the end"
    assert "Teapots since 1871" in bumpy["contrast"].evidence
    assert "1.9 to 1" in bumpy["contrast"].evidence  # WCAG 2: #bbb on white has 1.92


def test_a_report_has_a_film_and_no_entry(walk_shop):
    walked = walk_shop("broken", "buy", "mobile").walk
    page = walk_page([walked])
    assert page.count("data:image/jpeg;base64,") == len(walked.shots) > 5
    assert "http://" not in page.replace(walked.script.origin, "")  # it needs nothing else
    assert "an account is demanded" in page
    for text in (page, json.dumps(walk_values(walked))):
        assert "kettle-song" not in text
        assert "ann@example.com" not in text


def test_a_slow_network_is_waited_for(browser):
    with open_shop("smooth") as shop:
        waited = {}
        for network in ("full", "slow_4g"):
            text = SERVICE.format(origin=shop.origin, device="mobile") + f"network: {network}\n"
            script = parse_script(text.encode())
            with visit(browser, script.origin, script.device, script.network) as visitor:
                waited[network] = sum(step.waiting for step in walk(script, visitor).steps)
    assert waited["slow_4g"] > waited["full"] + 3 * 0.15  # four pages or more, each 150 ms away


def test_a_report_is_read_on_a_phone_and_shows_its_pictures_whole(browser, walk_shop):
    page = walk_page([walk_shop("bumpy", "buy", "mobile").walk])
    with site({"/": page}) as own, visit(browser, own.origin, "mobile") as visitor:
        visitor.go("/")
        visitor.rest(10.0)
        assert visitor.look().off_screen == ()
        cut = "(el) => el.height / el.width - el.naturalHeight / el.naturalWidth"
        assert abs(visitor._page.eval_on_selector("img", cut)) < 0.05
