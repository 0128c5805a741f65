"""Replies of employees: planted by team, the same every time, and nothing else of the company moves."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq

from heartline.conduct import read_reply
from heartline.simulate import simulate
from heartline.simulate.replies import KINDNESS, write_replies


def prints(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir() if file.is_file()}


def test_replies_are_planted_and_touch_nothing_else(tmp_path: Path) -> None:
    simulate(tmp_path, customers=400, seed=5, months=12)
    before = prints(tmp_path)
    first = prints(write_replies(tmp_path).parent)
    assert {name: first[name] for name in before} == before
    assert prints(write_replies(tmp_path).parent) == first

    rows = pq.read_table(tmp_path / "replies.parquet").to_pylist()
    replies = [row for row in rows if row["interaction_id"].endswith("-reply")]
    assert {(row["speaker"], row["direction"]) for row in rows} == {("employee", "outbound")}
    told = pq.read_table(tmp_path / "truth_interaction.parquet").to_pylist()
    rude = {row["interaction_id"] for row in told if row["situation"] == "disrespect"}
    found = {row["interaction_id"].removesuffix("-reply"): read_reply(row["text"]) for row in replies}
    assert {key for key, reply in found.items() if reply.disrespect >= 0.5} == rude & set(found)

    planted = json.loads((tmp_path / "truth_replies.json").read_text("utf-8"))
    kind = {team: of["kind"] / (of["replies"] - of["rude"]) for team, of in planted.items()}
    assert kind["amber"] > kind["ember"]
    for team, share in KINDNESS.items():
        size = planted[team]["replies"]
        assert abs(kind[team] - share) < 2.6 * (share * (1 - share) / size) ** 0.5
        shown = [found[r["interaction_id"].removesuffix("-reply")].empathy >= 0.5 for r in replies if r["team"] == team]
        assert abs(sum(shown) - planted[team]["kind"]) <= 2  # a call-back's date may fall after the end
