"""Free text masked on its way in: before facts, quarantine and reports, and the same at the second time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from heartline.settings import Settings

if TYPE_CHECKING:
    from tests.ingest.conftest import Rooms

HEAD = "interaction_id,customer_id,occurred_at,channel,touchpoint,text,speaker,note\n"
CARD, MAIL, PHONE = "4111 1111 1111 1111", "anna.berg@shop.example", "0171 2345678"
SECRETS = (CARD, MAIL, PHONE, "Anna", "Berg")


@pytest.fixture
def masking(rooms: Rooms) -> Rooms:
    return replace(rooms, settings=Settings({**rooms.settings.values, "mask_text": "all"}))


def everything(root: Path) -> str:
    """Every byte of the workspace, but for the files that were loaded."""
    files = [file for file in root.rglob("*") if file.is_file() and file.suffix not in (".csv", ".toml", ".jsonl")]
    return "".join(file.read_bytes().decode("latin-1") for file in files)


def texts(rooms: Rooms) -> dict[str, str]:
    return {row["interaction_id"]: row["text"] for row in rooms.rows("verbatim")}


def test_words_of_customers_and_employees_are_masked_and_the_report_counts(masking: Rooms) -> None:
    masking.load("customer", masking.file("customer_id,name\nc1,Anna Berg\n", "c.csv"))
    body = HEAD + (
        f"i1,c1,2026-01-01,chat,chat,I am Anna. Card {CARD},customer,sent from {MAIL} by Anna\n"
        f"i2,c1,2026-01-02,chat,chat,Dear Ms Berg we call {PHONE},employee,\n"
        "i3,c2,2026-01-03,chat,chat,Anna is a name,customer,\n"
    )
    report = masking.load("interaction", masking.file(body))
    assert texts(masking) == {
        "i1": "I am [name]. Card [card]", "i2": "Dear Ms [name] we call [phone]", "i3": "Anna is a name",
    }  # fmt: skip
    kept = {row["interaction_id"]: row["properties"] for row in masking.rows("interaction")}
    assert json.loads(kept["i1"]) == {"note": "sent from [email] by [name]"}
    assert [note for note in report.notes if "masked" in note] == [
        f"masked in free text: {n} {kind}" for n, kind in ((1, "card"), (1, "email"), (1, "phone"), (3, "name"))
    ]
    assert not any(secret in str(report) for secret in SECRETS)


def test_the_same_rows_again_change_nothing(masking: Rooms) -> None:
    people, body = (
        "customer_id,name\nc1,Anna Berg\n",
        HEAD + f"i1,c1,2026-01-01,chat,chat,Anna {CARD},customer,{MAIL}\n",
    )
    for again in (False, True):
        first = masking.load("customer", masking.file(people, "c.csv"))
        second = masking.load("interaction", masking.file(body))
        assert (first.unchanged, second.unchanged) == ((1, 1) if again else (0, 0))
        assert (first.replaced, second.replaced) == (0, 0)
    # and so does what was masked before
    masked = HEAD + "i1,c1,2026-01-01,chat,chat,[name] [card],customer,[email]\n"
    assert masking.load("interaction", masking.file(masked)).unchanged == 1


def test_bad_rows_are_masked_in_the_quarantine_and_load_when_mended(masking: Rooms) -> None:
    masking.load("customer", masking.file("customer_id,name\nc1,Anna Berg\n", "c.csv"))
    before = len(everything(masking.root))
    body = HEAD + (
        f"i1,c1,yesterday,chat,chat,Anna {CARD},customer,{MAIL}\n"
        f"i2,c1,2026-01-01,chat,chat,{PHONE},customer,{MAIL},one too many {CARD}\n"
    )
    report = masking.load("interaction", masking.file(body))
    assert report.quarantined == 2
    assert before
    stored = everything(masking.root)
    assert not any(secret in stored for secret in (CARD, MAIL, PHONE))
    file = masking.root / "mend.jsonl"
    from heartline.ingest import export_quarantine

    export_quarantine(masking.records, file)
    rows: list[dict[str, Any]] = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    rows.sort(key=lambda row: row["interaction_id"])
    assert (rows[0]["text"], rows[0]["customer_id"]) == ("[name] [card]", "c1")
    rows[0]["occurred_at"] = "2026-01-01"
    rows[0]["text"] = f"Anna {CARD} {PHONE}"  # what is mended by hand is masked as well
    file.write_text(json.dumps(rows[0]) + "\n", "utf-8")
    assert masking.replay(file).mended == 1
    assert texts(masking) == {"i1": "[name] [card] [phone]"}


def test_addresses_by_which_a_mapping_knows_the_customer_are_kept_for_mending(masking: Rooms) -> None:
    mapping = masking.file(
        """
[[table]]
name = "interaction"
[table.columns]
interaction_id = "Id"
customer_id = { column = "Mail", prefix = "email:", hashed = true }
occurred_at = "At"
text = "Words"
[table.constants]
channel = "email"
touchpoint = "form"
[[table]]
name = "customer"
keep_others = false
[table.columns]
customer_id = { column = "Mail", prefix = "email:", hashed = true }
name = "Name"
email = "Mail"
""",
        "map.toml",
    )
    body = f"Id,Mail,At,Name,Words\n1,{MAIL},never,Anna Berg,I am Anna {MAIL}\n2,{MAIL},2026-01-01,Anna Berg,Anna\n"
    report = masking.load(None, masking.file(body), mapping=mapping)
    assert report.quarantined == 1
    # the name came in the same batch, in a table that the mapping names later
    assert texts(masking) == {"2": "[name]"}
    file = masking.root / "mend.jsonl"
    from heartline.ingest import export_quarantine

    export_quarantine(masking.records, file)
    (row,) = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert (row["Mail"], row["Words"]) == (MAIL, "I am [name] [email]")
    row["At"] = "2026-01-02"
    file.write_text(json.dumps(row) + "\n", "utf-8")
    assert masking.replay(file).mended == 1
    assert len({row["customer_id"] for row in masking.rows("interaction")}) == 1


def test_words_of_an_answer_and_notes_on_a_customer_are_masked(masking: Rooms) -> None:
    answer = "response_id,customer_id,answered_at,construct,value,scale_min,scale_max,text\n"
    masking.load("survey_response", masking.file(answer + f"r1,c1,2026-01-01,nps,9,0,10,reach me at {MAIL}\n"))
    assert texts(masking) == {"r1": "reach me at [email]"}
    masking.load(
        "customer", masking.file(f"customer_id,name,email,note\nc1,Anna Berg,{MAIL},Anna pays by {CARD}\n", "c.csv")
    )
    (row,) = masking.rows("customer")
    assert (row["name"], row["email"], json.loads(row["traits"])) == (
        "Anna Berg", MAIL, {"note": "[name] pays by [card]"},
    )  # fmt: skip


def test_cards_and_ibans_are_masked_unless_somebody_says_off(rooms: Rooms) -> None:
    body = HEAD + f"i1,c1,2026-01-01,chat,chat,{CARD} {MAIL},customer,\n"
    report = rooms.load("interaction", rooms.file(body))
    assert texts(rooms) == {"i1": f"[card] {MAIL}"}
    assert "masked in free text: 1 card" in report.notes
    off = replace(rooms, settings=Settings({**rooms.settings.values, "mask_text": "off"}))
    assert off.load("interaction", off.file(body)).replaced == 1
    assert texts(off) == {"i1": f"{CARD} {MAIL}"}


def test_notes_of_walkers_are_masked(masking: Rooms) -> None:
    head = "interaction_id,walk_id,script,number,occurred_at,what,outcome,note\n"
    body = head + f"w1-001,w1,visit,1,2026-03-01,ask,done,He wrote from {MAIL}.\n"
    report = masking.load("walk_step", masking.file(body))
    assert "masked in free text: 1 email" in report.notes
    assert [row["note"] for row in masking.rows("walk_step")] == ["He wrote from [email]."]
    bad = body.replace("w1-001", "w1-002").replace("2026-03-01", "someday")
    masking.load("walk_step", masking.file(bad, "b.csv"))
    assert MAIL not in everything(masking.root)
