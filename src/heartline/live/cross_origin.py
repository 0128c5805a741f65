"""Web pages that may send from a browser: the origins of a setting, none by default (the Fetch standard calls it CORS).

A browser asks before it sends what no form could send, and shows no answer to a page that is not listed. It is no guard
against anybody who has the write key: that is in the page, so it should be one of its own, which can be revoked.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heartline.live.problem import Problem

MAX_AGE_S = 7200
"""How long a browser may remember what it asked; browsers cut it themselves."""
_ALLOWED = (
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"authorization, content-type, content-encoding"),
    (b"access-control-max-age", str(MAX_AGE_S).encode()),
)
_WEBHOOKS = "/v1/webhooks/"
"""Tools send from their servers; no page has business here."""


class CrossOrigin:
    """Answers the question of browsers, and names the page that may read an answer."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._origins = {origin.lower().rstrip("/").encode() for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"])
        origin = given.get(b"origin", b"")
        listed = origin.lower() in self._origins and not scope["path"].startswith(_WEBHOOKS)
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in given:
            await self._asked(origin if listed else b"", scope, receive, send)
            return

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], (b"vary", b"Origin")]
                if listed:
                    headers.append((b"access-control-allow-origin", origin))
                    headers.append((b"access-control-expose-headers", b"retry-after"))
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, named if self._origins else send)

    async def _asked(self, origin: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        if not origin:
            refused = Problem(
                403, "pages of this origin may not send; the setting browser_origins lists those that may"
            )
            await refused.response()(scope, receive, send)
            return
        headers = [(b"access-control-allow-origin", origin), (b"vary", b"Origin"), *_ALLOWED]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
