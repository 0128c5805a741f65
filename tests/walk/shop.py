"""A demonstration shop of our own on loopback: smooth, bumpy or broken, each with the faults that were built in."""

from __future__ import annotations

import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SLOW = 2.3
PHONE = "+49 30 5550 1234"

PLANTED: dict[tuple[str, str], set[str]] = {
    ("smooth", "buy"): set(),
    ("smooth", "service"): set(),
    ("bumpy", "buy"): {
        "slow", "no_label", "price_surprise", "contrast", "pop_up", "layout_shift", "script_error", "repeated_entry",
        "part_error", "no_autofill", "mouse_only", "preselected",
    },
    ("bumpy", "service"): {"contrast", "pop_up"},
    ("broken", "buy"): {
        "entry_refused", "loose_error", "not_as_expected", "forced_account", "repeated_entry", "dead_end",
        "nothing_happens",
    },
    ("broken", "service"): {"hidden", "page_error", "not_as_expected", "loop"},
}  # fmt: skip
"""What each variant of the shop has wrong on each of the two ways, on every screen."""
ON_MOBILE = {
    ("bumpy", "buy"): {"overlap", "off_screen", "small_target", "no_zoom", "wrong_keyboard"},
    ("bumpy", "service"): {"no_zoom"},
}
"""What it has wrong on a narrow screen besides."""

BUY = """
walk: buy_a_teapot
persona: A hurried first-time visitor without an account
goal: buy the green teapot with the code from the leaflet
origin: {origin}
device: {device}
slow: 2.0
shortest: 10
glance: 0
stop: {{patience: 0.4, seconds: 60}}
steps:
  - open: /
  - click: No, thank you
    if_there: true
  - price: Green teapot
  - click: Green teapot
  - click: Reviews
    go_on: true
  - click: Add to basket
  - fill: Discount code
    with: TEA10
  - click: Apply
  - expect: Discount granted
    go_on: true
  - click: Checkout
  - fill: E-mail
    with: ann@example.com
  - fill: Password
    with: kettle-song
    if_there: true
  - click: Create account
    if_there: true
  - fill: Name
    with: Ann Example
  - fill: Address
    with: 1 Mill Lane
  - fill: E-mail
    with: ann@example.com
    if_there: true
  - choose: Country
    with: Ireland
  - click: Continue
  - fill: E-mail
    with: ann@example.com
    if_there: true
  - price: Total
  - click: Place order
  - expect: Thank you
success:
  text: Thank you
  address: /done
"""

SERVICE = """
walk: reach_a_human
persona: A customer with an account and a question
goal: find the telephone number, read how to return, see the orders
origin: {origin}
device: {device}
account: true
slow: 2.0
glance: 0
stop: {{patience: 0.4, seconds: 60}}
steps:
  - open: /
  - click: No, thank you
    if_there: true
  - click: Help
    role: link
  - expect: "+49 30 5550 1234"
    go_on: true
  - click: Returns
  - expect: within 30 days
    go_on: true
  - open: /login
  - fill: E-mail
    with: ann@example.com
  - fill: Password
    with: kettle-song
  - click: Sign in
    role: button
  - expect: Your orders
success:
  text: Your orders
"""

_STYLE = """
body { font: 16px/1.5 sans-serif; color: #222; background: #fff; margin: 16px }
nav a { margin-right: 16px } label { display: block } footer { margin-top: 32px }
.faint { color: #bbb } .layer { position: fixed; inset: 10% 5%; background: #fff;
  border: 1px solid #222; padding: 24px }
.chat { display: none }
.less, .more { width: 16px; height: 16px; padding: 0; border: 1px solid #222; font-size: 12px; line-height: 12px }
@media (max-width: 480px) {
  .bumpy .chat { display: block; position: absolute; left: 100px; top: 222px; width: 120px; height: 40px }
  .bumpy .add { position: absolute; left: 16px; top: 200px; width: 140px; height: 44px }
  .bumpy .wide { display: block; position: absolute; top: 300px; left: 330px; width: 220px }
}
"""


@dataclass
class Shop:
    """A shop that is open. asked: requests by method and path; elsewhere: requests that reached another address."""

    variant: str
    origin: str
    outside: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    elsewhere: list[str] = field(default_factory=list)


@contextmanager
def open_shop(variant: str, secured: ssl.SSLContext | None = None) -> Iterator[Shop]:
    """The shop on a port of its own, and beside it an address that nobody has to reach. secured: by TLS."""
    shop = Shop(variant, "")
    with _listening(_outside(shop)) as other, _listening(_handler(shop), secured) as own:
        shop.origin = f"http{'s' if secured else ''}://127.0.0.1:{own}"
        shop.outside = f"http://127.0.0.1:{other}"
        yield shop


@contextmanager
def _listening(handler: type[BaseHTTPRequestHandler], secured: ssl.SSLContext | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if secured is not None:
        server.socket = secured.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join(5)


def _outside(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shop.elsewhere.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_HEAD = do_OPTIONS = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None: ...

    return Elsewhere


def _handler(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve({})

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            self._serve(parse_qs(self.rfile.read(size).decode()))

        def _serve(self, form: dict[str, list[str]]) -> None:
            told = urlsplit(self.path)
            shop.asked[f"{self.command} {told.path}"] += 1
            status, body, to = _answer(shop, self.command, told.path, parse_qs(told.query), form)
            content = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if told.path.endswith(".txt") else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            if to:
                self.send_header("Location", to)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None: ...

    return Answers


def _answer(
    shop: Shop, method: str, path: str, query: dict[str, list[str]], form: dict[str, list[str]]
) -> tuple[int, str, str]:
    """Status, body, and where to go on."""
    if method == "POST":
        to = {
            "/basket": "/basket",
            "/login": "/login" if shop.variant == "broken" else "/orders",
            "/account": "/details",
            "/checkout": "/review",
            "/details": "/review",
            "/review": "/failed" if shop.variant == "broken" else "/done",
        }
        return 303, "", to.get(path, "/")
    if path == "/away":
        return 302, "", shop.outside + "/redirected"
    if path == "/robots.txt":
        return 200, "User-agent: *\nDisallow: /private\n", ""
    if path == "/favicon.ico":
        return 404, "", ""
    if path == "/banner":
        time.sleep(0.7)
        return 200, "Only today: everything must go", ""
    if path == "/review" and shop.variant == "bumpy":
        time.sleep(SLOW)
    pages = _broken_pages() if shop.variant == "broken" else {}
    body = (pages | {key: page for key, page in _pages(shop, query).items() if key not in pages}).get(path)
    if body is None:
        return 404, _page(shop, "Not found", "<h1>There is no such page</h1>"), ""
    if path in ("/attic", "/cellar"):
        return 200, f"<!doctype html><title>{path}</title>{body}", ""
    if path == "/failed":
        return 200, f"<!doctype html><title>Oh no</title><style>{_STYLE}</style><p>Something went wrong.", ""
    return 200, _page(shop, path.strip("/").title() or "Teapots", body, home=path == "/"), ""


def _page(shop: Shop, title: str, body: str, home: bool = False) -> str:
    bumpy = shop.variant == "bumpy"
    outside = shop.outside
    layer = (
        '<div class="layer" role="dialog" aria-label="News">Get our newsletter '
        '<button onclick="this.parentElement.remove()">No, thank you</button></div>'
    )
    return f"""<!doctype html><html lang="en"><head><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1{", user-scalable=no" * bumpy}">
<style>{_STYLE}</style></head>
<body class="{shop.variant}"><nav><a href="/">Home</a><a href="/basket">Basket</a><a href="/help">Help</a>
<a href="/login">Sign in</a><a href="/about" target="_blank">About</a></nav>{body}
<footer class="{"faint" if bumpy else ""}">Teapots since 1871</footer>
<img src="{outside}/pixel.gif" alt="" width="1" height="1">
<script>fetch("{outside}/beacon", {{method: "POST", body: "seen"}}).catch(() => 0)</script>
{layer if bumpy and home else ""}</body></html>"""


def _pages(shop: Shop, query: dict[str, list[str]]) -> dict[str, str]:
    bumpy = shop.variant == "bumpy"
    coded = bool(query.get("code"))
    total = 17.10 + 4.90 * bumpy if coded else 19.00
    shift = """<script>fetch("/banner").then(r => r.text()).then(t => {
      const b = document.createElement("p"); b.textContent = t
      b.style.height = "400px"; document.body.prepend(b) })</script>"""
    failing = '<script>missingFunction()</script><img src="/lost.png" alt="Teapot" width="80" height="80">'
    address = (
        'Address <textarea name="address" rows="2"></textarea>'
        if bumpy else '<label>Address <textarea name="address" rows="2"></textarea></label>'
    )  # fmt: skip
    address = f"<p><span>Address</span> {address.removeprefix('Address ')}</p>" if bumpy else address
    again = '<label>E-mail <input name="email"></label>' if bumpy else ""  # no keyboard for addresses
    kept_empty = ' autocomplete="off"' if bumpy else ""
    extra = f"<label><input type='checkbox'{' checked' * bumpy}> Gift wrap, € 4.90</label>"
    reviews = (
        """<div style="cursor: pointer" onclick="this.textContent = 'It pours well.'">Reviews</div>
        <p><button class="less" type="button">-</button><button class="more" type="button">+</button></p>"""
        if bumpy else "<details><summary>Reviews</summary>It pours well.</details>"
    )  # fmt: skip
    return {
        "/": '<h1>Teapots</h1><ul><li><a href="/teapot">Green teapot</a> € 19.00</li>'
        '<li><a href="/kettle">Copper kettle</a> € 45.00</li></ul><a href="/away">Our friends</a>',
        "/teapot": f"""<h1>Green teapot</h1><p>€ 19.00</p>{reviews}
          <form method="post" action="/basket"><button class="add">Add to basket</button></form>
          <button class="chat" type="button">Chat</button><a class="wide" href="/help">Delivery everywhere</a>
          {failing if bumpy else ""}""",
        "/kettle": "<h1>Copper kettle</h1><p>Sold out.</p>",
        "/basket": f"""<h1>Basket</h1><p>Green teapot</p>{"<p>Discount granted</p>" if coded else ""}
          <p>Total € {total:.2f}</p><form><label>Discount code <input name="code"></label><button>Apply</button></form>
          <p><a href="/checkout">Checkout</a></p>{shift if bumpy and not coded else ""}""",
        "/checkout": f"""<h1>Checkout</h1><form method="post">
          <label>E-mail <input type="email" name="email"{kept_empty}></label>
          <label>Name <input name="name"></label>{address}
          <label>Country <select name="country"><option>Germany</option><option>Ireland</option></select></label>
          {extra}<label><input type="checkbox" checked> The bill goes there, too</label>
          <button>Continue</button></form>""",
        "/review": f"""<h1>Review</h1><p>Total € {total if coded else 17.10 + 4.90 * bumpy:.2f}</p>
          <form method="post">{again}<button>Place order</button></form>""",
        "/done": "<h1>Thank you</h1><p>It is on its way.</p>",
        "/help": f"""<h1>Help</h1><p>Call us: <a href="tel:{PHONE.replace(" ", "")}">{PHONE}</a></p>
          <p><a href="/returns">Returns</a></p>""",
        "/returns": "<h1>Returns</h1><p>Send it back within 30 days.</p>",
        "/login": """<h1>Sign in</h1><form method="post"><label>E-mail <input type="email" name="email"></label>
          <label>Password <input type="password" name="password"></label><button>Sign in</button></form>""",
        "/orders": "<h1>Your orders</h1><p>None yet.</p>",
        "/about": "<h1>About</h1><p>A small shop.</p>",
        "/private": "<h1>Private</h1>",
    }


def _broken_pages() -> dict[str, str | None]:
    email = '<label>E-mail <input type="email" name="email"></label>'
    return {
        "/teapot": """<h1>Green teapot</h1><p>€ 19.00</p><p><a href="#reviews">Reviews</a></p>
          <form method="post" action="/basket"><button>Add to basket</button></form>""",
        "/basket": """<h1>Basket</h1><p>Green teapot</p><p>Total € 19.00</p>
          <form onsubmit="document.querySelector('[role=alert]').textContent = 'This code is not valid.';
            this.code.setAttribute('aria-invalid', 'true'); return false">
          <label>Discount code <input name="code"></label><button>Apply</button><p role="alert"></p></form>
          <p><a href="/checkout">Checkout</a></p>""",
        "/checkout": f"""<h1>Create an account to go on</h1><form method="post" action="/account">{email}
          <label>Password <input type="password" name="password"></label><button>Create account</button></form>""",
        "/details": f"""<h1>Your details</h1><form method="post"><label>Name <input name="name"></label>{email}
          <label>Address <textarea name="address"></textarea></label>
          <label>Country <select name="country"><option>Germany</option><option>Ireland</option></select></label>
          <button>Continue</button></form>""",
        "/review": """<h1>Review</h1><p>Total € 19.00</p><form method="post"><button>Place order</button></form>""",
        "/failed": "",
        "/": """<h1>Teapots</h1><ul><li><a href="/teapot">Green teapot</a> € 19.00</li></ul>
          <button onclick="location.href='/kettle'">Copper kettle</button><a href="/away">Our friends</a>
          <a href="/attic">Attic</a><a href="/gone">Spare lids</a><a href="/private">Private</a>
          <a href="/logout?now">Leave</a><form method="post" action="/wipe"><button>Wipe</button></form>""",
        "/cellar": '<a href="/attic">Attic</a>',
        "/help": f"""<h1>Help</h1><p style="display: none">Call us: <a href="tel:1">{PHONE}</a></p>
          <p>Read our answers.</p><p><a href="/returns">Returns</a></p>""",
        "/returns": None,
        "/attic": '<h1>Attic</h1><a href="/cellar">Cellar</a>',
    }
