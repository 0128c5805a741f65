"""What people say of causes of drop-off: kept, the newest counts, checked, and read by the next run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from heartline import hypotheses
from heartline.cli import heartline
from heartline.errors import HypothesisError
from heartline.workspace import Workspace

FUNNEL = "funnel,position,touchpoint\nbuy,1,search\nbuy,2,cart\n"
CONTACTS = """interaction_id,customer_id,occurred_at,channel,touchpoint,conversation_id,outcome
i1,ann,2026-05-01 10:00,web,search,s1,completed
i2,ann,2026-05-01 10:05,web,coupon,s1,failed
i3,bob,2026-05-02 10:00,web,search,s2,completed
i4,bob,2026-05-02 10:02,web,cart,s2,completed
i5,bob,2026-06-20 10:00,web,search,s3,completed
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "shop", {"emotion_model": "bulk"}) as workspace:
        for name, text in (("funnel", FUNNEL), ("interaction", CONTACTS)):
            file = tmp_path / f"{name}.csv"
            file.write_text(text)
            workspace.ingest(name, [file])
        yield workspace


def test_the_newest_word_counts_and_all_are_kept(shop: Workspace) -> None:
    hypotheses.say(shop, "buy", "cart", "code_denied", "accepted", "Ann", "seen it", "2026-05-04", "app")
    hypotheses.say(shop, "buy", "search", "waiting", "rejected", " Bob ")
    kept = hypotheses.say(shop, "buy", "cart", "code_denied", "open", "Cid")
    assert kept.at.endswith("+00:00")
    board = {one.cause: one for one in hypotheses.board(shop)}
    assert (board["code_denied"].status, board["code_denied"].fixed_at) == ("open", None)
    assert board["waiting"].by == "Bob"
    assert [one.by for one in hypotheses.history(shop)] == ["Cid", "Bob", "Ann"]
    first = hypotheses.history(shop)[-1]
    assert (first.fixed_at, first.fixed_channel, first.note) == ("2026-05-04T00:00:00", "app", "seen it")
    table = hypotheses.standing_table(shop.records)
    assert table.num_rows == 2
    assert table["decided_at"].null_count == 0


TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


@pytest.mark.parametrize(
    "said",
    [
        ("buy", "pay", "waiting", "open", "Ann"),
        ("sell", "cart", "waiting", "open", "Ann"),
        ("buy", "cart", "Waiting!", "open", "Ann"),
        ("buy", "cart", "waiting", "perhaps", "Ann"),
        ("buy", "cart", "waiting", "open", " "),
        ("buy", "cart", "waiting", "open", "A\nnn"),
        ("buy", "cart", "waiting", "open", "Ann", "x" * 301),
        ("buy", "cart", "waiting", "accepted", "Ann", "", "4 May"),
        ("buy", "cart", "waiting", "accepted", "Ann", "", TOMORROW),
        ("buy", "cart", "waiting", "accepted", "Ann", "", "2026-05-04", "pigeon"),
        ("buy", "cart", "waiting", "accepted", "Ann", "", "", "app"),
    ],
)
def test_what_cannot_be_taken_is_refused(shop: Workspace, said: tuple[str, ...]) -> None:
    with pytest.raises(HypothesisError) as refused:
        hypotheses.say(shop, *said)
    assert refused.value.next_step or refused.value.expected
    assert hypotheses.board(shop) == []


def test_a_zone_is_brought_to_utc(shop: Workspace) -> None:
    kept = hypotheses.say(shop, "buy", "cart", "waiting", "accepted", "Ann", "", "2026-05-04T01:00:00+02:00")
    assert kept.fixed_at == "2026-05-03T23:00:00"


def test_the_command_and_the_next_run(shop: Workspace) -> None:
    def ran(*words: str) -> str:
        result = CliRunner().invoke(heartline, ["funnel", *words, "-w", str(shop.root)], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "Nobody has decided anything yet" in ran("list")
    assert "Next: it counts from the next run on" in ran("reject", "buy", "search", "code_denied", "--by", "Ann")
    ran("fixed", "buy", "search", "price_shown_late", "--on", "2026-05-20", "--channel", "web", "--by", "Bob")
    listed = json.loads(ran("list", "--json"))
    assert [(one["cause"], one["status"], one["fixed_channel"]) for one in listed] == [
        ("code_denied", "rejected", None), ("price_shown_late", "accepted", "web"),
    ]  # fmt: skip
    ran("accept", "buy", "search", "code_denied", "--by", "Ann", "--note", "after all")
    assert "after all" in ran("list", "--all")
    ran("open", "buy", "cart", "waiting", "--by", "Ann")
    shop.run(
        ["drop_off"],
    ) if shop.derived.about("feeling") else shop.run()
    rows = shop.query("select step, cause, status, evidence, reason from drop_off").to_pylist()
    told = {(row["step"], row["cause"]): row for row in rows}
    assert told["search", "code_denied"]["status"] == "accepted"
    assert told["search", "price_shown_late"]["evidence"] == "people"
    assert told["cart", "waiting"]["status"] == "open"
    fixes = shop.query("select cause, outcome, verdict, reason from fix_effect").to_pylist()
    assert [(row["cause"], row["outcome"]) for row in fixes] == [("price_shown_late", "drop_rate")]
    assert fixes[0]["verdict"] == "not_enough_evidence"
    assert fixes[0]["reason"]
