"""What is recorded of a walk: each step, and what was on the page after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from heartline.walk.script import Script

Outcome = Literal["done", "left_out", "absent", "hidden", "covered", "refused", "astray"]
"""done; left_out: not there, and only asked for if it is; absent: not there; hidden: there, and nobody sees it;
covered: something lies over it; refused: it does not take what is entered; astray: it led to an address that the script
avoids."""


@dataclass(frozen=True)
class Failure:
    """A request to the origin that failed. status: HTTP's, 0 without an answer; page: whether it was the page."""

    address: str
    status: int
    page: bool
    why: str = ""


@dataclass(frozen=True)
class Look:
    """A page as a visitor has it before them. Texts are cut; lists hold the first dozen.

    text, state: digests of what is read and of what is entered; links: name and address of each way on
    faint: text, contrast at best, contrast wanted; unjudged: texts whose contrast is not known (over pictures)
    small: what is too small for a finger, its width and height in px, and what is too near
    untied: fields marked as wrong without a reason tied to them; autofill: field and what it tells the browser
    keyboard: field and the kind it should have; no_zoom: what keeps a finger from making the page larger
    covers: texts of layers over a third of the window or more
    shift: layout shift since the look before (sum of shifts that nobody caused)
    alerts, notes: messages that a page gives at once, and those that it gives by the way
    ticked: what stands beside boxes that are ticked
    searches: forms that only look for something: name, address, what else it sends, name of the field for words
    """

    address: str
    title: str
    text: str
    state: str
    shift: float
    alerts: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    password: bool = False
    ways: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    unlabelled: tuple[str, ...] = ()
    overlaps: tuple[tuple[str, str], ...] = ()
    off_screen: tuple[str, ...] = ()
    faint: tuple[tuple[str, float, float], ...] = ()
    covers: tuple[str, ...] = ()
    unjudged: int = 0
    small: tuple[tuple[str, int, int, str], ...] = ()
    untied: tuple[str, ...] = ()
    autofill: tuple[tuple[str, str], ...] = ()
    keyboard: tuple[tuple[str, str], ...] = ()
    no_zoom: str = ""
    searches: tuple[tuple[str, str, str, str], ...] = ()
    notes: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()


MOST = 100
"""Things of one kind told of a step: a page may ask, fail or open boxes without end."""


@dataclass(frozen=True)
class Noise:
    """What a page did since it was last asked: of each kind the first `MOST`.

    moved: pages loaded; windows: opened beside it and unasked; blocked: requests to elsewhere
    dialogs: boxes of the browser that a press brought up, by their words; downloads: names of files it gave
    tabs: new tabs that a press opened and the walk went on in; hops: addresses that sent on to another one
    """

    moved: int = 0
    console: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    windows: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    dialogs: tuple[str, ...] = ()
    downloads: tuple[str, ...] = ()
    tabs: int = 0
    hops: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deed:
    """One thing done. waited: seconds until it was there to be done; amount: the price that was read, if any.

    over: what lies over it, or had to be put away first; keyless: whether no keyboard comes to what was pressed
    unmarked: whether nothing shows that a keyboard has come to it
    """

    outcome: Outcome
    clicks: int = 0
    keystrokes: int = 0
    waited: float = 0.0
    amount: float | None = None
    over: str = ""
    keyless: bool = False
    unmarked: bool = False


@dataclass(frozen=True)
class StepRecord:
    """One step of a walk.

    number: from 1; words: what it was done to, never what was entered; seconds: all in all
    waiting: seconds until the thing was there and the page was at rest again; repeated: label of a field that was
    given the same on an earlier page; shot: number of its picture in the walk; over, keyless, unmarked: as in ``Deed``
    late: seconds of the waiting that may be the walking machine's own, as ``pulse`` knows it; never more than waiting
    """

    number: int
    verb: str
    words: str
    outcome: Outcome
    clicks: int
    keystrokes: int
    seconds: float
    waiting: float
    noise: Noise
    look: Look
    shot: int
    amount: float | None = None
    repeated: str = ""
    go_on: bool = False
    over: str = ""
    keyless: bool = False
    late: float = 0.0
    unmarked: bool = False

    @property
    def failed(self) -> bool:
        """Whether it could not be done."""
        return self.outcome not in ("done", "left_out")


@dataclass(frozen=True)
class Walk:
    """One walk as it went. ended: goal, failed, steps or seconds; undone: numbers of steps it never came to.

    shots: pictures (JPEG), one for each page that looked otherwise than the one before
    """

    script: Script
    device: str
    steps: tuple[StepRecord, ...]
    ended: Literal["goal", "no_goal", "failed", "steps", "seconds"]
    seconds: float
    undone: tuple[int, ...] = ()
    shots: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def reached(self) -> bool:
        """Whether the goal was reached."""
        return self.ended == "goal"


class Hands(Protocol):
    """What walks: a browser, or anything that can do these."""

    def go(self, path: str) -> Deed:
        """Open a path of the origin."""

    def click(self, words: str, role: str | None, patience: float) -> Deed:
        """Press what bears these words."""

    def fill(self, label: str, text: str, patience: float) -> Deed:
        """Type into a field."""

    def choose(self, label: str, text: str, patience: float) -> Deed:
        """Choose an entry of a list, or tick."""

    def expect(self, text: str, patience: float) -> Deed:
        """Look for a text until it is seen."""

    def arrive(self, path: str, patience: float) -> Deed:
        """Wait until the path begins so."""

    def price(self, text: str, patience: float) -> Deed:
        """Read the amount of money beside a text."""

    def hover(self, words: str, role: str | None, patience: float) -> Deed:
        """Hold the pointer over something."""

    def press(self, key: str) -> Deed:
        """Press a key."""

    def scroll(self, text: str, patience: float) -> Deed:
        """Scroll until a text is before one's eyes."""

    def upload(self, label: str, name: str, patience: float) -> Deed:
        """Give a file of that name."""

    def wait(self, seconds: float) -> Deed:
        """Do nothing for so long."""

    def rest(self, most: float, quiet: float) -> float:
        """Wait until nothing has happened for ``quiet`` seconds, at most ``most``; seconds until the last thing did."""

    def late(self) -> float:
        """Seconds so far by which the walking machine was behind with its own work."""

    def look(self) -> Look:
        """What is on the page."""

    def noise(self) -> Noise:
        """What the page did since it was last asked."""

    def shot(self) -> bytes:
        """A picture of the window, as JPEG."""
