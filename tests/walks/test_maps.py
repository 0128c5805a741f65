"""Maps that are kept: the latest of each site, bare of what addresses tell of people, gone when their time is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.web.map_rows import EXPLORED, MAP, ORIGIN
from tests.web.map_rows import keep as explored

from heartline.errors import WalkError
from heartline.walk.map_page import map_page, wrong
from heartline.walk.map_picture import map_picture
from heartline.walks.bare_map import shown
from heartline.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "w") as made:
        yield made


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/", "/"),
        ("/list?page=2&size=40", "/list?page=2&size=40"),
        ("/teapots/green-teapot-20-pieces", "/teapots/green-teapot-20-pieces"),
        ("/product/1234567", "/product/1234567"),
        ("/users/ann@example.com/orders", "/users/[email]/orders"),
        ("/users/ann%40example.com", "/users/[email]"),
        ("/reset?email=ann%40example.com&token=abc", "/reset?email=…&token=…"),
        ("/find?q=Ann+Example", "/find?q=…"),
        ("//tea/green", "//tea/green"),
        ("/track?ann@example.com=1", "/track?[email]=1"),
        ("/reset/3f9a8b7c6d5e4f3a2b1c0d/go", "/reset/…/go"),
        ("/u/6fa459ea-ee8a-3ca4-894e-db77e160355e", "/u/…"),
    ],
)
def test_an_address_tells_nothing_of_anybody(address, name):
    assert shown(address) == name


def test_a_kept_map_says_what_was_found_and_of_nobody(workspace):
    explored(workspace.walks)
    one = workspace.walks.maps.named(MAP)
    assert (one.name, one.device, one.explored_at, one.found.origin) == ("whole_shop", "desktop", EXPLORED, ORIGIN)
    found = one.found
    assert (found.to_sale, found.to_human) == (("/", "/list?page=2", "/checkout"), ("/", "/help"))
    assert [page for page, _, _ in found.broken] == ["/gone", "/loop"]
    assert set(found.dead_ends) == {"/faq", "/orders/[email]?token=…"}
    assert found.orphans == ("/lonely",)
    assert [name for name, _ in wrong(found)] == [
        "Broken", "Send on and on", "No way on to either", "Nothing leads on", "A keyboard cannot leave",
        "In the site's own list, and no page leads there", "Not opened",
    ]  # fmt: skip
    for text in (map_page(found), map_picture(found), *(file.read_text() for file in _files(workspace))):
        assert "ann@" not in text
        assert "9f8e7d" not in text


def test_addresses_that_look_alike_when_bare_stay_apart(workspace):
    explored(workspace.walks)
    before = workspace.walks.maps.named(MAP).found
    first = before.pages[0]
    twins = tuple(replace(first, address=f"/u?name={name}", clicks=1) for name in ("ann", "bob"))
    links = tuple(("/", page.address) for page in twins)
    made = replace(before, pages=(first, *twins), links=links, blind=("/u?name=bob",), to_sale=(), to_human=())
    found = workspace.walks.maps.named(workspace.walks.maps.keep(made, "", "mobile", EXPLORED)).found
    assert [page.address for page in found.pages] == ["/", "/u?name=…", "/u?name=… (2)"]
    assert found.links == (("/", "/u?name=…"), ("/", "/u?name=… (2)"))
    assert found.blind == ("/u?name=… (2)",)


def test_the_latest_map_of_a_site_takes_the_place_of_the_one_before(workspace):
    maps = workspace.walks.maps
    explored(workspace.walks)
    found = maps.named(MAP).found
    assert maps.keep(found, "whole_shop", "desktop", EXPLORED.replace(tzinfo=UTC) + timedelta(days=1)) == MAP
    site = maps.keep(found, "", "desktop", EXPLORED)
    mobile = maps.keep(found, "", "mobile", EXPLORED + timedelta(days=2))
    assert (site, mobile) == ("map-https-shop_example", "map-https-shop_example-mobile")
    assert [one.map_id for one in maps.every()] == [mobile, MAP, site]
    assert len(_files(workspace)) == 3
    for one in ("https://a-b.example", "https://a.b.example"):
        maps.keep(replace(found, origin=one), "", "desktop", EXPLORED)
    assert len(_files(workspace)) == 5


def test_a_long_list_is_cut_and_says_so(workspace):
    explored(workspace.walks)
    found = replace(workspace.walks.maps.named(MAP).found, orphans=tuple(f"/gone/{n}" for n in range(700)))
    page = map_page(found)
    assert page.count("<li>/gone/") == 500
    assert "and 200 more" in page


def test_a_map_is_forgotten_and_purged_as_a_walk(workspace):
    explored(workspace.walks)
    now = datetime.now(UTC).replace(tzinfo=None)
    assert workspace.walks.purge(now + timedelta(days=364)) == 0
    assert workspace.walks.purge(now + timedelta(days=366)) == 1
    assert workspace.walks.maps.every() == []
    explored(workspace.walks)
    assert workspace.walks.forget(MAP)
    assert not workspace.walks.forget(MAP)
    with pytest.raises(WalkError, match="no such map"):
        workspace.walks.maps.named(MAP)
    assert workspace.walks.past() == []


@pytest.mark.parametrize(
    "map_id", ["", "..", "map-../../facts", "map-A", "outbox", "map-", "map-x\n", "map-" + "x" * 99]
)
def test_what_is_no_map_leads_nowhere(workspace, map_id):
    with pytest.raises(WalkError, match="no such map"):
        workspace.walks.maps.named(map_id)


def test_a_file_of_another_version_is_no_map(workspace):
    explored(workspace.walks)
    _files(workspace)[0].write_text('{"map_id": "map-whole_shop"}')
    assert workspace.walks.maps.every() == []


def _files(workspace: Workspace) -> list[Path]:
    return [file for file in workspace.walks.kept_folder.rglob("*") if file.is_file() and file.suffix == ".json"]
