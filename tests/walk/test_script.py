"""Scripts of walks: what they may say, and what is told where one says something else."""

from __future__ import annotations

import pytest
from tests.walk.shop import BUY, SERVICE

from heartline.errors import WalkError
from heartline.walk.money import amount_in
from heartline.walk.script import check_origin, origin_of, parse_script

GOOD = """walk: look_around
persona: Anybody
goal: see it
origin: https://shop.example
steps:
  - open: /
  - fill: Name
    with: Ann
success: {text: Hello}
glance: 0
"""


@pytest.mark.parametrize(
    "text", [GOOD, *(one.format(origin="http://a.example", device="mobile") for one in (BUY, SERVICE))]
)
def test_good_scripts_are_read(text):
    script = parse_script(text.encode())
    assert script.steps[0].verb == "open"
    assert script.on("mobile").device == "mobile"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("  - open: /\n", "  - click: Start\n", 6, "the first step opens nothing"),
        ("  - open: /\n", "  - open: https://other.example/\n", 6, "no path on the origin"),
        ("  - open: /\n", "  - open: //other.example/\n", 6, "no path on the origin"),
        ("    with: Ann\n", "", 7, "`fill` has no values"),
        ("    with: Ann\n", "    with: 12\n", 8, "YAML reads 12 as"),
        ("    with: Ann\n", "    with: Ann\n    click: Go\n", 7, "a step has click, fill"),
        ("    with: Ann\n", "    wiht: Ann\n", 8, "there is no `wiht` here"),
        ("    with: Ann\n", "    with: Ann\n    role: button\n", 7, "takes no role"),
        ("{text: Hello}", "{}", 9, "names nothing"),
        ("goal: see it\n", "", 1, "`goal` is missing"),
        ("walk: look", "device: tablet\nwalk: look", 1, "`device` is `tablet`"),
        ("https://shop.example", "https://shop.example/start", 4, "is no origin"),
        ("goal: see it", "goal: *x", 3, "an anchor (&) or alias (*) is used"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(old, new, line, said):
    assert old in GOOD
    with pytest.raises(WalkError) as told:
        parse_script(GOOD.replace(old, new).encode(), "look.yaml")
    assert f"look.yaml, line {line}: " in told.value.got
    assert said in told.value.got


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("HTTPS://Shop.Example:443/", "https://shop.example"),
        ("http://localhost:80", "http://localhost"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("http://[::1]:9", "http://[::1]:9"),
    ],
)
def test_origins_are_written_as_browsers_do(given, read):
    assert origin_of(given) == read


def test_a_name_that_browsers_write_otherwise_is_told():
    """The browser would ask for xn--…, which the gate would keep back as another site."""
    with pytest.raises(WalkError, match="not written as browsers write it"):
        origin_of("https://teekännchen.example")
    assert origin_of("https://xn--teeknnchen-v5a.example") == "https://xn--teeknnchen-v5a.example"


@pytest.mark.parametrize("listed", ["", "https://shop.example:8443", "http://shop.example", "https://www.shop.example"])
def test_only_listed_sites_are_walked(listed):
    with pytest.raises(WalkError, match="not among the sites"):
        check_origin("https://shop.example", listed)
    assert check_origin("https://shop.example", f"{listed} https://Shop.example/") == "https://shop.example"


def test_secrets_come_from_the_environment():
    step = parse_script(GOOD.replace("with: Ann", "secret: SHOP_WORD").encode()).steps[1]
    assert step.entered({"SHOP_WORD": "x"}) == "x"
    with pytest.raises(WalkError, match="SHOP_WORD is not set"):
        step.entered({})


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Green teapot € 19.00", 19.0), ("19,00 €", 19.0), ("EUR 1.234,50", 1234.5), ("$1,234", 1234.0),
        ("1 234,50 €", 1234.5), ("CHF 1'200.-", 1200.0), ("3 pieces", None), ("Total 2 items £7", 7.0),
    ],
)  # fmt: skip
def test_amounts_are_read_as_shops_write_them(text, amount):
    assert amount_in(text) == amount


def test_an_amount_is_the_one_behind_its_words():
    assert amount_in("Tea € 3.00 Total € 5.00", "Total") == 5.0
    assert amount_in("€ 5.00 Total", "Total") == 5.0
