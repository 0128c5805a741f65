"""Rows to train on, their export, and who is left out; texts drawn at random."""

from __future__ import annotations

import json
import stat
from collections import Counter
from pathlib import Path

import pytest
from tests.corrections.shop import TEXTS, refuse

from heartline.corrections import Edit, correct, draw, export, rows
from heartline.errors import CorrectionError
from heartline.records import corrections as kept
from heartline.workspace import Workspace


def test_rows_carry_the_words_and_the_newest_labels(workspace: Workspace) -> None:
    correct(workspace, "late", Edit(add=("signal:effort",)), "Dana")
    correct(workspace, "late", Edit(remove=("signal:effort",), add=("motivator:order",), valence=-2), "Eli")
    correct(workspace, "rude", Edit(right=True), "Dana")
    late, rude = sorted(rows(workspace), key=lambda one: one.interaction_id)
    assert (late.text, late.channel) == (TEXTS["late"][2], "email")
    assert "effort" not in late.signals
    assert (late.motivators, late.valence) == (("order",), -1.0)
    assert rude.motivators == (), "the model judged them and found none, and the person let that stand"
    assert rude.model_version == workspace.query("select model_version from feeling").column(0)[0].as_py()


def test_rows_say_which_labels_a_person_took_away(workspace: Workspace) -> None:
    shown = (
        workspace.query("select emotions from feeling where interaction_id = 'thanks'").column(0)[0].as_py()
    ).split()
    assert "gratitude" in shown
    correct(
        workspace,
        "thanks",
        Edit(remove=("emotion:gratitude",), add=("emotion:joy",) if "joy" not in shown else ()),
        "Dana",
    )
    assert rows(workspace)[0].removed == ("emotion:gratitude",)
    correct(workspace, "thanks", Edit(add=("emotion:gratitude",)), "Eli")
    assert rows(workspace)[0].removed == ()


def test_a_valence_that_nobody_judged_is_missing(workspace: Workspace) -> None:
    correct(workspace, "rude", Edit(add=("signal:effort",)), "Dana")
    assert rows(workspace)[0].valence is None


@pytest.mark.parametrize("objection", ["", "emotion", "all", "research", "robots"])
def test_customers_who_refused_are_not_exported(workspace: Workspace, tmp_path: Path, objection: str) -> None:
    correct(workspace, "later_no", Edit(right=True), "Dana")
    correct(workspace, "rude", Edit(right=True), "Dana")
    refuse(workspace, "cleo", objection)
    wrote = export(workspace, tmp_path / "rows.jsonl")
    assert (wrote.rows, wrote.withheld, wrote.gone) == (1, 1, 0)
    lines = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text("utf-8").splitlines()]
    assert [line["interaction_id"] for line in lines] == ["rude"]
    assert lines[0]["text"] == TEXTS["rude"][2]
    assert "Dana" not in (tmp_path / "rows.jsonl").read_text("utf-8")
    assert stat.S_IMODE((tmp_path / "rows.jsonl").stat().st_mode) == 0o600


def test_an_export_has_one_form(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(CorrectionError, match=r"ends in \.jsonl"):
        export(workspace, tmp_path / "rows.csv")


def test_a_draw_is_by_channel_without_repeats_and_leaves_out_who_refused(workspace: Workspace) -> None:
    refuse(workspace, "cleo")
    drawn = draw(workspace, 2, salt="a")
    # one text each is scored in these channels: "german" cannot be read, "later_no" refused
    assert Counter(one["channel"] for one in drawn) == {"web": 1, "call": 1, "email": 1}
    assert all(one["looked_at"] is None for one in drawn)
    assert draw(workspace, 2) == []
    version = workspace.query("select model_version from feeling").column(0)[0].as_py()
    assert {one.interaction_id for one in kept.draws(workspace.records, version)} == {"thanks", "rude", "late"}


def test_a_text_picked_before_may_be_drawn_and_says_who_looked(workspace: Workspace) -> None:
    correct(workspace, "rude", Edit(right=True), "Dana")
    drawn = {one["interaction_id"]: one["looked_at"] for one in draw(workspace, 9)}
    assert drawn["rude"] == "Dana"
    assert drawn["late"] is None


def test_every_text_has_the_same_chance(workspace: Workspace) -> None:
    """Two texts of a channel, one drawn: over many salts each comes up about half of the time."""
    first: Counter[str | None] = Counter()
    for number in range(60):
        found = [one for one in draw(workspace, 1, salt=str(number)) if one["channel"] == "web"]
        first[found[0]["interaction_id"]] += 1
        with workspace.records.writing() as connection:
            connection.exec_driver_sql("delete from correction_draw")
    assert set(first) == {"thanks", "later_no"}
    assert 15 <= first["thanks"] <= 45  # almost 4 standard deviations either way
