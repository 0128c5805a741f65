"""Certificates of test sites that no public authority has signed: which the browser may take, and no others."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from heartline.errors import WalkError

_SECONDS = 10.0
_CONTEXT_0, _SEQUENCE = 0xA0, 0x30


def pins(origins: Iterable[str], file: Path | None) -> tuple[str, ...]:
    """Public keys (SHA-256, base64) that the walked origins show and the certificates in the file vouch for.

    file: certificates as PEM, own authorities or the sites' own; None: none are taken besides the public ones
    Each site is asked for its certificate once; host name, time and signature are checked as a browser would. One that
    does not hold gets no pin, so that the walk tells of it. WalkError where the file cannot be read.
    """
    if file is None:
        return ()
    try:
        context = ssl.create_default_context(cafile=str(file))
    except (OSError, ssl.SSLError) as cause:
        raise WalkError(
            f"walk_trust: {file.name} holds no certificates that can be read", "certificates as PEM",
            "begin it with -----BEGIN CERTIFICATE-----",
        ) from cause  # fmt: skip
    found = []
    for origin in sorted(set(origins)):
        told = urlsplit(origin)
        if told.scheme != "https" or not told.hostname:
            continue
        with contextlib.suppress(OSError):  # no answer, or a certificate that does not hold: the walk tells
            to = (told.hostname, told.port or 443)
            with (
                socket.create_connection(to, timeout=_SECONDS) as plain,
                context.wrap_socket(plain, server_hostname=told.hostname) as secured,
            ):
                found.append(key_pin(secured.getpeercert(binary_form=True) or b""))
    return tuple(found)


def key_pin(certificate: bytes) -> str:
    """SHA-256, in base64, of the public key (SubjectPublicKeyInfo) in a certificate (DER; RFC 5280, 4.1)."""
    _, body, _ = _part(certificate, 0)
    _, at, _ = _part(certificate, body)
    kind, _, after = _part(certificate, at)
    for _ in range(6 if kind == _CONTEXT_0 else 5):  # version, if told; number, algorithm, issuer, time, subject
        at = after
        kind, _, after = _part(certificate, at)
    if kind != _SEQUENCE:
        raise WalkError("a certificate is not laid out as X.509 is", "SubjectPublicKeyInfo")
    return base64.b64encode(hashlib.sha256(certificate[at:after]).digest()).decode()


def _part(data: bytes, at: int) -> tuple[int, int, int]:
    """Kind of the part that begins there, where its content begins, and where it ends (DER)."""
    size, begin = data[at + 1], at + 2
    if size & 0x80:
        begin += size & 0x7F
        size = int.from_bytes(data[at + 2 : begin], "big")
    return data[at], begin, begin + size
