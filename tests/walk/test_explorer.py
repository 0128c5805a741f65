"""The map of a site in a real browser: shortest ways, dead ends, bounds, and what is never done."""

from __future__ import annotations

import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from tests.walk.shop import open_shop
from tests.walk.small import Answer, redirect, site, whole

from heartline.walk.browser import visit
from heartline.walk.explorer import Rules, explore

pytestmark = pytest.mark.browser
QUICK = {"rate": 50.0, "keyboard": False, "screens": 0}


@contextmanager
def mapped(browser, variant, **rules):
    with open_shop(variant) as shop, visit(browser, shop.origin, reading=True) as reader:
        yield explore(shop.origin, reader, Rules(**QUICK | {"human": ("address:/about",)} | rules)), shop, reader.gate


def test_the_ways_and_dead_ends_of_the_broken_shop(browser):
    with mapped(browser, "broken") as (found, shop, gate):
        assert found.to_sale == ("/", "/basket", "/checkout")
        assert found.to_human == ("/", "/about")
        assert set(found.blind) == {"/attic", "/cellar"}
        assert {(page, status) for page, status, _ in found.broken} == {("/gone", 404), ("/returns", 404)}
        assert {by for page, _, by in found.broken if page == "/returns"} == {"/help"}
        assert dict(found.left) == {"/private": "robots.txt", "/logout?now": "deny list", "/away": "another site"}
        assert "/kettle" in {page.address for page in found.pages}  # a button with an address
        assert found.whole
        assert shop.elsewhere == []
        assert found.blocked > 0
        assert {key.split()[0] for key in shop.asked} == {"GET"}
        assert set(gate.passed) == {urlsplit(shop.origin).netloc}
        assert gate.passed.total() == shop.asked.total()  # all of it came through the gate
        assert gate.refused[urlsplit(shop.outside).netloc] > 0


def test_a_human_is_reached_by_telephone_in_the_smooth_shop(browser):
    rules = {"human": ("way:tel:*",), "sale": ("text:thank you",), "pages": 8}
    with mapped(browser, "smooth", **rules) as (found, _, _):
        assert found.to_human == ("/", "/help")
        assert found.to_sale == ()  # only a form leads there, and none is sent


def test_bounds_are_kept_and_nothing_is_claimed_beyond_them(browser):
    begun = time.monotonic()
    with mapped(browser, "broken", pages=3, rate=4.0, robots=False) as (found, shop, _):
        assert time.monotonic() - begun > 2 / 4
        assert len(found.pages) == 3
        assert not found.whole
        assert found.blind == ()
        assert sum(shop.asked[f"GET {page.address}"] for page in found.pages) == 3
        assert shop.asked["GET /robots.txt"] == 0  # told to disobey


MENUS = """<style>.under { display: none } li:hover > .under { display: block }</style>
<nav><ul><li>Tea<div class="under"><a href="/green">Green</a></div></li></ul>
<button type="button" aria-expanded="false" onclick="this.nextElementSibling.hidden = !this.nextElementSibling.hidden">
Service</button><div hidden><a href="/help">Help</a></div></nav>
<details><summary>More</summary><a href="/more">All</a></details>
<form method="post" action="/pay"><button aria-haspopup="true">Pay</button></form>
<form action="/find"><input type="hidden" name="in" value="tea"><input name="q" aria-label="Search"></form>
<form action="/news"><input type="email" name="mail" aria-label="E-mail"></form>
<a href="/bye">Bye</a><a href="/held">Held</a><script>
new WebSocket(`ws://${location.host}/line`); navigator.sendBeacon("/seen", "me")
fetch("/count", { method: "POST" })</script>
<div id="list"></div><script>addEventListener("scroll", () => { document.getElementById("list").innerHTML =
'<p style="margin-top: 900px"><a href="/deep">Deep</a></p>' }, { once: true })</script><p style="height: 1200px"></p>"""
HELD = """<a href="/one">One</a><input aria-label="Code" onkeydown="if (event.key === 'Tab') event.preventDefault()">
<a href="/two">Two</a>"""


def test_what_is_folded_away_is_found_and_nothing_is_sent(browser):
    pages = {
        "/": whole(MENUS), "/green": "Green", "/help": whole('<a href="tel:1">Call</a>'), "/more": "More",
        "/deep": "Deep", "/find": whole('<a href="/checkout">Go</a>'), "/checkout": "Pay here",
        "/bye": redirect("/logout"), "/held": whole(HELD), "/one": "One", "/two": "Two",
    }  # fmt: skip
    rules = Rules(rate=50.0, search="green tea", screens=2)
    with site(pages) as own:
        pages["/sitemap.xml"] = Answer(f"<urlset><url><loc>{own.origin}/lonely</loc></url></urlset>", kind="text/xml")
        with visit(browser, own.origin, reading=True, avoid=rules.denies) as reader:
            found = explore(own.origin, reader, rules)
    assert set(found.pages[0].folded) == {"/green", "/help", "/more", "/deep"}
    assert found.to_human == ("/", "/help")
    assert found.to_sale == ("/", "/find?q=green+tea&in=tea", "/checkout")
    assert found.orphans == ("/lonely",)
    assert found.trapped == (("/held", ("Code",)),)
    assert dict(found.left) == {"/bye": "deny list"}
    paths = {one.split()[1] for one in own.asked}
    assert {one.split()[0] for one in own.asked} == {"GET"}
    assert not paths & {"/logout", "/pay", "/news", "/seen", "/count", "/line"}
