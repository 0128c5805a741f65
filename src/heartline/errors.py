"""Every error that Heartline raises, in one family tree.

    HeartlineError
    ├── SettingsError      a setting is unknown, out of range or of the wrong type
    ├── WorkspaceError     the folder is no workspace, is locked, or is of a newer version
    ├── SourceError        a file cannot be read at all
    ├── MappingError       a mapping names a column or table that does not exist
    ├── TableError         rows do not have the shape that a table promises
    ├── EngineError        an engine refused a step
    ├── AnalysisError      an analysis cannot be run, or has not been run yet
    ├── ModelError         a text model is missing, broken, or of another label set
    ├── StatisticsError    an estimator was given what it cannot work on
    ├── PlanError          limits of a plan that cannot be kept together
    ├── CorrectionError    a correction of a text cannot be taken as it was given
    ├── IdentityError      a decision on who is who cannot be taken as it was given
    ├── DecisionError      a decision of the company cannot be taken as it was given
    ├── HypothesisError    a decision on a cause of drop-off cannot be taken as it was given
    ├── CaseError          something cannot be done with a case or a promise
    ├── ConsentError       what a customer is to have said cannot be taken as it was given
    ├── PlaybookError      a file of the playbook cannot be used as it is
    ├── NoticeError        a receiver or a notice cannot be taken, found or told as it was given
    ├── RoomError          what a room is told, or asked, cannot be
    ├── WalkError          a walk's script, site or browser cannot be used as it is
    └── AccessError        a key is unknown, revoked, or its name is taken

Each says what was got, what was expected and what to do next. Customer words never appear in one.
"""

from __future__ import annotations

import re

MOST = 2000
"""Characters of one part of an error: what was got may be a header of a megabyte."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


class HeartlineError(Exception):
    """Base of all errors that a user can mend.

    Parameters
    ----------
    got: what was found, without customer words
    expected: what would have been right
    next_step: one thing the user can do now
    """

    def __init__(self, got: str, expected: str = "", next_step: str = "") -> None:
        self.got = printable(got)
        self.expected = printable(expected)
        self.next_step = printable(next_step)
        super().__init__(self.__str__())

    def __str__(self) -> str:
        parts = [self.got.rstrip(".") + "."]
        if self.expected:
            parts.append(f"Expected: {self.expected.rstrip('.')}.")
        if self.next_step:
            parts.append(f"Next: {self.next_step.rstrip('.')}.")
        return " ".join(parts)


class SettingsError(HeartlineError):
    """A setting is unknown, out of range or of the wrong type."""


class WorkspaceError(HeartlineError):
    """The folder is no workspace, is locked, or is of a newer version."""


class SourceError(HeartlineError):
    """A file cannot be read at all."""


class MappingError(HeartlineError):
    """A mapping names a column or table that does not exist."""


class TableError(HeartlineError):
    """Rows do not have the shape that a table promises."""


class EngineError(HeartlineError):
    """An engine refused a step."""


class AnalysisError(HeartlineError):
    """An analysis cannot be run, or has not been run yet."""


class ModelError(HeartlineError):
    """A text model is missing, broken, or of another label set."""


class StatisticsError(HeartlineError):
    """An estimator was given what it cannot work on."""


class PlanError(HeartlineError):
    """Limits of an investment plan that cannot be kept together, or that make no sense."""


class CorrectionError(HeartlineError):
    """A correction of a text cannot be taken as it was given."""


class IdentityError(HeartlineError):
    """A decision on who is who cannot be taken as it was given."""


class HypothesisError(HeartlineError):
    """A decision on a cause of drop-off cannot be taken as it was given."""


class DecisionError(HeartlineError):
    """A decision of the company cannot be taken as it was given, or cites no evidence."""


class CaseError(HeartlineError):
    """Something cannot be done with a case or a promise, or not any more."""


class ConsentError(HeartlineError):
    """What a customer is to have said cannot be taken as it was given."""


class PlaybookError(HeartlineError):
    """A file of the playbook cannot be used as it is.

    what: what stands there, without the place; file: path below ``playbook``, empty where it is about no file
    line: from 1, 0 without a file; rule: id of the rule that is broken
    """

    def __init__(self, what: str, mend: str, *, file: str = "", line: int = 0, rule: str = "") -> None:
        self.what = printable(what)
        self.file = printable(file)
        self.line = line
        self.rule = rule
        place = f"playbook/{self.file}, line {line} ({rule}): " if file else ""
        super().__init__(place + self.what, next_step=mend)


class NoticeError(HeartlineError):
    """A receiver or a notice cannot be taken, found or told as it was given."""


class RoomError(HeartlineError):
    """What a room is told, or asked, cannot be."""


class WalkError(HeartlineError):
    """A walk's script cannot be used, its site is not listed, or no browser can be started."""


class AccessError(HeartlineError):
    """A key is unknown, revoked, or its name is taken."""


def printable(text: str) -> str:
    """Text of bounded length without what would harm a terminal or could not be written: control characters, marks
    that turn the direction of writing, half characters."""
    plain = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return plain if len(plain) <= MOST else f"{plain[:MOST]}… ({len(plain):,} characters)"
