"""robots.txt by RFC 9309, its own examples first; which addresses are one page, and which are alike."""

from __future__ import annotations

import pytest

from heartline.walk.addresses import clean, family, in_sitemap, inside, key_of, like
from heartline.walk.robots import NOTHING, read_robots

# RFC 9309, 5.1: "Simple Example"
SIMPLE = """
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""


@pytest.mark.parametrize(
    ("agent", "path", "allowed"),
    [
        ("anybot", "/example/page.html", False), ("anybot", "/publications/a", True), ("anybot", "/a/b.gif", False),
        ("anybot", "/a/b.gif?x", True), ("anybot", "/elsewhere", True),
        ("foobot", "/example/page.html", True), ("FooBot", "/example/allowed.gif", True), ("foobot", "/", False),
        ("foobot", "/example/page", False),
        ("barbot", "/example/page.html", False), ("bazbot", "/example/page.html", False), ("bazbot", "/a.gif", True),
        ("quxbot", "/example/", True), ("quxbot", "/a.gif", True),  # a group without rules allows everything
    ],
)  # fmt: skip
def test_the_simple_example_of_the_rfc(agent, path, allowed):
    assert read_robots(SIMPLE, agent).allows(path) is allowed


def test_the_longest_match_of_the_rfc():
    # RFC 9309, 5.2: "Longest Match"
    told = read_robots("User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n", "foobot")
    assert told.allows("/example/page/")
    assert not told.allows("/example/page/disallowed.gif")


@pytest.mark.parametrize(
    ("rule", "path", "fits"),
    [
        # RFC 9309, 2.2.2: how octets and special signs are compared
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz", True),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", True),
        ("/foo/bar/\u30c4", "/foo/bar/%E3%83%84", True), ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", True),
        # 2.2.3: special signs that mean themselves
        ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", True), ("/path/foo-%24", "/path/foo-$", True),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-b.html", False),
        ("/fish", "/fish.html", True), ("/fish/", "/fish", False), ("/fish$", "/fish.html", False),
        ("/fi*h$", "/fiash", True), ("/Fish", "/fish", False),
        ("/a*b*", "/axb", True), ("/a*b*a$", "/aba", True), ("/ab*b$", "/ab", False), ("/a$", "/a", True),
        ("*", "/a", True), ("/*a*b", "/ba", False), ("/a*$", "/ab", True),
    ],
)  # fmt: skip
def test_patterns(rule, path, fits):
    assert read_robots(f"User-agent: *\nDisallow: {rule}\n").allows(path) is not fits


def test_a_pattern_of_many_stars_is_no_trap():
    """Tried out place by place it would take longer than anybody lives."""
    assert read_robots(f"User-agent: *\nDisallow: /{'*a' * 60}*b\n").allows(f"/{'a' * 500}")


def test_ties_groups_delays_and_lists():
    told = read_robots(
        "\ufeffuser-agent: Heartline-Walk/2.0 # us\nDisallow: /a\nAllow: /a\nCrawl-delay: 2.5\r\n"
        "Sitemap: https://shop.example/map.xml\nUser-agent: other\nDisallow: /\n"
        "User-agent: heartline-walk\nDisallow: /b\nDisallow:\nnonsense\n"
    )
    assert told.allows("/a")  # of two as long, the Allow
    assert not told.allows("/b/c")  # groups of one name are one group
    assert told.allows("/c")
    assert told.allows("/robots.txt")
    assert (told.delay, told.sitemaps) == (2.5, ("https://shop.example/map.xml",))
    assert not NOTHING.allows("/")
    assert read_robots("").allows("/")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("/teapots/", "/teapots"), ("/", ""), ("/teapots?utm_source=mail&fbclid=x", "/teapots"),
        ("/a?b=1&a=2", "/a?a=2&b=1"), ("/shop;jsessionid=17A", "/shop"), ("/a?PHPSESSID=17", "/a"),
        ("/a//b", "/a/b"), ("/tea/index.html", "/tea/"), ("/%7Eann", "/~ann"), ("/t%c3%a9", "/t%C3%A9"),
    ],
)  # fmt: skip
def test_one_page_has_many_addresses(one, two):
    assert key_of(one) == key_of(two)


@pytest.mark.parametrize(("one", "two"), [("/a?b=1", "/a?b=2"), ("/a", "/A"), ("/a?side=1", "/a"), ("/a/b", "/ab")])
def test_different_pages_stay_apart(one, two):
    assert key_of(one) != key_of(two)


def test_what_is_opened_keeps_its_own_spelling_without_tracking():
    assert clean("/Tea/?q=a%20b&gclid=1") == "/Tea/?q=a+b"
    assert clean("/Tea/?q=a%20b") == "/Tea/?q=a%20b"
    assert inside("https://shop.example/a?b#c", "https://shop.example") == "/a?b"
    assert inside("https://shop.example.evil.example/a", "https://shop.example") is None
    assert inside("https://[broken", "https://shop.example") is None


def test_two_slashes_begin_a_path_and_no_other_site():
    path = inside("https://shop.example//tea/green?a=1#b", "https://shop.example")
    assert (path, clean(path or "")) == ("//tea/green?a=1", "//tea/green?a=1")
    assert key_of("//tea/green") == key_of("/tea/green") != key_of("/green")


@pytest.mark.parametrize(
    ("address", "pattern"),
    [
        ("/%70ayment", "*payment*"), ("//payment/done", "*payment*"), ("https://shop.example//Payment", "*payment*"),
        ("/l%C3%B6schen?id=1", "/löschen*"), ("/L%c3%96SCHEN", "*löschen*"), ("/l%C3%B6schen", "*l%c3%b6schen"),
        ("/a%20b", "/a b"), ("https://shop.example?q=1", "/?q=*"), ("https://[broken/payment", "*payment*"),
    ],
)  # fmt: skip
def test_patterns_hold_however_an_address_is_written(address, pattern):
    assert like(address, (pattern,))
    assert not like("/tea", (pattern,))


def test_endless_lists_are_one_family():
    assert len({family(f"/calendar/2026/{month}") for month in range(1, 13)}) == 1
    assert len({family(f"/calendar?month=2026-{month}") for month in range(1, 13)}) == 1
    assert family("/tea/green") != family("/tea/black")


def test_a_sitemap_is_read():
    text = "<url><loc> https://shop.example/a?b=1&amp;c=2 </loc></url><url><loc><![CDATA[/d]]></loc></url>"
    assert in_sitemap(f"<urlset>{text}</urlset>") == (["https://shop.example/a?b=1&c=2", "/d"], False)
    assert in_sitemap("<sitemapindex><sitemap><loc>https://shop.example/1.xml</loc></sitemap></sitemapindex>")[1]
