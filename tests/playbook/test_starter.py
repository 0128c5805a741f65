"""The playbook to begin with: checks without a word, is never written over another, and fits the simulated company."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.company import Company

from heartline.engines.duckdb import DuckDBEngine
from heartline.errors import PlaybookError
from heartline.playbook import starter
from heartline.playbook.checking import check
from heartline.playbook.conditions import CONDITIONS
from heartline.playbook.reading import read
from heartline.playbook.shape import Bound, ContactTrigger, Playbook


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    folder = tmp_path_factory.mktemp("begun")
    starter.write(folder)
    held = read(folder)
    assert held is not None
    return held


def test_it_has_nothing_to_mend(tmp_path: Path, company: Company) -> None:
    written = starter.write(tmp_path / "playbook")
    assert len(written) == 9
    touchpoints = set(company.given["interaction"].column("touchpoint").to_pylist())
    assert check(tmp_path / "playbook", touchpoints=touchpoints) == []


def test_nobodys_words_are_written_over(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    own = tmp_path / "sub" / "own.yml"
    own.write_text("vision: Ours.", encoding="utf-8")
    with pytest.raises(PlaybookError):
        starter.write(tmp_path)
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["own.yml"]
    assert own.read_text(encoding="utf-8") == "vision: Ours."


def test_nobody_is_left_alone_after_harm(begun: Playbook) -> None:
    held = {play.play: play for play in begun.plays}
    for name in ("broken_promise", "disrespect_apology", "unresolved_twice", "public_attack", "promise_overdue"):
        assert held[name].hold_out == 0
    assert held["silent_leaver"].hold_out == 0.2
    assert all(play.template and play.serves for play in begun.plays)
    assert {rule.measure for rule in begun.conduct} >= {"respect", "empathy", "recognition", "listening", "promises"}


def test_every_trigger_is_met_in_the_simulated_company(
    begun: Playbook, company: Company, duckdb_engine: DuckDBEngine
) -> None:
    for name in {one.table for one in CONDITIONS.values()} | {"touchpoint_visit"}:
        duckdb_engine.register_arrow(name, company.made[name])
    duckdb_engine.register_arrow("feeling", _one_hurt(company.made["feeling"], company.made["touchpoint_visit"]))
    for play in begun.plays:
        parts = [f"select customer_id from ({CONDITIONS[name].sql}) where {_met(bound)}"
                 for name, bound in play.trigger.customer.items()]  # fmt: skip
        if play.trigger.contact:
            parts.append(_contacts(play.trigger.contact))
        if parts:
            found = duckdb_engine.fetch(f"select count(*) as n from ({' intersect '.join(parts)})").column(0)[0].as_py()
            assert found >= 1, play.play
            assert found <= 150, f"{play.play} is for {found} of 300 customers"


def _one_hurt(feeling: pa.Table, visits: pa.Table) -> pa.Table:
    """One or two of 300 customers tell of betrayal or rudeness, too few to be sure of: a complaint does too.

    The rows of a table have no order, and some complaints belong to nobody: the complaint is chosen by its id.
    """
    known = set(visits.filter(pc.is_valid(visits["customer_id"])).column("interaction_id").to_pylist())
    told = zip(feeling.column("interaction_id").to_pylist(), feeling.column("signals").to_pylist(), strict=True)
    first = min(one for one, said in told if one in known and said and "complaint" in said.split())
    hurt = pc.binary_join_element_wise(feeling["signals"], "betrayal disrespect", " ")
    signals = pc.if_else(pc.equal(feeling["interaction_id"], first), hurt, feeling["signals"])
    place = feeling.schema.get_field_index("signals")
    return feeling.set_column(place, feeling.schema.field(place), signals)


def _met(bound: Bound) -> str:
    if bound.one_of:
        return "value in (" + ", ".join(f"'{word}'" for word in bound.one_of) + ")"
    return f"value >= {bound.at_least}"


def _contacts(contact: ContactTrigger) -> str:
    """Customers with such a contact at any time of the year."""
    conditions = [
        f"v.{column} in (" + ", ".join(f"'{name}'" for name in names) + ")"
        for column, names in (
            ("touchpoint", contact.touchpoints), ("stage", contact.stages), ("outcome", contact.outcomes)
        )
        if names
    ]  # fmt: skip
    if contact.signals:
        said = " or ".join(f"(' ' || f.signals || ' ') like '% {name} %'" for name in contact.signals)
        conditions.append(f"({said})")
    return (
        "select v.customer_id from touchpoint_visit v left join feeling f on f.interaction_id = v.interaction_id where "
        + " and ".join(conditions)
    )
