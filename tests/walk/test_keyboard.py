"""What a keyboard does not come to, and where nobody sees that it has come: told, and nothing else."""

from __future__ import annotations

import pytest
from tests.walk.small import whole
from tests.walk.test_browser import names, walked

pytestmark = pytest.mark.browser

PRESS = "onclick=\"document.querySelector('p').textContent = 'Pressed'\""
BARE = "<style>* :focus { outline: none }</style>"
STYLED = "button:focus { outline: none } button:focus-visible "
SEEN = {
    "the browser's own ring": f"<button {PRESS}>Go</button>",
    "a shadow that comes slowly": f"<style>{STYLED} {{ box-shadow: 0 0 0 3px navy; transition: all 0.3s }}</style>"
    f"<button {PRESS}>Go</button>",
    "what is around it": f"{BARE}<style>div:focus-within {{ background: #ff0 }}</style>"
    f"<div><button {PRESS}>Go</button></div>",
    "what stands beside it": "<style>input { position: absolute; opacity: 0 }"
    f"input:focus-visible + b {{ background: #ff0 }}</style><label><input type='checkbox' {PRESS}><b>Go</b></label>",
    "code of the page": f"{BARE}<button onfocus=\"this.style.background = '#ff0'\" {PRESS}>Go</button>",
    "code for keyboards": f"{BARE}<style>.on {{ background: #ff0 }}</style><label>Name <input></label>"
    f"<button onfocus=\"this.classList.toggle('on', this.matches(':focus-visible'))\" {PRESS}>Go</button>",
    "something made a button": f"<div role='button' tabindex='0' {PRESS}>Go</div>",
}
UNSEEN = {
    "a button": f"{BARE}<button {PRESS}>Go</button>",
    "a link": f"<style>a {{ outline: 0 }}</style><a href='#there' {PRESS}>Go</a>",
    "something made a button": f"{BARE}<div role='button' tabindex='0' {PRESS}>Go</div>",
}
REACHED = {
    "an arrow key's": f"<div role='toolbar'><button>One</button><button tabindex='-1' {PRESS}>Go</button></div>",
    "beside its field": "<div><label>Cups <input type='number'></label>"
    f"<span><button tabindex='-1' {PRESS}>Go</button></span></div>",
    "a picture beside its link": f"<a href='/cup' tabindex='-1' {PRESS}>Go</a><a href='/cup'>Cup</a>",
    "in a layer": f"<div tabindex='-1' role='dialog'><button {PRESS}>Go</button></div>",
}
PASSED_BY = {
    "taken from the way": f"<button tabindex='-1' {PRESS}>Go</button>",
    "a link taken from the way": f"<a href='#there' tabindex='-1' {PRESS}>Go</a>",
    "a button by word alone": f"<span role='button' {PRESS}>Go</span>",
    "in a layer": f"<div tabindex='-1' role='dialog'><div style='cursor: pointer' {PRESS}>Go</div></div>",
}


def told(browser, body, device="desktop"):
    pages = {"/": whole(f"{body}<p>Small</p>"), "/cup": whole("<p>Pressed</p>")}
    done, _ = walked(browser, pages, ["click: Go", "expect: Pressed"], "Pressed", f"device: {device}\n")
    assert done.ended == "goal"
    return [one for one in names(done) if one in ("focus_unseen", "mouse_only")]


@pytest.mark.parametrize("how", SEEN)
def test_where_a_keyboard_is_may_be_seen_in_many_ways(browser, how):
    assert told(browser, SEEN[how]) == []


@pytest.mark.parametrize("what", UNSEEN)
def test_where_a_keyboard_is_and_nothing_shows_it_is_a_fault(browser, what):
    assert told(browser, UNSEEN[what]) == ["focus_unseen"]
    if what == "a button":
        assert told(browser, UNSEEN[what], "mobile") == []  # a finger needs no mark


@pytest.mark.parametrize("how", REACHED)
def test_what_a_keyboard_does_otherwise_is_not_for_the_mouse_only(browser, how):
    assert told(browser, REACHED[how]) == []


@pytest.mark.parametrize("how", PASSED_BY)
def test_what_the_tab_key_passes_by_is_for_the_mouse_only(browser, how):
    assert told(browser, PASSED_BY[how]) == ["mouse_only"]
