"""A small workspace of generated rows in the shapes of the tables: every page can be opened on it in milliseconds."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import httpx
import numpy as np
import pyarrow as pa
import pytest

from heartline.action import Moves
from heartline.analysis.ingredients_fit import SIGNS
from heartline.corrections import Correction, Drift, Edit
from heartline.corrections.drift import measure as measured_drift
from heartline.errors import ConsentError, CorrectionError, HypothesisError, IdentityError
from heartline.facts.store import FactStore
from heartline.hypotheses import Hypothesis
from heartline.records.store import Records
from heartline.rooms import Rooms
from heartline.settings import Settings, load_settings
from heartline.tables import EMOTIONS, SEGMENTS, SIGNALS, TABLES
from heartline.tables.claims import COMPARISONS, KINDS, MEASURES
from heartline.walks import Walks
from heartline.web.app import create_app

from . import care_rows, guided_rows, map_rows, room_rows, walk_rows
from .browsing import opened_chromium
from .conduct_rows import conduct
from .driver_rows import drivers
from .growth_rows import growth
from .investment_rows import investment

AS_OF = datetime(2026, 7, 1)
WORDS = 'Nobody helped me & I waited <b>an hour</b>. <script>alert("x")</script> Never again!'
STAGES = {
    "advert": "awareness",
    "product_search": "consideration",
    "checkout": "purchase",
    "discount_code": "purchase",
    "delivery": "delivery",
    "support_call": "support",
    "returns": "support",
    "thank_you_note": "loyalty",
}


@dataclass
class Double:
    """What the desk asks of a workspace, over tables in memory."""

    rows: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    as_of: datetime | None = AS_OF
    said: dict[str, Correction] = field(default_factory=dict)
    sent: list[tuple[str, Edit, str, str]] = field(default_factory=list)
    decisions: list[Any] = field(default_factory=list)
    hypotheses: list[Hypothesis] = field(default_factory=list)
    environment: Mapping[str, str] = field(default_factory=dict)
    consents: list[tuple[str, dict[str, bool], str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settings: Settings = load_settings(None, {"HEARTLINE_COMPANY": "Meadow & Sons"} | self.environment)
        self._lock, self._keeping = threading.Lock(), threading.RLock()
        self._connection = duckdb.connect()
        for table in TABLES.values():
            if table.kind != "record":
                made = pa.Table.from_pylist(list(self.rows.get(table.name, [])), table.arrow_schema())
                self._connection.register("incoming", made)
                self._connection.execute(f'create table "{table.name}" as select * from incoming')
        for name in ("customer", "identity"):  # as the sources gave them
            self._connection.execute(f"create view all_{name} as select * from {name}")

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        with self._lock:
            return self._connection.sql(sql, params=dict(parameters or {})).to_arrow_table()

    def customer_of(self, any_id: str) -> str:
        found = [row["customer_id"] for row in self.rows.get("member", []) if any_id == row["own_id"]]
        return next(iter(found), any_id)

    def customer_query(self, customer_id: str, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        return self.query(sql, parameters)

    def fact_rows(self, table_name: str) -> int:
        return len(self.rows.get(table_name, []))

    def loads(self) -> list[dict[str, Any]]:
        if not self.rows:
            return []
        return [
            {"load_id": "20260701T0000-1c72", "table": "interaction", "files": ["contacts.csv"],
             "started_at": "2026-07-01T02:03:04", "seconds": 1.2, "read": 12000, "new": 11990, "replaced": 0,
             "unchanged": 2, "quarantined": 8, "notes": ["8 refused"], "feed": "", "loads": 1},
            {"load_id": "20260701-till-3f2a", "table": "purchase", "files": ["query/till"],
             "started_at": "2026-07-01T00:17:00", "seconds": 3.4, "read": 240, "new": 216, "replaced": 0,
             "unchanged": 24, "quarantined": 0, "notes": [], "feed": "till", "loads": 24},
        ]  # fmt: skip

    def feed_lines(self) -> list[dict[str, Any]]:
        if not self.rows:
            return []
        return [
            {"name": "till", "kind": "query", "reads": "by changed_at", "up_to": "2026-07-01 23:10:00",
             "last_run": "2026-07-01 23:17", "runs": 24, "rows": 240, "status": "ok", "failures": 0, "fault": None},
            {"name": "desk", "kind": "folder", "reads": "/data/desk/*.csv", "up_to": None,
             "last_run": "2026-07-01 23:17", "runs": 24, "rows": 90, "status": "failed", "failures": 2,
             "fault": "b.csv: b.csv is empty"},
        ]  # fmt: skip

    def quarantine(self, limit: int = 100) -> list[dict[str, Any]]:
        found = [
            {"table": "interaction", "file": "contacts.csv", "line": n, "column": "occurred_at", "shape": "99/99/9999",
             "reason": "no such date", "expected": "YYYY-MM-DD", "status": "open"}
            for n in range(3, 6)
        ]  # fmt: skip
        return found[:limit] if self.rows else []

    def corrected(self, customer_id: str) -> list[Correction]:
        return [one for one in self.said.values() if one.customer_id == customer_id]

    def drift(self) -> Drift:
        return measured_drift(list(self.said.values()), [], {"web": 1200, "call": 900}, "bulk-1", 2)

    def correct(self, interaction_id: str, edit: Edit, by: str, note: str = "") -> Correction:
        self.sent.append((interaction_id, edit, by, note))
        if not by:
            raise CorrectionError("it is not said by whom", "a name", "say who you are")
        return None  # type: ignore[return-value]

    def identity_history(self, limit: int = 100) -> list[Any]:
        return self.decisions[:limit]

    def decide_join(self, members: Sequence[str], by: str, note: str = "") -> Any:
        return self._decide("join", members, (), by, note)

    def decide_apart(self, left: Sequence[str], right: Sequence[str], by: str, note: str = "") -> Any:
        return self._decide("apart", left, right, by, note)

    def decide_split(self, customer: str, members: Sequence[str], by: str, note: str = "") -> Any:
        return self._decide("apart", members, (customer,), by, note)

    def hypothesis_board(self) -> list[Hypothesis]:
        return list({(one.funnel, one.step, one.cause): one for one in self.hypotheses}.values())

    def decide_hypothesis(self, *said: str) -> Hypothesis:
        funnel, step, cause, status, by, note, fixed_at, channel = said
        if not by:
            raise HypothesisError("it is not said by whom", "a name", "say who you are")
        at = "2026-07-02T08:00:00+00:00"
        self.hypotheses.append(
            Hypothesis(funnel, step, cause, status, by, note, fixed_at or None, channel or None, at, 1)
        )
        return self.hypotheses[-1]

    @property
    def rooms(self) -> Rooms:
        """One room that has ended, where there are rows."""
        with self._keeping:
            if not hasattr(self, "_rooms"):
                folder = Path(tempfile.mkdtemp())
                weakref.finalize(self, shutil.rmtree, folder, True)
                if self.rows:
                    (folder / f"{room_rows.ROOM}.jsonl").write_text(room_rows.LINES, encoding="utf-8")
                self._rooms = Rooms(folder, 3650, "bulk")
            return self._rooms

    @property
    def facts(self) -> FactStore:
        """Facts of a workspace of its own, which no page of the desk reads."""
        return FactStore(self.moves.house.root, self.records)

    @property
    def walks(self) -> Walks:
        """Walks in a folder of its own; guides, and one guided walk that is over, where there are rows."""
        with self._keeping:
            if not hasattr(self, "_walks"):
                self._walks = Walks(self)
                if self.moves and self.rows:
                    guided_rows.keep(self._walks)
                    walk_rows.keep(self._walks)
                    map_rows.keep(self._walks)
            return self._walks

    @property
    def moves(self) -> Moves:
        """What a workspace has: cases in a database of its own, and a playbook; nothing where there are no rows."""
        with self._keeping:
            if not hasattr(self, "records"):
                self.root = Path(tempfile.mkdtemp())
                self.records = Records(self.root / "records.db")
                weakref.finalize(self, _forget, self.records, self.root)
                if "c0000" in {row["customer_id"] for row in self.rows.get("customer", [])}:
                    (self.root / "playbook").mkdir()
                    (self.root / "playbook" / "all.yaml").write_text(care_rows.PLAYBOOK, encoding="utf-8")
                    care_rows.keep(Moves(self), AS_OF)
            return Moves(self)

    def say_consent(self, customer_id: str, said: Mapping[str, bool], by: str) -> Mapping[str, Any]:
        self.consents.append((customer_id, dict(said), by))
        if not by:
            raise ConsentError("it is not said by whom", "a name", "say who you are")
        return {}

    def decide_withdraw(self, decision_id: int, by: str, note: str = "") -> Any:
        found = next(one for one in self.decisions if one.decision_id == decision_id)
        vars(found).update(stands=False, withdrawn_by=by, withdrawn_at="2026-07-03T08:00:00+00:00")
        return found

    def _decide(self, verb: str, left: Sequence[str], right: Sequence[str], by: str, note: str) -> Any:
        if not by:
            raise IdentityError("it is not said by whom", "a name", "say who you are")
        made = SimpleNamespace(
            decision_id=len(self.decisions) + 1, verb=verb, left=tuple(left), right=tuple(right), by=by, note=note,
            at="2026-07-02T10:20:30+00:00", stands=True, withdrawn_by=None, withdrawn_at=None,
        )  # fmt: skip
        self.decisions.insert(0, made)
        return made

    def explain(self, table_name: str, **key: object) -> Any:
        table = TABLES[table_name]
        if table.kind == "fact" or self.as_of is None:
            return SimpleNamespace(
                table=table_name,
                meaning=table.about,
                analysis=table.written_by,
                method="",
                as_of=None,
                engine=None,
                run_id=None,
                settings={},
                inputs=[],
                steps=[],
                notes=[],
            )
        return SimpleNamespace(
            table=table_name,
            meaning=table.about,
            analysis=table.written_by,
            method="docs/explanation/x.md",
            as_of=AS_OF.isoformat(),
            engine="duckdb",
            run_id="20260701T000000-abc123",
            settings={"min_base": 30},
            inputs=[("interaction", 12000), ("feeling", 3100)],
            steps=[
                ("felt", "select interaction_id, case when rating < 3 then -1 else 1 end as felt\nfrom interaction")
            ],
            notes=["fitted on 3100 visits that have words and a rating"],
        )


def _forget(records: Records, folder: Path) -> None:
    records.close()
    shutil.rmtree(folder, ignore_errors=True)


def company(customers: int = 300, seed: int = 7) -> dict[str, list[dict[str, Any]]]:
    """Rows of every table that a page reads; ``c0000`` has hostile words, ``c0001`` refused, ``c0002`` objects."""
    rng = np.random.default_rng(seed)
    made: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    months = [datetime(2026, m, 1) for m in range(1, 7)]
    ends = [datetime(2026, m, 1) for m in range(2, 8)]
    names = ["Ada", "Björn", "Chiara", "Dmitri", "Elif", "Femi", "Grete", "Haruto"]
    for n in range(customers):
        _customer(made, rng, n, f"c{n:04d}", f"{names[n % 8]} {names[(n * 3 + 1) % 8]}son {n}", ends)
    _periods(made, rng, months, ends, customers)
    _people(made, customers)
    _hurts(made, ends)
    _worths(made, ends[0], ends[-1])
    _predictions(made, ends)
    growth(made, ends)
    investment(made, ends[-1])
    drivers(made)
    care_rows.outcomes(made, AS_OF)
    conduct(made, AS_OF)
    walk_rows.rows(made, AS_OF)
    return made


def _predictions(made: dict[str, list[dict[str, Any]]], ends: list[datetime]) -> None:
    """Next moves of a few customers, what was said of them before, and how good it was; attacks are too few to tell."""
    for who in ("c0000", "c0004"):
        for move in ("complaint", "repeat_purchase", "feeling_bad"):
            told = {"p": 0.22, "low": 0.18, "high": 0.26, "base": 140, "base_rate": 0.3, "n": 1400, "outcomes": 420}
            why = "for: bought 3 times in a year; against: last bought 90 days ago" if move != "complaint" else None
            made["next_move"].append(
                {"customer_id": who, "move": move, "reasons": why, "method": "logistic", "horizon_days": 90} | told
            )
            made["prediction"].append(
                {"analysis": "next_move", "quantity": move, "customer_id": who, "as_of": ends[0], "horizon_days": 90,
                 "predicted": 0.2, "said_at": AS_OF, "replayed": True, "realised": 1.0, "scored_as_of": AS_OF}
            )  # fmt: skip
    bins = json.dumps([{"n": 300, "said": said, "came": came} for said, came in ((0.1, 0.12), (0.3, 0.28), (0.6, 0.5))])
    for number, end in enumerate(ends):
        for quantity, gain in (("repeat_purchase", 0.06), ("complaint", -0.01)):
            for scope in ("month", "so_far"):
                wide = 0.05 / (number + 1)
                made["backtest_score"].append(
                    {"analysis": "next_move", "quantity": quantity, "scope": scope, "as_of": end, "n": 900,
                     "customers": 300, "outcomes": 270, "auc": 0.74, "auc_low": 0.74 - wide, "auc_high": 0.74 + wide,
                     "brier": 0.17, "log_loss": 0.5, "calibration_error": 0.02, "bins": bins, "lift_1": 3.0,
                     "lift_5": 2.5, "lift_10": 2.2, "base_rate_log_loss": 0.6, "log_loss_gain": 0.1,
                     "log_loss_gain_low": 0.05, "log_loss_gain_high": 0.15, "rating_auc": 0.6, "rating_gain": 0.14,
                     "rating_gain_low": 0.1, "rating_gain_high": 0.18, "rhythm_auc": 0.74 - gain, "rhythm_gain": gain,
                     "rhythm_gain_low": gain - 0.02, "rhythm_gain_high": gain + 0.02, "width": 0.08}
                )  # fmt: skip
    made["backtest_score"].append(
        {"analysis": "loyalty", "quantity": "p_revenge", "scope": "so_far", "as_of": ends[0], "n": 300, "outcomes": 2}
    )


def _worths(made: dict[str, list[dict[str, Any]]], start: datetime, end: datetime) -> None:
    """What connection goes with, a behaviour that nobody showed, three bins of connection, claims of each verdict."""
    window = {"window_start": start, "window_end": end, "currency": "EUR"}
    for measure in MEASURES:
        for comparison in COMPARISONS:
            for kind, ratio in zip(KINDS, (2.8, 1.3, 1.9), strict=True):
                row = {
                    "measure": measure,
                    "comparison": comparison,
                    "kind": kind,
                    "n_connected": 120,
                    "n_compared": 240,
                }
                if measure == "word_of_mouth":
                    row["reason"] = "nobody of one group did it in the window"
                else:
                    row |= {"ratio": ratio, "ratio_low": 0.7 * ratio, "ratio_high": 1.4 * ratio, "e_value": 3.2,
                            "e_value_end": 1.8}  # fmt: skip
                    row |= {"connected": 60.0 * ratio, "compared": 60.0} if kind == "raw" else {"outside": 0.02}
                made["connection_value"].append(row | window)
    for number, value in enumerate((20.0, 50.0, 130.0), 1):
        made["dose_response"].append(
            {"bin": number, "connection_from": 30.0 * number - 30, "connection_to": 30.0 * number + 10 * (number == 3),
             "connection_mean": 30.0 * number - 12, "n": 100, **window,
             **{f"{name}{end}": value * part for name in ("raw", "held_equal", "adjusted")
                for end, part in (("", 1.0), ("_low", 0.8), ("_high", 1.2))}}
        )  # fmt: skip
    for place, (claim, estimate, verdict) in enumerate(
        (("more_than_twice", 1.9, "not_enough_evidence"), ("disrespected_never_return", 0.4, "not_supported"),
         ("unhappy_do_not_complain", 0.8, "supported"), ("customers_cannot_tell", None, "not_enough_evidence")), 1
    ):  # fmt: skip
        times = claim == "more_than_twice"
        row = {"claim": claim, "wording": f"It is said: {claim}.", "estimate": estimate, "n": 300, "verdict": verdict,
               "adjusted": times, "position": place, "published": 2.0 if times else 0.96 if place == 2 else None,
               "threshold": 2.0 if times else 0.5, "direction": "above", "unit": "times" if times else "share",
               "unit_of_n": "customers", "computed": "Counted.", "from_table": "connection_value",
               "from_key": json.dumps({"measure": "value", "comparison": "own_rating", "kind": "adjusted"}),
               "from_column": "ratio", "reason": None if estimate else "nobody was asked"}  # fmt: skip
        if estimate is not None:
            row |= {"low": estimate - 0.1, "high": estimate + 0.1}
        made["claim"].append(row)


def _hurts(made: dict[str, list[dict[str, Any]]], ends: list[datetime]) -> None:
    """The silent in two periods, what goes with leaving, four who feel betrayed (one refused, one objects), paths."""
    for number, end in enumerate(ends[-2:]):
        for cause, part in (("all", 1.0), ("service", 0.6), ("not_known", 0.4)):
            silent = part * (240.0 + number)
            made["iceberg"].append(
                {"period_start": end - timedelta(days=91), "period_end": end, "cause": cause, "customers": 300,
                 "told": int(100 * part), "silent": silent, "silent_low": silent * 0.7, "silent_high": silent * 1.4,
                 "per_teller": 2.4, "per_teller_low": 1.6, "per_teller_high": 3.5, "heard": 40, "coverage": 0.2,
                 "overlap": 0.6, "basis": "asked", "status": "estimated"}
            )  # fmt: skip
    for cause, share in (("service", 0.06), ("any", 0.06), ("not_known", 0.94), ("price", None)):
        made["leaving_cause"].append(
            {"cause": cause, "leavers": 80, "compared": 78 if share else 0, "met": 0.1, "share": share,
             "share_low": share and share - 0.03, "share_high": share and share + 0.03, "status": "estimated"}
        )  # fmt: skip
    for n, who in enumerate(("c0000", "c0001", "c0002", "c0004")):
        made["betrayal"].append(
            {"customer_id": who, "period_end": AS_OF, "p_betrayal": 0.9 - n / 10, "p_revenge": 0.3,
             "p_avoidance": 0.1, **{f"p_revenge_month_{m}": 0.3 - m / 30 for m in (1, 3, 6)},
             **{f"p_avoidance_month_{m}": 0.1 + m / 30 for m in (1, 3, 6)},
             "reasons": "what was done about it failed too; it felt very bad", "horizon_days": 90}
        )  # fmt: skip
    made["ledger"].append(
        {"customer_id": "c0000", "harm": 40.0, "harm_low": 0.0, "harm_high": 90.0, "attacks": 2, "help": 120.0,
         "help_low": 80.0, "help_high": 160.0, "brought": 70.0, "referred": 1, "converted": 1, "currency": "EUR"}
    )  # fmt: skip
    for now, met, beyond in (
        ("advocate", "visited", True), ("at_risk", "felt_bad", True), ("at_risk", "failed", False),
        ("indifferent", "failed", False),
    ):  # fmt: skip
        made["move_path"].append(
            {"segment_from": "content", "segment_to": now, "touchpoint": "support_call", "met": met,
             "movers": 60, "stayers": 900, "share": 0.3, "share_stayers": 0.1, "difference": 0.2,
             "difference_low": 0.1, "difference_high": 0.3, "p_value": 0.001, "false_discovery": 0.01,
             "beyond_chance": beyond}
        )  # fmt: skip


def _people(made: dict[str, list[dict[str, Any]]], customers: int) -> None:
    """Every third pair of neighbours is one person; of some others it is in doubt."""
    for n in range(customers):
        joined = n % 3 == 1
        made["member"].append(
            {
                "customer_id": f"p{n - 1 if joined else n:04d}",
                "member_id": f"c{n:04d}",
                "own_id": f"p{n:04d}",
                "first_seen_at": AS_OF - timedelta(days=400),
                "matched_by": "email" if joined else "founder" if n % 3 == 0 else "alone",
                "reason": f"same e-mail address as c{n - 1:04d}" if joined else "known first",
                "since": AS_OF - timedelta(days=n) if joined else None,
            }
        )
    for n in range(0, min(customers - 3, 120), 3):
        by_key = n % 12 == 9
        made["doubtful_pair"].append(
            {
                "member_a": f"c{n:04d}",
                "member_b": f"c{n + 2:04d}",
                "customer_a": f"p{n:04d}",
                "customer_b": f"p{n + 2:04d}",
                "found_by": "phone" if by_key else "probable",
                "probability": None if by_key else 0.94 - n / 300,
                "reason": "same telephone number; other given names"
                if by_key
                else "same birth date (+13.2); same family name (+9.1); other address (-2.3); only the name agrees",
            }
        )


def _customer(
    made: dict[str, list[dict[str, Any]]], rng: np.random.Generator, n: int, cid: str, name: str, ends: list[datetime]
) -> None:
    made["customer"].append(
        {
            "customer_id": cid,
            "name": '=SUM(1+1)"<i>' if n == 3 else name,
            "first_seen_at": AS_OF - timedelta(days=400),
            "consent_emotion": False if n == 1 else True if n % 3 else None,
            "objections": "profiling" if n == 2 else None,
        }
    )
    bond, segment = float(rng.uniform(20, 85)), SEGMENTS[int(rng.integers(0, 7))]
    for i, end in enumerate(ends):
        now = bond + i - 3
        made["connection"].append(
            {
                "customer_id": cid,
                "period_end": end,
                "satisfaction": None if n % 5 == 4 else bond + 8,
                "satisfaction_n": n % 4,
                "connection": now,
                "connection_low": now - 9,
                "connection_high": now + 9,
                "evidence_count": 6 + i,
                "words_n": 3,
                "survey_n": n % 2,
                "behaviour_n": 3 + i,
                "pathway": "satisfied",
                "thin": n % 4 == 0,
                "motivators": "trust belonging",
            }
        )
        made["loyalty"].append(
            {
                "customer_id": cid,
                "period_end": end,
                "segment": segment,
                "rule": "stays and does not promote",
                "p_leaving": None if n % 7 == 6 else float(rng.uniform(0.02, 0.8)),
                "p_betrayal": 0.04,
                "p_revenge": 0.01,
                "p_silent_leaving": 0.2,
                "reasons": "no contact for 90 days; two failed checkouts",
                "horizon_days": 90,
            }
        )
    p = made["loyalty"][-1]["p_leaving"]
    worth = None if n % 6 == 5 else float(rng.gamma(2, 300))
    made["customer_value"].append(
        {
            "customer_id": cid,
            "p_alive": 0.8,
            "expected_purchases": 3.2,
            "expected_value": worth,
            "expected_value_low": worth and worth * 0.6,
            "expected_value_high": worth and worth * 1.5,
            "horizon_days": 365,
            "method": "bg_nbd",
            "currency": "EUR",
        }
    )
    felts: list[float] = []
    touchpoints = list(STAGES)
    for i in range(12):
        iid, at = f"{cid}-i{i}", AS_OF - timedelta(days=14 * (12 - i), hours=n % 24)
        touchpoint = touchpoints[(i * 5 + n) % len(touchpoints)]
        felt = float(np.clip(rng.normal(0.15, 0.4), -1, 1))
        source = ("words", "rating", "behaviour", "none")[i % 4]
        made["interaction"].append(
            {
                "interaction_id": iid,
                "customer_id": cid,
                "occurred_at": at,
                "channel": ("web", "call", "store")[i % 3],
                "touchpoint": touchpoint,
                "stage": STAGES[touchpoint],
                "outcome": "abandoned" if i == 5 else "completed",
                "direction": "inbound",
                "rating": 4.0 if source == "rating" else None,
                "rating_min": 1.0,
                "rating_max": 5.0,
            }
        )
        felts += [felt] if source != "none" else []
        made["touchpoint_visit"].append(
            {
                "interaction_id": iid,
                "customer_id": cid,
                "occurred_at": at,
                "channel": ("web", "call", "store")[i % 3],
                "touchpoint": touchpoint,
                "stage": STAGES[touchpoint],
                "felt_valence": felt if source != "none" else None,
                "felt_from": source,
                "baseline": 0.1,
                "surprise": felt - 0.1 if source != "none" else None,
                "baseline_n": i,
            }
        )
        if source == "words":
            text = WORDS if n == 0 else "The parcel came late again, but the driver was very kind and I am grateful."
            span = text.index("waited") if n == 0 else text.index("late")
            evidence = [
                {"kind": "emotion", "label": "annoyance", "start": span, "end": span + 6},
                {"kind": "signal", "label": "effort", "start": span, "end": span + 4},
            ]
            made["verbatim"].append(
                {
                    "interaction_id": iid,
                    "customer_id": cid,
                    "occurred_at": at,
                    "speaker": "customer",
                    "language": "en",
                    "text": text,
                }
            )
            made["feeling"].append(
                {
                    "interaction_id": iid,
                    "customer_id": cid,
                    "occurred_at": at,
                    "valence": felt,
                    "arousal": 0.5,
                    "intensity": 0.6,
                    "emotions": "annoyance gratitude",
                    "signals": "effort",
                    "about": "service",
                    "status": "scored",
                    "evidence": json.dumps(evidence),
                    "model_version": "bulk-1",
                    **{f"p_{e}": 0.03 for e in EMOTIONS},
                    **{f"p_signal_{s}": 0.05 for s in SIGNALS},
                    "p_annoyance": 0.81,
                    "p_gratitude": 0.64,
                    "p_signal_effort": 0.7,
                }
            )
    made["purchase"].append(
        {
            "purchase_id": f"{cid}-p",
            "customer_id": cid,
            "occurred_at": AS_OF - timedelta(days=33),
            "revenue": 84.5,
            "currency": "EUR",
        }
    )
    made["survey_response"].append(
        {
            "response_id": f"{cid}-s",
            "customer_id": cid,
            "answered_at": AS_OF - timedelta(days=20),
            "construct": "nps",
            "value": 8.0,
            "scale_min": 0.0,
            "scale_max": 10.0,
        }
    )
    made["customer_overview"].append(
        {
            "customer_id": cid,
            "name": made["customer"][-1]["name"],
            "first_seen_at": AS_OF - timedelta(days=400),
            "last_seen_at": AS_OF - timedelta(days=14),
            "interactions": 12,
            "felt_n": len(felts),
            "felt_mean": float(np.mean(felts)),
            "felt_last": felts[-1],
            "satisfaction": made["connection"][-1]["satisfaction"],
            "connection": bond + 2,
            "connection_low": bond - 7,
            "connection_high": bond + 11,
            "evidence_count": 11,
            "pathway": "satisfied",
            "segment": segment,
            "segment_before": SEGMENTS[(n + 3) % 7],
            "p_leaving": p,
            "p_silent_leaving": 0.2,
            "p_betrayal": 0.04,
            "p_revenge": 0.01,
            "reasons": "no contact for 90 days; two failed checkouts",
            "orders": 1,
            "revenue": 84.5,
            "expected_value": worth,
            "expected_value_low": worth and worth * 0.6,
            "expected_value_high": worth and worth * 1.5,
            "value_at_stake": None if worth is None or p is None else worth * p,
            "currency": "EUR",
        }
    )


def _periods(
    made: dict[str, list[dict[str, Any]]],
    rng: np.random.Generator,
    months: list[datetime],
    ends: list[datetime],
    n: int,
) -> None:
    for i, end in enumerate(ends):
        last = i == len(ends) - 1
        for segment in ("all", *SEGMENTS):
            size = n if segment == "all" else n // 7
            place = SEGMENTS.index(segment) if segment != "all" else 3
            mean = 44 + 6 * (place - 3) + 0.4 * i
            made["period_summary"].append(
                {
                    "period_end": end,
                    "segment": segment,
                    "customers": size,
                    "judged": size * 3 // 4,
                    "connection_mean": mean,
                    "connection_low": mean - 1.2,
                    "connection_high": mean + 1.2,
                    "satisfaction_mean": 70 - 2.6 * i,
                    "satisfaction_low": 69 - 2.6 * i,
                    "satisfaction_high": 71 - 2.6 * i,
                    "satisfaction_n": size // 2,
                    "connected_share": 0.18,
                    "expected_value": size * 560.0 if last else None,
                    "value_at_stake": size * (40.0 + 30 * (6 - place)) if last else None,
                    "value_n": size * 4 // 5 if last else None,
                    "currency": "EUR",
                }
            )
    for a in ("new", *SEGMENTS):
        for b in SEGMENTS:
            stay = 30 if a == b else int(rng.integers(0, 6))
            if stay:
                made["segment_move"].append(
                    {"period_end": ends[-1], "segment_from": a, "segment_to": b, "customers": stay}
                )
    centre = dict(zip(STAGES, (0.02, 0.1, 0.13, 0.16, 0.24, 0.05, -0.12, 0.55), strict=True))
    for i, month in enumerate(months):
        for touchpoint, stage in STAGES.items():
            for channel in ("web", "call", "store"):
                broke = -0.4 if touchpoint == "discount_code" and i == 5 else 0.0
                mean, felt = (
                    centre[touchpoint] + broke + float(rng.normal(0, 0.01)),
                    4 if touchpoint == "advert" else 300,
                )
                made["touchpoint_period"].append(
                    {
                        "period_start": month,
                        "touchpoint": touchpoint,
                        "channel": channel,
                        "stage": stage,
                        "visits": 800,
                        "customers": 500,
                        "felt_visits": felt,
                        "felt_mean": mean,
                        "felt_low": mean - 0.03,
                        "felt_high": mean + 0.03,
                        "felt_sd": 0.32,
                        "surprise_mean": 0.0,
                        "negative_share": 0.2,
                        "positive_share": 0.5,
                        "words_visits": felt // 3,
                        "rating_visits": felt // 3,
                        "behaviour_visits": felt - 2 * (felt // 3),
                        "abandoned": 20,
                        "failed": 160 if broke else 10,
                    }
                )
    order = list(STAGES)
    for a, b in pairwise(order):
        made["journey_step"].append(
            {
                "touchpoint": a,
                "next_touchpoint": b,
                "steps": 900,
                "customers": 400,
                "change_n": 300,
                "change_mean": centre[b] - centre[a],
                "change_low": centre[b] - centre[a] - 0.04,
                "change_high": centre[b] - centre[a] + 0.04,
            }
        )
    reached = [900, 640, 410]
    for position, (touchpoint, count) in enumerate(
        zip(("product_search", "checkout", "delivery"), reached, strict=True), 1
    ):
        left = count - reached[position] if position < 3 else 0
        made["funnel_step"].append(
            {
                "funnel": "buy",
                "position": position,
                "touchpoint": touchpoint,
                "reached": count,
                "dropped": left,
                "drop_rate": left / count if position < 3 else None,
                "drop_low": left / count - 0.02 if position < 3 else None,
                "drop_high": left / count + 0.02 if position < 3 else None,
                "felt_dropped": -0.2,
                "felt_continued": 0.2,
                "felt_dropped_n": left // 2,
                "felt_continued_n": count // 2,
            }
        )
    _service(made, months)
    _chain(made)
    _mind(made, months)
    _stops(made)
    for measure, part, count, of in (
        ("customers", "with a rating", 280, 300),
        ("visits", "words", 900, 3600),
        ("visits", "rating", 900, 3600),
        ("visits", "behaviour", 900, 3600),
        ("visits", "none", 900, 3600),
        ("texts", "scored", 810, 900),
        ("customers", "with a purchase", 250, 300),
    ):
        made["coverage"].append({"measure": measure, "part": part, "n": count, "of": of, "share": count / of})


def _service(made: dict[str, list[dict[str, Any]]], months: list[datetime]) -> None:
    """Signs at some places, thin at one; returns got harder; and what the averages hide."""
    for place, touchpoint in enumerate(STAGES):
        for team in ("", "amber"):
            for sign, (ingredient, side, source) in SIGNS.items():
                thin, harder = touchpoint == "advert", touchpoint == "returns" and sign == "effort" and not team
                rate, change = 0.04 + 0.02 * place, 0.2 if harder else 0.01
                known = {
                    "rate": rate, "low": rate - 0.03, "high": rate + 0.03, "read_low": rate / 4, "read_high": rate * 4,
                    "change": change, "change_low": change - 0.05, "change_high": change + 0.05,
                    "change_q": 0.001 if harder else 0.8,
                    "surprise_with": -0.2, "surprise_without": 0.1, "surprise_gap": -0.3,
                    "surprise_gap_low": -0.4, "surprise_gap_high": -0.2,
                }  # fmt: skip
                made["service_ingredient"].append(
                    {
                        "period_start": months[3], "period_end": AS_OF, "touchpoint": touchpoint, "team": team,
                        "sign": sign, "ingredient": ingredient, "side": side, "source": source,
                        "n": 8 if thin else 400, "customers": 8 if thin else 300, "decided": 1 if thin else 20,
                        "surprise_with_n": 20, "surprise_without_n": 380,
                    }
                    | ({} if thin else known)
                )  # fmt: skip
        if place < 2:
            for sign, (ingredient, side, source) in SIGNS.items():
                away, called = (0.02 - 0.04 * place) * (sign == "gave_up"), sign == "gave_up"
                made["team_difference"].append(
                    {"period_start": months[3], "period_end": AS_OF, "team": ("ember", "amber")[place], "sign": sign,
                     "ingredient": ingredient, "side": side, "source": source, "n": 240, "customers": 190, "rate": 0.06,
                     "expected": 0.06 - away, "difference": away, "difference_low": away - 0.01,
                     "difference_high": away + 0.01, "q": 0.02 if called else 0.7,
                     "verdict": ("more", "less")[place] if called else "none"}
                )  # fmt: skip
        made["touchpoint_moment"].append(
            {
                "period_start": months[3], "period_end": AS_OF, "touchpoint": touchpoint, "n": 400, "customers": 300,
                "spread": 0.4, "flat": 0.3, "flat_low": 0.26, "flat_high": 0.34, "known": 380, "best": 0.12,
                "best_low": 0.1, "best_high": 0.14, "worst": 0.2, "worst_low": 0.17, "worst_high": 0.23, "clear": 0.45,
            }
        )  # fmt: skip


def _chain(made: dict[str, list[dict[str, Any]]]) -> None:
    """Two stages, a channel and a team out of step, a hand-off that drops, and intentions met and missed."""
    known = {"n": 400, "customers": 300, "level": 0.1, "low": 0.05, "high": 0.15}
    away = {"deviation": -0.2, "deviation_low": -0.3, "deviation_high": -0.1}
    gap = {"delivered": 0.1, "gap": -0.2, "gap_low": -0.25, "gap_high": -0.15}
    for kind, stage, unit, after, more in (
        ("stage", "purchase", "", "", {"spread": 0.4, "between_channels": 0.1}),
        ("stage", "support", "", "", {"spread": 0.5, "between_channels": 0.1, "between_teams": 0.05}),
        ("channel", "support", "call", "", away | {"verdict": "out_of_step"}),
        ("team", "support", "ember", "", away | {"verdict": "out_of_step"}),
        ("touchpoint", "support", "returns", "", gap | {"intended": "0.3", "verdict": "short"}),
        ("touchpoint", "support", "support_call", "", gap | {"intended": "relief", "verdict": "short"}),
        ("handoff", "", "checkout", "delivery", away | {"expected": 0.1, "verdict": "drop"}),
    ):  # fmt: skip
        made["synchrony"].append({"kind": kind, "stage": stage, "unit": unit, "next_unit": after} | known | more)


def _stops(made: dict[str, list[dict[str, Any]]]) -> None:
    """One step with a cause of either kind, one thin and one of people; a fix and an initiative of each verdict."""
    made["funnel"] += [
        {"funnel": "buy", "position": place, "touchpoint": name}
        for place, name in enumerate(("product_search", "checkout", "delivery"), 1)
    ]
    step = {
        "funnel": "buy", "step": "checkout", "position": 2, "reached": 640, "dropped": 230, "customers": 400,
        "drop_rate": 0.36, "drop_low": 0.33, "drop_high": 0.39, "currency": "EUR", "status": "open",
    }  # fmt: skip
    shares = (("any", "both", 0.3), ("code_denied", "behaviour", 0.19), ("confusion", "words", 0.04))
    for cause, evidence, share in shares:
        made["drop_off"].append(step | {
            "cause": cause, "evidence": evidence, "rate": 0.1, "share": share, "share_low": share - 0.05,
            "share_high": share + 0.05, "met": 64, "met_dropped": 40, "others": 520, "drop_met": 0.62,
            "drop_usual": 0.3, "share_alone": share - 0.03, "met_alone": 50, "alone_low": share - 0.09,
            "alone_high": share + 0.01, "money_lost": 2400.0, "money_low": 1500.0, "money_high": 3300.0,
            "seen_at": "discount_code",
        })  # fmt: skip
    thin = {"rate": 0.003, "met": 2, "met_dropped": 1, "others": 638, "reason": "2 met it, 638 did not"}
    made["drop_off"].append(step | thin | {"cause": "login_failed", "evidence": "behaviour"})
    made["drop_off"].append(
        step | {"cause": "price_shown_late", "evidence": "people", "reason": "a hypothesis that nothing measures"}
    )
    known = {"estimate": -0.08, "low": -0.12, "high": -0.04, "p": 0.01, "before": 0.36, "after": 0.27,
             "verdict": "effect_if_assumed", "assumes": "the trend from before would have gone on"}  # fmt: skip
    made["fix_effect"].append(known | {
        "funnel": "buy", "step": "checkout", "cause": "code_denied", "outcome": "drop_rate",
        "method": "interrupted_series", "fixed_at": AS_OF - timedelta(days=90), "n_before": 500, "n_after": 140,
        "n_units": 2,
    })  # fmt: skip
    told = {"initiative_id": "letter", "name": "welcome letter", "unit_kind": "region", "n_units": 5, "n_treated": 1,
            "started_at": AS_OF - timedelta(days=120), "n_customers": 300}  # fmt: skip
    made["initiative_effect"] += [
        told | known | {"outcome": "felt", "method": "difference_in_differences", "pre_trend": 0.01,
                        "pre_trend_p": 0.6},
        told | known | {"outcome": "felt", "method": "synthetic_control", "low": None, "high": None, "p": 0.2,
                        "verdict": "none_shown", "placebo_rank": 1},
        told | known | {"outcome": "orders", "method": "difference_in_differences", "verdict": "trends_differed"},
        told | {"outcome": "rating", "method": "difference_in_differences", "verdict": "not_enough_evidence",
                "reason": "4 before and 2 since, of what was treated"},
    ]  # fmt: skip


def _mind(made: dict[str, list[dict[str, Any]]], months: list[datetime]) -> None:
    """Phrases and topics of everybody and of advocates; one is new, one fading."""
    for source in ("prompt", "texts"):
        for kind, term, segment, odds, q in (
            ("phrase", "never again", "", 1.2, 0.001), ("phrase", "friendly", "", -0.9, 0.02),
            ("phrase", "delivery", "", 0.0, 0.9), ("phrase", "love", "advocate", 1.1, 0.01),
            ("topic", "parcel, late, delivery", "", 0.1, 0.8),
        ):  # fmt: skip
            made["association"].append(
                {
                    "period_start": months[3], "period_end": AS_OF, "source": source,
                    "language": "en" if source == "prompt" else "", "kind": kind, "term": term,
                    "segment": segment, "customers": 40, "texts": 50, "of_customers": 300, "share": 0.13,
                    "share_low": 0.1, "share_high": 0.17, "valence": -0.4 if odds > 1 else 0.3, "valence_low": -0.5,
                    "valence_high": 0.4, "emotion": "anger" if kind == "phrase" else None, "log_odds": odds,
                    "log_odds_low": odds - 0.5, "log_odds_high": odds + 0.5, "q": q,
                }
            )  # fmt: skip
    made["survey_scale"] += [
        {
            "scale": "attachment", "items": 9, "customers": 310, "complete": 290, "missing_share": 0.02, "score": 61.0,
            "score_low": 59.2, "score_high": 62.8, "spread": 19.0, "alpha": 0.91, "alpha_low": 0.9, "alpha_high": 0.92,
            "omega": 0.92, "omega_low": 0.905, "omega_high": 0.93, "verdict": "usable",
        },
        {
            "scale": "understood", "items": 3, "customers": 12, "complete": 9, "missing_share": 0.1,
            "verdict": "not_enough_evidence",
        },
        {"scale": "self_relevance", "items": 3, "customers": 0, "complete": 0, "verdict": "not_enough_evidence"},
    ]  # fmt: skip


class Client:
    """Asks the application without a network; an error inside it becomes its answer, as for a browser."""

    def __init__(self, workspace: Double) -> None:
        self.app = create_app(workspace)

    def get(self, address: str, method: str = "GET", **headers: str) -> httpx.Response:
        return self.ask(method, address, headers)

    def post(self, address: str, fields: Mapping[str, str | list[str]], **headers: str) -> httpx.Response:
        """As a browser sends a form of the desk; a header that is given as empty is left out."""
        sent = {"origin": "http://127.0.0.1:8765", "sec-fetch-site": "same-origin"} | headers
        return self.ask("POST", address, {name: value for name, value in sent.items() if value}, dict(fields))

    def ask(self, method: str, address: str, headers: dict[str, str], fields: Any = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as client:
                sent = {"content" if isinstance(fields, bytes) else "data": fields}
                return await client.request(method, address, headers=headers, **sent)

        return asyncio.run(ask())


@pytest.fixture(scope="session")
def double() -> type[Double]:
    """The class itself, for tests that make a workspace of their own."""
    return Double


@pytest.fixture(scope="session")
def opened() -> type[Client]:
    """The class itself, for tests that open a workspace of their own."""
    return Client


@pytest.fixture(scope="session")
def full() -> Double:
    return Double(company())


@pytest.fixture(scope="session")
def client(full: Double) -> Client:
    return Client(full)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with opened_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def empty_client() -> Client:
    return Client(Double(as_of=None))
