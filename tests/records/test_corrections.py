"""Corrections in the records: the newest counts, history is kept, draws are marked once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from heartline.records import corrections as kept
from heartline.records.corrections import Correction, Draw, Reading
from heartline.records.store import Records

SHOWN = Reading("scored", ("anger",), ("effort",), None, None, "service", -0.6)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records(tmp_path / "r.db")
    yield opened
    opened.close()


def said(text: str, by: str, customer: str = "c1") -> Correction:
    reading = Reading("scored", (), ("effort", "ease"), ("order",), "worry", None, -0.5)
    return Correction(text, customer, None, "m1", SHOWN, reading, by, note="why")


def test_what_was_kept_comes_back_whole(records: Records) -> None:
    assert not kept.any_kept(records)
    made = kept.add(records, said("t1", "Ann"))
    assert made.correction_id > 0
    assert made.at.endswith("+00:00")
    assert kept.newest(records) == [made]
    assert kept.any_kept(records)


def test_the_newest_counts_and_history_is_kept(records: Records) -> None:
    for text, by in (("t1", "Ann"), ("t2", "Ann"), ("t1", "Bob")):
        kept.add(records, said(text, by, customer=f"of-{text}"))
    assert [(one.interaction_id, one.by) for one in kept.newest(records)] == [("t2", "Ann"), ("t1", "Bob")]
    assert [one.by for one in kept.newest(records, customer_id="of-t1")] == ["Bob"]
    assert kept.newest(records, interaction_id="t3") == []
    assert [one.by for one in kept.history(records, "t1")] == ["Bob", "Ann"]
    assert len(kept.history(records, limit=2)) == 2


def test_a_text_is_drawn_once_under_each_model(records: Records) -> None:
    for _ in range(2):
        kept.add_draws(records, [Draw("t1", "m1", "web"), Draw("t2", "m1", None)])
    kept.add_draws(records, [Draw("t1", "m2", "web")])
    assert [(one.interaction_id, one.channel) for one in kept.draws(records, "m1")] == [("t1", "web"), ("t2", None)]
    assert len(kept.draws(records, "m2")) == 1
    kept.add_draws(records, [])
