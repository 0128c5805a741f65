"""The desk answers this computer only, reads only, loads nothing from elsewhere, and tells strangers nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from heartline.errors import SettingsError
from heartline.web.app import serve
from heartline.web.security import check_loopback, host_name

if TYPE_CHECKING:
    from .conftest import Client, Double


def test_every_answer_has_the_policy(client: Client) -> None:
    for address in ("/", "/desk.json", "/static/desk.js", "/charts/bond_over_time.json", "/nothing", "/static/vega.js"):
        policy = client.get(address).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert client.get(address).headers["x-content-type-options"] == "nosniff"


def test_pages_have_no_inline_script_or_style(client: Client) -> None:
    for address in ("/", "/customers/c0000", "/journey", "/explain/feeling"):
        text = client.get(address).text
        assert " style=" not in text
        assert "<style" not in text
        assert " on" + "click=" not in text
        assert "http://" not in text.replace("http://127.0.0.1", "")
        assert "https://" not in text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_but_reading(client: Client, method: str) -> None:
    answer = client.get("/", method)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8765", 200), ("localhost", 200), ("[::1]:8765", 200), ("LOCALHOST:1", 200), ("evil.example", 421),
     ("127.0.0.1.evil.example", 421), ("localhost.evil.example:8765", 421), ("", 421)],
)  # fmt: skip
def test_a_foreign_name_is_refused(client: Client, host: str, status: int) -> None:
    assert client.get("/healthz", host=host).status_code == status


def test_host_names() -> None:
    assert host_name("[::1]:80") == "[::1]"
    assert host_name("LocalHost:80") == "localhost"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "desk.example", "::", ""])
def test_other_computers_are_refused_without_sign_in(full: Double, host: str) -> None:
    with pytest.raises(SettingsError, match="no sign-in"):
        serve(full, host, 0, print)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_loopback_is_allowed(host: str) -> None:
    check_loopback(host)


@pytest.mark.parametrize(
    "query",
    ["sort=name;drop table customer", "sort=(select 1)", "dir=desc--", "segment=advocate' or '1'='1",
     "risk=leaving or 1=1", "pathway='", "at_least=1e999", "at_least=nan", "at_least=0 or 1=1", "page=1;2",
     "sort=connection desc, name"],
)  # fmt: skip
def test_an_unknown_word_in_the_address_is_refused(client: Client, query: str) -> None:
    extra = "" if "risk" in query else "&risk=leaving"
    for address in (
        (f"/customers?{query}{extra}", f"/customers.csv?{query}{extra}")
        if "page" not in query
        else (f"/customers?{query}",)
    ):
        assert client.get(address).status_code == 400, address


@pytest.mark.parametrize("q", ["' or 1=1 --", "%27)%3B drop table customer_overview", "$segment", "\\", "%", "_"])
def test_a_search_is_only_ever_text(client: Client, q: str) -> None:
    held = client.get(f"/customers.json?q={q}")
    assert held.status_code == 200
    assert held.json()["total"] == 0
    assert client.get("/customers.json").json()["total"] == 300


def test_an_unknown_customer_is_a_plain_404_in_one_shape(client: Client) -> None:
    answer = client.get("/customers/nobody.json")
    assert answer.status_code == 404
    assert set(answer.json()["error"]) == {"status", "got", "expected", "next"}
    assert client.get("/customers/nobody").status_code == 404
    assert "nobody" not in client.get("/customers/nobody").text
    assert client.get("/journey?channel=smoke").status_code == 400
    assert client.get("/journey.json?since=2026-13").json()["error"]["expected"] == "YYYY-MM"


def test_an_error_inside_tells_nothing(opened: type[Client], double: type[Double]) -> None:
    class Torn(double):  # type: ignore[misc,valid-type]
        def query(self, sql: str, parameters: object = None) -> object:
            raise RuntimeError("secret words of a customer")

    answer = opened(Torn()).get("/customers")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "content-security-policy" in answer.headers


def test_head_is_answered_like_get(client: Client) -> None:
    assert client.get("/", "HEAD").status_code == 200
    assert client.get("/customers.json", "HEAD").status_code == 200
