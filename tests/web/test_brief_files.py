"""Briefs as files: one page is one page whatever stands on it, and a file needs nothing else."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from heartline.errors import SettingsError
from heartline.web.brief.files import made, paper_of
from heartline.web.brief.paper import Block, Item, Paper, on_one_page
from heartline.web.brief.pdf import pdf

from . import brief_rows

if TYPE_CHECKING:
    from .conftest import Client, Double

NOW = datetime(2026, 7, 2, 8)


def reader(found: bytes) -> Any:
    pytest.importorskip("typst", reason="needs the extra pdf")
    return pytest.importorskip("pypdf", reason="needs pypdf (extra dev)").PdfReader(io.BytesIO(found))


def words(found: bytes) -> str:
    return " ".join(page.extract_text() for page in reader(found).pages).replace("\u200b", "")


def plain(double: type[Double], full: Double) -> Double:
    return double(brief_rows.rows(), brief_rows.AS_OF)


def nothing(double: type[Double], full: Double) -> Double:
    return double(as_of=None)


def thin(double: type[Double], full: Double) -> Double:
    return double({"period_summary": [{"period_end": NOW, "segment": "all", "customers": 3, "judged": 0}]}, NOW)


def generated(double: type[Double], full: Double) -> Double:
    return full


def monstrous(double: type[Double], full: Double) -> Double:
    """Sixty causes and forty broken standards, with names that no line can hold, in every script."""
    rows = brief_rows.rows()
    names = [
        "Ünïcödé_" * 12,
        "客户服务中心" * 8,
        "خدمة_العملاء_" * 6,
        "x" * 400,
        "поддержка клиентов " * 10,
        "<script>",
        "#let $x$ @y *z*",
    ]
    cause = rows["drop_off"][0]
    rows["drop_off"] = [
        cause | {"cause": f"{names[n % 7]}{n}", "step": names[(n + 1) % 7], "money_lost": 1e12 / (n + 1)}
        for n in range(60)
    ]
    months = [row for row in rows["touchpoint_period"] if row["touchpoint"] == "support_call"]
    for n in range(40):
        rows["touchpoint_period"] += [row | {"touchpoint": f"{names[n % 7]}{n}"} for row in months]
    rows["synchrony"] = [
        {"kind": "touchpoint", "stage": "support", "unit": f"{names[n % 7]}{n}", "next_unit": "", "n": 300,
         "intended": "0.3", "verdict": "short"}
        for n in range(40)
    ]  # fmt: skip
    found = double(rows, brief_rows.AS_OF, environment={"HEARTLINE_COMPANY": "Größte Gesellschaft für alles " * 40})
    for _ in range(9):
        found.moves.decisions.add("W" * 500, "Ada", judgement=True, expected="E" * 500, review_on="2026-07-01",
                                  at=datetime(2026, 6, 1))  # fmt: skip
    return found


Make = Callable[[type["Double"], "Double"], "Double"]


@pytest.fixture(scope="module")
def house_of(double: type[Double], full: Double) -> Callable[[Make], Double]:
    """Each of these companies, made once."""
    there: dict[Make, Double] = {}

    def made_once(make: Make) -> Double:
        if make not in there:
            there[make] = make(double, full)
        return there[make]

    return made_once


@pytest.mark.parametrize("make", [plain, nothing, thin, generated, monstrous], ids=lambda make: make.__name__)
@pytest.mark.parametrize("stage", ["", "support"], ids=["brief", "stage"])
def test_one_page_is_one_page(house_of: Callable[[Make], Double], make: Make, stage: str) -> None:
    found = reader(made(house_of(make), "pdf", stage=stage, now=NOW))
    assert len(found.pages) == 1
    assert "Heartline" in found.pages[0].extract_text()  # the foot of the page is on it
    width, height = (float(found.pages[0].mediabox[n]) for n in (2, 3))
    assert (round(width), round(height)) == (595, 842)


def test_the_page_holds_what_is_most_urgent_and_says_how_much_more_there_is(house_of: Callable[[Make], Double]) -> None:
    said = words(made(house_of(monstrous), "pdf", now=NOW))
    assert "To decide" in said
    assert re.search(r"\d+ more in the full brief", said)
    assert "does not feel as it is meant to" in said


def test_the_full_one_has_everything_and_its_charts(full: Double) -> None:
    found = made(full, "pdf", full=True, now=NOW)
    said = words(found)
    for block in paper_of(full, now=NOW).blocks:
        assert block.heading in said
    assert "The mean connection and the mean satisfaction" in said  # what the chart shows, beside it
    assert len(reader(found).pages) > 1


def test_paper_is_a_setting(double: type[Double]) -> None:
    house = double(brief_rows.rows(), environment={"HEARTLINE_BRIEF_PAPER": "us-letter"})
    assert [round(float(n)) for n in reader(made(house, "pdf", now=NOW)).pages[0].mediabox[2:]] == [612, 792]


def test_a_pdf_is_tagged_and_says_its_language_and_title(full: Double) -> None:
    root = reader(made(full, "pdf", now=NOW)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_a_sign_without_a_font_costs_the_promise_and_not_the_page() -> None:
    paper = Paper("Title \U0001f9ff", "\uffff", "", "", [Block("B", [Item("\U00012345")])], "Heartline")
    assert len(reader(pdf(paper, False)).pages) == 1


def test_names_of_other_scripts_stand_in_the_text_of_the_pdf(double: type[Double]) -> None:
    house = double(brief_rows.rows(), environment={"HEARTLINE_COMPANY": "Żółć & Ñandú Ελλάς"})
    assert "Żółć & Ñandú Ελλάς" in words(made(house, "pdf", now=NOW))


def test_without_the_extra_it_says_what_to_install(
    full: Double, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    answer = client.get("/brief.pdf")
    assert answer.status_code == 400
    assert "heartline[pdf]" in answer.text
    with pytest.raises(SettingsError, match="heartline\\[pdf\\]"):
        made(full, "pdf", now=NOW)


def test_an_html_file_needs_nothing_else(full: Double) -> None:
    for whole in (False, True):
        page = made(full, "html", full=whole, now=NOW).decode()
        assert not re.findall(r'(?:src|href)="(?!data:|http://127\.0\.0\.1:8765/|#)[^"]*"', page)
        assert "<script" not in page.replace("&lt;script", "")
        assert 'href="http://127.0.0.1:8765/explain/' in page
        assert ("data:image/svg+xml" in page) is whole


def test_names_are_escaped_in_html(house_of: Callable[[Make], Double]) -> None:
    page = made(house_of(monstrous), "html", full=True, now=NOW).decode()
    assert "<script>" not in page


def test_the_desk_gives_the_files(client: Client) -> None:
    pytest.importorskip("typst", reason="needs the extra pdf")
    for address, kind in (
        ("/brief.html", "text/html"), ("/brief.txt?full=1", "text/plain"), ("/brief/support.html", "text/html"),
        ("/brief.pdf", "application/pdf"), ("/brief/support.pdf", "application/pdf"),
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-type"].startswith(kind)
    assert client.get("/brief/nobody.html").status_code == 404


def test_one_page_counts_what_it_leaves_out() -> None:
    paper = Paper(
        "T", "C", "", "", [Block("B", [Item(str(n)) for n in range(9)], 5), Block("F", [Item("x")], full_only=True)], ""
    )
    (block,) = on_one_page(paper, 3).blocks
    assert [item.title for item in block.items] == ["0", "1", "2"]
    assert "6 more in the full brief" in block.note
