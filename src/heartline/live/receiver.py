"""The door for other programs: /v1/… takes events and rows with a write key. A 200 says that they are on disk."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from heartline.live import arrivals
from heartline.live.arrivals import CALL_BYTES, ROW_BYTES, TABLES
from heartline.live.body import read_body
from heartline.live.case import CASE_BYTES, Opener, open_asked
from heartline.live.commits import Busy, Committer
from heartline.live.cross_origin import CrossOrigin
from heartline.live.delivery import HOOK_BYTES, LEFT_OUT, delivery
from heartline.live.event_map import CALLS
from heartline.live.hook_tools import TOOLS, fault_of
from heartline.live.keyring import Keyring, key_of
from heartline.live.openapi import description
from heartline.live.problem import Problem
from heartline.records.inbox import Arrival

log = logging.getLogger(__name__)

PREFIX = "/v1/"
SHORT = {kind[0]: kind for kind in CALLS}
"""Addresses that Segment's client for browsers takes: the first letter of the call, and ``b`` for a batch
(github.com/segmentio/analytics-next, packages/browser/src/plugins/segmentio)."""
_CHALLENGE = {"www-authenticate": 'Basic realm="heartline", charset="UTF-8"'}


class Receiver:
    """Answers requests below /v1/ for one workspace."""

    def __init__(
        self,
        keyring: Keyring,
        committer: Committer,
        origins: Sequence[str] = (),
        clock: Callable[[], float] = time.time,
        open_case: Opener | None = None,
    ) -> None:
        self._keyring = keyring
        self._committer = committer
        self._origins = origins
        self._clock = clock
        self._open_case = open_case

    def app(self) -> ASGIApp:
        """The door as an ASGI application."""
        routes = [
            *(Route(f"{PREFIX}{kind}", self.call, methods=["POST"]) for kind in (*CALLS, *SHORT)),
            *(Route(f"{PREFIX}{name}", self.batch, methods=["POST"]) for name in ("batch", "b")),
            Route(f"{PREFIX}webhooks/{{tool}}/{{place}}", self.tried, methods=["HEAD"]),
            Route(f"{PREFIX}webhooks/{{tool}}/{{place}}", self.webhook, methods=["POST"]),
            Route(f"{PREFIX}cloudevents", self.cloud_events, methods=["POST"]),
            Route(f"{PREFIX}tables/{{table}}", self.rows, methods=["POST"]),
            Route(f"{PREFIX}cases", self.case, methods=["POST"]),
            Route(f"{PREFIX}openapi.json", self.openapi, methods=["GET"]),
        ]
        answers: dict[Any, Any] = {
            Problem: _refused, HTTPException: _not_here, Exception: _broken,
        }  # fmt: skip
        return CrossOrigin(Starlette(routes=routes, exception_handlers=answers), self._origins)

    async def batch(self, request: Request) -> Response:
        """Several calls."""
        body, sender = await self._read(request, CALL_BYTES)
        return await self._keep(arrivals.batch(body, sender, _now()))

    async def call(self, request: Request) -> Response:
        """One call."""
        body, sender = await self._read(request, CALL_BYTES)
        kind = request.url.path.removeprefix(PREFIX)
        kind = SHORT.get(kind, kind)
        return await self._keep(arrivals.single(body, kind, sender, _now()))

    async def cloud_events(self, request: Request) -> Response:
        """One CloudEvent, or several."""
        body, sender = await self._read(request, CALL_BYTES)
        return await self._keep(arrivals.cloud_events(body, dict(request.headers), sender, _now()))

    async def rows(self, request: Request) -> Response:
        """Rows of one of Heartline's tables."""
        name = request.path_params["table"]
        sender = await self._owner(request, None)
        if name not in TABLES:
            raise Problem(404, f"rows can be sent to {', '.join(TABLES)}")
        body = await read_body(request, ROW_BYTES)
        return await self._keep(arrivals.table_rows(body, TABLES[name], sender, _now()))

    async def case(self, request: Request) -> Response:
        """A customer who needs somebody."""
        sender = await self._owner(request, None)
        body = await read_body(request, CASE_BYTES)
        try:
            made = await run_in_threadpool(open_asked, self._open_case, body, sender)
        except Problem:
            raise
        except Exception as error:  # noqa: BLE001  as with arrivals: with its key it can be sent again
            log.error("a case could not be kept (%s)", type(error).__name__)
            raise Problem(503, "it could not be written; nothing was opened", {"retry-after": "5"}) from None
        return JSONResponse(made)

    async def webhook(self, request: Request) -> Response:
        """What a tool pushes. What is of no kind that is loaded is taken too, so that the tool goes on sending."""
        tool = request.path_params["tool"]
        if tool not in TOOLS:
            raise Problem(404, f"webhooks are known of {', '.join(TOOLS)}")
        await self._refresh()
        hook = self._keyring.webhook(tool, request.path_params["place"])
        if hook is None:
            raise Problem(401, f"no webhook of {tool} is known at this address, or it was revoked")
        body = await read_body(request, HOOK_BYTES)
        headers = dict(request.headers)
        fault = fault_of(hook, headers, body, self._clock())
        if fault:
            raise Problem(401, fault)
        arrival = delivery(hook, headers, body, _now())
        left_out = int(arrival.door.startswith(LEFT_OUT))
        await self._keep([arrival])
        return JSONResponse({"success": True, "accepted": 1 - left_out, "ignored": left_out})

    async def tried(self, _request: Request) -> Response:
        """Whether there is somebody at all: some tools ask before they save the address. Says nothing of webhooks."""
        return Response(status_code=200)

    async def openapi(self, _request: Request) -> Response:
        """The description of this door."""
        return JSONResponse(description())

    async def _read(self, request: Request, most: int) -> tuple[bytes, str]:
        """Body and sender. The key is looked at before the body, unless it can only be in the body."""
        if "authorization" in request.headers:
            sender = await self._owner(request, None)
            return await read_body(request, most), sender
        body = await read_body(request, most)
        return body, await self._owner(request, arrivals.write_key(body))

    async def _owner(self, request: Request, inside: str | None) -> str:
        given = key_of(request.headers.get("authorization", "")) or inside
        if given is None:
            raise Problem(401, "no write key; send one as the user of Basic authorization", _CHALLENGE)
        await self._refresh()
        owner = self._keyring.owner(given)
        if owner is None:
            raise Problem(401, "this write key is not known, or was revoked", _CHALLENGE)
        return owner

    async def _refresh(self) -> None:
        if self._keyring.stale():
            await run_in_threadpool(self._keyring.read)

    async def _keep(self, found: list[Arrival]) -> Response:
        """Answer when everything is on disk."""
        if found:
            try:
                await asyncio.wrap_future(self._committer.put(found))
            except Busy as busy:
                detail, again = f"{busy.what}; nothing was taken", str(busy.after_s)
                raise Problem(429, detail, {"retry-after": again}) from None
            except Exception as error:  # noqa: BLE001  whatever the database said, the sender has to come again
                log.error("arrivals could not be kept (%s)", type(error).__name__)
                raise Problem(
                    503, "it could not be written to the disk; nothing was taken", {"retry-after": "5"}
                ) from None
        return JSONResponse({"success": True, "accepted": len(found)})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _refused(_request: Request, problem: Problem) -> Response:
    return problem.response()


def _not_here(_request: Request, error: HTTPException) -> Response:
    detail = "there is nothing here; see /v1/openapi.json" if error.status_code == 404 else error.detail
    return Problem(error.status_code, detail, error.headers).response()


def _broken(_request: Request, _error: Exception) -> Response:
    return Problem(500, "this could not be answered; see the window that serves the desk").response()
