"""Whether a webhook was sent by who knows the secret: Standard Webhooks, and the schemes of single tools.

Standard Webhooks (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md): the headers webhook-id,
webhook-timestamp and webhook-signature; HMAC-SHA256 over ``id.timestamp.body`` in base64 after ``v1,``; several
signatures parted by blanks while a secret changes; a secret is ``whsec_`` and base64.

The check is our own: the package of the same name raises whatever comes to its mind on headers that are no signature
(ValueError, UnicodeDecodeError) and cannot be told the time. Tests let it sign.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping

Headers = Mapping[str, str]
"""Names in lower case."""

Scheme = Callable[[str, Headers, bytes, float], str]
"""Says why a body was not signed with a secret, given the headers and the time (epoch seconds); empty where it was."""

STANDARD = "whsec_"
"""Begins a secret of Standard Webhooks."""
TOLERANCE_S = 300
"""How far the time of a signature may be from ours."""
LEAST_BYTES = 16
LEAST_LETTERS = 12

UNSIGNED = "it is not signed"
WRONG = "the signature is not that of the body and the secret"
OLD = f"it was signed more than {TOLERANCE_S // 60} minutes before or after now; check the clocks"


def standard(secret: str, headers: Headers, body: bytes, now: float) -> str:
    """Standard Webhooks, version 1."""
    identity, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")
    if not identity or not given:
        return UNSIGNED
    if not _is_near(moment, now):
        return OLD
    key = standard_key(secret)
    if key is None:
        return WRONG
    wanted = standard_signature(key, identity, moment, body)
    fits = False
    for one in given.split(" "):
        version, _, signature = one.partition(",")
        fits |= version == "v1" and hmac.compare_digest(_raw(signature), wanted)
    return "" if fits else WRONG


def standard_signature(key: bytes, identity: str, moment: str, body: bytes) -> bytes:
    """What stands after ``v1,`` in webhook-signature, of a key (``standard_key``), id, timestamp and body."""
    signed = b".".join((_raw(identity), _raw(moment), body))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())


def of_body(header: str, algorithm: str, encoding: str) -> Scheme:
    """HMAC over the body in one header, as ``algorithm=signature``; ``encoding`` is hex or base64."""

    def check(secret: str, headers: Headers, body: bytes, _now: float) -> str:
        given = headers.get(header, "")
        if not given:
            return UNSIGNED
        return "" if _same(given, algorithm, encoding, secret, body) else WRONG

    return check


def of_time_and_body(header: str, time_header: str, algorithm: str, encoding: str) -> Scheme:
    """HMAC over ``time.body``, the time (epoch seconds) in a header of its own."""

    def check(secret: str, headers: Headers, body: bytes, now: float) -> str:
        given, moment = headers.get(header, ""), headers.get(time_header, "")
        if not given:
            return UNSIGNED
        if not _is_near(moment, now):
            return OLD
        return "" if _same(given, algorithm, encoding, secret, _raw(moment) + b"." + body) else WRONG

    return check


def standard_key(secret: str) -> bytes | None:
    """The key in a secret of Standard Webhooks; None where it is none, or too short to keep anybody out."""
    if not secret.startswith(STANDARD):
        return None
    written = secret.removeprefix(STANDARD).rstrip("=")
    try:
        key = base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) >= LEAST_BYTES else None


def _same(given: str, algorithm: str, encoding: str, secret: str, signed: bytes) -> bool:
    digest = hmac.new(secret.encode("utf-8", "surrogatepass"), signed, algorithm).digest()
    written = base64.b64encode(digest).decode() if encoding == "base64" else digest.hex()
    return hmac.compare_digest(_raw(given), f"{algorithm}={written}".encode())


def _is_near(moment: str, now: float) -> bool:
    return moment.isascii() and moment.isdigit() and len(moment) <= 15 and abs(int(moment) - now) <= TOLERANCE_S


def _raw(header: str) -> bytes:
    """The bytes of a header as they were sent."""
    return header.encode("latin-1", "replace")
