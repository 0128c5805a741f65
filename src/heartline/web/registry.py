"""All pages, and the menu. A new page is a file in ``web/pages``, a template, and a place in the menu here."""

from __future__ import annotations

from heartline.web.page import Page
from heartline.web.pages import (
    advocates,
    brief,
    card,
    cases,
    claims,
    conduct,
    customer,
    customers,
    data,
    desk,
    drivers,
    drop_offs,
    explain,
    growth,
    hurt,
    identity,
    investment,
    journey,
    mind,
    playbook,
    predictions,
    room,
    rooms,
    service,
    stage_brief,
    value,
    walk_go,
    walk_guess,
    walk_map,
    walk_script,
    walk_start,
    walks,
)

MENU: tuple[tuple[str, tuple[Page, ...]], ...] = (
    ("Desk", (desk.PAGE, brief.PAGE)),
    ("Feelings", (journey.PAGE, service.PAGE, mind.PAGE, drop_offs.PAGE, walks.PAGE)),
    ("Bonds", (hurt.PAGE, predictions.PAGE)),
    ("Money", (value.PAGE, growth.PAGE, claims.PAGE)),
    ("Moves", (cases.PAGE, advocates.PAGE, playbook.PAGE, drivers.PAGE, investment.PAGE, conduct.PAGE, rooms.PAGE)),
    ("Customers", (customers.PAGE, identity.PAGE)),
    ("Data", (data.PAGE,)),
)
"""The menu: groups along the line of data, each with its pages; the group's link leads to the first of them."""

PAGES: tuple[Page, ...] = (
    *(page for _, pages in MENU for page in pages), customer.PAGE, card.PAGE, explain.PAGE, stage_brief.PAGE,
    room.PAGE, walk_start.PAGE, walk_go.PAGE,
    walk_guess.PAGE, walk_script.PAGE, walk_map.PAGE,
)  # fmt: skip
"""Every page, also those that only a link leads to."""
