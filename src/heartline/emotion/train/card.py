"""The hashed model's card, rendered from what was measured on every save."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from heartline.emotion.labels import EMOTIONS, SIGNALS

_SOURCES = """\
| data | used for | licence and attribution |
|---|---|---|
| GoEmotions, train part | emotions, valence, arousal, examples that say nothing about a service | \
CC BY 4.0; Demszky, Movshovitz-Attias, Ko, Cowen, Nemade, Ravi: GoEmotions, ACL 2020; Google Research. Changed: only \
weights remain |
| messages annotated under the guide, sources cfpb, skytrax, clothing, chat_turns | signals, main emotion, about, \
valence, intensity | texts: CFPB complaints (public domain), Skytrax reviews (CC0), Women's E-Commerce Clothing \
Reviews (CC0), MultiDoGO (CDLA-Permissive-1.0). Annotated by a language model under a guide, not by people |
| more texts of these sources and of GoEmotions, annotated in the same way (`train/labels`) | all columns | as above |
| clothing and seat reviews with their rating | valence | CC0 |
| the project's own messages (`train/texts`) | all columns | Apache-2.0; written for it under the same guide |
"""
_LIMITS = """\
- English only. Other languages are refused by their common words; texts of one or two words often cannot be told.
- Emotions were learnt mostly from short Reddit comments; disappointment, annoyance and disapproval, which matter most
  in service, are among the weak labels.
- Signals, motivators, main emotion and subject rest on one reading of each text under a guide, not on several people's.
  Labels with fewer than 15 examples outside their training have no calibration and no threshold of their own (0.5).
- Sarcasm, quoted speech and what is meant but not said are often missed.
- Evidence shows which words carried the score, not why the customer feels so.
- Not to be used on what employees say, nor to decide about a person without a human.
"""


def write_card(folder: Path, figures: dict[str, Any]) -> None:
    """``MODEL_CARD.md`` and the same figures as ``results.json``."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "results.json").write_text(json.dumps(_rounded(figures), indent=1) + "\n", encoding="utf-8")
    rows = ", ".join(f"{name} {count:,}" for name, count in config["training_rows"].items())
    f1, ends = figures["dev_f1"], figures["dev_ends"]
    parts = [
        f"# Model card: {config['name']}",
        f"Version `{config['version']}`. Hashed words, pairs and pieces of words under a linear layer of whole "
        "numbers: 28 emotions, 17 service signals, 11 motivators, one main emotion of 14, what a text is about, "
        "valence, intensity, arousal. Formula and rules: "
        "`docs/explanation/text-emotion.md`. Written by `python -m heartline.emotion.train`; do not edit.",
        "## Data and licences",
        _SOURCES.rstrip(),
        f"Texts: {rows}. Licence of the weights: Apache-2.0, with the attributions above.",
        "## Size and speed",
        f"{figures['bytes'] / 1e6:.2f} MB on disk. {figures['texts_per_second']:,.0f} short texts a second of "
        "CPU time in one process (GoEmotions dev, evidence included, starting without remembered words).",
        "## Emotions on GoEmotions dev",
        f"{figures['dev_rows']:,} texts that were not trained on; thresholds come from folds of train. "
        f"Macro-F1 **{f1[-2]:.3f}** [{ends[-2][0]:.3f}, {ends[-2][1]:.3f}], micro-F1 {f1[-1]:.3f} "
        f"[{ends[-1][0]:.3f}, {ends[-1][1]:.3f}] (95 % bootstrap of texts). Abstained "
        f"{figures['dev_abstained']:.1%}, refused as another language {figures['dev_refused']:.1%}; both count as "
        f"wrong. Mean calibration error {sum(figures['dev_calibration']) / len(EMOTIONS):.3f}.",
        _emotion_table(figures),
        "## Language",
        "Share of BRIGHTER dev texts (CC BY 4.0) that is refused: "
        + ", ".join(f"{code} {share:.1%} of {rows}" for code, (rows, share) in figures["language"].items())
        + ". For English a low share is right, for the others a high one. The word lists were written with the train "
        "part in view.",
    ]
    if "examined" in figures:
        parts += _examined(figures["examined"], config)
    parts += ["## Limits", _LIMITS.rstrip()]
    (folder / "MODEL_CARD.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _emotion_table(figures: dict[str, Any]) -> str:
    lines = ["| emotion | texts | F1 | 95 % | threshold | calibration error |", "|---|---|---|---|---|---|"]
    for j, emotion in enumerate(EMOTIONS):
        low, high = figures["dev_ends"][j]
        lines.append(
            f"| {emotion} | {figures['dev_positives'][j]} | {figures['dev_f1'][j]:.2f} | {low:.2f}–{high:.2f} "
            f"| {figures['thresholds'][j]:.2f} | {figures['dev_calibration'][j]:.3f} |"
        )
    return "\n".join(lines)


def _examined(found: dict[str, Any], config: dict[str, Any]) -> list[str]:
    """Sources that never train: airline tweets, Amazon and Steam reviews, support tweets."""
    lines = ["| signal | messages | decided | F1 | 95 % | annotated in training |", "|---|---|---|---|---|---|"]
    trained = config["signal_positives_in_training"]
    for j, signal in enumerate(SIGNALS):
        low, high = found["signal_ends"][j]
        lines.append(
            f"| {signal} | {found['positives'][j]} | {found['decided'][j]} | {_two(found['signal_f1'][j])} "
            f"| {_two(low)}–{_two(high)} | {trained[j]} |"
        )
    f1, ends = found["signal_f1"], found["signal_ends"]
    by_source = "; ".join(
        f"{name} {r:.2f} [{low:.2f}, {high:.2f}] (n = {n})"
        for name, (n, r, low, high) in found["valence_by_source"].items()
    )
    return [
        "## Signals on sources that never train",
        f"{found['rows']} annotated messages (airline tweets, Amazon and Steam reviews, support tweets), partly drawn "
        "by words, so base rates are not natural. Annotated by a language model: agreement with it, not with people. "
        f"Macro-F1 {f1[-2]:.3f} [{ends[-2][0]:.3f}, {ends[-2][1]:.3f}], micro-F1 {f1[-1]:.3f} "
        f"[{ends[-1][0]:.3f}, {ends[-1][1]:.3f}]. Status: "
        + ", ".join(f"{name} {count}" for name, count in found["status"].items())
        + ".",
        "\n".join(lines),
        "Correlation with the annotation, where scored: valence {:.2f} [{:.2f}, {:.2f}], intensity "
        "{:.2f} [{:.2f}, {:.2f}]. What it is about is right in {:.0%} [{:.0%}, {:.0%}].".format(
            *found["valence"], *found["intensity"], *found["about"]
        ),
        f"Valence by source: {by_source}.",
    ]


def _two(value: float) -> str:
    return "–" if value != value else f"{value:.2f}"


def _rounded(value: Any) -> Any:
    """Figures to four digits, NaN as null."""
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(v) for v in value]
    if isinstance(value, float):
        return None if value != value else round(value, 4)
    return value
