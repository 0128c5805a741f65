"""A notice to a program, signed by Standard Webhooks (github.com/standard-webhooks, specification version 1).

The signature is computed where those of incoming webhooks are checked (``heartline.live.signature``), so that sending
and taking cannot disagree.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from heartline import __version__
from heartline.errors import NoticeError
from heartline.live.signature import STANDARD, standard_key, standard_signature


def new_secret() -> str:
    """A secret of 256 random bits."""
    return STANDARD + b64encode(secrets.token_bytes(32)).decode()


def request(identity: str, value: Mapping[str, Any], secret: str, moment: datetime) -> tuple[dict[str, str], bytes]:
    """Headers and body of one try at a moment; ``identity`` is the same at every try. NoticeError for no secret."""
    key = standard_key(secret)
    if key is None:
        raise NoticeError("the receiver has no secret to sign with", "whsec_ and base64", "remove it and add it anew")
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    seconds = str(int(moment.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Heartline/{__version__}",
        "webhook-id": identity,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{standard_signature(key, identity, seconds, body).decode()}",
    }
    return headers, body
