"""The description of the door in OpenAPI 3.1, its row shapes out of the data model."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from heartline.live.arrivals import CALL_BYTES, ROW_BYTES, TABLES
from heartline.live.call import EVENT_BYTES
from heartline.live.case import CaseAsked
from heartline.live.cloud_event import REQUIRED
from heartline.live.delivery import HOOK_BYTES
from heartline.live.event_map import CALLS
from heartline.live.hook_tools import TOOLS
from heartline.sources.own_rows import import_columns, required_columns
from heartline.tables import CASE_STATUS, PURPOSES, SPEAKERS, Table

Json = dict[str, Any]

_TYPES: dict[str, Json] = {
    "string": {"type": "string"},
    "double": {"type": "number"},
    "int64": {"type": "integer"},
    "bool": {"type": ["boolean", "string"], "description": "true or false, yes or no"},
    "timestamp": {"type": ["string", "number"], "description": "ISO 8601, or epoch seconds or milliseconds"},
    "date": {"type": "string", "format": "date"},
    "json": {"type": ["object", "array", "string"]},
}
_WORDS: dict[str, Json] = {
    "text": {"type": "string", "description": "what was said, word for word"},
    "speaker": {"type": "string", "enum": list(SPEAKERS)},
    "language": {"type": "string", "description": "ISO 639-1 code"},
    "value": {"type": "string", "description": "the identifier; only its hash is kept"},
    **{
        f"consent_{purpose}": {"type": "boolean", "description": f"whether they agree to {meaning}"}
        for purpose, meaning in PURPOSES.items()
    },
    "consent_at": {"type": "string", "format": "date-time", "description": "when they said so"},
}
_NEEDS: dict[str, tuple[str, ...]] = {"track": ("event",), "group": ("groupId",), "alias": ("previousId",)}
_ERRORS = {
    "400": "The body cannot be read as what it should be.",
    "401": "No write key, or one that is not known.",
    "413": "The body is too large.",
    "415": "A Content-Encoding that is not known.",
    "429": "More waits for the disk than may; nothing was taken. Come again after Retry-After seconds.",
    "503": "The disk refuses; nothing was taken.",
}


@cache
def description() -> Json:
    """The whole document."""
    paths: Json = {}
    for kind in CALLS:
        paths[f"/v1/{kind}"] = _post(f"One {kind} call", kind, _json(_ref("Call")))
    paths["/v1/batch"] = _post("Several calls", "batch", _json(_ref("Batch")))
    structured = {"application/cloudevents+json": {"schema": _ref("CloudEvent")}}
    several = {"application/cloudevents-batch+json": {"schema": {"type": "array", "items": _ref("CloudEvent")}}}
    binary = _json({"description": "binary mode: attributes in ce- headers, the data as body"})
    paths["/v1/cloudevents"] = _post("CloudEvents 1.0", "cloudevents", structured | several | binary)
    schemas: Json = {"Call": _call(), "Batch": _batch(), "CloudEvent": _cloud_event(), "Problem": _problem()}
    for name, of in TABLES.items():
        schemas[f"Row_{name}"] = _row(of)
        body = {"oneOf": [_ref(f"Row_{name}"), {"type": "array", "items": _ref(f"Row_{name}")}]}
        media = _json(body) | {"application/x-ndjson": {"schema": {"type": "string"}}}
        paths[f"/v1/tables/{name}"] = _post(f"Rows of {name}: {of.about}", f"rows_{name}", media, {"422"})
    for tool in TOOLS:
        paths[f"/v1/webhooks/{tool}/{{place}}"] = _webhook(tool)
    paths["/v1/cases"] = _case()
    schemas |= msgspec.json.schema_components([CaseAsked], ref_template="#/components/schemas/{name}")[1]
    paths["/v1/openapi.json"] = {
        "get": {
            "operationId": "openapi", "summary": "This description", "security": [],
            "responses": {"200": {"description": "OpenAPI 3.1", "content": _json({"type": "object"})}},
        }
    }  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Heartline live ingest",
            "version": "1",
            "description": "Events as Segment's clients send them, CloudEvents, and rows of Heartline's own tables. An "
            "answer 200 says that everything is on disk. The same messageId again changes nothing. One bad event of a "
            "batch goes to the quarantine, the others are taken. Bodies may be gzip. At most "
            f"{EVENT_BYTES} bytes an event, {CALL_BYTES} a request of calls, {ROW_BYTES} a request of rows, "
            f"{HOOK_BYTES} a webhook. Segment's client for browsers may say t, i, p, s, g, a and b for the calls.",
        },
        "servers": [{"url": "/"}],
        "security": [{"write_key": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "write_key": {"type": "http", "scheme": "basic", "description": "the write key as user, no password"},
                "bearer": {"type": "http", "scheme": "bearer", "description": "the write key"},
            },
        },
    }


def _post(summary: str, name: str, content: Json, more: frozenset[str] | set[str] = frozenset()) -> Json:
    errors = {**_ERRORS, **({"422": "No row has a column that the table needs."} if "422" in more else {})}
    refused = {"application/problem+json": {"schema": _ref("Problem")}}
    taken = {
        "type": "object",
        "required": ["success", "accepted"],
        "properties": {"success": {"const": True}, "accepted": {"type": "integer", "minimum": 0}},
    }
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "requestBody": {"required": True, "content": content},
            "responses": {
                "200": {"description": "Everything is on disk.", "content": _json(taken)},
                **{code: {"description": why, "content": refused} for code, why in sorted(errors.items())},
            },
        }
    }


def _case() -> Json:
    """A customer who needs somebody."""
    post: Json = _post("Open a case; the same key again gives the same one", "open_case", _json(_ref("CaseAsked")))[
        "post"
    ]
    refused = post["responses"].pop("429")
    post["responses"] |= {
        "200": {"description": "It is open, or this key opened it before.", "content": _json({
            "type": "object", "required": ["success", "case_id", "status"],
            "properties": {
                "success": {"const": True}, "case_id": {"type": "string"},
                "status": {"type": "string", "enum": list(CASE_STATUS)},
            },
        })},
        "404": refused | {"description": "No cases are opened here."},
        "422": refused | {
            "description": "No such customer or team, a deadline that has passed, or as many cases are open for this "
            "customer as may be.",
        },
    }  # fmt: skip
    return {"post": post}


def _webhook(tool: str) -> Json:
    """What one tool pushes; its own documentation says what is in it."""
    place = {
        "name": "place", "in": "path", "required": True, "schema": {"type": "string"},
        "description": "the webhook's name; of one that does not sign, the key in its address",
    }  # fmt: skip
    refused = {"application/problem+json": {"schema": _ref("Problem")}}
    errors = {**_ERRORS, "401": "No such webhook, a signature that does not fit, or one that is too old."}
    number = {"type": "integer", "minimum": 0, "maximum": 1}
    taken = {
        "type": "object", "required": ["success", "accepted", "ignored"],
        "properties": {"success": {"const": True}, "accepted": number, "ignored": number},
    }  # fmt: skip
    del errors["400"]
    answers = {"200": {"description": "It is on disk, or of no kind that is loaded.", "content": _json(taken)}}
    answers |= {code: {"description": why, "content": refused} for code, why in sorted(errors.items())}
    post = {
        "operationId": f"webhook_{tool}", "summary": f"What {tool} pushes; it is signed, or its address holds a key",
        "security": [], "requestBody": {"required": True, "content": _json({"description": f"as {tool} sends it"})},
        "responses": answers,
    }  # fmt: skip
    asked = {
        "operationId": f"try_webhook_{tool}", "summary": "Whether there is somebody", "security": [],
        "responses": {"200": {"description": "There is."}},
    }  # fmt: skip
    return {"parameters": [place], "post": post, "head": asked}


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _call() -> Json:
    """One shape for all calls; the kind is in the path or, in a batch, in ``type``."""
    word, thing = {"type": ["string", "null"]}, {"type": ["object", "null"]}
    needs = {name: f"needed by {kind}" for kind, names in _NEEDS.items() for name in names}
    words = ("messageId", "userId", "anonymousId", "timestamp", "sentAt", "event", "name", "category", "groupId",
             "previousId")  # fmt: skip
    properties: Json = {name: word | ({"description": needs[name]} if name in needs else {}) for name in words}
    properties |= dict.fromkeys(("properties", "traits", "context", "integrations"), thing)
    properties["type"] = {"type": "string", "description": f"in a batch: {', '.join(CALLS)}"}
    return {"type": "object", "properties": properties, "description": "userId or anonymousId says of whom it is"}


def _batch() -> Json:
    return {
        "type": "object",
        "required": ["batch"],
        "properties": {
            "batch": {"type": "array", "items": _ref("Call")},
            "sentAt": {"type": ["string", "null"]},
            "writeKey": {"type": ["string", "null"], "description": "for clients that send no Authorization"},
        },
    }


def _cloud_event() -> Json:
    words = ("id", "source", "type", "subject", "time", "datacontenttype", "dataschema")
    return {
        "type": "object",
        "required": list(REQUIRED),
        "properties": {
            **{name: {"type": "string", **({"minLength": 1} if name in REQUIRED else {})} for name in words},
            "specversion": {"const": "1.0"},
            "data": {"description": "customer_id or anonymous_id in it says of whom it is, else subject"},
        },
    }


def _problem() -> Json:
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        },
    }


def _row(of: Table) -> Json:
    properties: Json = {}
    for name in import_columns(of):
        if name not in of:
            properties[name] = _WORDS[name]
            continue
        column = of.column(name)
        shape = {**_TYPES[column.type], **({"enum": list(column.allowed)} if column.allowed else {})}
        meaning = f"{column.meaning}{f' ({column.unit})' if column.unit else ''}"
        properties[name] = shape | {"description": f"{meaning}; {shape.get('description', '')}".removesuffix("; ")}
    return {"type": "object", "required": list(required_columns(of)), "properties": properties}
