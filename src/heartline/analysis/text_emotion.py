"""Text emotion: what customers' words say about how they feel, text by text.

Only texts that a customer spoke are read, and none of a customer who refused it or objected to it. The words go through
the model in batches, on every core that the engine has; words are never written again, only spans of them.
Where a person has said how a text is to be read (`heartline correct`, the desk), the row follows the person, and what
the model had decided stands beside it.
See docs/explanation/text-emotion.md for the method and its limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from heartline.analysis.base import Analysis, BatchMap, Context, Fit, Stage, Values
from heartline.analysis.consent import customers_where, no_reading
from heartline.emotion import EMOTIONS, SIGNALS, EmotionModel, load_model
from heartline.engines.functions import Functions
from heartline.engines.steps import Step
from heartline.tables import table

MODEL = "default"

# What a correction changes: its labels and valence; the model's own are kept under read_<name>.
_LABELS = ("emotions", "signals", "motivators", "main_emotion", "about")
_CORRECTED = ("corrected_by", "corrected_at", *(f"read_{name}" for name in ("status", "valence", *_LABELS)))
SCHEMA = table("feeling").arrow_schema([name for name in table("feeling").names if name not in _CORRECTED])
# Probabilities are kept to a millionth: finer digits say nothing.
_DIGITS = 6


def _texts(functions: Functions, context: Context, values: Values) -> list[Step]:
    return [
        customers_where("text_emotion_refused", no_reading(functions)),
        Step(
            "text_emotion_text",
            """
            select v.interaction_id, v.customer_id, v.occurred_at, v.language, v.text
            from verbatim v
            left join text_emotion_refused r on r.customer_id = v.customer_id
            where v.speaker = 'customer' and r.customer_id is null
            """,
        ),
    ]


def _maps(context: Context, values: Values) -> Sequence[BatchMap]:
    return [
        BatchMap(
            "text_emotion_text",
            partial(score_batch, model=context.text("emotion_model")),
            SCHEMA,
            "text_emotion_scored",
        )
    ]


def _feelings(functions: Functions, context: Context, values: Values) -> list[Step]:
    return [
        Step("feeling", _with_corrections()),
        Step(
            "text_emotion_read",
            "select model_version, coalesce(read_status, status) as status, count(*) as texts,"
            " count(corrected_by) as corrected from feeling group by model_version, coalesce(read_status, status)",
        ),
    ]


def _with_corrections() -> str:
    """The model's rows, with the newest word of a person in its place where there is one.

    A label that the person named is sure (1), one that the model decided and the person did not is out (0); of all
    others the model's probability stands, as do its arousal and intensity. The valence is the person's where they chose
    one, else the model's, else the one that they were shown and left.
    """
    said = "c.interaction_id is not null"
    columns = {name: f"s.{name}" for name in SCHEMA.names}
    columns |= {name: f"coalesce(c.{name}, s.{name})" for name in _LABELS}
    columns["valence"] = "coalesce(c.valence, s.valence, c.shown_valence)"
    columns["status"] = f"case when {said} then 'scored' else s.status end"
    for kind, prefix, names in (("emotions", "p_", EMOTIONS), ("signals", "p_signal_", SIGNALS)):
        for name in names:
            named, decided = (f"' ' || coalesce({of}.{kind}, '') || ' ' like '% {name} %'" for of in ("c", "s"))
            columns[f"{prefix}{name}"] = (
                f"case when c.interaction_id is null then s.{prefix}{name} when {named} then cast(1 as double)"
                f" when {decided} then cast(0 as double) else s.{prefix}{name} end"
            )
    columns |= {name: f"c.{name}" for name in ("corrected_by", "corrected_at")}
    columns |= {name: f"case when {said} then s.{name.removeprefix('read_')} end" for name in _CORRECTED[2:]}
    listed = ", ".join(f"{columns[name]} as {name}" for name in table("feeling").names)
    return f"select {listed} from text_emotion_scored s left join correction c on c.interaction_id = s.interaction_id"


def _notes(tables: Mapping[str, pa.Table], context: Context, values: Values) -> Fit:
    """Which model read how many texts, of how many it says nothing, and of how many a person has said something."""
    read: dict[str, list[str]] = {}
    corrected = 0
    for row in tables["text_emotion_read"].to_pylist():
        read.setdefault(row["model_version"], []).append(f"{row['texts']} {row['status'].replace('_', ' ')}")
        corrected += row["corrected"]
    notes = [f"Read by {model}: {', '.join(counts)}." for model, counts in sorted(read.items())]
    if corrected:
        notes.append(
            f"{corrected} of these texts follow what a person said of them; read_<name> holds the model's word."
        )
    return Fit(notes=tuple(notes))


@lru_cache(maxsize=2)
def _model(name: str) -> EmotionModel:
    """The model, read once in each process."""
    return load_model(name)


def score_batch(batch: pa.RecordBatch, model: str = MODEL) -> pa.RecordBatch:
    """Rows of `feeling` for rows of interaction_id, customer_id, occurred_at, language, text, by the model alone.

    A text that its source tells to be of a language the model does not read is not read. Where the status is
    ``abstained``, probabilities are given and everything decided from them is NULL; where it is ``empty`` or
    ``unsupported_language``, all are NULL. Motivators and main emotion are NULL where the model does not judge them.
    """
    reader = _model(model)
    told = [(code or "").strip().lower().split("-")[0].split("_")[0] for code in batch.column("language").to_pylist()]
    reads_all = "*" in reader.languages
    foreign = np.array([len(code) == 2 and not reads_all and code not in reader.languages for code in told], dtype=bool)
    texts: list[str | None] = batch.column("text").to_pylist()
    scores = reader.score([None if other else text for text, other in zip(texts, foreign, strict=True)])
    status = np.where(foreign & np.array([bool(t and t.strip()) for t in texts], dtype=bool), "unsupported_language",
                      scores.status)  # fmt: skip
    not_scored = status != "scored"
    columns: dict[str, pa.Array] = {
        "interaction_id": batch.column("interaction_id").cast(pa.string()),
        "customer_id": batch.column("customer_id").cast(pa.string()),
        "occurred_at": batch.column("occurred_at").cast(pa.timestamp("us")),
        "valence": _numbers(scores.valence),
        "arousal": _numbers(scores.arousal),
        "intensity": _numbers(scores.intensity),
        "emotions": pa.array(scores.emotions, pa.string(), mask=not_scored),
        "signals": pa.array(scores.signals, pa.string(), mask=not_scored),
        "motivators": pa.array(scores.motivators, pa.string(), mask=not_scored),
        "main_emotion": pa.array(scores.main_emotion, pa.string(), mask=not_scored),
        "about": pa.array(scores.about, pa.string(), mask=not_scored),
        "status": pa.array(status.tolist(), pa.string()),
        "evidence": pa.array(scores.evidence, pa.string(), mask=not_scored),
        "model_version": pa.array([reader.version] * len(batch), pa.string()),
    }
    columns |= {f"p_{name}": _numbers(scores.p_emotion[:, j]) for j, name in enumerate(EMOTIONS)}
    columns |= {f"p_signal_{name}": _numbers(scores.p_signal[:, j]) for j, name in enumerate(SIGNALS)}
    return pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def _numbers(values: NDArray[np.float32]) -> pa.Array:
    return pa.array(np.round(values.astype(np.float64), _DIGITS), pa.float64(), mask=np.isnan(values))


ANALYSIS = Analysis(
    name="text_emotion",
    reads=("verbatim", "customer", "correction"),
    writes=("feeling",),
    settings=("emotion_model",),
    about="How customers feel by what they said: emotions, service signals, valence, and the words that carry them.",
    stages=(Stage(steps=_texts, maps=_maps), Stage(_feelings, ("text_emotion_read",), _notes)),
)
