"""Correcting on the desk: the form, what comes back from it, who may send it, and what the pages show then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from heartline.corrections import Correction, Edit, Reading
from heartline.web.correcting import address, anchor, read_form, said_words
from heartline.web.page import BadAddress

if TYPE_CHECKING:
    from .conftest import Client, Double

TEXT = "c0004-i0"
SHOWN = Reading("scored", ("annoyance", "gratitude"), ("effort",), None, None, "service", 0.1)


@pytest.fixture
def desk(full: Double, opened: type[Client], double: type[Double]) -> Client:
    """The desk over a workspace of its own, with the rows of the shared one."""
    workspace = double(full.rows)
    made = opened(workspace)
    made.workspace = workspace  # type: ignore[attr-defined]
    return made


def corrected(by: str = "Dana", text: str = TEXT) -> Correction:
    said = Reading("scored", ("gratitude", "relief"), (), ("order",), "worry", "price", -0.5)
    return Correction(text, "c0004", "web", "bulk-1", SHOWN, said, by, "2026-07-02T10:20:30.000000+00:00")


def form(desk: Client, text: str = TEXT) -> str:
    page = desk.get(f"/customers/c0004?correct={text}").text
    return page[page.index('<form class="correction"') : page.index("</form>", page.index('<form class="correction"'))]


def fields(shown: str) -> dict[str, str | list[str]]:
    """What a browser would send for an untouched form, with a name filled in."""
    found: dict[str, str | list[str]] = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
    found["label"] = re.findall(r'name="label" value="([^"]+)" checked', shown)
    found |= {"main_emotion": "", "about": "service", "valence": "", "by": "Dana Ö.", "note": ""}
    return found


def test_each_read_text_has_a_quiet_control_and_others_have_none(desk: Client) -> None:
    page = desk.get("/customers/c0004").text
    assert page.count('class="correct"') == 3  # of twelve contacts three have words
    assert 'aria-label="Correct the reading of the text of' in page
    assert '<form class="correction"' not in page
    for refused in ("c0001",):
        assert 'class="correct"' not in desk.get(f"/customers/{refused}").text


def test_the_form_shows_what_stands_and_every_other_label(desk: Client) -> None:
    shown = form(desk)
    ticked = re.findall(r'name="label" value="([^"]+)" checked', shown)
    assert ticked == ["emotion:annoyance", "emotion:gratitude", "signal:effort"]
    assert len(re.findall(r'name="label"', shown)) == 28 + 17 + 11
    assert '<option value="service" selected>' in shown
    assert shown.count("<fieldset>") == shown.count("<legend>") == 3
    assert 'method="post" action="/correct"' in shown
    assert "script" not in shown
    assert (
        shown.count("<label>") + shown.count('<label class="long">')
        == 5
        == len(re.findall("<select|<input name", shown))
    )
    held = desk.get(f"/customers/c0004.json?correct={TEXT}")
    token = re.search(r'name="token" value="([^"]+)"', shown)
    assert token is not None
    assert token[1] not in held.text, "the JSON twin must not tell the token"


def test_a_form_that_comes_back_is_kept_and_leads_to_its_text(desk: Client) -> None:
    sent = fields(form(desk))
    sent |= {"label": ["emotion:gratitude", "signal:effort", "emotion:relief"], "about": "price", "valence": "-1"}
    answer = desk.post("/correct", sent)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/customers/c0004#{anchor(TEXT)}"
    assert f'id="{anchor(TEXT)}"' in desk.get("/customers/c0004").text
    edit = Edit(add=("emotion:relief",), remove=("emotion:annoyance",), about="price", valence=-1)
    assert desk.workspace.sent == [(TEXT, edit, "Dana Ö.", "")]  # type: ignore[attr-defined]


def test_saving_without_a_change_confirms(desk: Client) -> None:
    assert desk.post("/correct", fields(form(desk))).status_code == 303
    assert desk.workspace.sent[0][1] == Edit(right=True)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": ""}, 303),  # a browser that does not say is held by origin and token
        ({"content-type": "text/plain"}, 403),
        ({"host": "evil.example:8765"}, 421),
    ],
)
def test_a_form_from_elsewhere_is_refused(desk: Client, headers: dict[str, str], status: int) -> None:
    answer = desk.post("/correct", fields(form(desk)), **headers)
    assert answer.status_code == status
    assert len(desk.workspace.sent) == (status == 303)  # type: ignore[attr-defined]
    assert "content-security-policy" in answer.headers


def test_a_form_without_the_token_of_this_process_is_refused(desk: Client, opened: type[Client], full: Double) -> None:
    for token in ("", "x", str(fields(form(opened(full)))["token"]), "ü"):
        answer = desk.post("/correct", fields(form(desk)) | {"token": token})
        assert answer.status_code == 403
        assert "load the page again" in answer.text
    assert desk.workspace.sent == []  # type: ignore[attr-defined]


def test_a_form_that_is_too_long_or_torn_is_refused(desk: Client) -> None:
    assert desk.post("/correct", fields(form(desk)) | {"note": "x" * 20_000}).status_code == 403
    assert desk.post("/correct", {"token": "x"}).status_code == 400
    assert desk.post("/correct", fields(form(desk)) | {"valence": "much"}).status_code == 400
    assert desk.post("/", fields(form(desk))).status_code == 405
    assert desk.get("/correct").status_code == 405


def test_what_the_workspace_refuses_is_a_plain_400(desk: Client) -> None:
    answer = desk.post("/correct", fields(form(desk)) | {"by": ""})
    assert answer.status_code == 400
    assert "It is not said by whom" in answer.text


def test_a_corrected_text_shows_the_persons_labels_by_whom_and_when(desk: Client) -> None:
    desk.workspace.said[TEXT] = corrected("Dana <b>")  # type: ignore[attr-defined]
    event = next(e for e in desk.get("/customers/c0004.json").json()["events"] if e["anchor"] == anchor(TEXT))
    assert {(label["kind"], label["name"]) for label in event["labels"]} == {
        ("emotion", "gratitude"), ("emotion", "relief"), ("motivator", "order"),
    }  # fmt: skip
    assert all(label["p"]["value"] is None for label in event["labels"])
    assert not any("annoyance" in piece["labels"] or "effort" in piece["labels"] for piece in event["pieces"])
    page = desk.get("/customers/c0004").text
    assert "Corrected by Dana &lt;b&gt;, 2026-07-02 10:20 UTC: mainly worry, about price, feels bad" in page
    assert "counts from the next run on" in page
    assert re.findall(r'name="label" value="([^"]+)" checked', form(desk)) == [
        "emotion:gratitude", "emotion:relief", "motivator:order",
    ]  # fmt: skip


def test_words_on_a_confirmation() -> None:
    same = Correction(TEXT, "c", "web", "m", SHOWN, SHOWN, "Dana", "2026-07-02T10:20:30.000000+00:00")
    assert said_words(same, pending=False) == "Confirmed by Dana, 2026-07-02 10:20 UTC: about service."


def test_drift_on_the_data_page(desk: Client) -> None:
    assert "heartline correct --draw 30" in desk.get("/data").text
    for number in range(3):
        text = f"t{number}"
        desk.workspace.said[text] = corrected(text=text)  # type: ignore[attr-defined]
    held = desk.get("/data.json").json()
    effort = next(row for row in held["drift"] if row["label"] == "effort")
    assert (effort["removed_n"], effort["removed"]["n"], effort["removed"]["value"]) == (3, 3, 1.0)
    relief = next(row for row in held["drift"] if row["label"] == "relief")
    assert (relief["channel"], relief["kind"], relief["added"]["n"], relief["read"]["value"]) == (
        "web",
        "emotion",
        3,
        1200,
    )
    assert relief["removed"]["value"] is None
    page = desk.get("/data").text
    assert "Drift of the reading" in page
    assert "not a random sample" in page
    assert "3 of 3" in page
    assert "not enough evidence" in page


@pytest.mark.parametrize("customer", ["c1", "a/b?c#d", "../x", "//evil.example", "ü ß"])
def test_the_way_back_stays_on_the_desk(customer: str) -> None:
    back = address(customer, "i 1", "2026-01-01", form=False)
    assert back.startswith("/customers/")
    assert back == f"/customers/{quote(customer, safe='')}?before=2026-01-01#{anchor('i 1')}"
    assert re.fullmatch("t[0-9a-f]{10}", anchor("i 1"))


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"customer_id=c", b"a=1&" * 300])
def test_a_body_that_is_no_form(body: bytes) -> None:
    with pytest.raises(BadAddress, match="cannot be read"):
        read_form(body)
