"""The figures of feelings_ahead as Markdown, with a verdict that follows from each interval alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def verdict(gain: Sequence[float]) -> str:
    """What an interval of a gain, as printed with three digits, allows to be said."""
    low, high = (round(end, 3) for end in gain[1:])
    return "adds" if low > 0 else "takes away" if high < 0 else "no gain shown"


def page(found: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """The result as Markdown."""
    lines = [
        "# Feelings ahead of behaviour",
        "",
        "Made by `python benchmarks/run.py feelings_ahead` from the public data sets. Definitions, set down "
        "beforehand, are in the first lines of `feelings_ahead.py`. Forecasts are for games, reviewers and customers "
        "that the model was not fitted on. In brackets 95 % bootstrap intervals over these. *Gain*: AUC with feelings "
        "less AUC without; *adds* where its interval, as printed, is above zero.",
    ]
    for name, title in titles.items():
        lines += ["", f"## {title}", ""]
        lines += _tone(found[name]) if name == "airline" else _set(found[name])
    return "\n".join(lines) + "\n"


def _set(found: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{found['rows']:,} rows of {found['groups']:,} groups; the model gave no valence for {found['silent']:.1%}.",
        "",
        "| outcome | beside | measure | rows | happened | without feelings | with feelings | gain | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    notes = []
    for outcome, told in found["outcomes"].items():
        for beside, figures in told["beside"].items():
            head = f"| {outcome} | {beside} |"
            lines.append(_row(f"{head} AUC", told, figures["auc"]))
            if "auc_within" in figures:
                lines.append(_row(f"{head} AUC within a group", told, figures["auc_within"]))
            if "concordance" in figures:
                lines.append(
                    f"{head} concordance of days to the next | {found['rows']:,} | | {_gain(figures['concordance'])}"
                )
            for part, each in figures.get("parts", {}).items():
                lines.append(_row(f"{head} AUC, {part}", each, each["auc"]))
            without, with_ = figures["calibration"]
            notes.append(
                f"- {outcome}, {beside}: calibration error {without['error']:.3f} without and {with_['error']:.3f} "
                f"with feelings; Brier skill over the base rate {without['skill']:+.3f} and {with_['skill']:+.3f}."
            )
    for outcome, told in found["outcomes"].items():
        others = " and ".join(_signed(gain) for gain in told["other_splits"])
        notes.append(
            f"- {outcome}, gain in AUC beside what is known anyway: {others} under other splits into folds; "
            f"{_signed(found['first'][outcome])} as first run, under one ridge for all columns (see the definitions)."
        )
    return [*lines, "", *notes]


def _row(head: str, told: Mapping[str, Any], gain: Mapping[str, Sequence[float]]) -> str:
    return f"{head} | {told['judged']:,} | {told['happened']:.1%} | {_gain(gain)}"


def _gain(of: Mapping[str, Sequence[float]]) -> str:
    return f"{of['without'][0]:.3f} | {_range(of['with'])} | {_signed(of['gain'])} | {verdict(of['gain'])} |"


def _tone(found: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{found['rows']:,} customers with two tweets or more; {found['alone']:.0%} have one tweet in the earlier "
        f"half. Outcome: {found['outcome']}.",
        "",
    ]
    parts = found["parts"]
    heads = [f"AUC, {part} ({p['judged']:,}; {p['happened']:.1%} negative)" for part, p in parts.items()]
    lines += [f"| from | {' | '.join(heads)} | calibration error | Brier skill |", "|---|" + "---|" * (len(heads) + 2)]
    for name, calibrated in found["calibration"].items():
        auc = " | ".join(_range(part["auc"][name]) for part in parts.values())
        lines.append(f"| {name} | {auc} | {calibrated['error']:.3f} | {calibrated['skill']:+.3f} |")
    lines += ["", f"| gain in AUC | {' | '.join(parts)} |", "|---|" + "---|" * len(parts)]
    for name in next(iter(parts.values()))["gains"]:
        gains = [part["gains"][name] for part in parts.values()]
        lines.append(f"| {name} | " + " | ".join(f"{_signed(gain)}: {against(name, gain)}" for gain in gains) + " |")
    lines += ["", "| segment after the earlier half | customers | later half negative |", "|---|---|---|"]
    lines += [f"| {name} | {count:,} | {share:.1%} |" for name, (count, share) in found["segments"].items()]
    return lines


def against(name: str, gain: Sequence[float]) -> str:
    """The verdict; a source that does not hold the other one does not add to it but is ahead of it or behind."""
    more, less = name.split(" over ")
    said = verdict(gain)
    if less == "base rate" or (less in more and more != less):
        return said
    return {"adds": "ahead", "takes away": "behind"}.get(said, "no difference shown")


def _range(three: Sequence[float]) -> str:
    value, low, high = three
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


def _signed(three: Sequence[float]) -> str:
    value, low, high = three
    return f"{value:+.3f} ({low:+.3f} to {high:+.3f})"
