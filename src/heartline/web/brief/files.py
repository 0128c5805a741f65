"""Briefs as files: HTML in one file that needs nothing else, PDF, plain text."""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from heartline.action.channels import desk_of
from heartline.errors import SettingsError
from heartline.web import drawing
from heartline.web.brief.gather import gather
from heartline.web.brief.paper import Block, Paper, of_brief, of_stage, on_one_page
from heartline.web.brief.pdf import pdf
from heartline.web.brief.stage import stage_brief
from heartline.web.brief.text import text
from heartline.web.door import Door, Once
from heartline.web.page import BadAddress
from heartline.web.pages import desk
from heartline.web.tokens import style_sheet

Form = Literal["html", "pdf", "txt"]
MEDIA: dict[str, str] = {
    "html": "text/html; charset=utf-8", "pdf": "application/pdf", "txt": "text/plain; charset=utf-8",
}  # fmt: skip
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
ON_PAGE = 6


def for_the_desk(door: Door, form: Form, full: bool, stage: str) -> bytes:
    """As ``made``, for the desk: that the extra is missing is something its reader can mend."""
    try:
        return made(door, form, full, stage)
    except SettingsError as missing:
        raise BadAddress(missing.got, missing.expected, missing.next_step) from missing


def paper_of(door: Door, stage: str = "", quotes: bool = False, now: datetime | None = None) -> Paper:
    """The brief of the Chief Customer Officer, or of a role or stage.

    quotes: whether customers' words may stand in it; a file keeps what stands in it
    """
    if stage:
        return of_stage(stage_brief(door, stage, quotes))
    return of_brief(gather(door, now))


def made(door: Door, form: Form, full: bool = False, stage: str = "", now: datetime | None = None) -> bytes:
    """The brief as a file. Customers' own words stand in it only where the setting ``brief_quotes`` is everywhere.

    MissingPage for a role or stage that is not known; SettingsError where the extra ``pdf`` is missing.
    """
    asked = Once(door)
    paper = paper_of(asked, stage, door.settings.text("brief_quotes") == "everywhere", now)
    whole = full and not stage
    if form == "txt":
        return text(paper, whole).encode()
    base = desk_of(door.settings)
    if form == "pdf":
        return pdf(paper, whole, door.settings.text("brief_paper"), base, _charts(asked, paper) if whole else None)
    return _html(asked, paper, whole, base, f"/brief/{stage}" if stage else "/brief")


def _charts(door: Door, paper: Paper) -> dict[str, tuple[str, str]]:
    """SVG and what it shows, of each chart of a paper that has rows."""
    found = {}
    for query in desk.PAGE.charts:
        if query.name in paper.charts and (rows := query.rows(door, {})):
            about = drawing.guide(query.name)
            found[query.name] = (drawing.svg(query.name, rows, "light"), f"{about.title}. {about.shows}")
    return found


def _html(door: Door, paper: Paper, full: bool, base: str, where: str) -> bytes:
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    shown = paper if full else on_one_page(paper, ON_PAGE)
    charts = [
        ("data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode(), alt)
        for svg, alt in (_charts(door, paper) if full else {}).values()
    ]
    values = {
        "paper": {**vars(shown), "blocks": [_block(block) for block in shown.blocks]}, "full": full, "base": base,
        "where": where, "charts": charts, "tokens": style_sheet(),
    }  # fmt: skip
    return jinja.get_template("brief_file.html").render(values).encode()


def _block(block: Block) -> dict[str, object]:
    return {**vars(block), "parts": block.items}  # a mapping has items of its own in a template
