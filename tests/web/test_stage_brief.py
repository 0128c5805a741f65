"""Briefs of stages: the same place has the same figure in all of them, and words are quoted only where they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from heartline.web.brief.files import made
from heartline.web.brief.stage import roles, stage_brief
from heartline.web.page import MissingPage

from . import brief_rows

if TYPE_CHECKING:
    from .conftest import Client, Double


@pytest.fixture(scope="module")
def small(double: type[Double]) -> Double:
    return _with_playbook(double)


def _with_playbook(double: type[Double], **environment: str) -> Double:
    found = double(brief_rows.rows(), brief_rows.AS_OF, environment=environment)
    folder = found.moves.house.root / "playbook"
    folder.mkdir()
    (folder / "all.yaml").write_text(brief_rows.PLAYBOOK, encoding="utf-8")
    return found


def test_the_same_place_has_the_same_figure_in_every_brief(small: Double, opened: type[Client]) -> None:
    client = opened(small)
    names = client.get("/brief/support.json").json()["names"]
    assert names[:4] == ["product", "marketing", "sales", "support"]
    assert set(names[4:]) == {"consideration", "purchase", "delivery"}  # support is the name of a role as well
    told: dict[str, set[tuple[Any, ...]]] = {}
    for name in names:
        page = client.get(f"/brief/{name}.json").json()
        for line in page["places"]:
            felt = line["felt"]
            told.setdefault(line["touchpoint"], set()).add(
                (felt["value"], felt["low"], felt["high"], felt["n"], line["meant"], line["owner"])
            )
    for line in client.get("/brief.json").json()["standards"]:
        if line["where"] in told:
            felt = line["felt"]
            told[line["where"]].add((felt["value"], felt["low"], felt["high"], felt["n"], line["meant"], line["owner"]))
    assert set(told) == {place.replace("_", " ") for place in brief_rows.PLACES}
    assert {place: len(figures) for place, figures in told.items()} == dict.fromkeys(told, 1)


def test_what_they_come_in_and_leave_with(small: Double) -> None:
    page = stage_brief(small, "purchase")
    assert [line.touchpoint for line in page.came] == ["product page → checkout"]
    assert page.came[0].felt.value == pytest.approx(0.3)  # how the place before felt
    assert page.came[0].change.value == pytest.approx(-0.2)
    assert [line.touchpoint for line in page.left] == ["checkout → delivery"]
    assert page.left[0].felt.value == pytest.approx(0.2)


def test_what_to_promise_ask_and_avoid_and_what_is_worth_asking_now(small: Double) -> None:
    page = stage_brief(small, "support")
    assert list(page.promise) == ["We call back within the hour."]
    assert list(page.ask) == ["What would have put it right?"]
    assert list(page.avoid) == ["Calm down"]
    assert "What did you expect of support call, and what came?" in page.questions  # its standard is broken
    assert "How did survey room feel? Too few have told." in page.questions
    assert any("code denied" in question for question in stage_brief(small, "sales").questions)


def test_the_feeling_of_a_stage_is_set_against_the_months_before(small: Double) -> None:
    felt = stage_brief(small, "support").felt
    assert felt.now.value == pytest.approx((-0.2 * 300 + 0.4 * 12) / 312)
    assert felt.before.value == pytest.approx((-0.3 * 300 + 0.4 * 12) / 312)
    assert felt.verdict == "up"


def test_words_are_quoted_only_of_who_may_be_read(small: Double) -> None:
    quotes = stage_brief(small, "delivery").quotes
    assert [quote.felt.value for quote in quotes] == [-0.6, -0.6, 0.3, 0.3]
    said = " ".join(quote.text for quote in quotes)
    assert "k002" in said
    assert "k000" not in said  # refused
    assert "k001" not in said  # objects to everything
    assert "Name" not in said


def test_where_words_are_quoted_is_a_setting(double: type[Double], opened: type[Client]) -> None:
    for setting, on_desk, in_file in (("desk", True, False), ("everywhere", True, True), ("off", False, False)):
        house = _with_playbook(double, HEARTLINE_BRIEF_QUOTES=setting)
        assert ("Words of k002" in opened(house).get("/brief/delivery").text) is on_desk
        assert (b"Words of k002" in made(house, "html", stage="delivery")) is in_file
        assert (b"Words of k002" in made(house, "txt", stage="delivery")) is in_file


def test_roles_are_a_setting_and_an_unknown_one_is_said(double: type[Double], opened: type[Client]) -> None:
    house = double(brief_rows.rows(), environment={"HEARTLINE_BRIEF_STAGES": "shop=purchase,delivery"})
    assert roles(house) == {"shop": ("purchase", "delivery")}
    assert {line.touchpoint for line in stage_brief(house, "shop").places} == {"checkout", "delivery"}
    with pytest.raises(MissingPage, match="shop, consideration"):
        stage_brief(house, "marketing")
    assert opened(house).get("/brief/marketing").status_code == 404


def test_a_role_that_meets_nobody_says_so(small: Double, opened: type[Client]) -> None:
    page = opened(small).get("/brief/marketing").text
    assert "product page" in page
    empty = opened(_only(small, "newcomers=onboarding")).get("/brief/newcomers").text
    assert "Nobody was met here in these months" in empty
    assert "too little is felt here" in empty


def _only(like: Double, stages: str) -> Double:
    return type(like)(brief_rows.rows(), brief_rows.AS_OF, environment={"HEARTLINE_BRIEF_STAGES": stages})
