"""Guided walks over the desk: begun by a form, told by a phone event by event, pictures beside them.

A phone sends to ``/walks/told.json`` a form with ``token``, ``walk_id``, ``sent`` (its clock, ms) and ``events``, a
JSON list of ``{"id", "event"}``; the answer says which are ``taken`` and which are ``refused`` for good. A picture goes
to ``/walks/photo.json?walk_id=&id=&step=&n=&at=&sent=`` as it is, with the token in the header ``x-token``. What was
not answered may be sent again with the same id; it counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import msgspec
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response

from heartline.errors import WalkError
from heartline.walk.guide import Guide
from heartline.walk.guided import LAST_MS, Event, Pictured, read_event
from heartline.walks.guesses import COUNTING_ROLE
from heartline.web.door import Door
from heartline.web.page import BadAddress
from heartline.web.security import WALK_GUESS_PATH, WALK_PATH, WALK_PHOTO_PATH, WALK_TOLD_PATH, same_token

MEDIA = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
WORKER = Path(__file__).parent / "static" / "guided-worker.js"
_TOLD = ("token", "walk_id", "sent", "events")


class _Sent(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    event: msgspec.Raw


@dataclass(frozen=True)
class Told:
    """A sending of a phone. events: those that can be read; refused: ids of the others with what is wrong."""

    token: str
    walk_id: str
    sent: int
    events: Mapping[str, Event]
    refused: Mapping[str, str]


def fields_of(body: bytes) -> dict[str, str]:
    """The fields of a form; BadAddress for what no page of the desk sent."""
    try:
        found = parse_qs(body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=12)
        return {name: values[0] for name, values in found.items()}
    except (ValueError, UnicodeDecodeError) as wrong:
        raise BadAddress("this form cannot be read", "a form of a walk", "load the page again") from wrong


def read_told(body: bytes) -> Told:
    """What a phone sends. BadAddress where it is not that; an event that is none is only refused itself."""
    given = fields_of(body)
    try:
        told = msgspec.json.decode(given["events"], type=list[_Sent])
        token, walk_id, sent = given["token"], given["walk_id"], _stamp(given["sent"])
    except (KeyError, ValueError, msgspec.DecodeError) as wrong:  # a misfit is a DecodeError as well
        raise _unreadable() from wrong
    events: dict[str, Event] = {}
    refused: dict[str, str] = {}
    for one in told:
        try:
            events[one.id] = read_event(bytes(one.event))
        except WalkError as error:
            refused[one.id] = error.got
    return Told(token, walk_id, sent, events, refused)


def take(door: Door, told: Told) -> dict[str, object]:
    """Keep what a phone sent, and say what became of each event. WalkError where the walk is gone."""
    walk = door.walks.guided.named(told.walk_id)
    refused = dict(told.refused)
    try:
        taken = door.walks.guided.take(told.walk_id, told.events, told.sent)
        ids = list(told.events)
    except WalkError:  # one of them cannot be: each by itself
        door.walks.guided.named(told.walk_id)
        taken, ids = None, []
        for event_id, event in told.events.items():
            try:
                taken = door.walks.guided.take(told.walk_id, {event_id: event}, told.sent)
                ids.append(event_id)
            except WalkError as error:
                refused[event_id] = error.got
    course = taken.course if taken else walk.course
    return {"taken": ids, "refused": refused, "ended": course.ended is not None}


def take_photo(door: Door, asked: Mapping[str, str], body: bytes) -> dict[str, object]:
    """Keep a picture. WalkError where the walk is gone, or it is none; BadAddress for an address that no page made."""
    try:
        sent = _stamp(asked["sent"])
        n, at, step = (int(asked[name]) for name in ("n", "at", "step"))
        event = read_event(msgspec.json.encode({"do": "pictured", "n": n, "at": at, "step": step, "photo": ""}))
        walk_id, event_id = asked["walk_id"], asked["id"]
    except (KeyError, ValueError, OverflowError) as wrong:
        raise _unreadable() from wrong
    assert isinstance(event, Pictured)
    walk = door.walks.guided.named(walk_id)
    try:
        taken = door.walks.guided.photo(walk_id, event_id, event, body, sent)
    except WalkError as error:
        return {"taken": [], "refused": {event_id: error.got}, "ended": walk.course.ended is not None}
    return {"taken": [event_id], "refused": {}, "ended": taken.course.ended is not None}


def begin(door: Door, given: Mapping[str, str]) -> str:
    """Begin a walk as the form says; gives the address to go on at. WalkError says what cannot be.

    Who decides on what customers meet is asked for guesses before they walk, where some are missing; ``guessed`` says
    that they were.
    """
    asked = {name: given.get(name, "").strip() for name in ("script", "walker", "role", "release")}
    if not given.get("guessed") and _guesses_missing(door, **asked):
        return f"{WALK_GUESS_PATH}?{urlencode(asked)}"
    walk_id = door.walks.guided.open(asked["script"], asked["walker"], asked["role"], asked["release"])
    return f"{WALK_PATH}/{walk_id}"


def _guesses_missing(door: Door, script: str, walker: str, role: str, **_: str) -> bool:
    """Whether somebody who decides has points to guess on this way: neither guessed nor walked past yet.

    Who gives no name has all of them: the page asks for one, or lets them walk without guessing.
    """
    guide = door.walks.script(script)
    if role != COUNTING_ROLE or not isinstance(guide, Guide):
        return False
    known = {one.touchpoint for one in door.walks.points()}
    return any(one in known for one in door.walks.guesses.asked(walker, guide.touchpoints))


def _stamp(text: str) -> int:
    """Milliseconds since 1970 as a phone tells them; ValueError for what is none."""
    stamp = int(text)
    if not 0 <= stamp <= LAST_MS:
        raise ValueError(text)
    return stamp


def _unreadable() -> BadAddress:
    return BadAddress("this sending cannot be read", f"one of a walk's page, with {', '.join(_TOLD)}", "load it again")


def add_routes(app: FastAPI, door: Door, token: str, earlier: Callable[[Request], Response]) -> None:
    """The form, the two doors for phones, pictures, and what keeps the page on a phone without a network.

    token: of this start of the desk; earlier: the answer to who sends that of an earlier one
    """

    @app.post(WALK_PATH)
    async def begun(request: Request) -> Response:
        given = fields_of(await request.body())
        if not same_token(given.get("token", ""), token):
            return earlier(request)
        return RedirectResponse(await run_in_threadpool(begin, door, given), 303)

    @app.post(WALK_TOLD_PATH)
    async def told(request: Request) -> Response:
        sending = read_told(await request.body())
        if not same_token(sending.token, token):
            return earlier(request)
        return JSONResponse(await run_in_threadpool(take, door, sending))

    @app.post(WALK_PHOTO_PATH)
    async def photo(request: Request) -> Response:
        if not same_token(request.headers.get("x-token", ""), token):
            return earlier(request)
        body = await request.body()
        return JSONResponse(await run_in_threadpool(take_photo, door, dict(request.query_params), body))

    @app.get("/walks/photo/{walk_id}/{name}")
    def picture(walk_id: str, name: str) -> Response:
        file = door.walks.guided.named(walk_id).picture(name)
        return FileResponse(file, media_type=MEDIA[file.suffix[1:]], content_disposition_type="inline")

    @app.get("/walks/worker.js")
    def worker() -> Response:
        return FileResponse(WORKER, media_type="text/javascript", headers={"cache-control": "no-cache"})
