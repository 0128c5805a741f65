"""The briefing: one paragraph made of figures, each hedged as far as its interval asks for."""

from __future__ import annotations

from dataclasses import dataclass

from heartline.web.broken import Broken
from heartline.web.change import Change
from heartline.web.figures import Figure, plain


@dataclass(frozen=True)
class Phrase:
    """A piece of the paragraph: text, and the figure that it writes, if any."""

    text: str
    figure: Figure | None = None


def headline(
    connection: Change | None, satisfaction: Change | None, stake: Figure | None, expected: Figure | None, broke: Broken
) -> tuple[Phrase, ...]:
    """The paragraph. Says that nothing moved where intervals overlap, and what is not known where it is not."""
    phrases: list[Phrase] = []
    phrases += _axis("Connection", connection)
    phrases.append(Phrase("; "))
    phrases += _axis("satisfaction", satisfaction)
    phrases.append(Phrase(". "))
    if stake is not None and stake.known:
        phrases += [Phrase("An estimated "), Phrase(stake.text, stake), Phrase(" is at stake")]
        if expected is not None and expected.value and stake.value is not None:
            phrases += [
                Phrase(f", {Figure(stake.value / expected.value, 'share').text} of the "),
                Phrase(expected.text, expected),
                Phrase(" that customers are expected to bring"),
            ]
        phrases.append(Phrase(". "))
    else:
        phrases.append(Phrase("What is at stake in money is not known. "))
    if broke.falls:
        worst = broke.falls[0]
        phrases += [
            Phrase(f"{plain(worst.touchpoint).capitalize()} feels worse than the month before ("),
            Phrase(worst.now.text, worst.now),
            Phrase(f", was {worst.before.text})"),
        ]
        more = len(broke.falls) - 1
        phrases.append(Phrase(f", and so {'does' if more == 1 else 'do'} {more} more" if more else ""))
        phrases.append(
            Phrase("." if broke.beyond_chance else f"; among the {broke.compared} compared, that may be chance.")
        )
    elif broke.compared:
        phrases.append(Phrase(f"None of {broke.compared} points of connection feels worse than the month before."))
    elif broke.lowest is not None:
        name = plain(broke.lowest.touchpoint)
        phrases += [
            Phrase(f"Of all points of connection {name} feels worst ("),
            Phrase(broke.lowest.now.text, broke.lowest.now),
            Phrase("); there is no month to compare it with."),
        ]
    else:
        phrases.append(Phrase("Too little is felt at any point of connection to compare two months."))
    return tuple(phrases)


def _axis(name: str, change: Change | None) -> list[Phrase]:
    if change is None or not change.now.known:
        return [Phrase(f"{name} is not known: not enough evidence")]
    said = [Phrase(f"{name} is "), Phrase(change.now.text, change.now), Phrase(" of 100")]
    if change.verdict == "no_real_change":
        said.append(Phrase(", no real change"))
    elif change.verdict in ("up", "down"):
        said.append(Phrase(f", {change.verdict} from {change.before.text}"))
    return said
