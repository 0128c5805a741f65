"""Who is who in a workspace: what runs and pages see, from any day, in any order of loading, on both engines."""

from __future__ import annotations

import json
import random
from datetime import datetime
from pathlib import Path

import pytest

from heartline.engines.base import Engine
from heartline.errors import AnalysisError, IdentityError
from heartline.identity import decide
from heartline.identity.ids import own_id
from heartline.members import Members
from heartline.runner import register_facts
from heartline.tables import TABLES
from heartline.workspace import Workspace

LAST = datetime(2026, 7, 1)
CUSTOMERS = """customer_id,first_seen_at,known_at,name,email,phone,consent_emotion,objections,tier,city
shop-1,2025-01-05,,Ann Lee,ann@mail.example,,yes,,gold,Bonn
till-9,2024-03-01,,Ann Lee,,+49 30 901820,,profiling,silver,
app-3,2025-06-01,,A. Lee,Ann@Mail.example,+49 30 901820,no,marketing,,Köln
shop-2,2025-02-01,,Tom Ray,tom@mail.example,,,,,
till-4,2026-01-01,2026-05-01,Tom Ray,tom@mail.example,,no,,,
shop-5,2025-02-01,,Eve Orr,info@firm.example,,,,,
shop-6,2025-02-01,,Max Orr,info@firm.example,,,,,
"""
INTERACTIONS = """interaction_id,customer_id,occurred_at,channel,touchpoint,text
i1,shop-1,2026-06-01,web,checkout,I love this shop
i2,till-9,2026-06-02,store,till,The queue was far too long
i3,app-3,2026-06-03,app,search,
i4,shop-2,2026-02-03,web,checkout,
i5,nobody-knows,2026-06-03,web,checkout,
"""
PURCHASES = "purchase_id,customer_id,occurred_at,revenue\np1,shop-1,2026-06-01,10\np2,till-9,2026-06-02,20\n"
PURCHASES += "p3,shop-5,2026-06-01,10\np4,shop-6,2026-06-02,20\n"
REFERRALS = """referrer_id,referred_id,occurred_at,converted
shop-1,shop-2,2026-03-01,
till-9,shop-2,2026-02-01,yes
shop-1,till-9,2026-01-01,yes
"""
FILES = {"customer": CUSTOMERS, "interaction": INTERACTIONS, "purchase": PURCHASES, "referral": REFERRALS}
ANN = own_id("till-9")
"""Known first, so the person is called by it."""


def load(workspace: Workspace, folder: Path, name: str, text: str) -> None:
    file = folder / f"{name}.csv"
    file.write_text(text, encoding="utf-8")
    workspace.ingest(name, [file])


@pytest.fixture
def workspace(tmp_path):
    with Workspace.create(tmp_path / "ws", {"identity": "keys"}) as made:
        for name, text in FILES.items():
            load(made, tmp_path, name, text)
        yield made


def seen(workspace: Workspace, engine: Engine, moment: datetime = LAST, empty: bool = False) -> dict[str, list[dict]]:
    """All facts as an engine sees them, in one order; tables of which nothing was loaded only where asked for."""
    members = Members(workspace.facts, workspace.derived, workspace.records, workspace.settings)
    files = None
    if not members.given:
        files = members.write(engine, moment, f"r{random.random()}").files
    register_facts(engine, workspace.facts.files, moment, members=files)
    facts = {}
    for of in TABLES.values():
        if of.kind == "fact" and (empty or workspace.facts.files(of.name)):
            rows = engine.fetch(f"select {', '.join(of.names)} from {of.name}").to_pylist()
            facts[of.name] = sorted(rows, key=lambda row: str([row[name] for name in of.key]))
    return facts


def test_facts_of_members_are_facts_of_persons(workspace, engine):
    facts = seen(workspace, engine, empty=True)
    assert {name for name, rows in facts.items() if rows} == {*FILES, "verbatim", "identity"}
    assert {row["interaction_id"]: row["customer_id"] for row in facts["interaction"]} == {
        "i1": ANN, "i2": ANN, "i3": ANN, "i4": own_id("shop-2"), "i5": own_id("nobody-knows"),
    }  # fmt: skip
    assert {row["customer_id"] for row in facts["verbatim"]} == {ANN}
    assert [row["customer_id"] for row in facts["purchase"]][:2] == [ANN, ANN]
    people = {row["customer_id"]: row for row in facts["customer"]}
    assert set(people) == {ANN, own_id("shop-2"), own_id("shop-5"), own_id("shop-6")}
    ann = people[ANN]
    assert ann["first_seen_at"] == datetime(2024, 3, 1)
    assert (ann["name"], ann["email"], ann["phone"]) == ("A. Lee", "Ann@Mail.example", "+49 30 901820")
    assert ann["consent_emotion"] is False
    assert ann["objections"] == "marketing profiling"
    assert json.loads(ann["traits"]) == {"tier": "gold", "city": "Köln"}
    assert people[own_id("shop-5")]["traits"] is None
    # one row an identifier of the person; nobody brings themselves
    assert [(row["kind"], row["customer_id"]) for row in facts["identity"]].count(("email", ANN)) == 1
    (brought,) = facts["referral"]
    assert (brought["referrer_id"], brought["referred_id"], brought["converted"]) == (ANN, own_id("shop-2"), True)


def test_a_split_and_a_decision_taken_back_restore_both_histories(workspace, duckdb_engine):
    before = seen(workspace, duckdb_engine)
    kept = decide.kept.add(workspace.records, decide.Decision("join", ("shop-1", "shop-5"), (), "Kim"))
    joined = seen(workspace, duckdb_engine)
    assert joined != before
    assert {row["customer_id"] for row in joined["customer"]} == {ANN, own_id("shop-2"), own_id("shop-6")}
    apart = decide.Decision("apart", ("shop-5",), ("shop-1", "till-9", "app-3"), "Kim")
    decide.kept.add(workspace.records, apart)
    assert seen(workspace, duckdb_engine) == before
    decide.kept.withdraw(workspace.records, kept.decision_id, "Kim")
    assert seen(workspace, duckdb_engine) == before


def test_what_the_sources_say_comes_back_with_the_setting(workspace, duckdb_engine):
    def with_setting(text: str) -> dict[str, list[dict]]:
        (workspace.root / "heartline.toml").write_text(text)
        with Workspace(workspace.root) as opened:
            return seen(opened, duckdb_engine)

    as_given = with_setting("")
    assert {row["customer_id"] for row in as_given["interaction"]} == {
        "shop-1", "till-9", "app-3", "shop-2", "nobody-knows",
    }  # fmt: skip
    assert with_setting('identity = "keys"') != as_given
    assert with_setting("") == as_given


def test_from_a_past_day_an_identifier_known_later_joins_nobody_but_a_refusal_counts(workspace, engine):
    past = datetime(2026, 3, 1)
    facts = seen(workspace, engine, past)
    people = {row["customer_id"]: row for row in facts["customer"]}
    assert own_id("till-4") not in people  # nobody knew of the till's Tom then
    tom = people[own_id("shop-2")]
    assert tom["first_seen_at"] == datetime(2025, 2, 1)
    assert tom["consent_emotion"] is False  # but by today he refuses
    assert [row["interaction_id"] for row in facts["interaction"]] == ["i4"]
    assert {row["customer_id"] for row in seen(workspace, engine)["customer"]} >= {own_id("shop-2")}


def test_ten_portions_in_any_order_give_the_same_ids_as_all_at_once(tmp_path, duckdb_engine):
    random_ = random.Random(3)
    people = [(f"m{n}", n % 70, n % 45, 1000 + random_.randrange(9000)) for n in range(120)]
    lines = [
        f"{m},20{10 + born % 15:02d}-01-{1 + born % 28:02d},Kim Lee {e},e{e}@mail.example,+4930{p:07d}\n"
        for m, e, p, born in people
    ]
    header = "customer_id,first_seen_at,name,email,phone\n"
    found = []
    for number, portions in enumerate((1, 10)):
        order = lines if number == 0 else random_.sample(lines, len(lines))
        with Workspace.create(tmp_path / f"ws{number}", {"identity": "keys"}) as made:
            members = Members(made.facts, made.derived, made.records, made.settings)
            ids = set()
            for part in range(portions):
                load(made, tmp_path, "customer", header + "".join(order[part::portions]))
                written = members.write(duckdb_engine, LAST, f"r{part}")
                made.derived.make_current(written.runs)
                now = made.query("select member_id, customer_id, own_id from member order by member_id").to_pylist()
                ids |= {row["customer_id"] for row in now}
            found.append(made.query("select * from member order by member_id"))
            # an id that some portion gave still leads to the person
            customers = {row["own_id"]: row["customer_id"] for row in now}
            assert all(made.customer_of(one) == customers[one] for one in ids)
    assert found[0].num_rows == 120
    assert found[0].equals(found[1])


def test_pages_and_explain_find_a_person_by_every_id_they_had(workspace):
    workspace.run(["value"], as_of=LAST)
    for one in ("shop-1", "till-9", "app-3", own_id("app-3"), ANN):
        assert workspace.customer_of(one) == ANN
    assert workspace.customer_of("never seen") == "never seen"
    rows = workspace.customer_query(ANN, "select interaction_id from interaction where customer_id = $id", {"id": ANN})
    assert sorted(rows.column(0).to_pylist()) == ["i1", "i2", "i3"]
    both = "select name, objections, consent_emotion, traits from customer where customer_id = $id"
    assert workspace.customer_query(ANN, both, {"id": ANN}).equals(workspace.query(both, {"id": ANN}))
    told = workspace.explain("customer_value", customer_id="shop-5")
    assert [row["customer_id"] for row in told.rows] == [own_id("shop-5")]
    assert workspace.explain("customer_value", customer_id="shop-1").rows == []  # she objects to it
    known = decide.known_as(workspace, "shop-1")
    assert [row.member_id for row in known.members] == ["till-9", "shop-1", "app-3"]
    assert known.members[2].reason == "same e-mail address as shop-1" or "till-9" in known.members[2].reason
    said = workspace.explain("member")
    assert said.analysis == "identity"
    assert dict(said.steps)["who_key"].startswith("select")
    assert "role_email" not in {
        row["kind"] for row in workspace.query("select kind from shared_identifier").to_pylist()
    }
    with pytest.raises(IdentityError, match="nobody"):
        decide.known_as(workspace, "never seen")


def test_decisions_go_through_and_a_part_of_the_tables_is_not_computed_for_others(workspace):
    workspace.run(["value"], as_of=LAST)
    valued = "select customer_id from customer_value order by customer_id"
    before = workspace.query(valued).column(0).to_pylist()
    assert before == sorted([own_id("shop-5"), own_id("shop-6")])
    joined = decide.join(workspace, ["shop-5", own_id("shop-6")], "Kim", "they said so")
    assert (joined.verb, joined.left, joined.note) == ("join", ("shop-5", "shop-6"), "they said so")
    with pytest.raises(AnalysisError, match="changed since the last run"):
        workspace.run(["text_emotion"], as_of=LAST)
    workspace.run(["value"], as_of=LAST)
    (one,) = workspace.query(valued).column(0).to_pylist()
    assert one in before
    for member in ("shop-5", "shop-6"):
        assert workspace.customer_of(own_id(member)) == one
    kept = decide.split(workspace, one, ["shop-6"], "Kim", "no, two sisters")
    assert (kept.verb, kept.left, kept.right) == ("apart", ("shop-6",), ("shop-5",))
    workspace.run(["value"], as_of=LAST)
    assert workspace.query(valued).column(0).to_pylist() == before
    decide.withdraw(workspace, kept.decision_id, "Kim")
    assert not decide.history(workspace)[0].stands
    workspace.run(["value"], as_of=LAST)
    assert workspace.query(valued).column(0).to_pylist() == [one]
    for wrong in (lambda: decide.split(workspace, ANN, ["shop-2"], "Kim"),
                  lambda: decide.join(workspace, ["shop-1"], "Kim"),
                  lambda: decide.apart(workspace, ["shop-1"], ["shop-1"], "Kim"),
                  lambda: decide.join(workspace, ["shop-1", "shop-2"], " "),
                  lambda: decide.withdraw(workspace, 99, "Kim")):  # fmt: skip
        with pytest.raises(IdentityError):
            wrong()


def test_without_the_setting_nothing_is_made(tmp_path):
    with Workspace.create(tmp_path / "ws") as made:
        for name, text in FILES.items():
            load(made, tmp_path, name, text)
        report = made.run(["value"], as_of=LAST)
        assert "identity" not in report.seconds
        assert made.derived.files("member") == []
        assert made.customer_of("shop-1") == "shop-1"
        with pytest.raises(IdentityError, match="as the sources give them"):
            decide.known_as(made, "shop-1")
    (tmp_path / "ws" / "heartline.toml").write_text('identity = "keys"\n')
    with Workspace(tmp_path / "ws") as made:
        made.run(["value"], as_of=LAST)
        assert made.customer_of("shop-1") == ANN
    (tmp_path / "ws" / "heartline.toml").write_text("")
    with Workspace(tmp_path / "ws") as made:
        made.run(["value"], as_of=LAST)
        assert made.derived.files("member") == []
        assert made.query("select count(*) as n from customer").to_pylist() == [{"n": 7}]


def test_only_hashes_are_kept_where_the_setting_says_so(tmp_path):
    with Workspace.create(tmp_path / "ws", {"identity": "keys", "identity_hashed": True}) as made:
        for name, text in FILES.items():
            load(made, tmp_path, name, text)
        made.run(["value"], as_of=LAST)
        assert {(row["email"], row["phone"]) for row in made.query("select * from customer").to_pylist()} == {
            (None, None)
        }
        assert made.customer_of("app-3") == ANN
