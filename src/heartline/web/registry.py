"""All pages, in the order of the menu. A new page is a file in ``web/pages``, a template, and a line here."""

from __future__ import annotations

from heartline.web.page import Page
from heartline.web.pages import (
    claims,
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
    predictions,
    service,
    value,
)

PAGES: tuple[Page, ...] = (
    desk.PAGE, journey.PAGE, service.PAGE, mind.PAGE, predictions.PAGE, hurt.PAGE, drivers.PAGE, drop_offs.PAGE,
    value.PAGE, claims.PAGE, growth.PAGE, investment.PAGE, customers.PAGE, identity.PAGE, data.PAGE, customer.PAGE,
    explain.PAGE,
)  # fmt: skip
