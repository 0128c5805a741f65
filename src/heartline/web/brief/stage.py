"""One page for the people of a stage: the same feelings, so that journey, pitch and feedback session agree."""

from __future__ import annotations

from collections.abc import Sequence

from heartline.action.felt import Felt, Months
from heartline.playbook.shape import Playbook
from heartline.tables.words import stage_rank
from heartline.web.brief import patterns
from heartline.web.brief.gather import months
from heartline.web.brief.lines import HandLine, PlaceLine, Quote, StageBrief, StandardLine, Theme, Verdict, short
from heartline.web.brief.standards import felt_figure, owner_of, playbook_of, standards
from heartline.web.change import Change, compare
from heartline.web.consent import Consent, consents
from heartline.web.door import Door, Row, rows
from heartline.web.figures import Figure, explain_address, plain
from heartline.web.page import MissingPage

MOMENTS = "select * from touchpoint_moment where period_end = (select max(period_end) from touchpoint_moment)"
HANDS = """
select touchpoint, next_touchpoint, steps, change_n, change_mean, change_low, change_high from journey_step
where next_touchpoint <> '' and next_touchpoint <> touchpoint
order by steps desc nulls last, touchpoint, next_touchpoint
"""
CAUSES = """
select funnel, step, cause from drop_off where cause <> 'any' and status = 'open' and share_low > 0
order by share desc nulls last, step, cause
"""
EXTREMES = """
select f.interaction_id, f.customer_id, t.touchpoint, f.occurred_at, f.valence
from feeling f join touchpoint_visit t on t.interaction_id = f.interaction_id
where f.occurred_at >= $since and t.occurred_at >= $since and f.status = 'scored' and abs(f.valence) > 0.2
  and t.stage in (select unnest(cast($stages as varchar[])))
qualify row_number() over (partition by f.valence > 0
  order by abs(f.valence) desc nulls last, f.occurred_at desc nulls last, f.interaction_id) <= 30
order by f.valence > 0, abs(f.valence) desc nulls last, f.occurred_at desc nulls last, f.interaction_id
"""
WORDS = "select text from verbatim where interaction_id = $contact and customer_id = $id and speaker = 'customer'"
QUESTIONS = {
    "effort": "What made {place} harder than it had to be?",
    "complaint": "What went wrong at {place}, and what would have put it right?",
    "request": "What did you ask for at {place} that we did not give?",
    "confusion": "What was not clear at {place}?",
    "unrecognised": "What did we not know of you at {place} that we should have known?",
    "disrespect": "When did you feel treated badly at {place}?",
    "no_empathy": "When did nobody understand you at {place}?",
    "betrayal": "Which promise did we break at {place}?",
    "leaving": "What would make you stay?",
}  # fmt: skip
LONGEST, EACH = 180, 2


def roles(door: Door) -> dict[str, tuple[str, ...]]:
    """Stages of each role, from the setting ``brief_stages``."""
    found = {}
    for pair in door.settings.text("brief_stages").split():
        role, _, stages = pair.partition("=")
        found[role] = tuple(stage for stage in stages.split(",") if stage)
    return found


def names(door: Door) -> list[str]:
    """Every name that has a brief: roles first, then the stages that customers were met at."""
    felt = months(door)
    return [
        *roles(door),
        *sorted({stage for _, stage in felt.places if stage and stage not in roles(door)}, key=stage_rank),
    ]


def stage_brief(door: Door, name: str, quotes: bool = True) -> StageBrief:
    """The brief of a role (product, marketing, sales, support …) or of one stage.

    quotes: whether customers' own words may be quoted here: read from the facts now, only where reading is allowed
    MissingPage: no such role or stage.
    """
    known, felt = roles(door), months(door)
    met = {stage for _, stage in felt.places if stage}
    if name not in known and name not in met:
        raise MissingPage(
            f"there is no stage {name[:40]!r}", f"one of {', '.join([*known, *sorted(met, key=stage_rank)])}",
            "see the setting brief_stages",
        )  # fmt: skip
    stages = known.get(name, (name,))
    playbook, fault = playbook_of(door)
    held = {line.where: line for line in reversed(standards(door, playbook, felt))}
    places = _places(door, felt, playbook, held, stages)
    inside = {touchpoint for touchpoint, stage in felt.places if stage in stages}
    came, left = _hands(door, felt, inside)
    base = door.settings.whole("min_base")
    signs = [theme for theme in patterns.themes(_within(patterns.said(door, felt), stages), base) if theme.pattern][:6]
    told = [one for one in playbook.stages if one.stage in stages]
    words, note = _quotes(door, felt, stages) if quotes else ([], "Customers' own words are left out here.")
    return StageBrief(
        name=name,
        role=plain(name).capitalize(),
        stages=[plain(stage) for stage in stages],
        company=door.settings.text("company"),
        as_of=door.as_of,
        since=felt.since,
        until=felt.until,
        felt=_change(felt, stages=stages),
        places=places,
        came=came,
        left=left,
        motivators=patterns.motivators(door, felt, stages, base)[:6],
        signs=signs,
        promise=[one.promise for one in told if one.promise],
        ask=[text for one in told for text in one.ask],
        avoid=[text for one in told for text in one.avoid],
        questions=_questions(door, places, signs, inside),
        quotes=words,
        quotes_note=note,
        notes=[fault] if fault else [],
    )


def _places(
    door: Door, felt: Months, playbook: Playbook, held: dict[str, StandardLine], stages: Sequence[str]
) -> list[PlaceLine]:
    moments = {row["touchpoint"]: row for row in rows(door, MOMENTS)}
    found = []
    for touchpoint, stage in felt.places:
        if stage not in stages:
            continue
        line = held.get(plain(touchpoint)) or held.get(f"stage {plain(stage)}")
        own = felt.at(touchpoint, (stage,))
        moment = moments.get(touchpoint, {})
        verdict: Verdict = line.verdict if line and line.where == plain(touchpoint) else "not_measured"
        found.append(
            PlaceLine(
                plain(touchpoint), plain(stage), felt_figure(own, felt, touchpoint, stage),
                _change(felt, touchpoint, (stage,)), line.meant if line else "", verdict,
                line.owner if line else owner_of(playbook, touchpoint, stage or ""),
                Figure(own.unfinished, "share", n=own.visits,
                       explain=explain_address("touchpoint_period", "failed", touchpoint=touchpoint, stage=stage)),
                _moment(moment, "best"), _moment(moment, "worst"),
            )
        )  # fmt: skip
    return sorted(found, key=lambda line: (line.felt.value is None, line.felt.value or 0.0, line.touchpoint))


def _change(felt: Months, touchpoint: str = "", stages: Sequence[str | None] = ()) -> Change:
    now, before = felt.at(touchpoint, stages), felt.at(touchpoint, stages, before=True)
    stage = stages[0] if len(stages) == 1 else None
    return compare(felt_figure(now, felt, touchpoint, stage), _figure(before))


def _figure(felt: Felt) -> Figure:
    return Figure(felt.mean, "valence", "", felt.low, felt.high, felt.felt)


def _moment(row: Row, side: str) -> Figure:
    if not row:
        return Figure(None, "share")
    key = {"period_end": row["period_end"], "touchpoint": row["touchpoint"]}
    return Figure(
        row[side], "share", "", row[f"{side}_low"], row[f"{side}_high"], row["known"],
        explain_address("touchpoint_moment", side, **key),
    )  # fmt: skip


def _hands(door: Door, felt: Months, inside: set[str]) -> tuple[list[HandLine], list[HandLine]]:
    came: list[HandLine] = []
    left: list[HandLine] = []
    for row in rows(door, HANDS):
        before, after = row["touchpoint"], row["next_touchpoint"]
        if (before in inside) == (after in inside):
            continue
        other = before if after in inside else after
        change = Figure(
            row["change_mean"], "valence", "", row["change_low"], row["change_high"], row["change_n"],
            explain_address("journey_step", "change_mean", touchpoint=before, next_touchpoint=after),
        )  # fmt: skip
        line = HandLine(
            f"{plain(before)} → {plain(after)}",
            felt_figure(felt.at(other), felt, other),
            change,
            int(row["steps"] or 0),
        )
        (came if after in inside else left).append(line)
    return came[:3], left[:3]


def _within(found: Sequence[Row], stages: Sequence[str]) -> list[Row]:
    return [row for row in found if row["stage"] in stages]


def _questions(door: Door, places: Sequence[PlaceLine], signs: Sequence[Theme], inside: set[str]) -> list[str]:
    """Questions worth asking now, neutral in mood: on broken standards, open causes, signs, and blind spots."""
    found = [f"What did you expect of {line.touchpoint}, and what came?" for line in places if line.verdict == "broken"]
    found += [
        f"Did {plain(row['cause'])} have to do with stopping at {plain(row['step'])}, or was it something else?"
        for row in rows(door, CAUSES)
        if row["step"] in inside
    ]
    found += [
        QUESTIONS[sign].format(place=theme.where)
        for theme in signs
        if (sign := theme.what.replace(" ", "_")) in QUESTIONS
    ]
    blind = [line for line in places if not line.felt.known and (line.unfinished.n or 0) > 0]
    found += [f"How did {line.touchpoint} feel? Too few have told." for line in blind]
    return list(dict.fromkeys(found))[:6]


def _quotes(door: Door, felt: Months, stages: Sequence[str]) -> tuple[list[Quote], str]:
    """The best and the worst words of the latest months, of customers whose words may be read; each customer once."""
    if felt.since is None:
        return [], ""
    told = rows(door, EXTREMES, {"since": felt.since, "stages": list(stages)})
    allowed = consents(door, [row["customer_id"] for row in told])
    found: list[Quote] = []
    seen: set[str] = set()
    kept = {True: 0, False: 0}
    for row in told:
        who, good = row["customer_id"], row["valence"] > 0
        if kept[good] == EACH or who in seen or not allowed.get(who, Consent()).read:
            continue
        words = door.customer_query(who, WORDS, {"contact": row["interaction_id"], "id": who}).to_pylist()
        if not words or not (words[0]["text"] or "").strip():
            continue
        seen.add(who)
        kept[good] += 1
        found.append(
            Quote(
                short(" ".join(words[0]["text"].split()), LONGEST), plain(row["touchpoint"]),
                f"{row['occurred_at']:%Y-%m-%d}", Figure(row["valence"], "valence"),
            )
        )  # fmt: skip
    return found, "" if found else "Nobody whose words may be read said anything strong enough here."
