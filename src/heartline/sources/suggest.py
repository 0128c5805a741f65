"""A mapping proposed for a file that nobody has described, from its names and its values.

Every proposal says how sure it is and why, and marks what a person must check; nothing is loaded on a guess.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from heartline.sources.cells import numbers, strings
from heartline.sources.open_file import open_file
from heartline.sources.own_rows import own_names, plain_name, required_columns
from heartline.sources.times import times
from heartline.tables import CHANNELS, Table, facts, table

SAMPLE = 20_000
FORMATS = (
    "%Y%m%d", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%B %d, %Y", "%b %d, %Y", "%d %b %Y",
)  # fmt: skip
NUMBERS = ("revenue", "discount", "rating", "duration_s", "value")
TIMES = ("occurred_at", "first_seen_at")
SCALES = ((0, 1), (1, 5), (0, 5), (1, 7), (0, 10), (0, 100))

# names that exports use for each column, most telling first
NAMES: dict[str, tuple[str, ...]] = {
    "customer_id": ("customer_id", "customerid", "customer", "user_id", "userid", "client_id", "member_id",
                    "contact_id", "external_reference", "externalreference", "requester_external_id", "person",
                    "steamid", "cust_id", "reviewer_id", "reviewerid", "author_id", "requester", "account_id", "email",
                    "user", "username", "user_name", "author"),
    "occurred_at": ("occurred_at", "created_at", "createdat", "timestamp", "date_time", "datetime", "event_time",
                    "invoicedate", "order_date", "purchase_date", "tweet_created", "review_date", "date", "time",
                    "paid_at", "submitted_at", "unixreviewtime", "recordeddate", "enddate", "updated_at", "at"),
    "text": ("text", "review_text", "reviewtext", "comment", "review", "message", "body", "content", "feedback",
             "description", "verbatim", "remark", "narrative", "answer"),
    "rating": ("rating", "stars", "star_rating", "score", "overall", "satisfaction_score", "overall_rating",
               "voted_up", "recommended", "sentiment"),
    "revenue": ("revenue", "total", "amount", "order_total", "dollar_value", "price", "grand_total", "sales", "value"),
    "interaction_id": ("interaction_id", "event_id", "message_id", "messageid", "ticket_id", "review_id", "reviewid",
                       "tweet_id", "recommendationid", "conversation_id", "case_id", "uuid", "id"),
    "purchase_id": ("purchase_id", "order_id", "invoiceno", "invoice_no", "invoice", "order_number", "transaction_id",
                    "order", "order_no", "orderno", "order_nr", "id", "name"),
    "response_id": ("response_id", "responseid", "respondent_id", "answer_id", "submission_id", "id"),
    "channel": ("channel", "via", "source", "medium"),
    "touchpoint": ("touchpoint", "event", "page", "step", "type", "category", "department"),
    "language": ("language", "lang", "userlanguage", "reviewer_language"),
    "currency": ("currency", "currency_code"),
    "discount": ("discount", "discount_amount"),
    "duration_s": ("duration_s", "duration", "duration_in_seconds", "duration_(in_seconds)"),
    "conversation_id": ("conversation_id", "thread_id", "session_id"),
    "email": ("email", "email_address", "requester_email", "recipientemail"),
    "phone": ("phone", "telephone", "mobile"),
    "name": ("name", "full_name", "customer_name"),
    "first_seen_at": ("first_seen_at", "signup_date", "created_at", "registered_at"),
    "value": ("value", "score", "nps", "answer", "rating"),
}  # fmt: skip
GERMAN: dict[str, tuple[str, ...]] = {
    "customer_id": ("kundennummer", "kundennr", "kunden_nr", "kunden_id", "kunde"),
    "occurred_at": ("datum", "bestelldatum", "rechnungsdatum", "kaufdatum", "erstellt_am", "zeitpunkt"),
    "text": ("kommentar", "bewertungstext", "nachricht", "freitext", "rückmeldung"),
    "rating": ("bewertung", "sterne", "note", "zufriedenheit"),
    "revenue": ("gesamtbetrag", "betrag", "umsatz", "summe", "gesamtsumme"),
    "purchase_id": ("bestellnummer", "bestellnr", "auftragsnummer", "rechnungsnummer", "belegnummer"),
    "interaction_id": ("vorgangsnummer", "ticketnummer"),
    "discount": ("rabatt",), "currency": ("währung", "waehrung"), "channel": ("kanal",), "language": ("sprache",),
    "touchpoint": ("kontaktpunkt",), "phone": ("telefon",),
}  # fmt: skip
WANTED: dict[str, tuple[str, ...]] = {
    "interaction": ("interaction_id", "customer_id", "occurred_at", "channel", "touchpoint", "rating", "text",
                    "language", "duration_s", "conversation_id"),
    "purchase": ("purchase_id", "customer_id", "occurred_at", "revenue", "currency", "discount"),
    "customer": ("customer_id", "first_seen_at", "name", "email", "phone"),
}  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """One proposed column: the file's column, how sure (0 to 1), why, and whether a person must check it."""

    column: str
    source: str
    confidence: float
    reason: str
    check: bool = False


@dataclass(frozen=True)
class SuggestedMapping:
    """A proposed mapping of one file. ``confidence`` is that of its weakest required column, 0 to 1."""

    file: str
    table: str
    guesses: tuple[Guess, ...]
    constants: dict[str, tuple[str | float, str]] = field(default_factory=dict)
    values: dict[str, dict[str, float]] = field(default_factory=dict)
    group: dict[str, str] = field(default_factory=dict)
    time_format: str = ""
    decimal: str = "."
    notes: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """How sure the weakest required column is."""
        needed = required_columns(table(self.table))
        sure = {guess.column: guess.confidence for guess in self.guesses}
        sure |= {name: 0.3 for name in self.constants if name not in sure}
        sure |= {name: 0.6 for name in self.group if name not in sure}
        return min(sure.get(name, 0.0) for name in needed)

    def to_toml(self) -> str:
        """The mapping file, with confidence and reason beside each line; CHECK marks what a person must look at."""
        lines = [
            f"# A mapping proposed for {self.file}: {self.table}, confidence {self.confidence:.0%}.",
            "# Look at every line marked CHECK, then load with: heartline ingest --map THIS_FILE " + self.file,
            *(f"# {note}" for note in self.notes),
            "",
        ]
        if self.decimal != ".":
            lines += ["[file]", f'decimal = "{self.decimal}"', ""]
        lines += ["[[table]]", f'name = "{self.table}"', ""]
        if self.time_format:
            check = "  # CHECK: which is the day?" if "/" in self.time_format else ""
            lines += ["[table.time]", f"format = {_quoted(self.time_format)}{check}", ""]
        lines.append("[table.columns]")
        for guess in self.guesses:
            mark = "CHECK: " if guess.check or guess.confidence < 0.6 else ""
            lines.append(f"{guess.column} = {_quoted(guess.source)}  # {mark}{guess.confidence:.0%}, {guess.reason}")
        if self.constants:
            lines += ["", "[table.constants]"]
            for name, (value, why) in self.constants.items():
                lines.append(f"{name} = {value if isinstance(value, float) else _quoted(value)}  # CHECK: {why}")
        for name, pairs in self.values.items():
            lines += ["", f"[table.values.{name}]  # CHECK: the order of the words is a guess"]
            lines += [f"{_quoted(old)} = {new:g}" for old, new in pairs.items()]
        if self.group:
            lines += ["", "[table.group]  # CHECK: several rows share an id and become one"]
            for name, rule in self.group.items():
                lines.append(f'by = ["{rule}"]' if name == "by" else f"{name} = {_quoted(rule)}")
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class _Look:
    """What the values of one column look like, on a sample; shares are of the filled cells."""

    filled: float
    distinct: float
    is_time: float
    is_number: float
    low: float
    high: float
    length: float
    words: tuple[str, ...]
    format: str = ""
    decimal: str = "."
    is_json: bool = False


def suggest(file: Path) -> SuggestedMapping:
    """Propose a mapping. Raises SourceError where the file cannot be read."""
    source = open_file(file)
    try:
        parts: dict[str, list[pa.Array]] = {name: [] for name in source.columns}
        rows = 0
        for batch in source.batches():
            for name in parts:
                if name in batch.columns:
                    parts[name].append(batch.columns[name][: SAMPLE - rows])
            rows += batch.rows
            if rows >= SAMPLE:
                break
        notes = (*source.notes, *_own(file.name, list(source.columns)))
    finally:
        source.close()
    looks = {name: _look(pa.concat_arrays(found)) for name, found in parts.items() if found}
    best: tuple[float, str, dict[str, Guess]] = (-1.0, "interaction", {})
    for name in WANTED:
        found = _guesses(table(name), looks)
        if name == "purchase" and "revenue" not in found and "revenue" not in _group({}, looks):
            continue  # an order without an amount is none
        score = _score(name, found)
        if score > best[0]:
            best = (score, name, found)
    return _complete(file.name, best[1], best[2], looks, notes)


def _own(file: str, columns: list[str]) -> list[str]:
    """A note where the file needs no mapping, since its columns have Heartline's own names."""
    fitting = {}
    for of in facts():
        ours, needed = own_names(of, columns), required_columns(of)
        if of.name != "verbatim" and set(needed) <= set(ours.values()) and len(ours) > len(columns) / 2:
            fitting[of.name] = len(needed)
    if not fitting:
        return []
    best = max(fitting, key=fitting.__getitem__)
    return [f"No mapping is needed: the columns are Heartline's own. Load with: heartline ingest {best} {file}"]


def _score(name: str, found: dict[str, Guess]) -> float:
    telling = {
        "interaction": ("text", "rating", "channel", "touchpoint"), "purchase": ("revenue", "purchase_id"),
        "customer": ("email", "phone", "name"),
    }[name]  # fmt: skip
    base = {"interaction": 0.4, "purchase": 0.3, "customer": 0.0}[name]
    return base + sum(found[column].confidence for column in telling if column in found)


def _look(column: pa.Array) -> _Look:
    text = strings(column)
    filled = text.drop_null()
    if not len(filled):
        return _Look(0, 0, 0, 0, 0, 0, 0, ())
    found, decimal = numbers(filled), "."
    comma = numbers(filled, ",")
    if comma.values.null_count < found.values.null_count:
        found, decimal = comma, ","
    is_time, pattern = 1 - times(filled, UTC).values.null_count / len(filled), ""
    if is_time < 0.5:
        for tried in FORMATS:
            share = 1 - times(filled, UTC, (tried,)).values.null_count / len(filled)
            if share > max(is_time, 0.95):
                is_time, pattern = share, tried
    number = found.values.drop_null()
    counts = pc.value_counts(filled)
    few = tuple(islice((v["values"].as_py() for v in counts), 12)) if len(counts) <= 12 else ()
    return _Look(
        len(filled) / len(text), len(counts) / len(filled),
        is_time, len(number) / len(filled),
        pc.min(number).as_py() if len(number) else 0.0, pc.max(number).as_py() if len(number) else 0.0,
        float(np.mean(pc.utf8_length(filled).to_numpy())), few, pattern, decimal,
        bool(pc.mean(pc.cast(pc.match_substring_regex(filled, r"^[{\[].*[}\]]$"), pa.float64())).as_py() > 0.5),
    )  # fmt: skip


def _guesses(target: Table, looks: dict[str, _Look]) -> dict[str, Guess]:
    found: dict[str, Guess] = {}
    taken: set[str] = set()
    for column in WANTED[target.name]:
        best: Guess | None = None
        for source, look in looks.items():
            if source in taken or not look.filled:
                continue
            guess = _guess(column, source, look)
            if guess is not None and (best is None or guess.confidence > best.confidence):
                best = guess
        if best is not None:
            found[column] = best
            taken.add(best.source)
    return found


def _guess(column: str, source: str, look: _Look) -> Guess | None:
    plain = plain_name(source)
    wanted = NAMES.get(column, (column,))
    by_name = 0.0
    if plain in wanted:
        by_name = 0.95 - 0.02 * wanted.index(plain)
    elif any(re.search(rf"(^|_){re.escape(word)}(_|$)", plain) for word in wanted[:4]):
        by_name = 0.5
    elif plain in GERMAN.get(column, ()):
        by_name = 0.85
    fits, why = _fits(column, look)
    if column == "text" and by_name and not fits and look.length > 8 and max(look.is_number, look.is_time) < 0.5:
        fits, why = 0.7, "short texts, or few different ones"
    if fits <= 0 or (not by_name and column not in ("text", "occurred_at")):
        return None
    if not by_name:
        # values alone tell times and long texts, and not much else
        return Guess(column, source, round(0.45 * fits, 2), f"only from its values: {why}", True)
    return Guess(column, source, round(by_name * fits, 2), f"name, and {why}", fits < 0.9)


def _fits(column: str, look: _Look) -> tuple[float, str]:
    if column == "occurred_at" or column == "first_seen_at":
        return (look.is_time if look.is_time > 0.5 else 0.0), f"{look.is_time:.0%} of values are times"
    if column in ("revenue", "discount", "duration_s", "value"):
        return (look.is_number if look.is_number > 0.8 else 0.0), f"{look.is_number:.0%} of values are numbers"
    if column == "rating":
        if look.is_number > 0.95 and look.low >= 0 and look.high <= 100:
            return 1.0, f"numbers from {look.low:g} to {look.high:g}"
        return (0.8, "a few words") if look.words else (0.0, "")
    if column == "text":
        long = look.length > 20 and look.distinct > 0.3 and look.is_number < 0.5 and look.is_time < 0.5
        long = long and not look.is_json
        return (1.0 if long else 0.0), f"texts of {look.length:.0f} characters on average"
    if column.endswith("_id") and column not in ("customer_id", "conversation_id"):
        return (1.0 if look.distinct > 0.999 and look.filled == 1 else 0.7), (
            "different in every row" if look.distinct > 0.999 else f"{1 - look.distinct:.0%} of values repeat"
        )
    if column == "customer_id":
        return (1.0 if look.filled == 1 else 0.85), f"filled in {look.filled:.0%} of rows"
    if column == "channel":
        known = look.words and all(word.lower() in CHANNELS for word in look.words)
        return (1.0, "known channels") if known else (0.0, "")
    if column in ("touchpoint", "language", "currency"):
        return (0.8 if look.distinct < 0.05 or look.words else 0.0), "few different values"
    return 0.9, f"filled in {look.filled:.0%} of rows"


def _complete(
    file: str, name: str, found: dict[str, Guess], looks: dict[str, _Look], notes: Sequence[str]
) -> SuggestedMapping:
    target = table(name)
    constants: dict[str, tuple[str | float, str]] = {}
    values: dict[str, dict[str, float]] = {}
    group: dict[str, str] = {}
    more = list(notes)
    used = {guess.source for guess in found.values()}
    for source, ours in own_names(target, list(looks)).items():
        if ours not in found and source not in used:
            found[ours] = Guess(ours, source, 0.9, "Heartline's own name")
    key = target.key[0]
    if key not in found:
        found[key] = Guess(key, "@content", 0.5, "no column is an id: one is made from what the row holds", True)
    elif name == "purchase" and looks[found[key].source].distinct < 0.95:
        group = _group(found, looks)
        found = {}
    if name == "interaction":
        for column, value, why in (
            ("channel", "web", "no channel found; store, web, app, email, social, call, chat …"),
            ("touchpoint", "contact", "no touchpoint found; say what these rows are"),
        ):
            if column not in found:
                constants[column] = (value, why)
        if "rating" in found:
            values, scale = _scale(looks[found["rating"].source])
            constants |= {end: value for end, value in scale.items() if end not in found}
    given = {*found, *constants, *group}
    more += [
        f"CHECK: nothing found for {column}, which {name} needs"
        for column in required_columns(target)
        if column not in given
    ]
    decimals = {looks[g.source].decimal for g in found.values() if g.column in NUMBERS and g.source in looks}
    formats = [looks[g.source].format for g in found.values() if g.source in looks and g.column in TIMES]
    time_format = next(filter(None, formats), "")
    return SuggestedMapping(file, name, tuple(found.values()), constants, values, group, time_format,
                            "," if "," in decimals else ".", tuple(more))  # fmt: skip


def _scale(look: _Look) -> tuple[dict[str, dict[str, float]], dict[str, tuple[str | float, str]]]:
    """Ends of the scale that a rating is on, and numbers for words."""
    order = (("negative", "neutral", "positive"), ("false", "true"), ("no", "yes"), ("bad", "good"))
    lower = {word.lower() for word in look.words}
    if look.is_number <= 0.95:
        for scale in order:
            if lower <= set(scale):
                pairs = {word: float(at) for at, word in enumerate(scale)}
                return {"rating": pairs}, {
                    "rating_min": (0.0, "worst word"), "rating_max": (float(len(scale) - 1), "best word")
                }  # fmt: skip
        return {"rating": {word: float(at) for at, word in enumerate(sorted(lower))}}, {
            "rating_min": (0.0, "worst word"), "rating_max": (float(max(len(lower) - 1, 1)), "best word")
        }  # fmt: skip
    low, high = next(
        (ends for ends in SCALES if ends[0] <= look.low and look.high <= ends[1]),
        (look.low, look.high),
    )  # fmt: skip
    seen = f"values seen: {look.low:g} to {look.high:g}"
    return {}, {"rating_min": (float(low), seen), "rating_max": (float(high), seen)}


def _group(found: dict[str, Guess], looks: dict[str, _Look]) -> dict[str, str]:
    plain = {plain_name(name): name for name in looks}
    quantity = next((plain[name] for name in ("quantity", "qty", "lineitem_quantity") if name in plain), None)
    price = next(
        (plain[name] for name in ("unitprice", "unit_price", "lineitem_price", "price") if name in plain), None
    )
    group = {}
    if "purchase_id" in found:
        group = {"by": found["purchase_id"].source, "purchase_id": f"first({found['purchase_id'].source})"}
    for column, how in (("customer_id", "first"), ("occurred_at", "min")):
        if column in found:
            group[column] = f"{how}({found[column].source})"
    if quantity and price:
        group["revenue"] = f"sum({quantity} * {price})"
    elif "revenue" in found:
        group["revenue"] = f"sum({found['revenue'].source})"
    return group


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
