"""One POST: what each behaviour of a receiver is read as, and that none of them holds the sender."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from tests.action.loopback import Loopback, Manner, answer, drip, drop, half, hang, noise, taken_and_dropped
from tests.stopwatch import quickest

from heartline.action.answer import Answer
from heartline.action.posting import LONGEST_WAIT_S, Place, place_of, post, said
from heartline.errors import NoticeError

WITHIN_S = 0.4


def test_what_is_sent_arrives_as_it_is() -> None:
    with Loopback() as receiver:
        body = '{"type":"grüße"}'.encode()
        told = post(f"{receiver.address}/a%20b?x=1&y=ü", {"webhook-id": "ntc_1"}, body, 2.0)
    assert told.taken
    assert told.fault == ""
    asked = receiver.asked[0]
    assert asked.line == "POST /hook/a%20b?x=1&y=%C3%BC HTTP/1.1"
    assert asked.body == body
    assert asked.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert asked.headers["webhook-id"] == "ntc_1"
    assert asked.headers["content-length"] == str(len(body))


@pytest.mark.parametrize(
    ("manner", "taken", "everything", "gone", "fault"),
    [
        (answer(200), True, False, False, ""),
        (answer(204), True, False, False, ""),
        (taken_and_dropped, True, False, False, ""),
        (answer(500), False, True, False, "it answered 500"),
        (answer(503), False, True, False, "it answered 503"),
        (answer(429), False, True, False, "it answered 429"),
        (answer(408), False, True, False, "it answered 408"),
        (answer(400), False, False, False, "it answered 400"),
        (answer(404), False, False, False, "it answered 404"),
        (answer(410), False, True, True, "it answered 410: it is gone"),
        (drop, False, True, False, "it cannot be reached|no HTTP"),
        (half, False, True, False, "no HTTP"),
        (noise, False, True, False, "no HTTP"),
        (hang, False, True, False, "no answer within 0.4 s"),
        (drip, False, True, False, "no answer within 0.4 s"),
    ],
)  # fmt: skip
def test_what_an_answer_means(manner: Manner, taken: bool, everything: bool, gone: bool, fault: str) -> None:
    with Loopback(manner) as receiver:
        told: list[Answer] = []
        bound = WITHIN_S + 0.5
        assert quickest(lambda: told.append(post(receiver.address, {}, b"{}", WITHIN_S)), bound) < bound
    for one in told:
        assert (one.taken, one.everything, one.gone) == (taken, everything, gone)
        assert any(part in one.fault for part in fault.split("|"))
        assert bool(one.fault) != taken
    assert len(receiver.asked) == len(told)


def test_no_redirect_is_followed() -> None:
    with Loopback() as elsewhere, Loopback(answer(307, f"Location: {elsewhere.address}")) as receiver:
        told = post(receiver.address, {}, b"{}", 2.0)
    assert not told.taken
    assert "leads elsewhere" in told.fault
    assert len(receiver.asked) == 1
    assert elsewhere.asked == []


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = post(f"http://127.0.0.1:{port}/", {}, b"{}", 2.0)
    assert told.fault == "it cannot be reached (connection refused)"
    assert told.everything


def test_a_host_without_an_address() -> None:
    told = post("https://no-such-host.invalid/", {}, b"{}", 5.0)
    assert not told.taken
    assert told.everything


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("120", 120.0), ("0", 0.0), ("9999999", LONGEST_WAIT_S), ("soon", 0.0), ("-5", 0.0), ("", 0.0), ("٣", 3.0)],
)
def test_retry_after_as_a_number(given: str, seconds: float) -> None:
    assert said(503, {"retry-after": given}).wait_s == seconds


def test_retry_after_as_a_date() -> None:
    wanted = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert 97 <= said(429, {"retry-after": wanted}).wait_s <= 101
    passed = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    assert said(429, {"retry-after": passed}).wait_s == 0


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("ftp://a.example/", True), ("https://", True), ("a.example/hook", True), ("http://a.example/", False),
        ("https://me:s3same@a.example/", True), ("https://a.example/a b", True), ("https://a.example/\r\nX: 1", True),
        ("https://a.example:notaport/", True), ("http://10.0.0.7/", False), ("https://a.exam\tple/", True),
    ],
)  # fmt: skip
def test_addresses_that_are_refused(address: str, plain: bool) -> None:
    with pytest.raises(NoticeError):
        place_of(address, plain)
    told = post(address, {}, b"{}", 0.2, plain)
    assert not told.taken
    assert "s3same" not in told.fault


@pytest.mark.parametrize(
    ("address", "plain", "place"),
    [
        ("https://a.example", False, Place(True, "a.example", 443, "/")),
        ("https://bücher.example:8443/x?y#z", False, Place(True, "xn--bcher-kva.example", 8443, "/x?y")),
        ("http://127.0.0.1:9/x", False, Place(False, "127.0.0.1", 9, "/x")),
        ("http://[::1]:9/x", False, Place(False, "::1", 9, "/x")),
        ("http://localhost/x", False, Place(False, "localhost", 80, "/x")),
        ("http://10.0.0.7/", True, Place(False, "10.0.0.7", 80, "/")),
    ],
)
def test_addresses_that_are_taken(address: str, plain: bool, place: Place) -> None:
    assert place_of(address, plain) == place


def test_a_header_is_never_broken_in_two() -> None:
    with Loopback() as receiver:
        told = post(receiver.address, {"webhook-id": "a\r\nX-Other: b"}, b"{}", 1.0)
    assert not told.taken
    assert receiver.asked == []


def test_a_certificate_of_nobody_is_not_trusted(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
         "-subj", "/CN=localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def in_tls(_at: Loopback, opened: socket.socket) -> None:
        with suppress(OSError):
            context.wrap_socket(opened, server_side=True).close()

    with Loopback() as receiver:
        receiver._serve = lambda opened: in_tls(receiver, opened)  # type: ignore[method-assign]
        told = post(f"https://127.0.0.1:{receiver.port}/", {}, b"{}", 3.0)
    assert not told.taken
    assert told.fault.startswith("its certificate is not to be trusted")
