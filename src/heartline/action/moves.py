"""The way in to everything that people do for customers; ``Workspace.moves`` is one."""

from __future__ import annotations

from collections.abc import Sequence

from heartline.action.audience import Audience, audience
from heartline.action.calendar import calendar_of
from heartline.action.cases import Cases
from heartline.action.decisions import Decisions
from heartline.action.house import House
from heartline.action.intentions import with_standards
from heartline.action.notices import Notices
from heartline.action.people import known
from heartline.action.promises import Promises
from heartline.action.proposals import Proposals
from heartline.errors import CaseError
from heartline.playbook.reading import FOLDER, read_again
from heartline.playbook.shape import Playbook
from heartline.settings import Value


class Moves:
    """Cases, promises, notices and briefs of one workspace, each a part of its own."""

    def __init__(self, house: House) -> None:
        self.house = house

    def playbook(self) -> Playbook | None:
        """The playbook of the workspace; None where it has none. PlaybookError says which file is wrong and where."""
        return read_again(self.house.root / FOLDER)

    def settings(self) -> dict[str, Value]:
        """Settings of the workspace, with ``intended`` as the standards of the playbook say; PlaybookError as above."""
        return with_standards(self.house.settings.values, self.playbook())

    @property
    def cases(self) -> Cases:
        """Customers to be cared for."""
        return Cases(self.house, self.playbook)

    @property
    def promises(self) -> Promises:
        """What single customers were promised."""
        return Promises(self.house, self.playbook)

    @property
    def proposals(self) -> Proposals:
        """Promises that were heard in conversations and are not in the register."""
        return Proposals(self.house, self.promises)

    @property
    def notices(self) -> Notices:
        """Who is told of cases and briefs, and what became of it."""
        return Notices(self.house)

    def knows(self, any_id: str) -> bool:
        """Whether any fact is about the customer that an id leads to."""
        try:
            return bool(known(self.house, any_id))
        except CaseError:
            return False

    def audience(self, conditions: Sequence[str], purposes: Sequence[str], names: bool = False) -> Audience:
        """Customers of whom conditions hold, but for who objects to the purposes; see ``action.audience``."""
        return audience(self.house, conditions, purposes, names)

    def calendar(self, team: str | None = None, owner: str | None = None) -> bytes:
        """Follow-ups as an iCalendar file: all, or of one team or owner."""
        return calendar_of(self.house, team, owner)

    @property
    def decisions(self) -> Decisions:
        """What the company decided, on which figure, and what became of it."""
        return Decisions(self.house)
