"""Follow-ups as iCalendar: folding, escaping and what is in it."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from heartline.action.calendar import MOST_OCTETS, calendar, escaped, folded, follow_ups
from heartline.records.cases import Case
from heartline.records.promises import Promise

AT = datetime(2026, 3, 2, 8, 0)
DUE = datetime(2026, 3, 4, 12, 30)


def unfolded(written: bytes) -> list[str]:
    """Content lines as RFC 5545 section 3.1 reads them: a line end and a blank are taken out before anything else."""
    return written.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def read_text(written: str) -> str:
    """TEXT as RFC 5545 section 3.3.11 reads it."""
    made, signs = [], iter(written)
    for sign in signs:
        if sign == "\\":
            after = next(signs)
            made.append("\n" if after in "nN" else after)
        else:
            made.append(sign)
    return "".join(made)


def case(**change: object) -> Case:
    told = {
        "customer_id": "k1", "arm": "act", "reasons": "waited long; call, promised", "team": "care", "priority": 1,
        "status": "open", "as_of": AT, "opened_at": AT, "opened_by": "play", "horizon_days": 90, "case_id": "C-000001",
        "play_id": "call_back", "due_at": DUE,
    }  # fmt: skip
    return Case(**(told | change))  # type: ignore[arg-type]


@given(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])))
@example("ü" * 200)
@example("🙂" * 50)
@example("a" * 75)
@example("a" * 76)
def test_folding_loses_nothing_and_keeps_the_bound(line: str) -> None:
    made = folded(line)
    assert made.endswith(b"\r\n")
    for part in made[:-2].split(b"\r\n"):
        assert len(part) <= MOST_OCTETS
        part.decode()  # no character is cut in two
    assert made[:-2].replace(b"\r\n ", b"").decode() == line


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_escaping_loses_nothing(text: str) -> None:
    made = escaped(text)
    assert "\n" not in made
    assert read_text(made) == text


def test_line_ends_and_controls() -> None:
    assert escaped("a\r\nb\rc\nd\x00\x07e\x7f\tf") == "a\\nb\\nc\\nde\tf"
    assert escaped("BEGIN:VEVENT\r\nX:1; a, b\\") == "BEGIN:VEVENT\\nX:1\\; a\\, b\\\\"


def test_a_calendar_as_a_program_reads_it() -> None:
    kept = [
        case(),
        case(case_id="C-000002", status="waiting", snoozed_until=datetime(2026, 3, 3, 9, 0), owner="Kim"),
        case(case_id="C-000003", play_id=None, reasons="told by hand, maybe with a name"),
        case(case_id="C-000004", status="closed"), case(case_id="C-000005", status="acted"),
        case(case_id="C-000006", due_at=None), case(case_id="C-000007", status="held_out"),
    ]  # fmt: skip
    promises = [
        Promise("k2", "a call on Friday", AT, "Kim", promise_id="P-000001", due_at=DUE),
        Promise("k2", "no time told", AT, "Kim", promise_id="P-000002"),
        Promise("k2", "kept", AT, "Kim", status="kept", promise_id="P-000003", due_at=DUE),
    ]
    lines = unfolded(calendar(follow_ups(kept, promises, "https://desk.example/"), "Follow-ups", "abc.heartline"))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[2].startswith("PRODID:")
    assert lines[-1] == "END:VCALENDAR"
    entries: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            entries.append({})
        elif entries and name not in ("BEGIN", "END"):
            entries[-1][name] = value
    assert [one["UID"] for one in entries] == [
        "C-000002-again@abc.heartline", "C-000001-due@abc.heartline", "C-000003-due@abc.heartline",
        "P-000001@abc.heartline",
    ]  # fmt: skip
    put_off, due, by_hand, promise = entries
    assert due["DTEND"] == "20260304T123000Z"
    assert due["DTSTART"] == "20260304T120000Z"
    assert due["DTSTAMP"] == "20260302T080000Z"
    assert read_text(due["SUMMARY"]) == "Due: C-000001 (care)"
    assert read_text(due["DESCRIPTION"]) == "Customer k1\nwaited long\ncall, promised\nOwner: nobody yet"
    assert put_off["DTEND"] == "20260303T090000Z"
    assert read_text(by_hand["DESCRIPTION"]) == "Customer k1\nOwner: nobody yet"
    assert due["URL"] == "https://desk.example/case/C-000001"
    assert promise["URL"] == "https://desk.example/customers/k2"
    assert read_text(promise["DESCRIPTION"]) == "Customer k2\nPromised by Kim"
    assert "Friday" not in "".join(lines)


def test_a_moment_with_an_offset_is_told_in_utc() -> None:
    moment = datetime.fromisoformat("2026-03-04T12:30:00+02:00")
    (entry,) = follow_ups([case(due_at=moment.astimezone(UTC).replace(tzinfo=None))], [], "https://desk.example")
    assert b"DTEND:20260304T103000Z" in calendar([entry], "n", "d")
