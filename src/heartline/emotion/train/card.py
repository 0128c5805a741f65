"""Measures a network model as users will meet it and writes its model card: every figure from the run, none by hand."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from heartline.emotion.labels import ABOUT, EMOTIONS, MAIN_EMOTIONS, SIGNALS
from heartline.emotion.load import load_folder
from heartline.emotion.model import EmotionModel
from heartline.emotion.network import NetworkModel
from heartline.emotion.train import data as sources
from heartline.emotion.train import report
from heartline.emotion.train.examine import BAND, airline, examine
from heartline.emotion.train.faithful import faithfulness
from heartline.emotion.train.reliability import bins, coverage, decided_error, expected_error

_LANGUAGES = {"en": "eng", "de": "deu", "es": "esp", "pt": "ptbr", "zh": "chn", "sv": "swe"}
_FAITHFUL_TEXTS = 600

_LIMITS = """\
- English only. Other languages are refused by their common words; texts of one or two words often cannot be told.
- GoEmotions is Reddit, read by raters who agree little with each other: one rater against the consensus scores 0.57.
- The annotated messages and the project's own messages were labelled by a language model under a guide, not by
  people. Figures on them say how well the model follows that guide.
- Irony is often taken at its word; what is meant but not said is missed; so is who is spoken about.
- Motivators were learnt from the project's own messages alone, and no independent messages examine them.
- Evidence shows which words carried the score, not why the customer feels so.
- Not to be used on what employees say, nor to decide about a person without a human.
- Slices below are all that the data permit: nobody's age, sex, origin or dialect is known; spellings stand in for the
  last, badly.
"""


def write_card(folder: Path, data: Path, training: dict[str, Any], seed: int = 0) -> dict[str, Any]:
    """``MODEL_CARD.md`` and ``results.json`` of the model in `folder`.

    training: what is told of its making: `rows` by source, and what set the `thresholds`
    """
    model = load_folder(folder)
    if not isinstance(model, NetworkModel):
        raise TypeError("a network model is needed")
    figures = {
        "version": model.version,
        "training": training,
        "bytes": _size(folder),
        "goemotions_dev": goemotions_dev(model, data, seed),
        "messages": examine(model, data, seed),
        "airline": airline(model, data, seed),
        "language": _languages(model, data),
    }
    service = sources.service_signals(data)
    held = service.where(~sources.may_train(service))
    dev = sources.goemotions(data, "dev")
    figures["evidence"] = {
        "messages": vars(faithfulness(model, held.texts[:_FAITHFUL_TEXTS], seed=seed)),
        "goemotions_dev": vars(faithfulness(model, dev.texts[:_FAITHFUL_TEXTS], seed=seed)),
    }
    (folder / "results.json").write_text(json.dumps(_rounded(figures), indent=1) + "\n", encoding="utf-8")
    (folder / "MODEL_CARD.md").write_text(_card(folder, figures), encoding="utf-8")
    return figures


def goemotions_dev(model: EmotionModel, data: Path, seed: int) -> dict[str, Any]:
    """F1 per label, calibration and coverage on the dev part, which set no weight."""
    dev = sources.goemotions(data, "dev")
    began = time.process_time()
    scores = model.score(dev.texts)
    seconds = time.process_time() - began
    decided = np.array([[e in told.split() for e in EMOTIONS] for told in scores.emotions], np.float32)
    f1, ends = report.f1_with_interval(dev.labels, decided, seed)
    read = ~np.isnan(scores.p_emotion[:, 0])
    p, y = scores.p_emotion[read], dev.labels[read]
    best = p.argmax(axis=1)
    right = y[np.arange(len(y)), best] > 0
    return {
        "rows": len(dev.texts),
        "f1": f1.tolist(),
        "ends": ends.tolist(),
        "positives": dev.labels.sum(0).astype(int).tolist(),
        "calibration": expected_error(y, p),
        "calibration_decided": decided_error(y, p, decided[read]),
        "reliability": [vars(b) for b in bins(y, p)],
        "coverage": coverage(right, p.max(axis=1)),
        "abstained": float((scores.status == "abstained").mean()),
        "refused": float((scores.status == "unsupported_language").mean()),
        "texts_per_cpu_second": len(dev.texts) / seconds,
    }


def _languages(model: EmotionModel, data: Path) -> dict[str, tuple[int, float]]:
    found = {}
    for code, name in _LANGUAGES.items():
        texts = sources.brighter(data, name, "dev")
        found[code] = (len(texts), float((model.score(texts).status == "unsupported_language").mean()))
    return found


def _size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.iterdir() if p.suffix not in (".md", ".json"))


def _card(folder: Path, f: dict[str, Any]) -> str:
    dev, told, tweets, size = f["goemotions_dev"], f["messages"], f["airline"], f["bytes"]
    macro = told["signal_macro_often"]
    parts = [
        f"# Model card: {folder.name}",
        f"Version `{f['version']}`. A small BERT-shaped encoder in whole numbers (ONNX) under one linear layer: 28 "
        "emotions, 17 service signals, 11 motivators, one main emotion of 14, what a text is about, valence, "
        f"intensity, arousal. Made by `python -m heartline.emotion.train`. Do not edit.",
        "## Data and licences",
        _SOURCES,
        "Rows: " + ", ".join(f"{name} {count:,}" for name, count in f["training"].get("rows", {}).items()) + ".",
        "## Size and speed",
        f"{size / 1e6:.1f} MB, word vectors and word pieces included. "
        f"{dev['texts_per_cpu_second']:,.0f} GoEmotions texts a CPU second, evidence included; compared with others in "
        "`benchmarks/results/text.md`.",
        "## Emotions on GoEmotions dev",
        f"{dev['rows']:,} texts that set no weight. Macro-F1 {_interval(dev['f1'][-2], dev['ends'][-2])}, micro-F1 "
        f"{_interval(dev['f1'][-1], dev['ends'][-1])}. {f['training'].get('thresholds', '')} Expected calibration "
        f"error {dev['calibration']:.3f}; over decided labels only {dev['calibration_decided']:.3f}. Abstained "
        f"{dev['abstained']:.1%}, refused as another language {dev['refused']:.1%}; both count as wrong.",
        _table(
            ("emotion", "texts", "F1", "95 % interval"),
            [(e, dev["positives"][j], f"{dev['f1'][j]:.2f}", _ends(dev["ends"][j])) for j, e in enumerate(EMOTIONS)],
        ),
        "### Reliability",
        _table(
            ("probability said", "cases", "mean said", "came true"),
            [
                (
                    f"{int(b['said'] * 10) / 10:.1f} to {int(b['said'] * 10) / 10 + 0.1:.1f}",
                    b["cases"],
                    f"{b['said']:.3f}",
                    f"{b['came']:.3f}",
                )
                for b in dev["reliability"]
            ],
        ),
        "### Coverage and accuracy",
        "Speaking first where it is surest: share of texts spoken about, and how often its strongest emotion is among "
        "the raters'.",
        _table(("share of texts", "right"), [(f"{share:.0%}", f"{right:.1%}") for share, right in dev["coverage"]]),
        "## Customers' messages of sources that never trained",
        f"{told['rows']:,} annotated messages (airline tweets, reviews, support tweets, game reviews). Service "
        f"signals: macro-F1 {_interval(macro[0], macro[1:])} over the {len(told['signals_often'])} signals with at "
        f"least 20 messages. Valence: r {_interval(told['valence'][0], told['valence'][1:])}; intensity r "
        f"{_interval(told['intensity'][0], told['intensity'][1:])}. Main emotion of 14 right "
        f"{_interval(told['main_emotion'][0], told['main_emotion'][1:])}; about right "
        f"{_interval(told['about'][0], told['about'][1:])}. Calibration error of signals "
        f"{told['signal_calibration']:.3f}, of decided ones {told['signal_calibration_decided']:.3f}. Status: "
        + ", ".join(f"{name} {count}" for name, count in told["status"].items())
        + ".",
        _table(
            ("signal", "messages", "decided", "F1", "95 % interval"),
            [
                (
                    s,
                    told["signal_positives"][j],
                    told["signal_decided"][j],
                    _number(told["signal_f1"][j]),
                    _ends(told["signal_ends"][j]),
                )
                for j, s in enumerate(SIGNALS)
            ],
        ),
        "### By channel",
        _table(
            ("source", "messages", "valence r", "main emotion right"),
            [
                (
                    name,
                    s["rows"],
                    _interval(s["valence"][0], s["valence"][1:]),
                    _interval(s["main_emotion"][0], s["main_emotion"][1:]),
                )
                for name, s in told["by_source"].items()
            ],
        ),
        "### Main emotion: true in rows, told in columns",
        _confusion(MAIN_EMOTIONS, told["main_emotion_confusion"]),
        "### About: true in rows, told in columns",
        _confusion(ABOUT, told["about_confusion"]),
        "### Slices",
        _table(
            ("texts", "messages", "error of valence", "bias of valence", "main emotion right"),
            [
                (name, s["rows"], f"{s['valence_error']:.2f}", f"{s['valence_bias']:+.2f}", f"{s['main_emotion']:.2f}")
                for name, s in told["slices"].items()
            ],
        ),
        "## Airline tweets",
        f"{tweets['rows']:,} tweets, none of which trained it. Negative, neutral, positive from valence alone (neutral "
        f"within ±{BAND}): accuracy {_interval(tweets['accuracy'][0], tweets['accuracy'][1:])}, macro-F1 "
        f"{_interval(tweets['macro_f1'][0], tweets['macro_f1'][1:])}.",
        _confusion(("negative", "neutral", "positive"), tweets["confusion"]),
        "## Evidence",
        "Without the words that evidence names, the probability of the label falls by more than without as many "
        "words drawn at random: "
        + "; ".join(
            f"{name.replace('_', ' ')} {_interval(e['ratio'], (e['low'], e['high']))} times ({e['named']:.3f} against "
            f"{e['drawn']:.3f}; {e['labels']:,} labels in {e['texts']:,} texts)"
            for name, e in f["evidence"].items()
        )
        + ".",
        "## Language",
        "Share of BRIGHTER dev texts that is refused: "
        + ", ".join(f"{code} {share:.1%} of {rows}" for code, (rows, share) in f["language"].items())
        + ".",
        "## Limits",
        _LIMITS.rstrip(),
    ]
    return "\n\n".join(parts) + "\n"


_SOURCES = """\
| data | used for | licence and attribution |
|---|---|---|
| MiniLM-L6 sentence encoder (start of the weights) | words in context | Apache-2.0; Wang et al. 2020, Reimers \
and Gurevych 2019 |
| MPNet-base sentence encoder (start of a teacher) | what it says of training texts | Apache-2.0; Song et al. 2020, \
Reimers and Gurevych 2019 |
| GoEmotions, train part | emotions, valence, arousal | CC BY 4.0; Demszky, Movshovitz-Attias, Ko, Cowen, \
Nemade and Ravi, ACL 2020 |
| the project's own messages (`train/texts`) | everything | Apache-2.0 |
| annotations of the project (`train/labels`) of CFPB complaints (public domain), Skytrax and clothing reviews (CC0), \
MultiDoGO turns (CDLA-Permissive-1.0), GoEmotions comments | everything | Apache-2.0 |
| annotated customer messages, sources cfpb, skytrax, clothing, chat_turns | signals, about, valence, intensity, main \
emotion | as their texts |
| clothing and seat reviews with their rating | valence | CC0 |
| more texts of the same sources and of BRIGHTER, English (CC BY 4.0), without labels | what the teacher says of them \
| as named |"""


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(f"{v:,}" if isinstance(v, int) else str(v) for v in row) + " |" for row in lines)


def _confusion(names: tuple[str, ...], table: list[list[int]]) -> str:
    silent = any(row[-1] for row in table)
    head = ("", *names, *(("no answer",) if silent else ()))
    return _table(head, [(name, *row[: len(head) - 1]) for name, row in zip(names, table, strict=True)])


def _interval(value: float, ends: Any) -> str:
    return f"**{value:.3f}** [{ends[0]:.3f}, {ends[1]:.3f}]"


def _ends(ends: Any) -> str:
    return "no case" if np.isnan(ends[0]) else f"{ends[0]:.2f} to {ends[1]:.2f}"


def _number(value: float) -> str:
    return "no case" if np.isnan(value) else f"{value:.2f}"


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    if isinstance(value, float):
        return None if np.isnan(value) else round(value, 4)
    return value
