"""Tools that push: how each signs, what names a delivery, and which deliveries hold the whole of what they tell of.

Where each scheme is written down:

Typeform   typeform.com/developers/webhooks/secure-your-webhooks: ``Typeform-Signature: sha256=`` and base64 of the
           HMAC-SHA256 of the body; the secret is your own
Intercom   developers.intercom.com/docs/webhooks, with public code that checks it (gist.github.com/idmontie/
           15eb8b56b6a246ad45e1fbd71b422847): ``X-Hub-Signature: sha1=`` and hex, by the app's client secret. The
           address is tried with HEAD (…/docs/webhooks/setting-up-webhooks), then with the topic ``ping``
Chatwoot   github.com/chatwoot/chatwoot, lib/webhooks/trigger.rb, as public code quotes it: ``X-Chatwoot-Signature:
           sha256=`` and hex over ``X-Chatwoot-Timestamp``, a dot and the body; ``X-Chatwoot-Delivery`` is the id.
           Older versions do not sign
Delighted  delighted.com/docs/api/webhooks, with public code that checks it: ``X-Delighted-Webhook-Signature: sha256=``
           and hex, by the account's API key; events and ``event_id`` on the same page
Formbricks github.com/formbricks/formbricks, apps/web/modules/integrations/webhooks/lib/send-signed-webhook.ts:
           Standard Webhooks where the webhook has a secret; the id is the same in retries. Older versions do not sign
Trustpilot no signature is known; events in a list, ``service-review-created``, ``-updated``, ``-deleted``, as public
           code that receives them reads

Nothing is known of signatures of HubSpot and PostHog for what is loaded here. Whatever can sign by Standard Webhooks
may push for any tool, e.g. a relay; what cannot sign at all has a key in its address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from heartline.errors import AccessError
from heartline.live.signature import (
    LEAST_LETTERS,
    STANDARD,
    Headers,
    Scheme,
    of_body,
    of_time_and_body,
    standard,
    standard_key,
)
from heartline.records.webhooks import Webhook
from heartline.sources.exports import EXPORTS
from heartline.sources.json_parts import cell_at, part

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Tool:
    """How a tool pushes.

    ``scheme`` is its own signature, None where it signs by Standard Webhooks or not at all. ``secret`` says where its
    secret comes from, as a sentence goes on, ``own_secret`` whether one may choose it. ``identity`` is the path of a
    delivery's id in the body, ``header`` the name of its header. ``edition`` gives which object a delivery holds whole,
    and how new.
    """

    name: str
    secret: str = "that you tell the sender, whsec_ and base64"  # noqa: S105  words about it
    own_secret: bool = True
    scheme: Scheme | None = None
    identity: str = ""
    header: str = ""
    edition: Callable[[Record], tuple[str, float] | None] = lambda _record: None


def _seconds(value: object) -> float | None:
    """Epoch seconds of an ISO time (without an offset: UTC, as in the importers) or a number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()


def _by_time(name: str, *times: str) -> Callable[[Record], tuple[str, float] | None]:
    def edition(record: Record) -> tuple[str, float] | None:
        number = cell_at(record, name)
        at = next((found for path in times if (found := _seconds(part(record, path))) is not None), None)
        return None if number is None or at is None else (number, at)

    return edition


def _of_message(record: Record) -> tuple[str, float] | None:
    """A message says when it was made, never when it was changed: whatever is an update is newer than its making."""
    number = cell_at(record, "id")
    order = {"message_created": 0.0, "message_updated": 1.0}.get(str(record.get("event")))
    return None if number is None or order is None else (number, order)


_OWN = (
    Tool(
        "typeform", "that you tell Typeform for the webhook", True, of_body("typeform-signature", "sha256", "base64"),
        "event_id",
    ),
    Tool("intercom", "that Intercom calls client secret", False, of_body("x-hub-signature", "sha1", "hex"), "id"),
    Tool(
        "chatwoot", "that Chatwoot shows for the webhook", False,
        of_time_and_body("x-chatwoot-signature", "x-chatwoot-timestamp", "sha256", "hex"),
        header="x-chatwoot-delivery", edition=_of_message,
    ),
    Tool(
        "delighted", "that is the API key of the Delighted account", False,
        of_body("x-delighted-webhook-signature", "sha256", "hex"), "event_id",
        edition=_by_time("event_data.id", "event_data.updated_at"),
    ),
    Tool(
        "formbricks", "that Formbricks shows for the webhook", False,
        edition=_by_time("data.id", "data.updatedAt", "data.updated_at"),
    ),
    Tool("trustpilot", edition=_by_time("eventData.id", "eventData.updatedAt", "eventData.createdAt")),
)  # fmt: skip

TOOLS: dict[str, Tool] = {
    name: next((tool for tool in _OWN if tool.name == name), Tool(name))
    for name, export in EXPORTS.items()
    if export.records is not None
}
"""Every tool whose export is made of JSON objects, by its name."""


def check_secret(tool: Tool, secret: str) -> None:
    """AccessError for a secret with which nothing of this tool could be signed, or that is easily guessed."""
    if tool.scheme is None or secret.startswith(STANDARD):
        if standard_key(secret) is None:
            raise AccessError(
                "this is no secret of Standard Webhooks", "whsec_ and base64 of 24 to 64 bytes",
                f"take the secret {tool.secret}; or --unsigned where the sender cannot sign",
            )  # fmt: skip
    elif len(secret) < LEAST_LETTERS:
        raise AccessError(
            f"a secret of {len(secret)} letters is easily guessed", f"at least {LEAST_LETTERS}",
            f"take the secret {tool.secret}",
        )  # fmt: skip


def fault_of(hook: Webhook, headers: Headers, body: bytes, now: float) -> str:
    """Why a delivery is not this webhook's; empty where it is. A key in the address was looked at before."""
    if hook.secret is None:
        return "" if hook.key_hash is not None else "the webhook was revoked"
    scheme = TOOLS[hook.tool].scheme
    if scheme is None or (hook.secret.startswith(STANDARD) and "webhook-signature" in headers):
        scheme = standard
    return scheme(hook.secret, headers, body, now)


def delivery_id(hook: Webhook, headers: Headers, body: bytes, record: object) -> str:
    """What makes a delivery the same one when it comes again: the sender's id, else the body itself."""
    tool = TOOLS[hook.tool]
    given = headers.get("webhook-id") if "webhook-signature" in headers or not tool.identity else None
    given = given or (headers.get(tool.header) if tool.header else None)
    if not given and tool.identity and isinstance(record, dict):
        given = cell_at(record, tool.identity)
    if not given or len(given) > 200 or "\0" in given:
        given = "content-" + hashlib.blake2b(body, digest_size=16).hexdigest()
    return f"webhook:{hook.tool}:{hook.name}:{given}"
