"""Guesses that come in by a form, and pictures of browsers' walks: addresses below ``/walks``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlencode

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, RedirectResponse, Response

from heartline.errors import WalkError
from heartline.walks.guesses import FACES
from heartline.web.door import Door
from heartline.web.page import BadAddress, MissingPage
from heartline.web.security import WALK_GUESS_PATH, same_token

POINT = "at."
"""A field ``at.delivery`` holds the face for the point ``delivery``."""
MOST_FIELDS = 300
_SHOT = re.compile(r"\d{2,4}\.jpg")


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form; BadAddress for one that no page of the desk made."""
    try:
        fields = parse_qs(body.decode("utf-8"), strict_parsing=True, max_num_fields=MOST_FIELDS, encoding="utf-8")
    except (ValueError, UnicodeDecodeError) as wrong:
        raise BadAddress("this form cannot be read", "the form of Guess", "load the page again") from wrong
    return {name: values[0] for name, values in fields.items()}


def obey(door: Door, given: Mapping[str, str]) -> str:
    """Keep what was guessed; gives the address to go on at: the walk that was meant, or this page."""
    values = {name.removeprefix(POINT): _face(value) for name, value in given.items() if name.startswith(POINT)}
    known = {one.touchpoint for one in door.walks.points()}
    for touchpoint in values:
        if touchpoint not in known:
            raise BadAddress("there is no such point of connection", "one of the page", "load the page again")
    kept = door.walks.guesses.add(given.get("walker", ""), given.get("role", ""), values)
    if given.get("script"):
        on = {name: given.get(name, "") for name in ("script", "walker", "role", "release")}
        return f"/walks/go?{urlencode(on | {'guessed': '1'})}"
    late = sum(one.walks_before > 0 for one in kept)
    return f"{WALK_GUESS_PATH}?{urlencode({'kept': len(kept), 'late': late})}"


def _face(value: str) -> float:
    found = next((valence for valence in FACES.values() if value == str(valence)), None)
    if found is None:
        raise BadAddress("this is no face", "one of the five of the page", "load the page again")
    return found


def add_routes(app: FastAPI, door: Door, token: str, earlier: Callable[[Request], Response]) -> None:
    """The form, and pictures. token: of this start of the desk; earlier: the answer to who sends an earlier one's."""

    @app.post(WALK_GUESS_PATH)
    async def guess(request: Request) -> Response:
        given = read_form(await request.body())
        if not same_token(given.get("token", ""), token):
            return earlier(request)
        return RedirectResponse(await run_in_threadpool(obey, door, given), 303)

    @app.get("/walks/shot/{walk_id}/{name}")
    def shot(walk_id: str, name: str) -> Response:
        missing = MissingPage("there is no such picture", "one of a walk that is kept", "load the page again")
        try:
            file = door.walks.kept.of(walk_id) / name
        except WalkError as wrong:
            raise missing from wrong
        if not _SHOT.fullmatch(name) or not file.is_file():
            raise missing
        return FileResponse(file, media_type="image/jpeg", content_disposition_type="inline")
