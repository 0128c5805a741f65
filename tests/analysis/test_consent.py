"""Every analysis obeys what a customer objects to: walked through the registry, so that a new one is caught.

A table with customers holds no row on somebody who objects to profiling, unless it is listed below with the columns
that may be told of them; what somebody says who refused the reading changes no row on them anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.analysis.test_promises import RELATIVE
from tests.engines.compare import assert_alike, run_on

from heartline.analysis.base import Context, in_order
from heartline.analysis.consent import no_profile, no_reading, no_research
from heartline.analysis.registry import ANALYSES
from heartline.engines.base import Engine
from heartline.engines.duckdb import DuckDBEngine
from heartline.runner import register_facts
from heartline.simulate import simulate
from heartline.tables import PURPOSES, TABLES, facts, table
from heartline.workspace import Workspace

BY_CUSTOMER = [name for analysis in ANALYSES for name in analysis.writes if TABLES[name].customer]
SAID = (None, "refused", "profiling", "all", "something of their own", "marketing contact sharing research")
# Facts as they were told stay in a list of persons and of contacts; everything else of a row must be NULL.
TOLD: dict[str, set[str]] = {
    "touchpoint_visit": {
        "interaction_id", "customer_id", "occurred_at", "channel", "touchpoint", "stage", "outcome", "team",
        "felt_valence", "felt_from", "baseline_n",  # of ratings, or of words that may be read; see below
    },
    "customer_overview": {
        "customer_id", "name", "first_seen_at", "last_seen_at", "interactions", "felt_n", "last_touchpoint", "orders",
        "revenue", "currency",
    },
}  # fmt: skip


@dataclass(frozen=True)
class House:
    """What was made of the company, and of one where those who refused said something else."""

    said: Mapping[str, str | None]
    made: Mapping[str, pa.Table]
    otherwise: Mapping[str, pa.Table]

    def rows(self, name: str, *said: str | None, otherwise: bool = False) -> list[dict[str, object]]:
        of = TABLES[name].customer
        made = self.otherwise if otherwise else self.made
        return [row for row in made[name].to_pylist() if self.said.get(row[of], "") in said]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    root = tmp_path_factory.mktemp("house")
    simulate(root / "files", customers=120, seed=5, months=8)
    with Workspace.create(root / "workspace") as workspace:
        for name in ("customer", "interaction", "purchase", "survey_response", "referral", "funnel", "initiative"):
            workspace.ingest(name, [root / "files" / f"{name}.parquet"])
        as_of, settings = workspace.last_moment(), workspace.settings.values
        engine = DuckDBEngine(memory_limit_gb=2, threads=2)
        register_facts(engine, workspace.facts.files, as_of)
        given = {of.name: engine.fetch(f"select * from {of.name}") for of in facts()}
        engine.close()
    people = given["customer"].to_pylist()
    said: dict[str, str | None] = {}
    for number, person in enumerate(sorted(people, key=lambda one: one["customer_id"])):
        word = SAID[number % len(SAID)]
        said[person["customer_id"]] = word
        person["consent_emotion"] = False if word == "refused" else None
        person["objections"] = None if word == "refused" else word
    given["customer"] = pa.Table.from_pylist(people, schema=given["customer"].schema)
    words = given["verbatim"]
    silent = pa.array([said.get(one) in ("refused", "all", SAID[4]) for one in words.column("customer_id").to_pylist()])
    angry = pc.if_else(silent, "This is a disgrace. I hate you and I will leave.", words.column("text"))
    changed = {**given, "verbatim": words.set_column(words.schema.get_field_index("text"), "text", angry)}

    def made(tables: Mapping[str, pa.Table]) -> Mapping[str, pa.Table]:
        engine = DuckDBEngine(memory_limit_gb=2, threads=2)
        found, _ = run_on(engine, in_order(ANALYSES), Context(as_of, settings), tables)
        engine.close()
        return found

    return House(said, made(given), made(changed))


ELSEWHERE = {"conduct", "promise_heard", "case_outcome"}
"""Tables that are empty here, conduct being off and no case opened; see test_conduct and test_play_effects."""


@pytest.mark.parametrize("name", sorted(set(BY_CUSTOMER) - ELSEWHERE))
def test_there_is_something_on_who_allows_it(house: House, name: str) -> None:
    assert house.rows(name, None)
    assert house.rows(name, "marketing contact sharing research")  # which forbids no analysis


@pytest.mark.parametrize("name", BY_CUSTOMER)
@pytest.mark.parametrize("said", ["profiling", "all", "something of their own"])
def test_nothing_is_worked_out_on_who_objects(house: House, name: str, said: str) -> None:
    rows = house.rows(name, said)
    if name == "feeling" and said == "profiling":
        return  # the reading of a text is another purpose
    if name not in TOLD:
        assert rows == []
    for row in rows:
        assert {column for column, value in row.items() if value is not None} <= TOLD[name]
        if said != "profiling":
            assert row.get("felt_from") in (None, "rating", "none")


@pytest.mark.parametrize("name", BY_CUSTOMER)
def test_what_they_say_who_refused_the_reading_says_nothing_of_them(house: House, name: str) -> None:
    words = ("refused", "all", "something of their own")
    if name == "feeling":
        assert house.rows(name, *words) == []
    key = TABLES[name].key
    before, after = (
        sorted(house.rows(name, *words, otherwise=otherwise), key=lambda row: [str(row[one]) for one in key])
        for otherwise in (False, True)
    )
    for one, other in zip(before, after, strict=True):
        assert_alike(one, other, RELATIVE)
    assert all(row.get("felt_from") in (None, "rating", "none") for row in before)


def test_the_rules_can_fail(house: House) -> None:
    """Who allows the reading is read, from words and behaviour; the changed words are other words."""
    assert {"words", "rating", "none"} <= {row["felt_from"] for row in house.rows("touchpoint_visit", None)}
    assert house.rows("feeling", "profiling")
    assert house.rows("connection", "refused")
    assert all(row["baseline"] is None for row in house.rows("touchpoint_visit", "profiling"))
    assert any(row["baseline"] is not None for row in house.rows("touchpoint_visit", "refused"))


def test_sums_keep_everybody(house: House) -> None:
    visits = sum(row["visits"] for row in house.made["touchpoint_period"].to_pylist())
    assert visits == house.made["touchpoint_visit"].num_rows
    ended = sum(row["steps"] for row in house.made["journey_step"].to_pylist() if not row["next_touchpoint"])
    assert ended > 0


# the conditions, on both engines

WORDS = {
    None: (True, True, True), "": (True, True, True), "marketing": (True, True, True),
    "Marketing; CONTACT|sharing, newsletter": (True, True, True), "emotion": (False, True, False),
    "feelings marketing": (False, True, False), "profiling": (True, False, True), "Scoring,": (True, False, True),
    "research": (True, True, False), "all": (False, False, False), "foo": (False, False, False),
    "marketing foo": (False, False, False), "emotionx": (False, False, False), " , ;": (True, True, True),
}  # fmt: skip


def test_each_word_forbids_its_purpose_and_an_unknown_one_everything(engine: Engine) -> None:
    people = [{"customer_id": repr(word), "objections": word} for word in WORDS]
    people += [
        {"customer_id": "no", "consent_emotion": False}, {"customer_id": "yes", "consent_emotion": True},
    ]  # fmt: skip
    engine.register_arrow("customer", pa.Table.from_pylist(people, schema=table("customer").arrow_schema()))
    f = engine.functions
    found = engine.fetch(
        f"select customer_id, not {no_reading(f)} as reading, not {no_profile(f)} as profile, "
        f"not {no_research(f)} as research from customer"
    ).to_pylist()
    allowed = {row["customer_id"]: (row["reading"], row["profile"], row["research"]) for row in found}
    wanted = {repr(word): allows for word, allows in WORDS.items()}
    assert allowed == wanted | {"no": (False, True, False), "yes": (True, True, True)}


def test_purposes_are_those_that_the_how_to_lists() -> None:
    how_to = (Path(__file__).parents[2] / "docs" / "how-to" / "privacy.md").read_text("utf-8")
    assert all(f"`{purpose}`" in how_to for purpose in PURPOSES)
