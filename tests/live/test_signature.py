"""Signatures: the published vector, a library of somebody else, and everything that is nearly one."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartline.live.hook_tools import TOOLS
from heartline.live.signature import (
    OLD,
    TOLERANCE_S,
    UNSIGNED,
    WRONG,
    Scheme,
    of_body,
    of_time_and_body,
    standard,
    standard_key,
)

# The vector in the documentation of Svix, on whose scheme the specification is built, and in its own libraries' tests.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
IDENTITY, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = "v1," + base64.b64encode(b"0" * 32).decode()


def headers(signature: str = SIGNATURE, at: object = AT, identity: str = IDENTITY) -> dict[str, str]:
    return {"webhook-id": identity, "webhook-timestamp": str(at), "webhook-signature": signature}


def test_the_published_vector() -> None:
    assert standard(SECRET, headers(), BODY, AT) == ""


@pytest.mark.parametrize(
    ("given", "body", "now", "fault"),
    [
        (headers(f"{OTHER} {SIGNATURE}"), BODY, AT, ""),
        (headers(f"v1a,xyz {SIGNATURE} {OTHER}"), BODY, AT, ""),
        (headers(), BODY, AT + TOLERANCE_S, ""),
        (headers(), BODY, AT - TOLERANCE_S, ""),
        (headers(), BODY, AT + TOLERANCE_S + 1, OLD),
        (headers(), BODY, AT - TOLERANCE_S - 1, OLD),
        (headers(), BODY + b" ", AT, WRONG),
        (headers(at=AT + 1), BODY, AT, WRONG),
        (headers(identity="msg_other"), BODY, AT, WRONG),
        (headers(OTHER), BODY, AT, WRONG),
        (headers("v2" + SIGNATURE[2:]), BODY, AT, WRONG),
        (headers(SIGNATURE[3:]), BODY, AT, WRONG),
        (headers(SIGNATURE[:-1]), BODY, AT, WRONG),
        (headers("v1,"), BODY, AT, WRONG),
        (headers("v1,\xe4\xf6"), BODY, AT, WRONG),
        (headers(""), BODY, AT, UNSIGNED),
        (headers(identity=""), BODY, AT, UNSIGNED),
        ({}, BODY, AT, UNSIGNED),
        (headers(at="soon"), BODY, AT, OLD),
        (headers(at="1e9"), BODY, AT, OLD),
        (headers(at="-1"), BODY, AT, OLD),
        (headers(at="9" * 400), BODY, AT, OLD),
        (headers(at="²"), BODY, AT, OLD),
    ],
)
def test_what_is_nearly_a_signature(given: dict[str, str], body: bytes, now: float, fault: str) -> None:
    assert standard(SECRET, given, body, now) == fault


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_?", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ="])
def test_what_is_no_secret_signs_nothing(secret: str) -> None:
    assert standard_key(secret) is None
    key = b"" if not secret.endswith("c2hvcnQ=") else b"short"
    signed = f"{IDENTITY}.{AT}.".encode() + BODY
    made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert standard(secret, headers(f"v1,{made}"), BODY, AT) == WRONG


def test_a_secret_without_padding_is_the_same() -> None:
    whole = "whsec_" + base64.b64encode(b"k" * 25).decode()
    assert standard_key(whole) == standard_key(whole.rstrip("=")) == b"k" * 25


@given(
    st.text(max_size=200), st.text("abcdef-0123456789", min_size=1, max_size=40), st.binary(min_size=16, max_size=64)
)
def test_what_the_package_signs_is_taken(body: str, identity: str, key: bytes) -> None:
    webhooks = pytest.importorskip("standardwebhooks.webhooks", reason="signs as somebody else")
    secret = "whsec_" + base64.b64encode(key).decode()
    text = body.encode("utf-8", "replace").decode()
    at = datetime.now(UTC)
    signature = webhooks.Webhook(secret).sign(identity, at, text)
    given = headers(signature, int(at.timestamp()), identity)
    assert standard(secret, given, text.encode(), at.timestamp()) == ""
    assert standard(secret, given, text.encode() + b"!", at.timestamp()) == WRONG


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "x"]), st.text()),
       st.binary(max_size=50), st.text(max_size=60))  # fmt: skip
def test_no_header_raises(given: dict[str, str], body: bytes, secret: str) -> None:
    named = {**given, "x-time": given.get("webhook-timestamp", "")}
    for scheme in (standard, of_body("x", "sha1", "hex"), of_time_and_body("x", "x-time", "sha256", "hex")):
        assert scheme(secret, named, body, AT)


def own(name: str) -> Scheme:
    found = TOOLS[name].scheme
    assert found is not None
    return found


def test_the_schemes_of_single_tools() -> None:
    """Written out as each tool's page says it (live/hook_tools.py), by another way than the code's."""
    body, secret = '{"event_id": "1", "words": "æ<3"}'.encode(), "a secret of ours"
    sha256 = hmac.new(secret.encode(), body, hashlib.sha256)
    typeform = {"typeform-signature": "sha256=" + base64.b64encode(sha256.digest()).decode()}
    assert own("typeform")(secret, typeform, body, AT) == ""
    delighted = {"x-delighted-webhook-signature": "sha256=" + sha256.hexdigest()}
    assert own("delighted")(secret, delighted, body, AT) == ""
    intercom = {"x-hub-signature": "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()}
    assert own("intercom")(secret, intercom, body, AT) == ""
    stamped = hmac.new(secret.encode(), f"{AT}.".encode() + body, hashlib.sha256).hexdigest()
    chatwoot = {"x-chatwoot-signature": f"sha256={stamped}", "x-chatwoot-timestamp": str(AT)}
    assert own("chatwoot")(secret, chatwoot, body, AT) == ""
    assert own("chatwoot")(secret, chatwoot, body, AT + 301) == OLD
    assert own("chatwoot")(secret, {**chatwoot, "x-chatwoot-timestamp": str(AT + 1)}, body, AT) == WRONG
    for name, sent in (("typeform", typeform), ("delighted", delighted), ("intercom", intercom)):
        assert own(name)(secret, sent, body + b" ", AT) == WRONG
        assert own(name)("another secret", sent, body, AT) == WRONG
        assert own(name)(secret, {}, body, AT) == UNSIGNED
        bare = {key: value.partition("=")[2] for key, value in sent.items()}
        assert own(name)(secret, bare, body, AT) == WRONG


def test_known_answers_of_hmac() -> None:
    """RFC 2202 case 2 and RFC 4231 case 2: the key "Jefe"."""
    said = b"what do ya want for nothing?"
    sha1 = {"x": "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"}
    sha256 = {"x": "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"}
    assert of_body("x", "sha1", "hex")("Jefe", sha1, said, AT) == ""
    assert of_body("x", "sha256", "hex")("Jefe", sha256, said, AT) == ""
