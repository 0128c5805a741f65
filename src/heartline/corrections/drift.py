"""Drift of the reading: how often people take a label away that the model decided, or add one that it did not.

A text that a person picked is not a random one: people pick what looks wrong. Only texts drawn at random
(`heartline correct --draw`) speak for a channel; where enough of them were looked at, they alone are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from heartline.corrections.house import House, model_version
from heartline.records import corrections as kept
from heartline.records.corrections import Correction, Draw, Reading
from heartline.stats.intervals import wilson_interval

_SEVERAL = {"emotion": "emotions", "signal": "signals", "motivator": "motivators"}
_ONE = ("main_emotion", "about")
_READ = """
select channel, cast(sum(words_visits) as bigint) as n from touchpoint_period group by channel
"""


@dataclass(frozen=True)
class DriftLine:
    """One label in one channel.

    channel: None: not told; label: ``emotion:anger``, ``signal:effort``, ``about:price`` and the like
    read: contacts of the channel whose feeling was read from words; None: not known before `touchpoints` has run
    looked_at: texts with a person's word, of those the model decided something about
    drawn: whether these are texts drawn at random; else people picked them
    removed of removed_of: texts where the person took the label away, of those on which the model had decided it
    added of added_of: texts where the person added it, of those on which the model had not
    shares, 0 to 1, with 90 % intervals (Wilson); None under the smallest base
    """

    channel: str | None
    label: str
    read: int | None
    looked_at: int
    drawn: bool
    removed: int
    removed_of: int
    removed_share: float | None
    removed_low: float | None
    removed_high: float | None
    added: int
    added_of: int
    added_share: float | None
    added_low: float | None
    added_high: float | None

    @property
    def wrong(self) -> float:
        """Share of the texts looked at in which the model was wrong on this label, for ordering only."""
        return (self.removed + self.added) / max(self.removed_of + self.added_of, 1)

    @property
    def known(self) -> bool:
        """Whether one of its shares has a base that is large enough."""
        return self.removed_share is not None or self.added_share is not None


@dataclass(frozen=True)
class Drift:
    """Drift of one model version.

    model_version: empty before the first run
    lines: worst first, those without enough evidence last
    looked_at: texts that count; elsewhere: corrections of other model versions, left out
    undecided: corrections of texts about which the model had decided nothing, left out
    drawn: by channel, texts drawn at random and how many of them were looked at
    min_base: smallest base of a share
    """

    model_version: str
    lines: tuple[DriftLine, ...]
    looked_at: int
    elsewhere: int
    undecided: int
    drawn: tuple[tuple[str | None, int, int], ...]
    min_base: int


def drift(house: House) -> Drift:
    """Drift of the model that made the current readings, from the newest correction of each text."""
    base = house.settings.whole("min_base")
    version = model_version(house)
    if not kept.any_kept(house.records):
        return measure((), kept.draws(house.records, version), {}, version, base)
    read = {row["channel"]: row["n"] for row in house.query(_READ).to_pylist()}
    return measure(kept.newest(house.records), kept.draws(house.records, version), read, version, base)


def measure(
    corrections: Sequence[Correction],
    draws: Sequence[Draw],
    read: Mapping[str | None, int],
    version: str,
    min_base: int,
) -> Drift:
    """Drift from given corrections (one a text) and draws; ``read``: contacts read from words by channel."""
    same = [one for one in corrections if one.model_version == version]
    counted = [one for one in same if one.shown.status == "scored"]
    drawn = {one.interaction_id for one in draws}
    found: list[DriftLine] = []
    for channel in dict.fromkeys(one.channel for one in counted):
        here = [one for one in counted if one.channel == channel]
        at_random = [one for one in here if one.interaction_id in drawn]
        honest = len(at_random) >= min_base
        found += _lines(channel, at_random if honest else here, honest, read.get(channel), min_base)
    found.sort(key=lambda line: (not line.known, -line.wrong, -line.looked_at, line.channel or "", line.label))
    looked = {one.interaction_id for one in counted}
    by_channel = Counter(one.channel for one in draws)
    seen = Counter(one.channel for one in draws if one.interaction_id in looked)
    return Drift(
        version,
        tuple(found),
        len(counted),
        len(corrections) - len(same),
        len(same) - len(counted),
        tuple((channel, n, seen[channel]) for channel, n in sorted(by_channel.items(), key=lambda of: of[0] or "")),
        min_base,
    )


def _lines(
    channel: str | None, texts: Sequence[Correction], drawn: bool, read: int | None, min_base: int
) -> Iterator[DriftLine]:
    judged: Counter[str] = Counter()  # texts on which the model judged this kind of label
    decided: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    added: Counter[str] = Counter()
    for one in texts:
        model, person = _labels(one.shown), _labels(one.said)
        for kind, before in model.items():
            after = person.get(kind, before)  # what a person left is as the model has it
            judged[kind] += 1
            decided.update(before)
            removed.update(before - after)
            added.update(after - before)
    for label in sorted(decided | added):
        with_it, without = decided[label], judged[label.split(":")[0]] - decided[label]
        yield DriftLine(
            channel, label, read, len(texts), drawn,
            removed[label], with_it, *_share(removed[label], with_it, min_base),
            added[label], without, *_share(added[label], without, min_base),
        )  # fmt: skip


def _labels(reading: Reading) -> dict[str, set[str]]:
    """Labels by kind; a kind that was not judged is left out."""
    found = {}
    for kind, name in _SEVERAL.items():
        decided = getattr(reading, name)
        if decided is not None:
            found[kind] = {f"{kind}:{label}" for label in decided}
    for kind in _ONE:
        label = getattr(reading, kind)
        if label:
            found[kind] = {f"{kind}:{label}"}
    return found


def _share(count: int, base: int, min_base: int) -> tuple[float | None, float | None, float | None]:
    if base < min_base:
        return None, None, None
    share, low, high = (float(each) for each in wilson_interval(count, base))
    return share, low, high
