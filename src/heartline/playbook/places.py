"""Where each part of a playbook stands, so that a fault can be told with its file and line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heartline.playbook.faults import Fault, Severity
from heartline.playbook.nodes import Node

Path = Sequence[str | int]
"""Names and numbers that lead to a part, such as ("plays", 2, "trigger", "customer", "segment")."""


@dataclass(frozen=True)
class Places:
    """The parts of all files, put together."""

    root: Node

    def fault(
        self, path: Path, rule: str, got: str, mend: str, severity: Severity = "fault", start: int | None = None
    ) -> Fault:
        """A fault at a part; ``start``: character of a text at which it begins."""
        node = self.root.at(path)
        line = node.line
        if start is not None and node.literal:
            line += 1 + node.raw.count("\n", 0, start)
        return Fault(node.file, line, rule, got, mend, severity)

    def warning(self, path: Path, rule: str, got: str, mend: str) -> Fault:
        """As ``fault``, to be thought about."""
        return self.fault(path, rule, got, mend, "warning")
