"""Addresses that a script avoids: the walk ends before one is asked for, and says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.walk.shop import BUY, SERVICE, open_shop
from tests.walk.test_faults import PAGE, Paper
from tests.walk.test_script import GOOD

from heartline.errors import WalkError
from heartline.walk.browser import visit
from heartline.walk.effort import effort
from heartline.walk.faults import faults
from heartline.walk.recorder import walk
from heartline.walk.script import parse_script


@pytest.mark.parametrize(
    ("address", "astray"),
    [
        ("https://shop.example/search", True), ("/Search?q=tea", True), ("/tea?sort=price", True),
        ("https://shop.example/", False), ("https://shop.example", False), ("/tea/search", False),
    ],
)  # fmt: skip
def test_patterns_are_held_against_path_and_query(address, astray):
    script = parse_script(f"{GOOD}avoid: ['/search*', '*sort=*']\n".encode())
    assert script.astray(address) == astray


def test_who_comes_there_goes_no_further_even_where_the_walk_may_go_on():
    text = GOOD.replace("success:", "  - click: Find\n    go_on: true\n  - click: Go\nsuccess:")
    looks = [PAGE, PAGE, replace(PAGE, address="https://shop.example/search?q=tea", ways=())]
    done = walk(parse_script(f"{text}avoid: ['/search*']\n".encode()), Paper(looks=looks))
    assert ([one.name for one in faults(done)], done.ended, done.undone) == (["astray"], "failed", (4,))
    assert effort(done).errors == 1


def test_a_script_may_not_open_what_it_avoids():
    with pytest.raises(WalkError, match="`open` names an address that `avoid` forbids") as told:
        parse_script(f"{GOOD}avoid: ['/*']\n".encode())
    assert "line 6" in told.value.got


@pytest.mark.browser
def test_in_a_browser_the_address_is_never_asked_for_by_a_link_nor_by_a_redirect(browser):
    with open_shop("smooth") as shop:
        for way, avoid, words in ((SERVICE, "/returns*", "Returns"), (BUY, "/done", "Place order")):
            text = way.format(origin=shop.origin, device="mobile").replace("patience: 0.4", "patience: 5")
            script = parse_script(f"{text}avoid: ['{avoid}']\n".encode())
            shop.asked.clear()
            with visit(browser, script.origin, script.device, avoid=script.astray) as visitor:
                done = walk(script, visitor)
            assert (done.steps[-1].words, done.steps[-1].outcome, done.ended) == (words, "astray", "failed")
            assert [one.name for one in faults(done)] == ["astray"]
            assert sum(avoid.strip("*/") in one for one in shop.asked) == 0, shop.asked
