"""One chunk of customers, lived and turned into the rows of the files."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from heartline.simulate import truth
from heartline.simulate.company import (
    CHANNELS,
    KINDS,
    MOTIVATORS,
    OUTCOMES,
    REGIONS,
    SITUATION,
    SITUATIONS,
    TEAMS,
    TOUCHPOINTS,
)
from heartline.simulate.draws import Draws
from heartline.simulate.files import Files, named
from heartline.simulate.lives import Plan, left_without, live_weeks
from heartline.simulate.people import Bools, Column, Floats, Ints, People
from heartline.simulate.surveys import ATTACHMENT_ITEMS, CONSTRUCTS, MOTIVATOR_SUBJECT, Surveys
from heartline.simulate.voice import Voice
from heartline.simulate.weeks import ACT_REFERRAL, Week

_NAMES = tuple(t.name for t in TOUCHPOINTS)
_STAGE_OF = tuple(t.stage for t in TOUCHPOINTS)
_P_RATING = np.array([t.p_rating for t in TOUCHPOINTS])
_P_TEXT = np.array([t.p_text for t in TOUCHPOINTS])
_COMMUNITY = _NAMES.index("community")
_FIRST = ("Alva", "Bram", "Cato", "Dela", "Emre", "Fenna", "Gita", "Hugo", "Ines", "Jola", "Kofi", "Lian")
_LAST = ("Abend", "Brook", "Corvo", "Dahl", "Esker", "Falk", "Greve", "Holm", "Ivory", "Jansa", "Kite", "Lund")


@dataclass(frozen=True)
class Lived:
    """A chunk after its last week, with what the company-wide truth needs of it."""

    people: People
    hazard: Floats
    attacked: Bools
    acts: Ints
    felt: Floats
    unhappy: Bools
    told: Bools
    bond_at_start: Floats
    bond_mid: Floats
    sums: dict[str, float]
    reached: Bools
    left_without: Floats


def live(plan: Plan, files: Files, number: int, first: int, count: int) -> Lived:
    """Draw the people of chunk ``number``, live all weeks, write all rows but the truth of the customers."""
    life = live_weeks(plan, number, first, count)
    rng, people, contacts, surveys, week = life.rng, life.people, life.contacts, life.surveys, life.week
    rows = contacts.columns()
    _customers(plan, files, people)
    spoken = _interactions(plan, files, rng, people, rows, surveys, number)
    _answers(plan, files, rng, people, surveys, number)
    _orders(plan, files, rng, people, week, number)
    act_who, act_day, act_kind = (np.concatenate(column) for column in zip(*week.ledger.acts, strict=True))
    _referrals(plan, files, rng, people, act_who, act_day, act_kind, number)
    recent = act_day >= plan.days - truth.ACT_DAYS
    promoting = recent & (act_kind != truth.ACT_ATTACK) & (act_day < plan.days)
    attacking = (act_kind == truth.ACT_ATTACK) & (act_day >= plan.days - truth.SEGMENT_DAYS) & (act_day < plan.days)
    late = (rows["day"] >= plan.days - truth.SEGMENT_DAYS) & (rows["kind"] != KINDS.index("care"))
    visits = np.bincount(rows["who"][late], minlength=count)
    with np.errstate(invalid="ignore"):
        felt = np.bincount(rows["who"][late], weights=rows["felt"][late], minlength=count) / visits
    latest = rows["day"] >= plan.days - truth.UNHAPPY_DAYS
    bad = (rows["felt"] <= truth.UNHAPPY_VALENCE) & (rows["silent"] == 0)
    acts = np.isin(rows["kind"], [KINDS.index(kind) for kind in truth.TOLD_KINDS])
    return Lived(
        people=people,
        hazard=people.hazard(plan.effects, plan.weeks),
        attacked=np.bincount(act_who[attacking], minlength=count) > 0,
        acts=np.bincount(act_who[promoting], minlength=count),
        felt=felt,
        unhappy=_anyone(rows, latest & bad, count),
        told=_anyone(rows, latest & ((bad & spoken) | acts), count),
        bond_at_start=life.start,
        bond_mid=life.middle,
        sums=_sums(rows),
        reached=life.reached,
        left_without=left_without(plan, number, first, count, life),
    )


def _anyone(rows: dict[str, Column], those: Bools, count: int) -> Bools:
    """Whether a customer has any of those rows."""
    found: Bools = np.bincount(rows["who"][those].astype(np.int64), minlength=count) > 0
    return found


def _sums(rows: dict[str, Column]) -> dict[str, float]:
    """Counts from which the effects can be read back: checkouts online with and without a failed code."""
    checkout = (rows["touchpoint"] == _NAMES.index("checkout")) & (rows["conversation"] >= 0)
    failed = np.unique(rows["conversation"][rows["situation"] == SITUATION["code_failed"]])
    hit = np.isin(rows["conversation"][checkout], failed)
    gave_up = rows["outcome"][checkout] == 1
    return {
        "checkouts_code_failed": float(hit.sum()),
        "abandoned_code_failed": float((hit & gave_up).sum()),
        "checkouts_other": float((~hit).sum()),
        "abandoned_other": float((~hit & gave_up).sum()),
    }


def _ids(people: People, who: Ints) -> pa.Array:
    return pa.array([f"c{people.first_number + number:07d}" for number in range(people.count)]).take(pa.array(who))


def _numbered(prefix: str, chunk: int, count: int) -> pa.Array:
    return pa.array([f"{prefix}{chunk:04d}-{number:07d}" for number in range(count)], pa.string())


def _customers(plan: Plan, files: Files, people: People) -> None:
    everyone = np.arange(people.count)
    numbers = people.first_number + everyone
    names = [f"{_FIRST[n * 7 % 12]} {_LAST[n * 5 // 12 % 12]}" for n in numbers]
    files.write(
        "customer",
        {
            "customer_id": _ids(people, everyone),
            "first_seen_at": plan.micros(people.joined_day),
            "name": names,
            "email": [f"customer{n:07d}@example.org" for n in numbers],
            "region": named(people.region, REGIONS),
            "member": named(people.account.astype(np.int8), ("no", "yes")),
            "consent_emotion": named((numbers % 33 != 7).astype(np.int8), ("no", "yes")),
        },
    )


def _interactions(
    plan: Plan, files: Files, rng: Draws, people: People, rows: dict[str, Column],
    surveys: Surveys, chunk: int,
) -> Bools:  # fmt: skip
    """Write the contacts; returns which of them carry words."""
    who, place, felt = rows["who"].astype(np.int64), rows["touchpoint"].astype(np.int64), rows["felt"]
    count = len(who)
    loud = rows["silent"] == 0
    rude = rows["situation"] == SITUATION["disrespect"]
    restraint = np.where(rude, plan.effects.disrespect_words_factor, 1.0)
    p_rating = _P_RATING[place] * restraint * (0.6 + 0.4 * people.talk[who]) * (0.9 + 1.2 * np.abs(felt))
    rated = loud & (rng.random(who, rows["day"]) < p_rating)
    style = 3 + 2.1 * felt * people.style_range[who] + people.style_centre[who]
    stars = np.clip(np.rint(style + 0.4 * rng.normal(who, rows["day"])), 1, 5)
    rating = np.where(rated, stars, np.nan)
    posted = place == _COMMUNITY
    p_text = _P_TEXT[place] * restraint * np.minimum(2.0, people.talk[who]) * (0.45 + 1.1 * np.abs(felt))
    speaks = loud & ((rng.random(who, rows["day"]) < np.minimum(0.95, p_text)) | posted)
    surveyed = np.flatnonzero(loud & ~posted)
    surveys.after_contacts(who[surveyed], rows["day"][surveyed], place[surveyed], felt[surveyed])
    text: list[str | None] = [None] * count
    emotion: list[str | None] = [None] * count
    signals: list[str | None] = [None] * count
    ids = _numbered("i", chunk, count)
    replies: dict[str, list[object]] = {"row": [], "text": []}
    if plan.texts:
        voice = Voice(f"{plan.seed}-{chunk}-contacts")
        answered = np.isin(place, [_NAMES.index("support_chat"), _NAMES.index("complaint_handling")])
        for row in np.flatnonzero(speaks).tolist():
            person = int(who[row])
            if plan.plans is not None:
                voice.begin(f"{plan.seed} {people.first_number + person} {rows['day'][row]!r}")
            said = voice.customer(
                people.first_number + person, SITUATIONS[rows["situation"][row]], _NAMES[place[row]],
                float(felt[row]), bool(people.foreign[person]),
            )  # fmt: skip
            text[row], emotion[row], signals[row] = said.text, said.emotion, " ".join(said.signals)
            if answered[row] and person % 2:
                replies["row"].append(row)
                replies["text"].append(voice.employee(felt[row] > -0.2))
    conversation = rows["conversation"]
    in_talk = conversation >= 0
    talk_ids = pa.array(np.where(in_talk, conversation, 0), mask=~in_talk).cast(pa.string())
    talk_ids = pa.compute.binary_join_element_wise(pa.scalar(f"t{chunk:04d}"), talk_ids, "-")
    has_time = np.isin(rows["kind"], [KINDS.index(k) for k in ("note", "open", "click", "advert", "parcel")])
    shared = {
        "customer_id": _ids(people, who),
        "touchpoint": named(place, _NAMES),
        "stage": named(place, _STAGE_OF),
        "kind": named(rows["kind"], KINDS),
        "team": named(rows["team"], TEAMS),
        "conversation_id": talk_ids,
    }
    files.write(
        "interaction",
        {
            **shared,
            "interaction_id": ids,
            "occurred_at": plan.micros(rows["day"]),
            "channel": named(rows["channel"], CHANNELS),
            "direction": named(rows["outbound"], ("inbound", "outbound")),
            "outcome": named(rows["outcome"], OUTCOMES),
            "duration_s": pa.array(rows["seconds"], mask=has_time),
            "rating": pa.array(rating, mask=~rated),
            "rating_min": pa.array(np.ones(count), mask=~rated),
            "rating_max": pa.array(np.full(count, 5.0), mask=~rated),
            "text": pa.array(text, pa.string()),
            "speaker": named(np.zeros(count, dtype=np.int8), ("customer",)),
        },
    )
    if replies["row"]:
        at = np.asarray(replies["row"], dtype=np.int64)
        take = pa.array(at)
        files.write(
            "interaction",
            {
                **{name: column.take(take) for name, column in shared.items()},
                "kind": named(np.full(len(at), KINDS.index("reply")), KINDS),
                "interaction_id": _numbered("r", chunk, len(at)),
                "occurred_at": plan.micros(np.minimum(rows["day"][at] + 0.003, plan.days - 1e-4)),
                "channel": named(rows["channel"][at], CHANNELS),
                "direction": named(np.ones(len(at), dtype=np.int8), ("inbound", "outbound")),
                "text": pa.array(replies["text"], pa.string()),
                "speaker": named(np.zeros(len(at), dtype=np.int8), ("employee",)),
            },
        )
    files.write(
        "truth_interaction",
        {
            "interaction_id": ids,
            "customer_id": shared["customer_id"],
            "felt_valence": felt,
            "situation": named(rows["situation"], SITUATIONS),
            "emotion": pa.array(emotion, pa.string()),
            "signals": pa.array(signals, pa.string()),
        },
    )
    spoken: Bools = speaks
    return spoken


def _answers(plan: Plan, files: Files, rng: Draws, people: People, surveys: Surveys, chunk: int) -> None:
    rows = surveys.columns()
    who, subject, question = rows["who"].astype(np.int64), rows["subject"], rows["question"]
    count = len(who)
    comments: list[str | None] = [None] * count
    writes = np.isfinite(rows["felt"]) & (
        rng.random(who, rows["day"]) < plan.effects.comment_share * np.minimum(1.8, people.talk[who])
    )
    if plan.texts:
        voice = Voice(f"{plan.seed}-{chunk}-surveys")
        for row in np.flatnonzero(writes).tolist():
            person = int(who[row])
            if plan.plans is not None:
                voice.begin(f"{plan.seed} {people.first_number + person} {rows['day'][row]!r} {subject[row]}")
            place = _NAMES[subject[row]] if 0 <= subject[row] < len(_NAMES) else "community"
            fond = subject[row] < 0 and people.bond[person] > 65 and rows["felt"][row] > 0.2
            comments[row] = voice.customer(
                people.first_number + person, "fond" if fond else "ordinary", place,
                float(rows["felt"][row]), bool(people.foreign[person]),
            ).text  # fmt: skip
    motive = subject >= MOTIVATOR_SUBJECT
    subjects = (*_NAMES, *MOTIVATORS)
    files.write(
        "survey_response",
        {
            "response_id": _numbered("s", chunk, count),
            "customer_id": _ids(people, who),
            "answered_at": plan.micros(rows["day"]),
            "construct": named(rows["construct"], CONSTRUCTS),
            "subject": named(np.where(motive, subject - MOTIVATOR_SUBJECT + len(_NAMES), subject), subjects),
            "value": rows["value"],
            "scale_min": rows["low"],
            "scale_max": rows["high"],
            "survey": named(((subject >= 0) & ~motive).astype(np.int8), ("relationship", "after contact")),
            "question": named(question, ATTACHMENT_ITEMS),
            "text": pa.array(comments, pa.string()),
        },
    )


def _orders(plan: Plan, files: Files, rng: Draws, people: People, week: Week, chunk: int) -> None:
    who, day, value, share, returned, channel = (
        np.concatenate(column) for column in zip(*week.ledger.orders, strict=True)
    )
    order = np.lexsort((who, day))
    order = order[day[order] < plan.days]
    who, day, value, share, returned, channel = (x[order] for x in (who, day, value, share, returned, channel))
    listed = np.round(value, 2)
    discount = np.round(value * share, 2)
    revenue = np.round(listed - discount, 2)
    baskets = [json.dumps([{"sku": f"h{100 + int(sku)}", "quantity": 1 + int(sku) % 3}]) for sku in range(240)]
    files.write(
        "purchase",
        {
            "purchase_id": _numbered("p", chunk, len(who)),
            "customer_id": _ids(people, who),
            "occurred_at": plan.micros(day),
            "revenue": revenue,
            "currency": named(np.zeros(len(who), dtype=np.int8), ("EUR",)),
            "list_value": listed,
            "discount": discount,
            "margin": np.round(0.38 * listed - discount, 2),
            "refunded": np.where(returned > 0, revenue, 0.0),
            "channel": named(channel, CHANNELS),
            "products": named(rng.integers(0, 240, who, day), tuple(baskets)),
        },
    )


def _referrals(
    plan: Plan, files: Files, rng: Draws, people: People, who: Ints, day: Floats, kind: Ints,
    chunk: int,
) -> None:  # fmt: skip
    """A referred person who came is one of those who joined later; one who did not come is a prospect."""
    rows = np.flatnonzero((kind == ACT_REFERRAL) & (day < plan.days))
    rows = rows[np.lexsort((who[rows], day[rows]))]
    newcomers = np.flatnonzero(people.joined_day > 0)
    newcomers = newcomers[np.argsort(people.joined_day[newcomers], kind="stable")]
    used = 0
    referred: list[str] = []
    converted: list[str] = []
    comes = rng.random(who[rows], day[rows]) < plan.effects.referral_converts
    for number, row in enumerate(rows.tolist()):
        while used < len(newcomers) and people.joined_day[newcomers[used]] <= day[row]:
            used += 1
        if comes[number] and used < len(newcomers):
            referred.append(f"c{people.first_number + int(newcomers[used]):07d}")
            converted.append("yes")
            used += 1
        else:
            referred.append(f"prospect-{chunk:04d}-{number:06d}")
            converted.append("no")
    files.write(
        "referral",
        {
            "referrer_id": _ids(people, who[rows]),
            "referred_id": pa.array(referred, pa.string()),
            "occurred_at": plan.micros(day[rows]),
            "converted": pa.array(converted, pa.string()),
        },
    )
