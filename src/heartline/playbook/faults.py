"""What is wrong in a playbook: where, by which rule, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from heartline.errors import PlaybookError

Severity = Literal["fault", "warning"]


@dataclass(frozen=True)
class Fault:
    """One thing to mend. A playbook with a fault is not to be used; a warning is to be thought about.

    file: path below the folder ``playbook``, with ``/``; line: from 1; rule: id of the rule, ``group.name``
    got: what stands there; mend: what to do
    """

    file: str
    line: int
    rule: str
    got: str
    mend: str
    severity: Severity = "fault"

    @classmethod
    def of(cls, error: PlaybookError) -> Fault:
        """The same as an error says."""
        return cls(error.file, error.line, error.rule, error.what, error.next_step)

    @property
    def error(self) -> PlaybookError:
        """The same as an error."""
        return PlaybookError(self.got, self.mend, file=self.file, line=self.line, rule=self.rule)
