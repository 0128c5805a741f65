"""Questionnaire: how well the company's own questions measure what they are meant to, by the answers it has had.

What each customer answered goes into `connection`; this says how far such answers can be trusted. Answers of those who
object to research are left out. Method card: ``docs/explanation/questionnaire.md``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from heartline.analysis.base import Analysis, Context, Fit, Stage, Values
from heartline.analysis.consent import customers_where, no_research
from heartline.analysis.fitted import fitted_table
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.stats.intervals import mean_interval
from heartline.stats.likelihood import Floats
from heartline.stats.reliability import Coefficient, alpha, omega
from heartline.survey import PROMPT, items
from heartline.tables import table

MOST = 20_000  # customers that are looked at, by the hash of their id
ENOUGH = 0.7  # reliability from which the means of groups may be compared (Nunnally & Bernstein 1994)
ATTACHMENT = "attachment"
NO_SCALE = (PROMPT, "motivator")  # words without a number; eleven reasons that need not go together


def scales() -> dict[str, tuple[str, ...]]:
    """Codes of the items by scale, and of all that measure attachment, whole and in the short form."""
    found: dict[str, tuple[str, ...]] = {}
    for one in items():
        if one.construct not in NO_SCALE:
            found[one.scale] = (*found.get(one.scale, ()), one.code)
    whole = [one for one in items() if one.construct == ATTACHMENT]
    found[ATTACHMENT] = tuple(one.code for one in whole)
    found[f"{ATTACHMENT}_short"] = tuple(one.code for one in whole if one.short)
    return found


def _codes() -> list[str]:
    return list(dict.fromkeys(code for codes in scales().values() for code in codes))


def read(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """One row a customer: the answers, 0 to 100, of the latest day on which any of the items was answered."""
    codes = _codes()
    listed = ", ".join(f"'{code}'" for code in codes)
    wide = ", ".join(f"avg(x) filter (where item = '{code}') as {code}" for code in codes)
    return (
        customers_where("questionnaire_refused", no_research(f)),
        Step("questionnaire_answer", f"""
            select s.customer_id, s.item, cast(s.answered_at as date) as day,
                100.0 * (s.value - s.scale_min) / nullif(s.scale_max - s.scale_min, 0) as x
            from survey_response s left join questionnaire_refused r on r.customer_id = s.customer_id
            where s.item in ({listed}) and r.customer_id is null
                and s.value >= s.scale_min and s.value <= s.scale_max and s.scale_max > s.scale_min""", keep=True),
        Step("questionnaire_latest", f"""
            select a.customer_id, {f.bucket("a.customer_id")} as spread, {wide}
            from questionnaire_answer a
            join (select customer_id, max(day) as day from questionnaire_answer group by customer_id) l
                on l.customer_id = a.customer_id and l.day = a.day
            group by a.customer_id"""),
        Step("questionnaire_sample", f"""
            select {", ".join(codes)} from questionnaire_latest
            order by spread asc nulls last, customer_id asc nulls last limit {MOST}"""),
    )  # fmt: skip


def fit(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """A row of `survey_scale` for each scale."""
    sample, least = tables["questionnaire_sample"], context.whole("min_base")
    answers = {name: np.asarray(sample.column(name).to_numpy(zero_copy_only=False), float) for name in _codes()}
    rows = [_row(name, np.column_stack([answers[code] for code in codes]), least) for name, codes in scales().items()]
    asked = max(row["customers"] for row in rows)
    notes = [
        f"Reliability from the latest answers of {asked:,} customers."
        if asked
        else "No items of `heartline survey items` have been answered yet; see docs/how-to/ask-customers.md."
    ]
    schema = table("survey_scale").arrow_schema()
    columns = {field.name: [row.get(field.name, math.nan) for row in rows] for field in schema}
    return Fit({"questionnaire_known": fitted_table("survey_scale", columns)}, {}, tuple(notes))


def _row(name: str, answers: Floats, least: int) -> dict[str, Any]:
    given = np.isfinite(answers)
    told = answers[given.any(axis=1)]
    row: dict[str, Any] = {
        "scale": name, "items": answers.shape[1], "customers": len(told),
        "complete": int(given.all(axis=1).sum()), "verdict": "not_enough_evidence",
    }  # fmt: skip
    if len(told):
        row["missing_share"] = float((~np.isfinite(told)).mean())
    scores = scored(told)
    scores = scores[np.isfinite(scores)]
    if len(scores) >= max(least, 2):
        mean = mean_interval(len(scores), scores.sum(), (scores**2).sum())
        row |= dict(zip(("score", "score_low", "score_high"), map(float, mean), strict=True))
        row["spread"] = float(scores.std(ddof=1))
    complete = answers[given.all(axis=1)]
    if len(complete) < max(least, 3):
        return row
    for kind, one in (("alpha", alpha(complete)), ("omega", omega(complete))):
        row |= {kind: one.value, f"{kind}_low": one.low, f"{kind}_high": one.high}
        row["verdict"] = _verdict(one)
    return row


def scored(answers: Floats) -> Floats:
    """Score of each person (rows) on a scale (columns): the mean of what was answered; NaN below half of the items."""
    given = np.isfinite(answers)
    count = given.sum(axis=1)
    total = np.where(given, answers, 0.0).sum(axis=1)
    found: Floats = np.where(2 * count >= answers.shape[1], total / np.maximum(count, 1), np.nan)
    return found


def _verdict(one: Coefficient) -> str:
    if not math.isfinite(one.low):
        return "not_enough_evidence"
    return "usable" if one.low > ENOUGH else "too_low" if one.high < ENOUGH else "unsure"


def hand_over(f: Functions, context: Context, values: Values) -> Sequence[Step]:
    """The table, as fitted."""
    return (Step("survey_scale", f"select {', '.join(table('survey_scale').names)} from questionnaire_known"),)


ANALYSIS = Analysis(
    name="questionnaire",
    reads=("customer", "survey_response"),
    writes=("survey_scale",),
    settings=("min_base",),
    about="How well the company's own questions measure: mean, missing answers and reliability of each scale.",
    stages=(Stage(read, ("questionnaire_sample",), fit), Stage(hand_over)),
)
