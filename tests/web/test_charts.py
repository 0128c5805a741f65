"""Charts: fields exist in what the query gives, each has its reading guide, both themes draw, nothing needs eval."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from heartline.web import drawing
from heartline.web.figures import Figure, decimal, explain_address, short, with_code, written
from heartline.web.registry import PAGES
from heartline.web.tokens import MARK_PAIRS, SEGMENT_TOKENS, TEXT_PAIRS, TOKENS, Theme, contrast

if TYPE_CHECKING:
    from .conftest import Client, Double

CHARTS = {chart.name: chart for page in PAGES for chart in page.charts}


def used_fields(part: Any) -> set[str]:
    found: set[str] = set()
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "field" and isinstance(value, str):
                found.add(value)
            else:
                found |= used_fields(value)
    elif isinstance(part, list):
        for value in part:
            found |= used_fields(value)
    return found


def test_every_file_belongs_to_a_page_and_the_other_way_round() -> None:
    assert set(drawing.names()) == set(CHARTS)


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_fields_exist_in_the_query_and_the_guide_is_whole(full: Double, name: str) -> None:
    rows = CHARTS[name].rows(full, {"customer_id": "c0004"})
    assert rows
    made = {item["as"] for item in _transforms(drawing.spec(name, [], "light")) if "as" in item}
    held = set(rows[0])
    assert used_fields(drawing.spec(name, rows, "light")) - made <= held
    guide = drawing.guide(name)
    assert {column[0] for column in guide.columns} <= held
    assert all(len(text) > 20 for text in (guide.shows, guide.read, guide.next))
    assert all(row["explain"].startswith("/explain/") for row in rows)


def _transforms(part: Any) -> list[dict[str, Any]]:
    return [step for layer in part.get("layer", []) for step in layer.get("transform", [])] + part.get("transform", [])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", sorted(CHARTS))
def test_no_token_is_left_unpainted(full: Double, name: str, theme: Theme) -> None:
    painted = json.dumps(drawing.spec(name, [], theme))
    assert "token:" not in painted
    assert TOKENS[theme]["muted"] in painted


def test_a_chart_is_given_out_as_spec_svg_and_png(client: Client) -> None:
    assert client.get("/charts/bond_over_time.json?theme=dark").json()["data"]["values"]
    drawn = client.get("/charts/bond_over_time.svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert drawn.text.startswith("<svg")
    assert client.get("/charts/value_at_stake.png?theme=dark").content.startswith(b"\x89PNG")
    assert client.get("/charts/nothing.svg").status_code == 404
    assert client.get("/charts/bond_over_time.exe").status_code == 404
    assert client.get("/charts/bond_over_time.svg?theme=neon").status_code == 400
    assert client.get("/charts/customer_bond.svg").status_code == 400


def test_a_refused_customer_has_no_chart_rows(client: Client) -> None:
    assert client.get("/charts/customer_bond.json?customer_id=c0001").json()["data"]["values"] == []
    values = client.get("/charts/customer_felt.json?customer_id=c0001").json()["data"]["values"]
    assert values
    assert all(row["felt_from"] != "words" for row in values)


def test_the_library_is_made_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = drawing.bundle(tmp_path)
    assert "heartlineEmbed" in first
    assert len(first) > 500_000
    assert [file.suffix for file in tmp_path.iterdir()] == [".js"]
    drawing._made.cache_clear()
    monkeypatch.setattr(drawing.vl_convert, "javascript_bundle", lambda *_, **__: pytest.fail("made twice"))
    assert drawing.bundle(tmp_path) == first


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast(theme: Theme) -> None:
    colours = TOKENS[theme]
    for words, ground in TEXT_PAIRS:
        assert contrast(colours[words], colours[ground]) >= 4.5, (words, ground)
    for mark, ground in MARK_PAIRS:
        assert contrast(colours[mark], colours[ground]) >= 3.0, (mark, ground)
    assert set(SEGMENT_TOKENS.values()) <= set(colours)


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the well-known just-too-light grey


def test_both_themes_have_the_same_tokens() -> None:
    assert set(TOKENS["light"]) == set(TOKENS["dark"])


def test_numbers_are_written_the_same_everywhere() -> None:
    assert decimal(1234567.0) == "1\u202f234\u202f567"
    assert decimal(-0.004, 2, signed=True) == "0.00"
    assert short(1_240_000) == "1.24\u202fM"
    assert short(999_950_000) == "1.00\u202fG"
    assert short(9_400) == "9\u202f400"
    assert written(0.1234, "share") == "12.3\u202f%"
    assert written(-0.314, "valence") == "\u22120.31"
    assert written(None, "money", "EUR") == "not enough evidence"
    assert written(float("nan"), "score") == "not enough evidence"
    assert Figure(0.0, "score").text == "0.0"
    assert Figure(0.2, "share", "", 0.15, 0.25).interval == "15.0 to 25.0\u202f%"


def test_small_texts() -> None:
    assert with_code("run `a <b>` now") == "run <code>a &lt;b&gt;</code> now"
    assert explain_address("t", "c", a="x y", b=None) == "/explain/t?column=c&a=x+y"
