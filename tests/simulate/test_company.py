"""The simulated company: what is planted is really in the files."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from heartline import tables
from heartline.errors import StatisticsError
from heartline.simulate import SEGMENTS, Truth, simulate
from heartline.simulate.company import TOUCHPOINTS
from heartline.simulate.files import SCHEMAS

Columns = dict[str, Any]

# the import columns of each table, in order; a change here is a change of the contract
CONTRACT = {
    "interaction": "interaction_id customer_id occurred_at channel touchpoint stage kind direction outcome "
    "duration_s rating rating_min rating_max text speaker conversation_id team campaign properties",
    "purchase": "purchase_id customer_id occurred_at revenue currency list_value discount margin refunded "
    "channel products",
    "survey_response": "response_id customer_id answered_at construct subject value scale_min scale_max "
    "survey question text",
    "referral": "referrer_id referred_id occurred_at converted",
    "spend": "touchpoint period amount currency department",
    "option": "option_id name department touchpoint cost currency expected_lift max_units",
    "funnel": "funnel position touchpoint",
    "initiative": "initiative_id name touchpoint unit_kind unit started_at ended_at cost currency",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """5,000 customers without words."""
    folder = tmp_path_factory.mktemp("company")
    return folder, simulate(folder, 5000, seed=1, texts=False)


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """5,000 customers with words."""
    folder = tmp_path_factory.mktemp("talking")
    simulate(folder, 5000, seed=2)
    return folder


def read(folder: Path, table: str, *columns: str) -> Columns:
    got = pq.read_table(folder / f"{table}.parquet", columns=list(columns) or None)
    return {name: got.column(name).to_numpy(zero_copy_only=False) for name in got.column_names}


def test_columns_are_the_import_contract(company: tuple[Path, Truth]) -> None:
    folder, _ = company
    for table, columns in CONTRACT.items():
        assert pq.read_schema(folder / f"{table}.parquet").names == columns.split()
    names = pq.read_schema(folder / "customer.parquet").names
    assert names[:5] == ["customer_id", "first_seen_at", "name", "email", "phone"]
    assert "consent_emotion" in names


def test_values_are_the_words_that_the_tables_allow(company: tuple[Path, Truth]) -> None:
    folder, _ = company
    rows = read(folder, "interaction", "channel", "outcome", "direction", "speaker")
    assert set(rows["channel"]) <= set(tables.CHANNELS)
    assert set(rows["outcome"]) - {None} == set(tables.OUTCOMES)
    assert set(rows["direction"]) == set(tables.DIRECTIONS)
    assert set(read(folder, "survey_response", "construct")["construct"]) == set(tables.CONSTRUCTS) - {"self_relevance"}
    assert set(SEGMENTS) == set(tables.SEGMENTS)


def test_ids_are_unique_and_everything_happens_before_the_end(company: tuple[Path, Truth]) -> None:
    folder, _ = company
    for table, key, when in (
        ("interaction", "interaction_id", "occurred_at"),
        ("purchase", "purchase_id", "occurred_at"),
        ("survey_response", "response_id", "answered_at"),
    ):
        rows = read(folder, table, key, when)
        assert len(set(rows[key])) == len(rows[key])
        assert rows[when].max() < np.datetime64("2026-06-30")


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    def digests(name: str, seed: int) -> dict[str, str]:
        simulate(tmp_path / name, 300, seed=seed, months=6)
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted((tmp_path / name).iterdir())}

    one, again, other = digests("a", 5), digests("b", 5), digests("c", 6)
    assert one == again
    assert one["interaction.parquet"] != other["interaction.parquet"]
    assert set(one) == {f"{table}.parquet" for table in SCHEMAS} | {"truth.json"}


@pytest.mark.parametrize("arguments", [{"customers": 3}, {"months": 1}, {"interactions_per_customer": 0}])
def test_refuses_what_it_cannot_simulate(tmp_path: Path, arguments: dict[str, Any]) -> None:
    with pytest.raises(StatisticsError):
        simulate(tmp_path, **arguments)


def test_segments_have_sensible_shares(company: tuple[Path, Truth]) -> None:
    _, truth = company
    shares = truth.segments
    assert sum(shares.values()) == pytest.approx(1)
    bounds = {
        "dissenter": (0.012, 0.04), "defector": (0.18, 0.30), "super_advocate": (0.03, 0.07),
        "advocate": (0.08, 0.14), "at_risk": (0.04, 0.13), "content": (0.27, 0.40), "indifferent": (0.10, 0.25),
    }  # fmt: skip
    for name, (low, high) in bounds.items():
        assert low < shares[name] < high, name


def test_bond_is_about_normal_and_not_satisfaction(company: tuple[Path, Truth]) -> None:
    rows = read(company[0], "truth_customer", "true_bond", "true_satisfaction")
    bond, satisfaction = rows["true_bond"], rows["true_satisfaction"]
    assert abs(bond.mean() - 50) < 3
    assert abs(bond.std() - 18) < 2
    assert 0.4 < np.corrcoef(bond, satisfaction)[0, 1] < 0.75


def test_attachment_items_are_centred_on_the_bond(company: tuple[Path, Truth]) -> None:
    folder, truth = company
    last = np.datetime64("2026-06-30") - np.timedelta64(70, "D")
    answers = read(folder, "survey_response", "customer_id", "construct", "value", "answered_at")
    bonds = read(folder, "truth_customer", "customer_id", "true_bond")
    bond_of = dict(zip(bonds["customer_id"], bonds["true_bond"], strict=True))
    rows = (answers["construct"] == "attachment") & (answers["answered_at"] > last)
    scaled = (answers["value"][rows] - 1) / 6 * 100
    bond = np.array([bond_of[c] for c in answers["customer_id"][rows]])
    assert rows.sum() > 800
    assert abs((scaled - bond).mean()) < 2.0
    # a slope of one as well: the scale is anchored at both ends, not only in the middle
    assert np.polyfit(bond, scaled, 1)[0] == pytest.approx(1.0, abs=0.09)
    assert truth.effects["attachment_items"] == 4


def test_failed_code_makes_people_abandon_at_the_planted_rate(company: tuple[Path, Truth]) -> None:
    folder, truth = company
    rows = read(folder, "interaction", "touchpoint", "outcome", "conversation_id")
    code = (rows["touchpoint"] == "discount_code") & (rows["outcome"] == "failed")
    failed = set(rows["conversation_id"][code])
    checkout = (rows["touchpoint"] == "checkout") & (rows["conversation_id"] != None)  # noqa: E711
    hit = np.array([c in failed for c in rows["conversation_id"][checkout]])
    gone = rows["outcome"][checkout] == "abandoned"
    assert gone[hit].mean() == pytest.approx(truth.effects["abandon_if_code_failed"], abs=0.06)
    assert gone[~hit].mean() == pytest.approx(truth.effects["abandon_otherwise"], abs=0.02)
    assert truth.observed["checkouts_code_failed"] == hit.sum()
    # some type it again: more failed rows than sessions
    assert code.sum() > 1.5 * len(failed)


def test_disrespected_customers_leave(company: tuple[Path, Truth], talking: Path) -> None:
    folder, truth = company
    window = np.timedelta64(7 * truth.effects["disrespect_window_weeks"], "D")
    end = np.datetime64("2026-06-30")
    gone: dict[bool, list[bool]] = {True: [], False: []}
    for place in (folder, talking):
        calls = read(place, "interaction", "interaction_id", "customer_id", "occurred_at", "touchpoint")
        felt = read(place, "truth_interaction", "interaction_id", "situation")
        people = read(place, "truth_customer", "customer_id", "left_at")
        left = dict(zip(people["customer_id"], people["left_at"], strict=True))
        situation = dict(zip(felt["interaction_id"], felt["situation"], strict=True))
        for row in np.flatnonzero(calls["touchpoint"] == "support_call"):
            kind = situation[calls["interaction_id"][row]]
            if calls["occurred_at"][row] + window < end and kind in ("disrespect", "resolved", "understood", "easy"):
                leaving = left[calls["customer_id"][row]]
                soon = not np.isnat(leaving) and leaving < calls["occurred_at"][row] + window
                gone[kind == "disrespect"].append(bool(soon))
    # cumulated hazards of the window: minus log of the share that stays
    rude, kind_ones = (-np.log(1 - np.mean(gone[k])) for k in (True, False))
    planted = truth.effects["disrespect_hazard_ratio"]
    assert len(gone[True]) > 100
    # bonds lost and older hurt add to it on both sides, so the ratio is near, not at, the planted one
    assert 0.4 * planted < rude / kind_ones < 1.9 * planted


def test_thank_you_note_is_felt_but_not_said_to_matter(company: tuple[Path, Truth]) -> None:
    folder, truth = company
    answers = read(folder, "survey_response", "construct", "subject", "value")
    stated = {
        name: answers["value"][(answers["construct"] == "importance") & (answers["subject"] == name)].mean()
        for name in (t.name for t in TOUCHPOINTS)
    }
    assert min(stated, key=lambda n: stated[n]) == "thank_you_note"
    assert max(stated, key=lambda n: stated[n]) == "account_opening"
    assert truth.touchpoints["account_opening"]["bond_gain"] == 0
    touch = read(folder, "interaction", "customer_id", "touchpoint")
    people = read(folder, "truth_customer", "customer_id", "true_bond", "bond_at_start")
    bought = Counter(read(folder, "purchase", "customer_id")["customer_id"])
    notes = Counter(touch["customer_id"][touch["touchpoint"] == "thank_you_note"])
    # notes go out at random after orders: among equal orders, more notes mean more gain
    gain = people["true_bond"] - people["bond_at_start"]
    orders = np.array([bought[c] for c in people["customer_id"]])
    got = np.array([notes[c] for c in people["customer_id"]])
    slopes = [np.polyfit(got[orders == n], gain[orders == n], 1)[0] for n in range(2, 7)]
    assert np.mean(slopes) > 0.6


def test_betrayal_and_revenge_rise_with_self_relevance(company: tuple[Path, Truth]) -> None:
    rows = read(company[0], "truth_customer", "promise_broken", "betrayed", "self_relevance", "attacking")
    broken = rows["promise_broken"]
    high = rows["self_relevance"] > 0.5
    assert rows["betrayed"][broken & high].mean() > 2 * rows["betrayed"][broken & ~high].mean()
    assert rows["self_relevance"][rows["attacking"]].mean() > rows["self_relevance"].mean() + 0.15
    assert not (rows["attacking"] & ~rows["betrayed"]).any()


def test_heavy_buyers_make_the_plain_multiple_too_large(company: tuple[Path, Truth]) -> None:
    _, truth = company
    assert 1.4 < truth.value["caused_multiple"] < truth.value["as_it_looks_multiple"] - 0.2


def test_nobody_buys_after_leaving(company: tuple[Path, Truth]) -> None:
    folder, _ = company
    people = read(folder, "truth_customer", "customer_id", "left_at")
    left = dict(zip(people["customer_id"], people["left_at"], strict=True))
    orders = read(folder, "purchase", "customer_id", "occurred_at")
    late = [
        not np.isnat(left[c]) and when > left[c]
        for c, when in zip(orders["customer_id"], orders["occurred_at"], strict=True)
    ]
    assert not any(late)


def test_promoting_acts_and_referrals_agree(company: tuple[Path, Truth]) -> None:
    folder, _ = company
    people = read(folder, "truth_customer", "customer_id", "promoting_acts_365d", "true_bond")
    acts = dict(zip(people["customer_id"], people["promoting_acts_365d"], strict=True))
    rows = read(folder, "referral")
    recent = rows["occurred_at"] >= np.datetime64("2026-06-30") - np.timedelta64(365, "D")
    sent = Counter(rows["referrer_id"][recent])
    assert sent
    assert all(acts[c] >= n for c, n in sent.items())
    assert (rows["referrer_id"] != rows["referred_id"]).all()
    keys = list(zip(rows["referrer_id"], rows["referred_id"], strict=True))
    assert len(set(keys)) == len(keys)


def test_most_customers_have_little_evidence(company: tuple[Path, Truth]) -> None:
    rows = read(company[0], "survey_response", "customer_id", "construct")
    answered = len(set(rows["customer_id"][rows["construct"] == "attachment"])) / 5000
    assert 0.3 < answered < 0.55


def test_more_or_fewer_interactions_on_request(tmp_path: Path) -> None:
    for wanted in (20.0, 50.0):
        truth = simulate(tmp_path, 1000, texts=False, interactions_per_customer=wanted)
        assert truth.counts["interaction"] / 1000 == pytest.approx(wanted, rel=0.12)


def test_no_two_customers_sound_alike(talking: Path) -> None:
    rows = read(talking, "interaction", "text", "speaker")
    texts = [t for t, who in zip(rows["text"], rows["speaker"], strict=True) if t and who == "customer"]
    texts += [t for t in read(talking, "survey_response", "text")["text"] if t]
    longer = [t for t in texts if len(t.split()) > 5]
    assert len(longer) > 8000
    assert len(set(longer)) / len(longer) >= 0.97
    assert not [t for t in texts if "{" in t or "}" in t or "  " in t]


def test_words_carry_what_was_felt(talking: Path) -> None:
    rows = read(talking, "truth_interaction", "felt_valence", "emotion", "signals", "situation")
    spoke = np.array([e is not None for e in rows["emotion"]])
    assert {e for e in rows["emotion"] if e} <= set(tables.EMOTIONS)
    assert {s for words in rows["signals"] if words for s in words.split()} <= set(tables.SIGNALS)
    felt = rows["felt_valence"][spoke]
    emotion = rows["emotion"][spoke]
    assert felt[np.isin(emotion, ["joy", "gratitude", "love"])].mean() > 0.4
    assert felt[np.isin(emotion, ["anger", "disappointment", "annoyance"])].mean() < -0.3
    assert (rows["situation"][spoke] == "attack").sum() > 50


def test_truth_json_is_what_was_returned(company: tuple[Path, Truth]) -> None:
    folder, truth = company
    written = json.loads((folder / "truth.json").read_text())
    assert written == json.loads(json.dumps(truth.as_dict()))
    assert set(written["touchpoints"]) == {t.name for t in TOUCHPOINTS}
    assert written["options"]["shorter_sign_up_form"]["true_lift"] < 0.05
