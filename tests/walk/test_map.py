"""The explorer on a site of paper: what it opens, what it leaves, what it says of the ways. No browser."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import pytest

from heartline.errors import WalkError
from heartline.walk import explorer
from heartline.walk.explorer import explore
from heartline.walk.map_page import map_page
from heartline.walk.map_picture import MOST
from heartline.walk.rules import DENY, Rules, explores, parse_rules
from heartline.walk.step import Deed, Failure, Look, Noise

ORIGIN = "https://shop.example"


@dataclass
class Paper:
    """A site: for each path where it leads, or the path that it sends on to (``> /path``), or its status."""

    pages: dict[str, list[str] | str | int]
    files: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    searches: dict[str, tuple] = field(default_factory=dict)
    folded: dict[str, list[str]] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)

    def go(self, path):
        self.opened.append(path)
        self.hops, self.failures, self.here = [], (), path
        for _ in range(20):
            to = self.pages.get(self.here, self.pages.get(urlsplit(self.here).path, 404))
            if not isinstance(to, str):
                break
            self.hops.append(urljoin(ORIGIN, self.here))
            self.here = to.removeprefix("> ")
        else:
            self.failures = (Failure(urljoin(ORIGIN, path), 0, True, "net::ERR_TOO_MANY_REDIRECTS"),)
            self.here = path
        if isinstance(to, int):
            self.failures = (Failure(urljoin(ORIGIN, self.here), to, True),)
        self.to = to if isinstance(to, list) else []
        return Deed("done")

    def source(self, path):
        return (200, self.files[path]) if path in self.files else (404, "")

    def rest(self, most, quiet):
        return 0.0

    def look(self):
        links = tuple((one, urljoin(f"{ORIGIN}{self.here}", one)) for one in self.to)
        address = urljoin(ORIGIN, self.here)
        return Look(address, self.here, "t", "s", 0.0, links=links, searches=self.searches.get(self.here, ()))

    def unfold(self, menus, screens):
        return tuple((one, urljoin(ORIGIN, one)) for one in self.folded.get(self.here, ()) if menus)

    def trapped(self):
        return ()

    def noise(self):
        return Noise(1, failures=self.failures, hops=tuple(self.hops)) if self.opened else Noise()

    def text(self):
        return self.texts.get(self.here, "")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Time that passes only where it is slept."""

    class Clock:
        now = 0.0
        slept = 0.0

        def monotonic(self):
            self.now += 0.001
            return self.now

        def sleep(self, seconds):
            self.now += seconds
            self.slept += seconds

    made = Clock()
    monkeypatch.setattr(explorer, "time", made)
    return made


def mapped(site, files=None, told=None, **rules):
    site = Paper(site, files or {}, **(told or {}))
    return explore(ORIGIN, site, Rules(**{"rate": 50.0} | rules)), site


def test_the_shortest_way_by_links_and_what_is_wrong():
    found, site = mapped(
        {
            "/": ["/a", "/b", "/lost", "tel:1"], "/a": ["/a/long"], "/a/long": ["/checkout"], "/b": ["/checkout"],
            "/checkout": [], "/lost": 500, "/end": [],
        }
    )  # fmt: skip
    assert found.to_sale == ("/", "/b", "/checkout")
    assert found.to_human == ("/",)
    assert found.broken == (("/lost", 500, "/"),)
    assert (found.blind, found.dead_ends, found.whole) == (("/lost",), (), True)
    assert len(site.opened) == len(set(site.opened)) == 6


def test_dead_ends_are_pages_that_lead_only_to_themselves():
    found, _ = mapped({"/": ["/a", "/b"], "/a": ["/a"], "/b": ["/"]})
    assert found.dead_ends == ("/a",)
    assert set(found.blind) == {"/", "/a", "/b"}


def test_one_page_is_opened_once_by_whatever_address():
    found, site = mapped({"/": ["/a/", "/a", "/a?utm_source=x", "/a#part", "/index.html", "/b?y=1&x=2", "/b?x=2&y=1"],
                          "/a/": ["/"], "/a": ["/"], "/b": ["/"]})  # fmt: skip
    assert site.opened == ["/", "/a/", "/b?y=1&x=2"]
    assert [page.address for page in found.pages] == site.opened


def test_redirects_lead_to_the_page_they_end_at():
    found, site = mapped({
        "/": ["/old", "/twice", "/new", "/round"], "/old": "> /new", "/twice": "> /old", "/new": ["/checkout"],
        "/round": "> /round2", "/round2": "> /round", "/checkout": ["/"],
    })  # fmt: skip
    assert site.opened == ["/", "/old", "/twice", "/round", "/checkout"]  # /new was seen behind /old
    assert found.to_sale == ("/", "/old", "/checkout")
    assert found.loops == ("/round",)
    assert {(one, status) for one, status, _ in found.broken} == {("/round", 0)}
    assert ("/", "/old") in found.links
    alone, _ = mapped({"/": ["/twice"], "/twice": "> /old", "/old": "> /new", "/new": []})
    assert alone.chains == (("/twice", 2, "/new"),)


def test_what_is_denied_is_not_even_known_by_a_redirect():
    found, site = mapped({"/": ["/bye", "/account/logout", "/PAYMENT/now"], "/bye": "> /account/logout"})
    assert site.opened == ["/", "/bye"]
    assert dict(found.left) == dict.fromkeys(("/bye", "/account/logout", "/PAYMENT/now"), "deny list")


def test_an_address_that_leads_away_is_left():
    found, _ = mapped(
        {"/": ["/away", "https://other.example/", "mailto:a@b.example"], "/away": "> https://other.example/"}
    )
    assert dict(found.left) == {"/away": "another site"}
    assert found.blind == ("/",)


def test_an_endless_calendar_comes_to_an_end():
    class Endless(dict):
        def get(self, path, default=None):
            month = re.fullmatch(r"/calendar/(\d+)", path)
            return [f"/calendar/{int(month[1]) + 1}", "/"] if month else super().get(path, default)

    found, site = mapped(Endless({"/": ["/calendar/1", "/checkout"], "/checkout": ["/"]}), alike=5)
    assert len(site.opened) == 2 + 5
    assert dict(found.left) == {"/calendar/6": "enough of these"}
    assert not found.whole
    assert found.to_sale == ("/", "/checkout")


def test_searches_are_used_only_for_a_word_and_lead_on():
    told = {"searches": {"/": (("Search", f"{ORIGIN}/find", "lang=en", "q"),)}}
    pages = {"/": ["/a"], "/a": [], "/find": ["/checkout"], "/checkout": []}
    found, site = mapped(pages, told=told, search="green tea")
    assert "/find?q=green+tea&lang=en" in site.opened
    assert found.to_sale == ("/", "/find?q=green+tea&lang=en", "/checkout")
    found, site = mapped(pages, told=told)
    assert site.opened == ["/", "/a"]


def test_what_is_folded_away_is_a_way_and_is_told_as_such():
    pages, told = {"/": [], "/under": ["/"]}, {"folded": {"/": ["/under", "tel:1"]}}
    found, _ = mapped(pages, told=told)
    assert (found.pages[0].folded, found.to_human) == (("/under",), ("/",))
    found, site = mapped(pages, told=told, menus=False)
    assert site.opened == ["/"]


def test_pages_in_the_list_of_the_site_that_nothing_leads_to_are_orphans():
    listed = (
        "<urlset>"
        + "".join(f"<url><loc>{ORIGIN}{one}</loc></url>" for one in ("/", "/a/", "/lonely", "/b"))
        + "</urlset>"
    )
    files = {"/robots.txt": f"Sitemap: {ORIGIN}/index.xml\n",
             "/index.xml": f"<sitemapindex><sitemap><loc>{ORIGIN}/list.xml</loc></sitemap></sitemapindex>",
             "/list.xml": listed}  # fmt: skip
    found, _ = mapped({"/": ["/a", "/old"], "/a": [], "/old": "> /b", "/b": []}, files)
    assert (found.orphans, found.listed) == (("/lonely",), 4)
    found, _ = mapped({"/": []})
    assert (found.orphans, found.listed) == ((), None)
    found, _ = mapped({"/": []}, {"/sitemap.xml": listed})
    assert found.orphans == ("/a/", "/b", "/lonely")


def test_robots_are_obeyed_and_their_pause_is_kept(clock):
    files = {"/robots.txt": "User-agent: *\nDisallow: /\nAllow: /$\nAllow: /a\nCrawl-delay: 10\n"}
    pages = {"/": ["/a", "/b"], "/a": [], "/b": []}
    found, site = mapped(pages, files)
    assert site.opened == ["/", "/a"]
    assert dict(found.left) == {"/b": "robots.txt"}
    assert clock.slept == pytest.approx(10, abs=0.1)
    found, _ = mapped(pages, files, seconds=5.0)
    assert dict(found.left) == {"/a": "limit", "/b": "limit"}
    _, site = mapped(pages, files, robots=False)
    assert site.opened == ["/", "/a", "/b"]


def test_what_robots_txt_keeps_off_is_not_known_by_a_redirect_either():
    files = {"/robots.txt": "User-agent: *\nDisallow: /private\n"}
    found, _ = mapped({"/": ["/a"], "/a": "> /private/ann", "/private/ann": ["/b"]}, files)
    assert ([page.address for page in found.pages], dict(found.left)) == (["/"], {"/a": "robots.txt"})


def test_two_slashes_lead_to_the_page_that_they_say():
    found, site = mapped({"/": [f"{ORIGIN}//tea/green"], "//tea/green": []})
    assert (site.opened, found.broken) == (["/", "//tea/green"], ())


def test_a_failing_robots_file_closes_the_site():
    class Failing(Paper):
        def source(self, path):
            return 503, ""

    site = Failing({"/": []})
    assert explore(ORIGIN, site).pages == ()
    assert site.opened == []


def test_the_picture_shows_the_ways_in_words_and_is_whole():
    pages = {"/": ["/a", "/<script>", "/checkout"], "/a": [], "/<script>": 404, "/checkout": ["/"]}
    found, _ = mapped(pages)
    page = map_page(found)
    assert "http" not in page.replace(ORIGIN, "")  # it needs nothing else
    assert "<script" not in page
    picture = ET.fromstring(re.sub(r"=([\w-]+)(?=[ >/])", r'="\1"', re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]))
    boxes = [one for one in picture.iter("g") if one.get("class", "").startswith("box")]
    assert {one.get("class") for one in boxes} == {"box plain", "box broken", "box no-way-on", "box point-of-sale"}
    assert len([one for one in picture.iter("path") if one.get("class") == "sale"]) == 1


def test_a_large_site_is_drawn_as_far_as_it_matters():
    pages: dict = {"/": [f"/p{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(300)] + ["/checkout", "/lost"]}
    pages |= {one: ["/"] for one in pages["/"]} | {"/lost": 500}
    found, _ = mapped(pages, pages=400)
    assert len(found.pages) == 303
    assert map_page(found).count('class="box') == 3 <= MOST


GOOD = "kind: explore\nwalk: whole_shop\norigin: https://Shop.example/\nsearch: tea\ndeny: ['/account*']\npages: 30\n"


def test_rules_stand_in_a_file():
    told = parse_rules(GOOD.encode())
    rules = told.rules(robots=False)
    assert (told.origin, rules.pages, rules.search, rules.robots) == (ORIGIN, 30, "tea", False)
    assert rules.deny == (*DENY, "/account*")
    assert rules.denies("https://shop.example/Account/orders")
    assert not rules.denies("/teapots")
    assert explores(GOOD.encode())
    assert not explores(b"walk: a\ngoal: 'kind: explore'\n")


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("pages: 30", "pages: 0", 6, "at least 1"), ("search: tea", "serach: tea", 4, "there is no `serach` here"),
        ("origin: https://Shop.example/", "origin: shop", 3, "is no origin"),
        ("search: tea", "sale: ['checkout']", 4, "is no"),
        ("search: tea", "robots: false", 4, "there is no `robots` here"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_told_with_its_line(old, new, line, said):
    with pytest.raises(WalkError) as told:
        parse_rules(GOOD.replace(old, new).encode(), "shop.yaml")
    assert f"shop.yaml, line {line}: " in told.value.got
    assert said in told.value.got
