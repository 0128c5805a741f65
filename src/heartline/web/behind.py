"""One level below a figure: the visits, customers and words that it was made of, a few at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from heartline.web.consent import consents
from heartline.web.door import Door, Row, rows
from heartline.web.figures import explain_address
from heartline.web.rowfilter import Condition
from heartline.web.timeline import Piece, marked

LIMIT = 12
SIDE = 8


@dataclass(frozen=True)
class Evidence:
    """Rows below a figure.

    title: what they are
    note: how they were chosen
    names: columns
    rows: values by column
    links: address of each row; empty where it has none
    words: the customer's words of each row with the evidence marked; empty where there are none
    """

    title: str
    note: str
    names: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    links: Sequence[str]
    words: Sequence[Sequence[Piece]]


VISITS = """
select * from (
  select t.customer_id, t.interaction_id, t.occurred_at, t.channel, t.touchpoint, t.felt_valence, t.felt_from,
         t.outcome,
         row_number() over (order by case when t.felt_from = 'words' then 0 else 1 end, t.felt_valence asc,
           t.occurred_at desc, t.interaction_id) as worst,
         row_number() over (order by case when t.felt_from = 'words' then 0 else 1 end, t.felt_valence desc,
           t.occurred_at desc, t.interaction_id) as best
  from touchpoint_visit t where t.felt_valence is not null and {where})
where worst <= 24 or best <= 24
"""
WORDS = """
select v.interaction_id, v.text, f.evidence from verbatim v left join feeling f on f.interaction_id = v.interaction_id
where v.speaker = 'customer' and v.interaction_id in (select unnest(cast($ids as varchar[])))
"""


def behind(door: Door, table: str, conditions: Sequence[Condition], found: Sequence[Row]) -> list[Evidence]:
    """What lies one level below rows of a table; empty where the rows are the ground."""
    if table in ("touchpoint_period", "empathy_gap"):
        return _visits(door, conditions)
    if table == "touchpoint_visit" and any(c.column == "interaction_id" for c in conditions):
        ids = [row["interaction_id"] for row in found[:LIMIT]]
        return [_with_words(door, "Words", "what the customer said at this contact", found[:LIMIT], ids)] if ids else []
    if table == "service_ingredient":
        return _signs(door, conditions, found)
    if table == "association":
        return _said(door, conditions, found)
    if table == "touchpoint_moment":
        return _moments(door, conditions, found)
    if table == "period_summary":
        return _customers(door, conditions)
    if table == "segment_move":
        return _movers(door, conditions)
    if table in ("funnel_step", "drop_off"):
        return _dropped(door, conditions)
    if table in ("customer_overview", "loyalty", "connection", "customer_value"):
        one = next((str(c.value) for c in conditions if c.column == "customer_id"), "")
        return _below_customer(door, table, one) if one else []
    return []


# Contacts with a sign in their words: those whose words the model decided on first, the most probable first.
SAID = """
select t.customer_id, t.interaction_id, t.occurred_at, t.channel, t.touchpoint, t.felt_valence, t.outcome,
       f.p_signal_{sign} as probability
from feeling f join touchpoint_visit t on t.interaction_id = f.interaction_id
where concat(' ', coalesce(f.signals, ''), ' ') like '% {sign} %' and t.touchpoint = $touchpoint
  and ($team = '' or t.team = $team) and t.occurred_at >= $since and t.occurred_at < $until
order by f.p_signal_{sign} desc, t.interaction_id limit 40
"""
HAPPENED = """
with told as (
  select i.*, lag(i.occurred_at) over here as before, lag(i.outcome) over here as outcome_before,
         median(i.duration_s) over () as usual_s
  from interaction i where i.touchpoint = $touchpoint
  window here as (partition by i.customer_id order by i.occurred_at, i.interaction_id))
select t.customer_id, t.interaction_id, t.occurred_at, t.channel, t.touchpoint, v.felt_valence, t.outcome, t.duration_s,
       t.outcome_before
from told t join touchpoint_visit v on v.interaction_id = t.interaction_id
where {condition} and ($team = '' or t.team = $team) and t.occurred_at >= $since and t.occurred_at < $until
order by md5(t.interaction_id) limit 40
"""
_FAILED = "t.outcome_before in ('failed', 'abandoned') and t.occurred_at - t.before"
HOW = {
    "error": ("t.outcome = 'failed'", "that failed"),
    "waiting": ("t.duration_s >= 2 * t.usual_s", "of at least twice the usual duration"),
    "retry": (f"t.kind = 'retry' or ({_FAILED} <= interval 1 hour)", "within an hour of one that failed"),
    "gave_up": ("t.outcome = 'abandoned' and t.team is not null", "with a team that the customer left before the end"),
    "repeat_contact": (
        f"{_FAILED} > interval 1 hour and t.occurred_at - t.before <= interval 7 days",
        "within seven days of one here that failed; contacts of one conversation are counted too",
    ),
}
MOMENTS = """
select t.customer_id, t.interaction_id, t.occurred_at, t.channel, t.touchpoint, t.felt_valence, t.felt_from, t.surprise
from touchpoint_visit t where t.felt_from in ('words', 'rating') and t.surprise is not null
  and t.touchpoint = $touchpoint and t.occurred_at >= $since and t.occurred_at < $until
order by case when t.felt_from = 'words' then 0 else 1 end, t.surprise {way}, t.interaction_id limit 40
"""


def _place(conditions: Sequence[Condition], found: Sequence[Row]) -> dict[str, object] | None:
    """Touchpoint, team and period of one row; None where the conditions lead to several."""
    named = {c.column: c.value for c in conditions}
    if "touchpoint" not in named or "period_end" not in named or not found:
        return None
    return {
        "touchpoint": named["touchpoint"], "team": named.get("team") or "",
        "since": found[0]["period_start"], "until": found[0]["period_end"],
    }  # fmt: skip


def _signs(door: Door, conditions: Sequence[Condition], found: Sequence[Row]) -> list[Evidence]:
    """Words that carry a sign, or contacts where it happened; the sign is a word of the table, never of the address."""
    place = _place(conditions, found)
    sign = next((str(row["sign"]) for row in found if any(c.column == "sign" for c in conditions)), "")
    if place is None or not sign:
        return []
    if sign in HOW:
        condition, how = HOW[sign]
        some = _allowed(door, rows(door, HAPPENED.format(condition=f"({condition})"), place))[:LIMIT]
        note = f"at most {LIMIT} contacts {how}, drawn by a fixed shuffle of their ids"
        return [_with_words(door, "Where it happened", note, some, [row["interaction_id"] for row in some])]
    some = _allowed(door, rows(door, SAID.format(sign=sign), place))[:LIMIT]
    note = f"at most {LIMIT} contacts whose words the model decided on, the most probable first"
    return [_with_words(door, "Words that carry it", note, some, [row["interaction_id"] for row in some])]


SAYING = """
select t.customer_id, t.interaction_id, t.occurred_at, v.channel, v.touchpoint, t.valence as felt_valence
from feeling t join verbatim w on w.interaction_id = t.interaction_id and w.speaker = 'customer'
left join touchpoint_visit v on v.interaction_id = t.interaction_id
where regexp_matches(lower(w.text), $pattern) and t.occurred_at >= $since and t.occurred_at < $until
order by md5(t.interaction_id) limit 40
"""


def _said(door: Door, conditions: Sequence[Condition], found: Sequence[Row]) -> list[Evidence]:
    """Some texts with a phrase; at most one word may stand between its two."""
    term = next((str(c.value) for c in conditions if c.column == "term"), "")
    if not term or not found or found[0]["kind"] != "phrase":
        return []
    pattern = r"\b" + r"\W+(\w+\W+){0,3}".join(re.escape(word) for word in term.split()) + r"\b"
    place = {"pattern": pattern, "since": found[0]["period_start"], "until": found[0]["period_end"]}
    some = _allowed(door, rows(door, SAYING, place))[:LIMIT]
    note = f"at most {LIMIT} texts, drawn by a fixed shuffle of their ids, of everybody"
    return [_with_words(door, "Where it is said", note, some, [row["interaction_id"] for row in some])]


def _moments(door: Door, conditions: Sequence[Condition], found: Sequence[Row]) -> list[Evidence]:
    place = _place(conditions, found)
    if place is None:
        return []
    place.pop("team")
    parts = []
    for title, way in (("Far above what they are used to", "desc"), ("Far below", "asc")):
        some = _allowed(door, rows(door, MOMENTS.format(way=way), place))[:SIDE]
        ids = [row["interaction_id"] for row in some]
        parts.append(_with_words(door, title, f"at most {SIDE} contacts, those with words first", some, ids))
    return parts


def _where(conditions: Sequence[Condition], columns: Mapping[str, str]) -> tuple[list[str], dict[str, object]]:
    parts: list[str] = []
    values: dict[str, object] = {}
    for number, condition in enumerate(conditions):
        if condition.column in columns:
            parts.append(f"{columns[condition.column]} {condition.sign} $v{number}")
            values[f"v{number}"] = condition.value
    return parts, values


def _visits(door: Door, conditions: Sequence[Condition]) -> list[Evidence]:
    parts, values = _where(conditions, {"touchpoint": "t.touchpoint", "channel": "t.channel", "stage": "t.stage"})
    for number, condition in enumerate(conditions):
        if condition.column == "period_start":
            values[f"m{number}"] = condition.value
            if condition.sign in ("=", ">="):
                parts.append(f"t.occurred_at >= $m{number}")
            if condition.sign in ("=", "<="):
                parts.append(f"t.occurred_at < $m{number} + interval 1 month")
    if not parts:
        return []
    found = _allowed(door, rows(door, VISITS.format(where=" and ".join(parts)), values))
    # Where few visits have words, one visit would stand at both ends; it belongs to the nearer one.
    low = [row for row in found if row["worst"] <= row["best"]]
    high = [row for row in found if row["worst"] > row["best"]]
    worst = sorted(low, key=lambda row: int(row["worst"]))[:SIDE]
    best = sorted(high, key=lambda row: int(row["best"]))[:SIDE]
    ids = sorted({row["interaction_id"] for row in (*worst, *best)})
    note = f"at most {SIDE} visits, those with words first"
    return [_with_words(door, "Felt worst", note, worst, ids), _with_words(door, "Felt best", note, best, ids)]


def _with_words(door: Door, title: str, note: str, found: Sequence[Row], ids: Sequence[str]) -> Evidence:
    said = {
        row["interaction_id"]: marked(row["text"] or "", row["evidence"])
        for row in rows(door, WORDS, {"ids": list(ids)})
    }
    names = [
        name
        for name in ("occurred_at", "customer_id", "channel", "touchpoint", "felt_valence", "felt_from", "outcome")
        if found and name in found[0]
    ]
    return Evidence(
        title,
        note,
        names,
        [{name: row[name] for name in names} for row in found],
        [f"/customers/{quote(row['customer_id'], safe='')}" for row in found],
        [said.get(row["interaction_id"], ()) for row in found],
    )


def _plain(title: str, note: str, found: Sequence[Row], link: str = "customer") -> Evidence:
    names = [name for name in found[0] if name != "link"] if found else []
    links = [
        f"/customers/{quote(str(row['customer_id']), safe='')}" if link == "customer" else str(row["link"])
        for row in found
    ]
    return Evidence(
        title, note, names, [{name: row[name] for name in names} for row in found], links, [()] * len(found)
    )


def _customers(door: Door, conditions: Sequence[Condition]) -> list[Evidence]:
    parts, values = _where(conditions, {"period_end": "c.period_end"})
    segment = next((c.value for c in conditions if c.column == "segment" and c.value != "all"), None)
    if segment is not None:
        parts.append("l.segment = $segment")
        values["segment"] = segment
    if "c.period_end" not in " ".join(parts):
        return []
    found = rows(
        door,
        "select c.customer_id, l.segment, c.connection, c.connection_low, c.connection_high, c.satisfaction, "
        "c.evidence_count, c.thin from connection c "
        "left join loyalty l on l.customer_id = c.customer_id and l.period_end = c.period_end "
        f"where {' and '.join(parts)} order by md5(c.customer_id), c.customer_id limit 40",
        values,
    )
    return [
        _plain("Customers", f"{LIMIT} of them, drawn by a fixed shuffle of their ids", _allowed(door, found)[:LIMIT])
    ]


def _movers(door: Door, conditions: Sequence[Condition]) -> list[Evidence]:
    named = {c.column: c.value for c in conditions}
    period = named.get("period_end")
    if not isinstance(period, datetime):
        return []
    parts, values = ["now.period_end = $period"], {"period": period}
    extra: dict[str, object] = {}
    if named.get("segment_to"):
        parts.append("now.segment = $to")
        extra["to"] = named["segment_to"]
    before = named.get("segment_from")
    if before == "new":
        parts.append("old.segment is null")
    elif before:
        parts.append("old.segment = $from_")
        extra["from_"] = before
    found = rows(
        door,
        "select now.customer_id, old.segment as segment_from, now.segment as segment_to, now.rule, now.reasons "
        "from loyalty now left join loyalty old on old.customer_id = now.customer_id and old.period_end = "
        "(select max(period_end) from loyalty where period_end < $period) "
        f"where {' and '.join(parts)} order by md5(now.customer_id), now.customer_id limit 40",
        {**values, **extra},
    )
    return [
        _plain("Customers", f"{LIMIT} of them, drawn by a fixed shuffle of their ids", _allowed(door, found)[:LIMIT])
    ]


def _dropped(door: Door, conditions: Sequence[Condition]) -> list[Evidence]:
    named = {c.column: c.value for c in conditions}
    if "funnel" not in named:
        return []
    step = "(select touchpoint from funnel_step where funnel = $funnel and position = $step)"
    found = rows(
        door,
        "select j.customer_id, j.started_at, j.ended_at, j.outcome, j.touchpoints, j.end_valence, j.drop_off_step "
        f"from journey j where j.funnel = $funnel and j.drop_off_step = {'$step' if 'step' in named else step}"
        " order by md5(j.journey_id), j.journey_id limit 40",
        {"funnel": named["funnel"], "step": named.get("step", named.get("position", 1))},
    )
    note = f"{LIMIT} that ended at this step, drawn by a fixed shuffle of their ids"
    return [_plain("Journeys that went no farther", note, _allowed(door, found)[:LIMIT])]


def _below_customer(door: Door, table: str, customer_id: str) -> list[Evidence]:
    allowed = consents(door, [customer_id]).get(customer_id)
    if allowed is not None and not allowed.profile:
        return []
    others = {
        "customer_overview": ("connection", "loyalty", "customer_value", "touchpoint_visit"),
        "loyalty": ("connection", "touchpoint_visit", "feeling"),
        "connection": ("touchpoint_visit", "feeling", "survey_response"),
        "customer_value": ("purchase",),
    }[table]
    found = []
    for name in others:
        n = door.customer_query(
            customer_id, f"select count(*) as n from {name} where customer_id = $id", {"id": customer_id}
        ).to_pylist()[0]["n"]
        found.append({"table": name, "rows": n, "link": explain_address(name, customer_id=customer_id)})
    return [_plain("This customer's rows", "in the tables that this one is made of", found, "own")]


def _allowed(door: Door, found: Sequence[Row]) -> list[Row]:
    known = consents(door, list({row["customer_id"] for row in found}))
    return [row for row in found if row["customer_id"] not in known or known[row["customer_id"]].profile]
