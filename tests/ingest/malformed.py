"""Files that nobody should send and everybody does, of Heartline's own tables: a generator with a seed.

Each file says which of its rows are good (they have to be in the facts, whatever stands beside them), which are bad
(they must not), and whether the file may be refused as a whole.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WORDS = "Zephyrine murmured"
"""Begins whatever a customer says or is called: nothing of it may be in an error or a log."""
NEVER, MAY, MUST = "never", "may", "must"


@dataclass
class Malformed:
    """One file: where, of which kind, for which table or export, and what is known of it."""

    path: Path
    kind: str
    table: str | None
    good: set[str] = field(default_factory=set)
    bad: set[str] = field(default_factory=set)
    refused: str = MAY
    mapping: dict[str, Any] | None = None
    words: tuple[str, ...] = (WORDS.split()[0],)
    id_column: str = ""
    known: dict[str, set[str]] = field(default_factory=dict)


Cells = dict[str, str]
_WHO = ("c1", "c2", "c3")


def _interaction(chance: random.Random, key: str) -> Cells:
    return {
        "interaction_id": key, "customer_id": chance.choice(_WHO), "occurred_at": _time(chance),
        "channel": chance.choice(("web", "store", "chat")), "touchpoint": "till", "rating": str(chance.randint(1, 5)),
        "rating_min": "1", "rating_max": "5", "text": f"{WORDS} that it was fine", "shelf": "blue",
    }  # fmt: skip


def _purchase(chance: random.Random, key: str) -> Cells:
    return {
        "purchase_id": key, "customer_id": chance.choice(_WHO), "occurred_at": _time(chance),
        "revenue": f"{chance.uniform(0, 99):.2f}", "channel": "web", "products": '[{"sku": "s"}]',
    }  # fmt: skip


def _customer(chance: random.Random, key: str) -> Cells:
    return {
        "customer_id": key, "first_seen_at": _time(chance), "name": WORDS, "email": f"{key}@zephyrine.example",
        "consent_emotion": "yes", "size": "XL",
    }  # fmt: skip


def _answer(chance: random.Random, key: str) -> Cells:
    return {
        "response_id": key, "customer_id": chance.choice(_WHO), "answered_at": _time(chance), "construct": "nps",
        "value": str(chance.randint(0, 10)), "scale_min": "0", "scale_max": "10", "text": f"{WORDS} why",
    }  # fmt: skip


def _identity(chance: random.Random, key: str) -> Cells:
    return {"customer_id": key, "kind": "loyalty_card", "value": f"card {key}", "seen_at": _time(chance)}


def _referral(chance: random.Random, key: str) -> Cells:
    return {"referrer_id": chance.choice(_WHO), "referred_id": key, "occurred_at": _time(chance), "converted": "no"}


def _spend(chance: random.Random, key: str) -> Cells:
    return {"touchpoint": key, "period": "2026-05", "amount": str(chance.randint(1, 999)), "department": "shop"}


def _option(chance: random.Random, key: str) -> Cells:
    return {"option_id": key, "name": WORDS, "department": "shop", "touchpoint": "till", "cost": "12.5"}


def _funnel(chance: random.Random, key: str) -> Cells:
    return {"funnel": key, "position": str(chance.randint(1, 9)), "touchpoint": "till"}


def _subscription(chance: random.Random, key: str) -> Cells:
    return {
        "subscription_id": key, "customer_id": f"c{chance.randrange(50)}", "started_at": _time(chance), "fee": "9.90",
        "plan": WORDS,
    }  # fmt: skip


def _initiative(chance: random.Random, key: str) -> Cells:
    return {
        "initiative_id": key, "name": WORDS, "unit_kind": "region", "unit": "north", "started_at": _time(chance),
        "cost": "12.5",
    }  # fmt: skip


def _pulse(chance: random.Random, key: str) -> Cells:
    return {
        "team": key, "period": f"2026-0{chance.randint(1, 9)}", "question": "I can do my work well", "mean": "3.5",
        "answers": str(chance.randint(5, 40)), "scale_min": "1", "scale_max": "5",
    }  # fmt: skip


def _walk(chance: random.Random, key: str) -> Cells:
    return {
        "walk_id": key, "script": "buy", "goal": WORDS, "kind": chance.choice(("browser", "guided")),
        "started_at": _time(chance), "ended_at": _time(chance), "ended": "goal", "steps": str(chance.randint(1, 30)),
    }  # fmt: skip


def _walk_step(chance: random.Random, key: str) -> Cells:
    return {
        "interaction_id": key, "walk_id": "w1", "script": "buy", "number": str(chance.randint(1, 30)),
        "occurred_at": _time(chance), "what": "click Buy", "outcome": "done", "note": WORDS,
    }  # fmt: skip


def _guess(chance: random.Random, key: str) -> Cells:
    return {
        "guess_id": key, "guesser": WORDS, "role": "decides", "touchpoint": "till", "valence": "0.5",
        "guessed_at": _time(chance), "walks_before": "0",
    }  # fmt: skip


TABLES: dict[str, tuple[str, Callable[[random.Random, str], Cells]]] = {
    "interaction": ("interaction_id", _interaction), "purchase": ("purchase_id", _purchase),
    "customer": ("customer_id", _customer), "survey_response": ("response_id", _answer),
    "identity": ("customer_id", _identity), "referral": ("referred_id", _referral), "spend": ("touchpoint", _spend),
    "option": ("option_id", _option), "funnel": ("funnel", _funnel), "initiative": ("initiative_id", _initiative),
    "subscription": ("subscription_id", _subscription), "team_pulse": ("team", _pulse),
    "walk": ("walk_id", _walk), "walk_step": ("interaction_id", _walk_step), "walk_guess": ("guess_id", _guess),
}  # fmt: skip
TIMES = ("occurred_at", "first_seen_at", "answered_at", "seen_at", "started_at", "ended_at", "guessed_at")
NUMBERS = ("revenue", "value", "amount", "cost", "position", "rating", "fee", "steps", "number", "valence")
NO_TIMES = ("9999-12-31", "0001-01-01", "31/12/24", "2024-13-45T25:61", "-99999999999999999", "1e400", "inf", "now()",
            "2024-02-30", "1" * 400, "99999", "2024-01-01T00:00:00+99:00")  # fmt: skip
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252", "latin-1", "shift_jis", "cp500", "gb18030",
             "utf-32", "koi8-r", "utf-7", "big5")  # fmt: skip
NOTHING = (b"", b" ", b"\n" * 50, b"\xef\xbb\xbf", b'"', b",", b"\xff\xfe", b"\0", b"\x1f\x8b", b"PK", b'"\n' * 20,
           b"\r", b"a", b"{}", b"[]", b"null", b"\xff\xfe\x00\x00")  # fmt: skip
NO_NUMBERS = ("inf", "-Infinity", "1e999", "ten", "0x1F", "--1", "1.2.3", "٣", "9" * 5000, "1e", "+")


def _time(chance: random.Random) -> str:
    day = f"2026-0{chance.randint(1, 9)}-{chance.randint(10, 28)}"
    return chance.choice((day, f"{day}T10:00:00Z", f"{day} 10:00", f"{day}T10:00:00.123456+02:00"))


def written(cells: Sequence[str], delimiter: str, always: bool = False) -> bytes:
    """One line as every CSV writer has it."""
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=quoting).writerow(cells)
    return out.getvalue().encode()


class Maker:
    """Makes the file of one number."""

    def __init__(self, seed: int, number: int, folder: Path) -> None:
        self.chance = random.Random(f"{seed}-{number}")
        self.folder = folder / str(number)
        self.folder.mkdir(parents=True)
        self.number = number
        self.table = self.chance.choice([*TABLES, "interaction", "purchase", "interaction"])
        self.id_column, self._row = TABLES[self.table]
        self._made = 0

    def row(self, mark: str = "good") -> Cells:
        """A row that is good as it is."""
        self._made += 1
        return self._row(self.chance, f"{mark}{self.number}x{self._made}.")

    def rows(self, count: int | None = None) -> list[Cells]:
        return [self.row() for _ in range(count or self.chance.randint(1, 30))]

    def file(self, body: bytes, kind: str, refused: str, good: Sequence[Cells] = (), name: str = "") -> Malformed:
        path = self.folder / (name or "a.csv")
        path.write_bytes(body)
        return self.at(path, kind, refused, good)

    def at(self, path: Path, kind: str, refused: str, good: Sequence[Cells] = ()) -> Malformed:
        ids = {row[self.id_column].strip() for row in good}
        return Malformed(path, kind, self.table, ids, set(), refused, id_column=self.id_column)

    def csv(self, rows: Sequence[Cells], delimiter: str = ",", header: Sequence[str] = ()) -> bytes:
        names = list(self.row())
        lines = [written(list(header) or names, delimiter)]
        return b"".join([*lines, *(written([row[name] for name in names], delimiter) for row in rows)])


# --- rows beside good rows


def _bad_lines(make: Maker, row: Cells, delimiter: str) -> tuple[str, bytes]:
    """One bad line, and what is wrong with it."""
    chance, cells = make.chance, list(row.values())
    kinds = ["short", "long", "open quote", "quote inside", "NUL", "not UTF-8", "half a character", "no id", "garbage"]
    kinds += ["time"] * any(name in row for name in TIMES) + ["number"] * (
        make.table != "identity" and any(name in row for name in NUMBERS)
    )
    kinds += ["choice"] * ("channel" in row) + ["nested"] * ("products" in row)
    kind = chance.choice(kinds)
    plain = written(cells, delimiter).rstrip(b"\n")
    at = chance.randrange(len(cells))
    if kind == "short":
        line = written(cells[: max(at, 1)], delimiter)
    elif kind == "long":
        line = written([*cells, *["more"] * chance.randint(1, 50)], delimiter)
    elif kind == "open quote":
        cells[-1] = '"' + cells[-1]
        line = delimiter.join(cells).encode() + b"\n"
    elif kind == "quote inside":
        cells[at] = f'"{cells[at]}" or so'
        line = delimiter.join(cells).encode() + b"\n"
    elif kind in ("NUL", "not UTF-8", "half a character"):
        cut = chance.randrange(len(plain))
        dirt = {"NUL": b"\0", "not UTF-8": b"\xff\xfe", "half a character": b"\xe2\x82"}[kind]
        line = plain[:cut] + dirt + plain[cut:] + b"\n"
    elif kind == "no id":
        line = written(["  " if cell == row[make.id_column] else cell for cell in cells], delimiter)
    elif kind == "garbage":
        line = bytes(chance.choice([*range(128, 256)]) for _ in range(40)) + b"\xff\n"
    elif kind == "time":
        line = written([chance.choice(NO_TIMES) if n in TIMES else c for n, c in row.items()], delimiter)
    elif kind == "number":
        line = written([chance.choice(NO_NUMBERS) if n in NUMBERS else c for n, c in row.items()], delimiter)
    elif kind == "choice":
        line = written(["pigeon" if n == "channel" else c for n, c in row.items()], delimiter)
    else:
        line = written(["[" * 5000 if n == "products" else c for n, c in row.items()], delimiter)
    return kind, line


def _odd_but_good(make: Maker, row: Cells, delimiter: str) -> bytes:
    """A line of a good row that looks as if it were none."""
    chance = make.chance
    words = "text" if "text" in row else "name" if "name" in row and make.table == "customer" else ""
    kinds = ["quoted", "returned", "blanks", "long id", "turned", "before blank"] + ["said"] * 6 * bool(words)
    kind = chance.choice(kinds)
    if kind == "said":
        row[words] += chance.choice(
            (' "so" to\nspeak', f"{delimiter}{delimiter}", "\r\n\r\nthe end", "💥\u202e\u0301é", "=cmd|' /C calc'!A0",
             "\x07\x1b[31m", "x" * (1 << chance.randint(10, 20)), '""', "\ufeff", "\x85\u2028", "'; drop table x")
        )  # fmt: skip
    elif kind == "long id":
        row[make.id_column] += "i" * 10_000
    elif kind == "turned":
        row[make.id_column] += "\u200f\u05d0e\u0301"
    line = written(list(row.values()), delimiter, always=kind == "quoted")
    if kind == "returned":
        line = line[:-1] + b"\r\n"
    elif kind == "blanks":
        key = row[make.id_column]
        line = written([f"  {cell} " if cell == key else cell for cell in row.values()], delimiter)
    elif kind == "before blank":
        line += chance.choice((b"\n", b"\r\n\r\n", delimiter.encode() * 3 + b"\n", b'""\n'))
    return line


def damaged_rows(make: Maker) -> Malformed:
    chance = make.chance
    delimiter = chance.choice(",,,;\t|")
    names = list(make.row())
    good: list[Cells] = []
    # a character of three bytes says that the file is UTF-8, and not some other encoding throughout
    body = [written(names, delimiter)]
    spoken = make.table in ("interaction", "customer")
    if spoken:
        seen = make.row()
        seen["text" if "text" in seen else "name"] += " – é"
        good.append(seen)
        body.append(written(list(seen.values()), delimiter))
    marks: set[str] = set()
    kinds: set[str] = set()
    for _ in range(chance.randint(2, 40)):
        row = make.row()
        if chance.random() < 0.3:
            row = make.row("bad")
            kind, line = _bad_lines(make, row, delimiter)
            kinds.add(kind)
            # without a character of several bytes the file is read as Windows-1252, and such a row is one like others
            if spoken or kind not in ("not UTF-8", "half a character"):
                marks.add(row[make.id_column])
            body.append(line)
        else:
            body.append(
                _odd_but_good(make, row, delimiter) if chance.random() < 0.5 else written([*row.values()], delimiter)
            )
            good.append(row)
    if chance.random() < 0.2:
        body.insert(chance.randint(2, len(body)), b"\xef\xbb\xbf" * chance.randint(0, 1) + body[0])
    found = make.file(b"".join(body), "rows: " + ", ".join(sorted(kinds)), NEVER, good)
    found.bad = marks
    return found


def mixed_delimiters(make: Maker) -> Malformed:
    good, other = make.rows(12), [make.row("bad") for _ in range(3)]
    body = make.csv(good) + b"".join(written([*row.values()], "|") for row in other)
    found = make.file(body, "mixed delimiters", NEVER, good)
    found.bad = {row[make.id_column] for row in other}
    return found


def cut_short(make: Maker) -> Malformed:
    rows = make.rows(20)
    for row in rows[::3]:
        name = "text" if "text" in row else "name" if "name" in row else make.id_column
        row[name] += ' – said "é💥", and\nleft' if name != make.id_column else "é💥"
    body = make.csv(rows)
    start = len(make.csv(rows[:1]))
    cut = make.chance.randint(start, len(body))
    whole = [row for n, row in enumerate(rows) if len(make.csv(rows[: n + 1])) <= cut]
    return make.file(body[:cut], "cut short", NEVER, whole)


def cut_header(make: Maker) -> Malformed:
    body = make.csv(make.rows(1))
    return make.file(body[: make.chance.randint(1, body.index(b"\n") - 9)], "cut in the header", MAY)


def other_encoding(make: Maker) -> Malformed:
    chance = make.chance
    rows = make.rows(25)
    encoding = chance.choice(ENCODINGS)
    spoken = {"shift_jis": "茶碗が割れた", "gb18030": "茶碗", "big5": "茶碗", "koi8-r": "чашка", "cp1252": "für 5 €"}
    wide = []
    if make.table in ("interaction", "customer"):
        wide = rows[::4]
        for row in wide:
            row["text" if "text" in row else "name"] += spoken.get(encoding, "für")
    sure = encoding in ("utf-16", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252", "latin-1")
    good = [row for row in rows if row not in wide or sure]
    refused = MAY if encoding in ("cp500", "utf-32", "utf-7") else NEVER
    body = make.csv(rows).decode().encode(encoding)
    return make.file(body, f"in {encoding}", refused, [] if refused == MAY else good)


def mixed_encodings(make: Maker) -> Malformed:
    rows = make.rows(20)
    body = [make.csv([])]
    for row in rows:
        body.append(written([*row.values()], ","))
        if make.chance.random() < 0.3:
            odd = make.row("odd")
            odd[[*odd][-1]] += "für 茶"
            encoding = make.chance.choice(("utf-8", "cp1252", "shift_jis", "latin-1", "utf-16-le"))
            body.append(",".join(odd.values()).encode(encoding, "replace") + b"\n")
    return make.file(b"".join(body), "mixed encodings", NEVER if b"\0" not in b"".join(body) else MAY, rows)


def headers(make: Maker) -> Malformed:
    chance = make.chance
    kind = chance.choice(("none", "twice", "blank", "long", "case", "blank lines", "quoted", "lacking", "only", "wide"))
    rows = make.rows(6)
    names = list(rows[0])
    if kind == "none":
        return make.file(b"".join(written([*row.values()], ",") for row in rows), "no header", MUST)
    if kind == "only":
        return make.file(make.csv([]), "only a header", MAY)
    if kind == "lacking":
        return make.file(make.csv(rows, header=["who knows", *names[1:]]), "a column is missing", MUST)
    body = make.csv(rows)
    if kind == "case":
        body = make.csv(rows, header=[name.upper().replace("_", " ") for name in names])
    elif kind == "blank lines":
        body = b"\n\r\n\n" + body
    elif kind == "quoted":
        body = b"\xef\xbb\xbf" + written(names, ",", always=True) + body[body.index(b"\n") + 1 :]
    elif kind in ("twice", "blank", "long", "wide"):
        wide = chance.choice((200, 200, 200, 2000, 10_000)) if kind == "wide" else 3
        more = {"twice": [names[-1]] * 3, "blank": [""] * 3, "long": ["n" * 10_000, "ö" * 300, "x"],
                "wide": [f"more {n % (wide - 5)}" for n in range(wide)]}[kind]  # fmt: skip
        lines = [written([*names, *more], ",")]
        body = b"".join([*lines, *(written([*row.values(), *["1"] * wide], ",") for row in rows)])
    return make.file(body, f"header: {kind}", NEVER, rows)


def line_ends(make: Maker) -> Malformed:
    rows = make.rows(15)
    body = make.csv(rows)
    ends = make.chance.choice((b"\r", b"\r\n", b"\r\r\n", b"mixed", b"\x85", b"\xe2\x80\xa8"))
    if ends == b"mixed":
        lines = body.splitlines(keepends=True)
        body = b"".join(line[:-1] + make.chance.choice((b"\n", b"\r\n")) for line in lines)
    else:
        body = body.replace(b"\n", ends)
    sure = ends in (b"\r", b"\r\n", b"\r\r\n", b"mixed")
    return make.file(body, f"line ends {ends!r}", NEVER if sure else MAY, rows if sure else [])


def quote_storm(make: Maker) -> Malformed:
    rows = make.rows(5)
    size = make.chance.choice((100, 5000, 200_000))
    storm = bytes(make.chance.choices(b'""",,\n\na\r', k=size))
    return make.file(make.csv(rows) + storm, "quote storm", NEVER, rows)


def larger_than_a_record(make: Maker) -> Malformed:
    rows = make.rows(4)
    huge = make.row("bad")
    huge[[*huge][-1]] = "y" * (5 << 20)
    body = make.csv(rows[:2]) + written([*huge.values()], ",", always=True) + make.csv(rows[2:]).split(b"\n", 1)[1]
    return make.file(body, "a field of 5 MB", NEVER, rows)


def nothing(make: Maker) -> Malformed:
    body = make.chance.choice(NOTHING)
    return make.file(body, f"nothing: {body[:6]!r}", MUST)


def places(make: Maker) -> Malformed:
    path = make.folder / "a.csv"
    kind = make.chance.choice(("folder", "dangling", "loop", "pipe", "zeros", "null", "missing", "link", "name"))
    rows = make.rows()
    if kind in ("link", "name"):
        name = make.chance.choice(("b" * 251 + ".csv", "a\nb.csv", 'a"b.csv', "a\u202eb.csv", "..csv", "a b;c.csv"))
        encoded = os.fsencode(name) if make.chance.random() < 0.7 else b"\xff\xfe.csv"
        there = Path(os.fsdecode(os.path.join(os.fsencode(make.folder), encoded)))  # noqa: PTH118
        there.write_bytes(make.csv(rows))
        if kind == "name":
            return make.at(there, f"name {name[:9]!r}", NEVER, rows)
        path.symlink_to(there)
        return make.at(path, "a link to a file", NEVER, rows)
    if kind == "folder":
        path.mkdir()
    elif kind == "dangling":
        path.symlink_to(make.folder / "gone")
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind in ("zeros", "null"):
        path.symlink_to("/dev/zero" if kind == "zeros" else "/dev/null")
    return make.at(path, kind, MUST)


def packed(make: Maker) -> Malformed:
    rows = make.rows()
    body = gzip.compress(make.csv(rows))
    kind = make.chance.choice(("plain", "named .csv", "parts", "cut", "flipped", "garbage", "twice", "not packed"))
    name = "a.csv" if kind == "named .csv" else "a.csv.gz"
    if kind in ("plain", "named .csv"):
        return make.file(body, f"gzip: {kind}", NEVER, rows, name)
    if kind == "not packed":
        return make.file(make.csv(rows), f"gzip: {kind}", NEVER, rows, name)
    if kind == "parts":
        whole = make.csv(rows)
        body = gzip.compress(whole[:50]) + gzip.compress(b"") + gzip.compress(whole[50:]) + bytes(100)
        return make.file(body, "gzip of parts", NEVER, rows, name)
    if kind == "cut":
        return make.file(body[: make.chance.randint(3, len(body) - 1)], "gzip cut", MUST, (), name)
    if kind == "flipped":
        at = make.chance.randint(12, len(body) - 1)
        return make.file(body[:at] + bytes([body[at] ^ 0xFF]) + body[at + 1 :], "gzip flipped", MAY, (), name)
    if kind == "garbage":
        return make.file(body + b"garbage", "gzip and garbage", MUST, (), name)
    return make.file(gzip.compress(body), "gzip twice", MUST, (), name)


OWN: dict[Callable[[Maker], Malformed], int] = {
    damaged_rows: 30, mixed_delimiters: 2, cut_short: 8, cut_header: 1, other_encoding: 5, mixed_encodings: 3,
    headers: 6, line_ends: 3, quote_storm: 3, nothing: 2, places: 3, packed: 5,
}  # fmt: skip
RARE: dict[Callable[[Maker], Malformed], int] = {larger_than_a_record: 1}
