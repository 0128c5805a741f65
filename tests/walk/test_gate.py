"""The gate: what reaches the origin and what is kept back, without any browser."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from urllib.parse import urlsplit

import pytest
from tests.stopwatch import quickest
from tests.walk.shop import open_shop
from tests.walk.small import Answer, site

from heartline.walk.gate import Gate
from heartline.walk.line import SPEEDS


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


def test_a_further_request_is_looked_at_even_if_the_site_keeps_the_connection_open():
    asked = []

    class Keeps(socketserver.BaseRequestHandler):
        def handle(self):
            while piece := self.request.recv(65_536):
                asked.append(piece.split(b" HTTP")[0])
                self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Keeps) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        origin = f"http://127.0.0.1:{server.server_address[1]}"
        with Gate(origin, reading=True) as gate:
            told = urlsplit(gate.address)
            with socket.create_connection((told.hostname, told.port), timeout=5) as to:
                to.sendall(_get(origin + "/").encode())
                assert to.recv(65_536).endswith(b"ok")
                with contextlib.suppress(ConnectionResetError):
                    to.sendall(_get(origin + "/pay", "POST").encode())
                    assert to.recv(65_536) == b""
        server.shutdown()
    assert asked == [b"GET /"]


def test_who_only_reads_sends_nothing(shop):
    with Gate(shop.origin, reading=True) as gate:
        assert _ask(gate, _get(shop.origin + "/basket", "POST")).startswith("HTTP/1.1 403")
        assert _ask(gate, _get(shop.origin + "/basket")).startswith("HTTP/1.1 200")
    assert dict(shop.asked) == {"GET /basket": 1}


@pytest.mark.parametrize(("network", "trip", "rate"), [("slow_4g", 0.150, 200_000), ("slow_3g", 0.400, 50_000)])
def test_a_slow_line_takes_as_long_as_its_bytes_and_its_round_trip_say(network, trip, rate):
    pages = {"/weight": Answer("x" * 40_000)}
    with site(pages) as own, Gate(own.origin, speed=SPEEDS[network]) as gate:
        own_time = trip + len(_ask(gate, _get(own.origin + "/weight"))) / rate
        bound = own_time * 1.15 + 0.15
        assert own_time <= quickest(lambda: _ask(gate, _get(own.origin + "/weight")), bound) < bound


def test_connections_share_the_line_and_what_goes_up_is_slow_too():
    pages = {"/weight": Answer("x" * 20_000), "/up": Answer("taken")}
    with site(pages) as own, Gate(own.origin, speed=SPEEDS["slow_4g"]) as gate:

        def three() -> None:
            asked = [threading.Thread(target=_ask, args=(gate, _get(own.origin + "/weight"))) for _ in range(3)]
            for one in asked:
                one.start()
            for one in asked:
                one.join()

        body = "x" * 40_000
        head = f"POST {own.origin}/up HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"

        def up() -> None:
            assert _ask(gate, head + body).endswith("taken")

        for work, own_time in ((three, 0.150 + 60_000 / 200_000), (up, 0.150 + 40_000 / 93_750)):
            assert own_time <= quickest(work, own_time + 0.5) < own_time + 0.5


def test_a_handshake_on_a_slow_line_costs_its_round_trips(papers):
    with site({"/": "Small"}, papers.context) as own, Gate(own.origin, speed=SPEEDS["slow_4g"]) as gate:
        to, at = urlsplit(own.origin), urlsplit(gate.address)
        context = ssl.create_default_context(cafile=str(papers.trust))

        def there() -> None:
            with socket.create_connection((at.hostname, at.port), timeout=10) as plain:
                plain.sendall(f"CONNECT {to.netloc} HTTP/1.1\r\n\r\n".encode())
                assert b"established" in plain.recv(4096)
                with context.wrap_socket(plain, server_hostname=to.hostname) as line:
                    line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    assert line.recv(4096).startswith(b"HTTP/1.1 200")

        assert 3 * 0.150 <= quickest(there, 3 * 0.150 + 0.5) < 3 * 0.150 + 0.5  # the way there, the handshake, the page


def test_a_page_that_must_not_be_opened_is_not_and_its_parts_are():
    def page(path):
        return f"GET {own.origin}{path} HTTP/1.1\r\nHost: x\r\nAccept: text/html,*/*\r\n\r\n"

    with site({"/": "Small", "/logout": "Bye"}) as own, Gate(own.origin, avoid=lambda path: "logout" in path) as gate:
        assert _ask(gate, page("/logout?now")).startswith("HTTP/1.1 403")
        assert _ask(gate, page("/")).startswith("HTTP/1.1 200")
        assert _ask(gate, _get(own.origin + "/logout")).startswith("HTTP/1.1 200")
    assert own.asked == ["GET /", "GET /logout"]
