"""In which states a case allows what, and what somebody is told who comes too late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from heartline.errors import CaseError
from heartline.records.cases import PENDING, Case

ALLOWED: Mapping[str, tuple[str, ...]] = {
    "take": PENDING,
    "note": (*PENDING, "acted", "closed"),
    "snooze": PENDING,
    "wake": ("waiting",),
    "act": PENDING,
    "close": (*PENDING, "acted"),
    "merge": PENDING,
    "reassign": PENDING,
    "escalate": PENDING,
}
"""In which states each thing may be done."""


def refusal(case: Case, verb: str, who: str | None = None, allowed: Sequence[str] = ()) -> CaseError:
    """Why something cannot be done to a case as it stands now.

    who: the person, where only the one who has the case may do it; allowed: states, where they differ from the verb's
    """
    states = tuple(allowed) or ALLOWED[verb]
    if case.status == "held_out":
        return CaseError(
            f"{case.case_id} was drawn at random to be left alone",
            "nobody works on a case that shows what happens without",
            "open one by hand where the customer needs somebody: heartline case add",
        )
    if case.status in states and who is not None and case.owner not in (None, who):
        return CaseError(
            f"{case.case_id} is with {case.owner}", f"{case.owner} does it, or gives it away",
            f"heartline case reassign {case.case_id} --to NAME",
        )  # fmt: skip
    if case.merged_into:
        return CaseError(
            f"{case.case_id} goes on as {case.merged_into}", "a case of its own", f"use {case.merged_into}"
        )
    if allowed and case.pending:
        return CaseError(
            f"nothing was done yet in {case.case_id}", "`done` only after somebody acted",
            f"heartline case act {case.case_id}, or close it as not_needed",
        )  # fmt: skip
    by = f" by {case.acted_by}" if case.status == "acted" else ""
    return CaseError(
        f"{case.case_id} is {case.status}{by}; it is too late, or too early, to {verb} it",
        f"a case that is {' or '.join(states)}", f"heartline case show {case.case_id}",
    )  # fmt: skip
