"""What people say of a text where the model read it otherwise: kept for ever, the newest of each text counts.

No words of customers are kept here: ids, labels, who, when, and a note in the person's own words.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text

from heartline.records.store import Records, now

COLUMNS = (
    "correction_id, interaction_id, customer_id, channel, model_version, shown, said, corrected_by, corrected_at, note"
)
_NEWEST = "correction_id = (select max(o.correction_id) from correction o where o.interaction_id = c.interaction_id)"


@dataclass(frozen=True)
class Reading:
    """What is said of one text, by a model or by a person.

    status: scored, abstained, unsupported_language or empty; of a person's reading always scored
    emotions, signals, motivators: decided labels; None: not judged
    main_emotion, about: one label each; None: not judged
    valence: -1 to 1; None: not read, or in a person's reading left as the model has it
    """

    status: str
    emotions: tuple[str, ...] | None
    signals: tuple[str, ...] | None
    motivators: tuple[str, ...] | None
    main_emotion: str | None
    about: str | None
    valence: float | None


@dataclass(frozen=True)
class Correction:
    """One judgement of one text by one person.

    channel: None where the source did not tell
    shown: what the model had decided; said: what holds by the person
    at: ISO 8601, UTC
    """

    interaction_id: str
    customer_id: str
    channel: str | None
    model_version: str
    shown: Reading
    said: Reading
    by: str
    at: str = ""
    note: str = ""
    correction_id: int = 0


@dataclass(frozen=True)
class Draw:
    """One text drawn at random for people to look at, from those that one model version had read."""

    interaction_id: str
    model_version: str
    channel: str | None


def add(records: Records, correction: Correction) -> Correction:
    """Keep a correction; earlier ones of the same text stay and no longer count. Gives it with number and time."""
    at = now()
    values = {
        "interaction_id": correction.interaction_id, "customer_id": correction.customer_id,
        "channel": correction.channel, "model_version": correction.model_version,
        "shown": json.dumps(asdict(correction.shown)), "said": json.dumps(asdict(correction.said)),
        "by": correction.by, "at": at, "note": correction.note,
    }  # fmt: skip
    with records.writing() as connection:
        number = connection.execute(
            text(
                "insert into correction (interaction_id, customer_id, channel, model_version, shown, said, "
                "corrected_by, corrected_at, note) values (:interaction_id, :customer_id, :channel, :model_version, "
                ":shown, :said, :by, :at, :note) returning correction_id"
            ),
            values,
        ).scalar_one()
    return Correction(**{**_fields(correction), "at": at, "correction_id": int(number)})


def newest(records: Records, customer_id: str | None = None, interaction_id: str | None = None) -> list[Correction]:
    """The correction that counts for each text, in the order they were made; of one customer or text, or of all."""
    where, values = _where(customer_id, interaction_id)
    with records.reading() as connection:
        found = connection.execute(
            text(f"select {COLUMNS} from correction c where {_NEWEST}{where} order by correction_id"), values
        )
        return [_correction(row) for row in found]


def history(records: Records, interaction_id: str | None = None, limit: int = 100) -> list[Correction]:
    """Every correction, also those that a later one took the place of; newest first."""
    where, values = _where(None, interaction_id)
    with records.reading() as connection:
        found = connection.execute(
            text(f"select {COLUMNS} from correction c where 1 = 1{where} order by correction_id desc limit :limit"),
            values | {"limit": limit},
        )
        return [_correction(row) for row in found]


def any_kept(records: Records) -> bool:
    """Whether there is any correction."""
    with records.reading() as connection:
        return connection.execute(text("select 1 from correction limit 1")).first() is not None


def add_draws(records: Records, draws: Sequence[Draw]) -> None:
    """Mark texts as drawn; one that is drawn already under the same model version stays as it is."""
    at = now()
    values = [asdict(draw) | {"at": at} for draw in draws]
    if values:
        with records.writing() as connection:
            connection.execute(
                text(
                    "insert into correction_draw (interaction_id, model_version, channel, drawn_at) values "
                    "(:interaction_id, :model_version, :channel, :at) on conflict do nothing"
                ),
                values,
            )


def draws(records: Records, model_version: str) -> list[Draw]:
    """Texts drawn from the readings of one model version."""
    with records.reading() as connection:
        found = connection.execute(
            text(
                "select interaction_id, model_version, channel from correction_draw where model_version = :version "
                "order by drawn_at, interaction_id"
            ),
            {"version": model_version},
        )
        return [Draw(*row) for row in found]


def _where(customer_id: str | None, interaction_id: str | None) -> tuple[str, dict[str, Any]]:
    given = {"customer_id": customer_id, "interaction_id": interaction_id}
    chosen = {name: value for name, value in given.items() if value is not None}
    return "".join(f" and c.{name} = :{name}" for name in chosen), chosen


def _fields(correction: Correction) -> dict[str, Any]:
    return {name: getattr(correction, name) for name in correction.__dataclass_fields__}


def _correction(row: Any) -> Correction:
    return Correction(
        row.interaction_id,
        row.customer_id,
        row.channel,
        row.model_version,
        _reading(row.shown),
        _reading(row.said),
        row.corrected_by,
        row.corrected_at,
        row.note,
        row.correction_id,
    )


def _reading(body: str) -> Reading:
    held: dict[str, Any] = json.loads(body)
    for name in ("emotions", "signals", "motivators"):
        held[name] = None if held[name] is None else tuple(held[name])
    return Reading(**held)
