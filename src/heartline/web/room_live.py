"""The live side of a room: turns and taps come in over a WebSocket, the room as it stands goes out to every screen.

A message is JSON. In: ``{"id", "turn": {"speaker", "begin", "end", "text"}}``, ``{"id", "tap": {"at", "who",
"gesture"}}`` or ``{"id", "dismiss": kind}``. Out: first ``{"hello": …}`` with all that was said, then after every event
``{"seq", "ref", "said", "room"}``, or ``{"ref", "error"}``. What was not answered may be sent again with the same id;
it counts once.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from heartline.errors import HeartlineError, RoomError
from heartline.room.turn import Tap, Turn
from heartline.room.view import point, view
from heartline.rooms import Event, KeptRoom, Taken
from heartline.web.door import Door

LONGEST = 100_000
"""Characters of one message."""


class _Turn(msgspec.Struct, forbid_unknown_fields=True):
    speaker: str
    begin: float
    end: float
    text: str


class _Tap(msgspec.Struct, forbid_unknown_fields=True):
    at: float
    who: str
    gesture: str


class _Message(msgspec.Struct, forbid_unknown_fields=True):
    id: str = ""
    turn: _Turn | None = None
    tap: _Tap | None = None
    dismiss: str | None = None


class Screens:
    """Everybody who looks at a room now, room by room; each screen has a queue of its own."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._looking: dict[str, set[asyncio.Queue[bytes]]] = {}

    async def serve(self, socket: WebSocket) -> None:
        """One screen, from its hello until it goes."""
        room_id = socket.path_params["room_id"]
        await socket.accept()
        try:
            kept = await run_in_threadpool(self._named, room_id)
        except RoomError as error:
            await socket.send_bytes(_told({"error": _error(error)}))
            await socket.close(4404)
            return
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        looking = self._looking.setdefault(room_id, set())
        looking.add(queue)
        queue.put_nowait(_hello(kept))  # at once: nothing that is taken meanwhile may come before it
        sender = asyncio.create_task(_send(socket, queue))
        try:
            while True:
                text = await socket.receive_text()
                answer, for_all = await run_in_threadpool(_take, kept, text)
                for one in list(looking) if for_all else [queue]:
                    one.put_nowait(answer)
        except (WebSocketDisconnect, KeyError):  # KeyError: a message of bytes, which no screen sends
            pass
        finally:
            sender.cancel()
            looking.discard(queue)
            if not looking:
                self._looking.pop(room_id, None)

    def _named(self, room_id: str) -> KeptRoom:
        return self._door.rooms.named(room_id)


async def _send(socket: WebSocket, queue: asyncio.Queue[bytes]) -> None:
    while True:
        await socket.send_text((await queue.get()).decode())


def _take(kept: KeptRoom, text: str) -> tuple[bytes, bool]:
    """The answer to a message, and whether every screen gets it."""
    ref = ""
    try:
        if len(text) > LONGEST:
            raise RoomError(f"a message of {len(text)} characters", f"at most {LONGEST}", "send turns as they come")
        try:
            message = msgspec.json.decode(text, type=_Message)
        except (msgspec.DecodeError, msgspec.ValidationError) as cause:
            raise RoomError(
                "a message that cannot be read", "id and one of turn, tap, dismiss", "see docs/how-to/read-the-room.md"
            ) from cause
        ref = message.id
        taken = kept.take(message.id, _event(message))
    except HeartlineError as error:
        return _told({"ref": ref, "error": _error(error)}), False
    return _told(_answer(ref, taken)), taken.new


def _event(message: _Message) -> Event:
    given = [one for one in (message.turn, message.tap, message.dismiss) if one is not None]
    if len(given) != 1:
        raise RoomError("a message with none or several events", "one of turn, tap, dismiss", "send them one by one")
    if message.turn is not None:
        return Turn(message.turn.speaker, message.turn.begin, message.turn.end, message.turn.text)
    if message.tap is not None:
        return Tap(message.tap.at, message.tap.who, message.tap.gesture)
    return str(message.dismiss)[:60]


def _answer(ref: str, taken: Taken) -> dict[str, Any]:
    room = taken.room
    last = room.said[-1] if room.said else None
    said = None if last is None else point(last, room.is_host(last.turn.speaker)) | {"number": len(room.said)}
    return {"seq": taken.seq, "ref": ref, "said": said, "room": view(room)}


def _hello(kept: KeptRoom) -> bytes:
    room = kept.room
    points = [point(said, room.is_host(said.turn.speaker)) for said in room.said]
    about = {"title": kept.about.title, "hosts": kept.about.hosts, "ended": kept.about.ended_at is not None}
    return _told({"hello": {"about": about, "seq": kept.seq, "said": points, "room": view(room)}})


def _error(error: HeartlineError) -> dict[str, str]:
    return {"got": error.got, "expected": error.expected, "next": error.next_step}


def _told(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value)
