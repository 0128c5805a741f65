"""What a walk may meet in a browser besides a shop: slow lines, own certificates, boxes, tabs, frames, crashes."""

from __future__ import annotations

import contextlib
import json
import ssl
import time
from urllib.parse import urlsplit

import pytest
from tests.walk.shop import SERVICE, open_shop
from tests.walk.small import Answer, certificate, redirect, site, whole

from heartline.errors import WalkError
from heartline.walk.browser import chromium, visit
from heartline.walk.effort import effort
from heartline.walk.explorer import Rules, explore
from heartline.walk.faults import faults
from heartline.walk.recorder import walk
from heartline.walk.report import walk_values
from heartline.walk.script import parse_script
from heartline.walk.step import Deed
from heartline.walk.trust import key_pin, pins

pytestmark = pytest.mark.browser


def script(origin, steps, text="Small", more=""):
    head = f"walk: small\npersona: Anybody\ngoal: see\norigin: {origin}\nstop: {{patience: 1.0, seconds: 60}}\n"
    head += f"glance: 0\n{more}" + ("" if "slow:" in more else "slow: 60\n")  # a busy machine is no fault of a page
    lines = "".join(f"  - {one}\n" for one in ["open: /", *steps])
    return parse_script(f"{head}steps:\n{lines}success: {{text: {text}}}\n".encode())


def walked(browser, pages, steps, text="Small", more="", secured=None):
    """The walk over these pages, and the site."""
    with site({"/": "<p>Small</p>"} | pages, secured) as own:
        told = script(own.origin, steps, text, more)
        with visit(browser, own.origin, told.device, told.network, access=told.access) as visitor:
            return walk(told, visitor), own


def names(done):
    return [one.name for one in faults(done)]


def outcomes(done):
    return [one.outcome for one in done.steps]


def well(done):
    """Reached, and nothing found wrong."""
    assert [(one.verb, one.words, one.outcome) for one in done.steps if one.outcome != "done"] == []
    assert names(done) == []
    assert done.ended == "goal"


# A slow line


WEIGHT = 200_000
FRAMES = """<iframe src="/frame" title="Frame" onload="this.dataset.done = 1"></iframe>
<p>Frame <b id="frame"></b></p><p>Worker <b id="worker"></b></p><p>Tab <b id="tab"></b></p><script>
const took = (name, ms) => { document.getElementById(name).textContent = Math.round(ms) }
const code = `const begun = performance.now(); fetch("${location.origin}/weight").then((r) => r.text())
  .then(() => postMessage(performance.now() - begun))`
new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" }))).onmessage = (e) => took("worker", e.data)
window.addEventListener("message", (e) => took(e.data[0], e.data[1]))</script>
<button onclick="window.open('/tab')">Open</button>"""
TELLS = """<p>{0}</p><script>const begun = performance.now(); fetch("/weight").then((r) => r.text())
.then(() => (window.opener || window.parent).postMessage(["{0}", performance.now() - begun], "*"))</script>"""


def test_a_slow_line_is_waited_for_and_counts(browser):
    pages = {
        "/": whole('<p>Small</p><script src="/weight.js"></script>'),
        "/weight.js": Answer("/*" + "x" * WEIGHT + "*/", kind="text/javascript"),
    }
    done, _ = walked(browser, pages, [], more="network: slow_4g\n")
    told = 2 * 0.150 + WEIGHT / 200_000  # the page, then its script
    assert told <= done.steps[0].waiting < 4 * told  # how long at most: test_gate.py
    assert effort(done).waiting == pytest.approx(done.steps[0].waiting - 1, abs=0.01)
    well(done)


def test_frames_workers_and_new_tabs_have_the_same_line(browser):
    pages = {
        "/": whole(f"<p>Small</p>{FRAMES}"),
        "/frame": whole(TELLS.format("frame")),
        "/tab": whole(TELLS.format("tab")),
        "/weight": Answer("x" * 20_000, headers=(("Cache-Control", "no-store"),)),
    }
    with site(pages) as own, visit(browser, own.origin, "desktop", "slow_4g") as visitor:
        visitor.go("/")
        visitor.rest(10.0)
        visitor.click("Open", None, 2.0)
        visitor.rest(10.0)
        first = visitor._ears.tabs[0]
        told = {one: float(first.inner_text(f"#{one}")) for one in ("frame", "worker", "tab")}
    assert min(told.values()) > 150 + 20_000 / 200  # milliseconds: a round trip, and the bytes
    assert max(told.values()) < 3_000


# By TLS


def key_of(chain):
    return key_pin(ssl.PEM_cert_to_DER_cert(chain.read_text()))


def test_a_shop_with_a_certificate_of_its_own_authority(browser, papers):
    with open_shop("smooth", papers.context) as shop:
        assert pins([shop.origin, "http://127.0.0.1:1"], papers.trust) == (key_of(papers.chain),)
        told = parse_script(SERVICE.format(origin=shop.origin, device="mobile").encode())
        with visit(browser, shop.origin, "mobile") as visitor:
            done = walk(told, visitor)
            assert set(visitor.gate.passed) == {urlsplit(shop.origin).netloc}
            assert visitor.gate.refused[urlsplit(shop.outside).netloc] > 0
    assert (names(done), done.ended, shop.elsewhere) == ([], "goal", [])


def test_who_only_reads_sends_nothing_by_tls_either(browser, papers):
    tries = """<form method="post" action="/pay"><button>Pay</button></form><a href="/checkout">Go</a><script>
      fetch("/count", { method: "POST" }); navigator.sendBeacon("/seen", "me"); document.forms[0].submit()
      new WebSocket(`wss://${location.host}/line`)</script>"""
    pages = {"/": whole(tries), "/checkout": whole(tries)}
    with site(pages, papers.context) as own, visit(browser, own.origin, reading=True) as reader:
        found = explore(own.origin, reader, Rules(rate=50.0, keyboard=False, screens=0))
        assert set(reader.gate.passed) == {urlsplit(own.origin).netloc}
    assert found.to_sale == ("/", "/checkout")
    assert {one.split()[0] for one in own.asked} == {"GET"}
    assert not {"GET /pay", "GET /line"} & set(own.asked)


@pytest.mark.parametrize("host", ["IP:127.0.0.1", "DNS:other.example"])
def test_a_certificate_that_nobody_vouches_for_is_a_fault_and_no_crash(browser, papers, tmp_path, host):
    strange = certificate(tmp_path, host=host)
    with site({"/": "<p>Small</p>"}, strange.context) as own:
        assert pins([own.origin], papers.trust) == ()
        assert pins([own.origin], strange.trust) == ((key_of(strange.chain),) if host.startswith("IP") else ())
        told = script(own.origin, [])
        with visit(browser, own.origin) as visitor:
            done = walk(told, visitor)
    assert names(done)[0] == "certificate"
    assert (done.ended, own.asked) == ("no_goal", [])


def test_a_file_without_certificates_is_told(tmp_path):
    file = tmp_path / "own.pem"
    file.write_text("nothing")
    with pytest.raises(WalkError, match="no certificates"):
        pins(["https://shop.example"], file)
    assert pins(["https://shop.example"], None) == ()


# Protected sites


def test_a_protected_site_is_shown_what_it_asks_for(browser, monkeypatch):
    for name, value in (("SHOP_WORD", "kettle:song"), ("SHOP_TOKEN", "t-123"), ("SHOP_CHIP", "c-456")):
        monkeypatch.setenv(name, value)
    more = "access: {user: ann, password: SHOP_WORD, headers: {X-Test: SHOP_TOKEN}, cookies: {stage: SHOP_CHIP}}\n"

    with site({"/": whole("<p>Small</p>")}, guard=("ann", "kettle:song")) as own:
        told = script(own.origin, [], more=more)
        with visit(browser, own.origin, access=told.access) as visitor:
            done = walk(told, visitor)
    well(done)
    last = [one for one in own.told if "authorization" in one][-1]
    assert (last["x-test"], last["cookie"]) == ("t-123", "stage=c-456")
    assert not any(word in json.dumps(walk_values(done)) for word in ("kettle:song", "t-123", "c-456"))


def test_half_a_sign_in_is_told():
    with pytest.raises(WalkError, match="half of a sign-in"):
        script("http://a.example", [], more="access: {user: ann}\n")


# What people do besides


def test_menus_keys_files_and_waiting(browser):
    menu = """<style>.menu { display: none } li:hover .menu { display: block }</style>
      <ul><li><button type="button">More</button><a class="menu" href="/under">Under</a></li></ul>"""
    form = """<form action="/found"><label>Words <input name="q"></label></form>
      <p><label>Receipt <input type="file" onchange="this.nextSibling.textContent = this.files[0].name"><b></b></label>
      <input type="file" id="hidden" hidden onchange="document.title = this.files[0].type">
      <button type="button" onclick="document.getElementById('hidden').click()">Add a picture</button>"""
    steps = [
        "hover: More", "click: Under", "fill: Words\n    with: tea", "press: Enter", "expect_address: /found?q=tea",
        "open: /under", "upload: Receipt\n    with: receipt.pdf", "expect: receipt.pdf",
        "upload: Add a picture\n    with: pot.png", "wait: 0.1",
    ]  # fmt: skip
    done, _ = walked(
        browser, {"/": whole(f"<p>Small</p>{menu}"), "/under": whole(form), "/found": "Small"}, steps, "Add a picture"
    )
    well(done)
    assert done.steps[-1].look.title == "image/png"
    cost = {one.verb: (one.clicks, one.keystrokes) for one in done.steps}
    assert (cost["hover"], cost["press"], cost["upload"]) == ((1, 0), (0, 1), (2, 0))
    assert done.steps[-1].waiting == 0  # one's own waiting is not the shop's


def test_a_list_that_grows_when_one_scrolls(browser):
    grow = """<div id="list"></div><script>let n = 0
      const more = () => { for (let i = 0; i < 8; i++) { const p = document.createElement("p"); p.style.height = "200px"
        p.textContent = "Pot " + ++n; document.getElementById("list").append(p) } }
      more(); addEventListener("scroll", () => {
        if (scrollY + innerHeight > document.body.scrollHeight - 50 && n < 24) setTimeout(more, 100) })</script>"""
    done, _ = walked(browser, {"/": whole(f"<p>Small</p>{grow}")}, ["scroll: Pot 20", "scroll: Pot 99"])
    assert outcomes(done) == ["done", "done", "absent"]
    assert 4 <= done.steps[1].clicks <= 8  # 20 pieces of 200 px, less the first screen, in screens of 720 px


# What a page may do


def test_a_page_that_never_rests_is_not_slow(browser):
    polls = """<script>const ask = () => fetch("/news").then(() => setTimeout(ask, 10)); ask()
      fetch("/stream")</script><button type="button" onclick="this.after('Pressed')">Press</button>"""
    pages = {"/": whole(f"<p>Small</p>{polls}"), "/news": Answer("no"), "/stream": Answer("late", wait=30.0)}
    begun = time.monotonic()
    done, _ = walked(browser, pages, ["click: Press", "expect: Pressed"], more="slow: 2\n")
    well(done)
    assert time.monotonic() - begun < 20
    assert done.steps[1].seconds < 3  # the stream is known by then


@pytest.mark.parametrize("kind", ["answers", "scripts"])
def test_a_loop_of_redirects_is_told(browser, kind):
    on = {"answers": redirect("/b"), "scripts": whole("<script>location.href = '/b?' + Math.random()</script>")}[kind]
    back = {"answers": redirect("/a"), "scripts": whole("<script>location.href = '/a?' + Math.random()</script>")}[kind]
    done, _ = walked(browser, {"/": '<p>Small</p><a href="/a">Way</a>', "/a": on, "/b": back}, ["click: Way"])
    assert "loop" in names(done)


def test_boxes_of_the_browser_are_answered(browser):
    body = """<p>Small</p><button type="button" onclick="alert('Sold out')">Buy</button>
      <button type="button" onclick="confirm('Sure?') && this.after('Gone')">Remove</button>"""
    done, _ = walked(browser, {"/": whole(body)}, ["click: Buy", "click: Remove", "expect: Gone"])
    well(done)
    assert [one.clicks for one in done.steps] == [0, 2, 2, 0]  # each box costs a press
    assert done.steps[1].noise.dialogs == ("Sold out",)


def test_a_box_that_nobody_asked_for_and_one_that_holds_back_are_told(browser):
    holds = "<script>addEventListener('beforeunload', (e) => { e.preventDefault(); e.returnValue = '1' })</script>"
    pages = {"/": whole(f'<p>Small</p><p>Name <input aria-label="Name"></p>{holds}<a href="/next">Next</a>'),
             "/next": whole("<p>Small</p><script>alert('Only today')</script>")}  # fmt: skip
    done, _ = walked(browser, pages, ["fill: Name\n    with: Ann", "click: Next"])
    told = [one.evidence for one in faults(done)]
    assert done.ended == "goal"
    assert len(told) == 2
    assert "may I let you go?" in told[0]
    assert "Only today" in told[1]


def test_a_refusal_in_a_box_is_a_refusal(browser):
    apply = """<button type="button" onclick="alert('Not valid')">Apply</button>"""
    body = f"<p>Small</p><label>Code <input></label>{apply}"
    steps = ["fill: Code\n    with: TEA10", "click: Apply", "expect: Granted\n    go_on: true"]
    done, _ = walked(browser, {"/": whole(body)}, steps)
    assert set(names(done)) == {"entry_refused", "not_as_expected"}


def test_a_file_to_take_along_is_no_dead_press(browser):
    pages = {"/": whole('<p>Small</p><a href="/leaflet">Leaflet</a>'),
             "/leaflet": Answer("x", 200, "application/zip", (("Content-Disposition", "attachment"),))}  # fmt: skip
    done, _ = walked(browser, pages, ["click: Leaflet"])
    well(done)
    assert done.steps[1].noise.downloads == ("leaflet.zip",)


def test_a_new_tab_is_gone_on_in_and_one_that_comes_by_itself_is_told(browser):
    pages = {
        "/": whole('<p>Small</p><a href="/about" target="_blank">About</a>'),
        "/about": whole("<button type=button onclick=\"window.open('/size')\">Sizes</button>"),
        "/size": whole("<button type=button onclick='window.close()'>Close</button>"),
        "/self": whole("<p>Small</p><script>window.open('/advert')</script>"),
        "/advert": whole("<p>Buy</p>"),
    }
    steps = ["click: About", "click: Sizes", "expect_address: /size", "click: Close", "expect_address: /about"]
    done, _ = walked(browser, pages, steps, text="Sizes")
    well(done)
    done, _ = walked(browser, pages, ["open: /self", "expect_address: /self"])
    assert names(done) == ["pop_up"]


def test_a_new_tab_to_another_site_is_closed_again(browser):
    with open_shop("smooth") as other:
        pages = {"/": whole(f'<p>Small</p><a href="{other.outside}/" target="_blank">Friends</a>')}
        done, _ = walked(browser, pages, ["click: Friends", "expect_address: /"])
    well(done)
    assert other.elsewhere == []


def test_forms_in_frames_and_in_shadows_are_used_and_looked_at(browser):
    frame = """<form action="/sent"><label>Name <input name="n"></label><input name="faceless"><button>Send</button>
      </form><p style="color: #bbb">Faint in a frame</p>"""
    shadow = """<tea-pot></tea-pot><script>document.querySelector("tea-pot").attachShadow({ mode: "open" }).innerHTML =
      `<label>Pieces <input></label><input><p style="color: #bbb">Faint in a shadow</p>
      <p><button type="button" onclick="this.after('Brewed')">Brew</button></p>`</script>"""
    pages = {"/": whole(f'<p>Small</p><iframe src="/frame" title="Form"></iframe>{shadow}'), "/frame": whole(frame),
             "/sent": whole("<p>Thank you, Ann</p>")}  # fmt: skip
    steps = [
        "fill: Name\n    with: Ann", "click: Send", "expect: Thank you", "fill: Pieces\n    with: two", "click: Brew",
        "expect: Brewed",
    ]  # fmt: skip
    done, own = walked(browser, pages, steps)
    assert outcomes(done) == ["done"] * 7
    assert "GET /sent?n=Ann&faceless=" in own.asked
    told = [(one.name, one.evidence) for one in faults(done)]
    assert [name for name, _ in told].count("no_label") == 2
    assert sum("Faint in a" in evidence for _, evidence in told) == 2
    assert "Brew" in done.steps[0].look.ways


def test_a_banner_over_the_page_is_named(browser):
    banner = """<div aria-label="Cookies" style="position: fixed; inset: 0; background: #fff">We use cookies
      <button type="button" onclick="this.parentElement.remove()">Fine</button></div>"""
    pages = {"/": whole(f'<p>Small</p><a href="/on">Onward</a>{banner}'), "/on": whole("<p>Small</p>")}
    steps = ["click: Onward\n    go_on: true", "click: Fine\n    if_there: true", "click: Onward"]
    done, _ = walked(browser, pages, steps)
    assert outcomes(done) == ["done", "covered", "done", "done"]
    told = {one.name: one.evidence for one in faults(done)}
    assert set(told) == {"covered"}
    assert "Cookies" in told["covered"]


def test_what_is_covered_and_asked_for_only_if_it_is_there_is_not_waited_for_without_end(browser):
    over = '<div style="position: fixed; inset: 0 0 auto 0; height: 200px"></div>'
    begun = time.monotonic()
    done, _ = walked(browser, {"/": whole(f"<button>Go</button>{over}<p>Small</p>")}, ["click: Go\n    if_there: true"])
    assert outcomes(done) == ["done", "covered"]
    assert time.monotonic() - begun < 10


def test_a_tab_that_crashes_is_an_error_of_the_page(browser):
    with site({"/": "<p>Small</p>"}) as own:
        told = script(own.origin, ["click: Home", "expect: Small\n    go_on: true", "open: /"])
        with visit(browser, own.origin) as visitor:

            class Falls:
                """The visitor, whose tab crashes under the first press."""

                def __getattr__(self, name):
                    return getattr(visitor, name)

                def click(self, *_):
                    with contextlib.suppress(Exception):
                        visitor._page.goto("chrome://crash", timeout=5_000)
                    return Deed("done", 1)

            done = walk(told, Falls())
    first = faults(done)[0]
    assert (first.name, first.evidence) == ("page_error", "/: the tab crashed")
    assert outcomes(done) == ["done", "done", "absent", "done"]
    assert done.ended == "goal"
    assert all(shot.startswith(b"\xff\xd8") for shot in done.shots)


@pytest.mark.parametrize(
    "code", ["while (true) {}", "setTimeout(() => { while (true) {} }, 300)", "while (true) alert()"]
)
def test_a_page_that_answers_nothing_any_more_ends_no_walk(browser, monkeypatch, code):
    monkeypatch.setattr("heartline.walk.frozen.PATIENCE_S", 5.0)
    monkeypatch.setattr("heartline.walk.frozen._EVERY_S", 0.1)
    with site({"/": "<p>Small</p>", "/held": f"<p>Held</p><script>{code}</script>"}) as own:
        told = script(own.origin, ["open: /held", "expect: Nobody\n    go_on: true", "open: /"])
        with visit(browser, own.origin) as visitor:
            done = walk(told, visitor)
    (held,) = [one.evidence for one in faults(done) if one.name == "page_error"]
    assert held == "/held: the tab answered nothing any more"
    assert done.ended == "goal"


def test_a_page_that_never_stops_talking_ends_no_walk_and_fills_no_report(browser):
    endless = (
        "setInterval(() => { for (let i = 0; i < 100; i++) console.error('x' + i); "
        "new Image().src = '/gone' + Math.random(); }, 1)"
    )
    with site({"/": f"<p>Small</p><script>{endless}</script>"}) as own, visit(browser, own.origin) as visitor:
        done = walk(script(own.origin, ["expect: Small"]), visitor)
    assert done.ended == "goal"
    for step in done.steps:
        assert len(step.noise.console) <= 100
        assert len(step.noise.failures) <= 100


def test_a_page_that_stops_the_clocks_of_its_scripts_is_at_rest_all_the_same(browser):
    held = "<p>Small</p><script>window.setTimeout = window.requestAnimationFrame = () => 0</script>"
    with site({"/": held}) as own, visit(browser, own.origin) as visitor:
        assert walk(script(own.origin, ["expect: Small"]), visitor).ended == "goal"


def test_without_chromium_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr("heartline.walk.browser.shutil.which", lambda _: None)
    with pytest.raises(WalkError, match="no Chromium") as told, chromium():
        pass
    assert "apt-get install chromium" in str(told.value)


# What is seen on a page


LOOKS = """<style>p, a { margin: 8px 0; display: block } .pair { display: flex; gap: 4px } .pair button { width: 18px;
height: 18px; padding: 0; border: 1px solid #222; font-size: 10px }</style>
<p style="color: #999; background: linear-gradient(#fff, #ddd)">Faint on a gradient</p>
<p style="color: #222; background: linear-gradient(#fff, #ddd)">Dark on a gradient</p>
<p style="color: #777; background: linear-gradient(#fff, #000)">Partly on a gradient</p>
<p style="color: #fff; background: url(/sky.png)">White on a picture</p>
<div style="position: relative; height: 60px">
<img src="/sky.png" alt="" width="200" height="60" style="position: absolute">
<p style="position: relative; color: #fff">White before a picture</p></div>
<p style="color: #fff; background: linear-gradient(rgba(0,0,0,.8), rgba(0,0,0,.9)), url(/sky.png)">White on a veil</p>
<p style="color: #aaa; opacity: .5">Half there</p>
<p style="color: #aaa"><b style="background: #000">Light on black</b></p>
<span style="position: absolute; width: 1px; height: 1px; overflow: hidden; color: #eee">Read</span>
<p style="color: #ccc" aria-hidden="true">Ornament</p>
<fieldset disabled><label style="color: #ccc">Off <input></label></fieldset>
<div class="pair"><button type="button">a</button><button type="button">b</button></div>
<p>Words with <a style="display: inline; font-size: 9px" href="/">one</a> and <a style="display: inline; font-size: 9px"
href="/">two</a> in them</p><label>Mail <input type="email" autocomplete="emial"></label>
<label>E-mail <input type="email" autocomplete="shipping email"></label>
<label>Find <input type="search" autocomplete="off"></label>
<label>Post <input aria-invalid="true" aria-describedby="why"></label><span id="why">Five digits</span>
<label>Code <input aria-invalid="true"></label>"""


@pytest.mark.parametrize("device", ["desktop", "mobile"])
def test_what_is_told_of_a_page_and_what_is_left_open(browser, device):
    picture = Answer(b"\x89PNG\r\n\x1a\n", kind="image/png")
    with site({"/": whole(LOOKS), "/sky.png": picture}) as own, visit(browser, own.origin, device) as visitor:
        visitor.go("/")
        visitor.rest(10.0)
        look = visitor.look()
    assert [text for text, _, _ in look.faint] == ["Faint on a gradient"]
    assert look.faint[0][1] == pytest.approx(2.85, abs=0.01)  # #999 on white, the best that the gradient has
    assert look.unjudged == 4  # partly on a gradient, on a picture, before one, half there
    assert {(one, near) for one, _, _, near in look.small} == (
        {("a", "b"), ("b", "a")} if device == "mobile" else set()
    )
    assert look.autofill == (("Mail", "emial"),)
    assert (look.invalid, look.untied) == (("Post", "Code"), ("Code",))
    assert (look.no_zoom, look.keyboard) == ("", ())


def test_what_is_half_covered_is_pressed_where_it_is_free(browser):
    over = '<span style="position:absolute;left:40px;top:0;width:{}px;height:90px;background:#fff">Sale</span>'
    shown = '<div style="position:relative"><button style="width:100px" onclick="said.hidden=0">Open</button>{}</div>'
    page = f"<p>Small</p>{shown}<p id=said hidden>Opened</p>"
    done, _ = walked(browser, {"/": page.format(over.format(30))}, ["click: Open", "expect: Opened"])
    assert done.reached
    done, _ = walked(browser, {"/": page.format(over.format(900).replace("40px", "0"))}, ["click: Open"])
    assert outcomes(done)[-1] == "covered"


def test_a_layer_that_came_by_itself_is_put_away_and_told(browser):
    layer = '<div style="position:fixed;inset:0;background:#fff"><p>Stay!</p><button {}>No, thanks</button></div>'
    shut = layer.format('onclick="this.parentElement.remove()"')
    page = '<p>Small</p><a href="/on">Go on</a>{}'
    done, _ = walked(browser, {"/": page.format(shut), "/on": "<p>Small</p>"}, ["click: Go on"])
    assert (done.reached, done.steps[-1].clicks, "pop_up" in names(done)) == (True, 2, True)
    done, _ = walked(browser, {"/": page.format(layer)}, ["click: Go on"])
    assert outcomes(done)[-1] == "covered"


def test_a_date_is_filled_in_whatever_order_it_is_shown_in(browser):
    page = '<p>Small</p><label>Day <input type=date oninput="told.innerText = value"></label><p id=told></p>'
    done, _ = walked(browser, {"/": page}, ['fill: Day\n    with: "2027-05-14"', 'expect: "2027-05-14"'])
    assert (done.reached, done.steps[1].keystrokes) == (True, 8)


def test_the_browser_s_own_words_where_no_page_came_are_not_judged(browser):
    page = '<p>Small</p><a href="/round">Go on</a>'
    done, _ = walked(browser, {"/": page, "/round": redirect("/round")}, ["click: Go on"], more="device: mobile\n")
    assert set(names(done)) == {"loop", "not_as_expected"}


def seen(browser, body, device="desktop"):
    """What a visitor sees on a page of this."""
    with site({"/": whole(body)}) as own, visit(browser, own.origin, device) as visitor:
        visitor.go("/")
        visitor.rest(10.0)
        return visitor.look()


def test_what_is_behind_a_text_in_a_shadow_is_known(browser):
    look = seen(browser, """<main style="background: #fff"><tea-pot></tea-pot></main><script>
      document.querySelector("tea-pot").attachShadow({ mode: "open" }).innerHTML = `<p style="color: #bbb">Faint</p>
      <div style="background: #000"><p style="color: #ddd">Clear</p></div>`</script>""")  # fmt: skip
    assert ([text for text, _, _ in look.faint], look.unjudged) == (["Faint"], 0)


def test_links_that_run_on_in_the_next_line_do_not_lie_on_each_other(browser):
    links = '<a href="/1">Copper kettles and pans</a> <a href="/2">Spare lids and handles</a> <a href="/3">Gifts</a>'
    look = seen(browser, f'<p style="width: 190px; font-size: 16px">{links}</p>')
    assert look.overlaps == ()
    look = seen(browser, '<button>Buy</button><button style="margin-left: -30px">Leave</button>')
    assert look.overlaps == (("Buy", "Leave"),)


@pytest.mark.parametrize("box", ["", "overflow: auto"])
def test_a_frame_that_pushes_the_page_sideways_or_has_no_name_is_told(browser, box):
    wide = '<iframe style="width: 900px" title="{}"></iframe>'
    look = seen(browser, f'<div style="{box}">{wide.format("Seats")}</div>', "mobile")
    assert (look.off_screen, look.unlabelled) == (() if box else ("Seats",), ())
    assert seen(browser, wide.format("")).unlabelled == ("iframe",)


def test_a_field_is_found_in_what_says_its_name(browser):
    form = """<p>Time<br><input type="time" name="t"></p>
      <table><tr><td>Name: *</td><td><input name="n"></td></tr></table>
      <button onclick="this.after(document.querySelector('[name=t]').value, document.querySelector('[name=n]').value)"
      type="button">Show</button>"""
    steps = ['fill: Time\n    with: "18:30"', "fill: Name\n    with: Ann", "click: Show", "expect: 18:30Ann"]
    done, _ = walked(browser, {"/": whole(form)}, steps, "Show")
    assert outcomes(done) == ["done"] * 5


def test_what_lies_over_a_button_is_told_by_its_words(browser):
    bar = """<button>Go</button><div class="app" style="position: fixed; inset: 0; background: #fff">
      <p>Nicer in <b>our app</b></p></div>"""
    done, _ = walked(browser, {"/": whole(bar)}, ["click: Go"], "Go")
    assert [one.evidence for one in faults(done) if one.name == "covered"] == ["“Go” under “Nicer in our app”"]
