"""What leaves the desk for other programs' use: the calendar of follow-ups, audiences."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from heartline.action.table_file import csv_bytes
from heartline.errors import TableError
from heartline.web.door import Door
from heartline.web.page import BadAddress

AUDIENCE_WORDS = ("where", "for", "names")
CALENDAR_WORDS = ("team", "owner")


def add_routes(app: FastAPI, door: Door) -> None:
    """``/calendar.ics?team=&owner=``, and ``/audience.csv`` or ``.json`` with ``?where=CONDITION&for=PURPOSE``."""

    @app.get("/calendar.ics")
    def calendar(request: Request) -> Response:
        _only(request.query_params, CALENDAR_WORDS)
        asked = request.query_params
        return Response(
            door.moves.calendar(asked.get("team"), asked.get("owner")),
            media_type="text/calendar; charset=utf-8",
            headers={"content-disposition": 'attachment; filename="follow-ups.ics"'},
        )

    @app.get("/audience.{form}")
    def audience(form: str, request: Request) -> Response:
        asked = request.query_params
        _only(asked, AUDIENCE_WORDS)
        if form not in ("csv", "json"):
            raise BadAddress(f"no audience is given out as {form[:20]}", "csv or json", "correct the address")
        try:
            found = door.moves.audience(asked.getlist("where"), asked.getlist("for"), asked.get("names") == "1")
        except TableError as error:
            raise BadAddress(error.got, error.expected, error.next_step) from error
        if form == "json":
            told = {"met": found.met, "objecting": found.objecting, "customers": found.rows.to_pylist()}
            return JSONResponse(told)
        return Response(
            csv_bytes(found.rows),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": 'attachment; filename="audience.csv"'},
        )


def _only(asked: Mapping[str, str], known: tuple[str, ...]) -> None:
    """BadAddress for a word that means nothing here: a condition that is misspelt must not widen an audience."""
    strange = sorted(set(asked) - set(known))
    if strange:
        raise BadAddress(f"{strange[0][:40]} means nothing here", f"of {', '.join(known)}", "correct the address")
