"""The map of a site: shortest ways, dead ends, bounds, and what is never done."""

from __future__ import annotations

import time
from contextlib import contextmanager

import pytest
from tests.walk.shop import open_shop

from heartline.walk.browser import visit
from heartline.walk.explorer import Rules, explore

pytestmark = pytest.mark.browser
QUICK = {"rate": 50.0, "human": ("address:/about",)}


@contextmanager
def mapped(browser, variant, **rules):
    with open_shop(variant) as shop, visit(browser, shop.origin, reading=True) as visitor:
        yield explore(shop.origin, visitor, Rules(**QUICK | rules)), shop


def test_the_ways_and_dead_ends_of_the_broken_shop(browser):
    with mapped(browser, "broken") as (found, shop):
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


def test_a_human_is_reached_by_telephone_in_the_smooth_shop(browser):
    with mapped(browser, "smooth", human=("way:tel:*",), sale=("text:thank you",)) as (found, _):
        assert found.to_human == ("/", "/help")
        assert found.to_sale == ()  # only a form leads there, and none is sent
        assert (found.blind, found.unknown) == ((), ())


def test_bounds_are_kept_and_nothing_is_claimed_beyond_them(browser):
    with mapped(browser, "broken", pages=3) as (found, shop):
        assert len(found.pages) == 3
        assert not found.whole
        assert found.blind == ()
        assert sum(shop.asked[f"GET {page.address}"] for page in found.pages) == 3


def test_robots_are_disobeyed_only_where_told_and_the_rate_is_kept(browser):
    begun = time.monotonic()
    with mapped(browser, "smooth", robots=False, pages=4, rate=4.0) as (found, shop):
        assert time.monotonic() - begun > 3 / 4
        assert len(found.pages) == 4
        assert shop.asked["GET /robots.txt"] == 0
