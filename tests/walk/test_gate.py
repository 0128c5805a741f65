"""The gate: what reaches the origin and what is kept back, without any browser."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
from tests.walk.shop import open_shop

from heartline.walk.gate import Gate


def _ask(gate: Gate, request: str) -> str:
    told = urlsplit(gate.address)
    with socket.create_connection((told.hostname, told.port), timeout=5) as to:
        to.sendall(request.encode())
        answer = b""
        while piece := to.recv(65_536):
            answer += piece
            if b"established" in answer:
                break
    return answer.decode()


@pytest.fixture
def shop():
    with open_shop("smooth") as opened:
        yield opened


def _get(address: str, method: str = "GET") -> str:
    return f"{method} {address} HTTP/1.1\r\nHost: {urlsplit(address).netloc}\r\n\r\n"


def test_the_origin_passes(shop):
    with Gate(shop.origin) as gate:
        assert "<h1>Teapots</h1>" in _ask(gate, _get(shop.origin + "/"))
        assert _ask(gate, f"CONNECT {urlsplit(shop.origin).netloc} HTTP/1.1\r\n\r\n").startswith("HTTP/1.1 200")
    assert dict(gate.passed) == {urlsplit(shop.origin).netloc: 2}


@pytest.mark.parametrize("kind", ["other port", "other name", "tunnel", "credentials", "path", "rubbish"])
def test_nothing_else_passes(shop, kind):
    own, other = urlsplit(shop.origin), urlsplit(shop.outside).netloc
    asked = {
        "other port": _get(shop.outside + "/"),
        "other name": _get(f"http://localhost:{own.port}/"),
        "tunnel": f"CONNECT {other} HTTP/1.1\r\n\r\n",
        "credentials": _get(f"http://{own.netloc}@{other}/"),
        "path": "GET /no-host HTTP/1.1\r\n\r\n",
        "rubbish": "\x16\x03\x01 something\r\n\r\n",
    }[kind]
    with Gate(shop.origin) as gate:
        assert _ask(gate, asked).startswith("HTTP/1.1 403")
    assert (shop.elsewhere, sum(shop.asked.values()), sum(gate.passed.values())) == ([], 0, 0)
    assert sum(gate.refused.values()) == 1


def test_a_second_request_on_the_same_connection_goes_nowhere_else(shop):
    with Gate(shop.origin) as gate:
        _ask(gate, _get(shop.origin + "/") + _get(shop.outside + "/"))
    assert shop.elsewhere == []


def test_who_only_reads_sends_nothing(shop):
    with Gate(shop.origin, reading=True) as gate:
        assert _ask(gate, _get(shop.origin + "/basket", "POST")).startswith("HTTP/1.1 403")
        assert _ask(gate, _get(shop.origin + "/basket")).startswith("HTTP/1.1 200")
    assert dict(shop.asked) == {"GET /basket": 1}
