"""Rooms: conversations that are read as they happen, private to the person who uses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.rooms import About
from heartline.web.door import Door
from heartline.web.page import Page, Query, told
from heartline.web.rooming import button


@dataclass(frozen=True)
class RoomLine:
    """One room: its address, title, when it was opened (UTC), whether it goes on, and the button that deletes it."""

    address: str
    title: str
    opened: str
    goes_on: bool
    customer_id: str
    delete: str


@dataclass(frozen=True)
class RoomsContext:
    """What Rooms shows."""

    rooms: Sequence[RoomLine] = told("rooms that are kept, newest first")
    keep_days: int = told("days after which a room is deleted with all its words")
    open: str = told("value of the button that opens a room")
    customer_id: str = told("customer that the address names; empty for none")


def build(door: Door, query: Query) -> RoomsContext:
    """Rooms that are kept."""
    return RoomsContext(
        [_line(one) for one in door.rooms.every()], door.settings.whole("room_days"), button("open"),
        query.get("customer_id", "")[:200],
    )  # fmt: skip


def _line(one: About) -> RoomLine:
    return RoomLine(
        f"/rooms/{one.room_id}", one.title, one.opened_at[:16].replace("T", " "), one.ended_at is None, one.customer_id,
        button("delete", one.room_id),
    )  # fmt: skip


PAGE = Page("rooms", "/rooms", "Rooms", build, RoomsContext, menu="Rooms")
