"""Corrected texts as rows to train on, and as the small table that the analysis of texts follows."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heartline.corrections.house import House, not_for_research
from heartline.errors import CorrectionError
from heartline.records import corrections as kept
from heartline.records.corrections import Correction
from heartline.records.store import Records
from heartline.tables import table

if TYPE_CHECKING:
    import pyarrow as pa

_TEXTS = f"""
select v.interaction_id, v.text, v.language, v.customer_id in ({not_for_research()}) as refused from verbatim v
where v.speaker = 'customer' and v.interaction_id in (select unnest(cast($ids as varchar[])))
"""


@dataclass(frozen=True)
class TrainingRow:
    """A customer's words and what a person says of them.

    channel, language: None where not told
    emotions, signals: labels that hold, all others do not; motivators: the same, None: not judged
    main_emotion, about: None: not judged
    valence: -1 to 1, a step of a half that the person chose, or the model's that they confirmed; None: not judged
    model_version: model whose reading the person was shown
    removed: labels that it had decided and the person took away, as ``emotion:anger``; a label that is neither here nor
        among those that hold was only left out
    """

    interaction_id: str
    text: str
    channel: str | None
    language: str | None
    emotions: tuple[str, ...]
    signals: tuple[str, ...]
    motivators: tuple[str, ...] | None
    main_emotion: str | None
    about: str | None
    valence: float | None
    model_version: str
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exported:
    """What an export wrote; ``withheld``: corrected texts whose customers do not want them to be read; ``gone``:
    corrected texts that are no longer among the facts."""

    rows: int
    withheld: int
    gone: int


def rows(house: House) -> list[TrainingRow]:
    """Every corrected text with its newest correction, in the order the corrections were made.

    Texts of customers who refused the reading of their words, or object to it or to research, are left out,
    whenever they did.
    """
    return _gathered(house)[0]


def history(house: House, interaction_id: str | None = None, limit: int = 100) -> list[Correction]:
    """Every correction with what was shown and what was said, newest first; of one text, or of all."""
    return kept.history(house.records, interaction_id, limit)


def export(house: House, file: Path) -> Exported:
    """Write the rows as JSON Lines. The file holds customers' words: it is readable by its owner only."""
    if file.suffix != ".jsonl":
        raise CorrectionError(f"cannot write {file.name}", "a name that ends in .jsonl", "choose such a name")
    found, counts = _gathered(house)
    file.touch(mode=0o600)
    file.chmod(0o600)
    with file.open("w", encoding="utf-8") as out:
        for row in found:
            out.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
    return counts


def _gathered(house: House) -> tuple[list[TrainingRow], Exported]:
    corrections = kept.newest(house.records)
    ids = [one.interaction_id for one in corrections]
    found = house.query(_TEXTS, {"ids": ids}).to_pylist() if ids else []
    texts = {row["interaction_id"]: row for row in found}
    made = [
        _training_row(one, texts[one.interaction_id])
        for one in corrections
        if one.interaction_id in texts and not texts[one.interaction_id]["refused"]
    ]
    gone = sum(each not in texts for each in ids)
    return made, Exported(len(made), len(ids) - len(made) - gone, gone)


def _training_row(one: Correction, text: dict[str, Any]) -> TrainingRow:
    said = one.said
    return TrainingRow(
        one.interaction_id, text["text"] or "", one.channel, text["language"], said.emotions or (), said.signals or (),
        said.motivators, said.main_emotion, said.about, said.valence, one.model_version, _removed(one),
    )  # fmt: skip


def _removed(one: Correction) -> tuple[str, ...]:
    layers = (
        ("emotion", one.shown.emotions, one.said.emotions),
        ("signal", one.shown.signals, one.said.signals),
        ("motivator", one.shown.motivators, one.said.motivators),
    )
    return tuple(
        f"{kind}:{label}"
        for kind, shown, said in layers
        if said is not None
        for label in shown or ()
        if label not in said
    )


def standing_table(records: Records) -> pa.Table:
    """The newest correction of each text in the shape of the table ``correction``; what `text_emotion` follows."""
    lines = [
        {
            "correction_id": one.correction_id,
            "interaction_id": one.interaction_id,
            "customer_id": one.customer_id,
            "channel": one.channel,
            "emotions": " ".join(one.said.emotions or ()),
            "signals": " ".join(one.said.signals or ()),
            "motivators": None if one.said.motivators is None else " ".join(one.said.motivators),
            "main_emotion": one.said.main_emotion,
            "about": one.said.about,
            "valence": one.said.valence,
            "shown_valence": one.shown.valence,
            "model_version": one.model_version,
            "corrected_by": one.by,
            "corrected_at": datetime.fromisoformat(one.at).replace(tzinfo=None),
        }
        for one in kept.newest(records)
    ]
    schema = table("correction").arrow_schema()
    return schema.empty_table().from_pylist(lines, schema=schema)
