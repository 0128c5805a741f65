"""Texts of the public sources that may train, found by their keys; never repeated in the project."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from heartline.emotion.train import data as sources
from heartline.emotion.train.messages import Annotation, Message, annotated, key_of
from heartline.errors import ModelError

COMPLAINT_CUT = 600
"""Longer complaints end with the last whole sentence before this character."""


def clothing(data: Path) -> list[str]:
    """Reviews of clothes (CC0)."""
    return list(_column(data / "womens_clothing_reviews" / "reviews.csv.gz", "Review Text"))


def seats(data: Path) -> list[str]:
    """Reviews of airline seats (CC0)."""
    return list(_column(data / "skytrax_reviews" / "seat.csv.gz", "content"))


def complaints(data: Path, cut: bool = True) -> list[str]:
    """Complaints to the CFPB (public domain), by default cut at `COMPLAINT_CUT`."""
    file = data / "cfpb_complaints_sample" / "complaints_sample.csv.gz"
    found = _column(file, "Consumer complaint narrative")
    return [_shortened(text) if cut else text for text in found]


def service_turns(data: Path) -> list[str]:
    """What customers say to service desks, the training part of MultiDoGO (CDLA-Permissive-1.0)."""
    files = sorted((data / "multidogo_customer_turns").glob("*_train.tsv.gz"))
    return [text for file in files for text in _column(file, "utterance", "\t")]


def brighter_english(data: Path) -> list[str]:
    """English texts of BRIGHTER, train and dev (CC BY 4.0)."""
    return [text for part in ("train", "dev") for text in sources.brighter(data, "eng", part)]


def annotated_messages(data: Path, annotations: list[Annotation] | None = None) -> list[Message]:
    """Public texts with what `messages.annotated` (or the given annotations) say of them.

    Raises ModelError with the number of texts that the data do not hold.
    """
    wanted = annotated() if annotations is None else annotations
    texts = {key_of(text): text for text in _all(data)}
    missing = [one.source for one in wanted if one.key not in texts]
    if missing:
        raise ModelError(
            f"{len(missing)} annotated texts of {', '.join(sorted(set(missing)))} are not in the data",
            "the public data sets as published",
            "fetch the data again",
        )
    return [Message(texts[one.key], one.source, one.judgement, one.place) for one in wanted]


def _all(data: Path) -> Iterator[str]:
    yield from clothing(data)
    yield from seats(data)
    yield from complaints(data)
    yield from service_turns(data)
    yield from sources.goemotions(data, "train").texts


def _column(file: Path, name: str, delimiter: str = ",") -> Iterator[str]:
    """Cells of a column that are not empty."""
    with gzip.open(file, "rt", encoding="utf-8") as rows:  # keys were taken of texts with plain line ends
        yield from (row[name] for row in csv.DictReader(rows, delimiter=delimiter) if row[name])


def _shortened(text: str) -> str:
    return text if len(text) < COMPLAINT_CUT else text[:COMPLAINT_CUT].rsplit(".", 1)[0] + "."
