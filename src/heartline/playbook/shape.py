"""What a playbook holds. The published JSON Schema and the reading of files both follow from these types.

Every file in the folder ``playbook/`` of a workspace is a mapping of these parts; parts of several files are put
together. Names (``rule``, ``play`` …) are small letters, digits and underscores, unique in their kind.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Name = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_]{0,59}$", description="small letters, digits and underscores")]
Says = Annotated[str, Meta(min_length=1, max_length=2000)]
Share = Annotated[float, Meta(ge=0, le=1)]
Kind = Literal["care", "advocate"]
Measure = Literal["respect", "empathy", "recognition", "listening", "promises"]
"""What conduct is read for in the employees' side of conversations."""
Behaviour = Literal["stays", "buys", "refers", "no_complaint", "felt_better"]
"""How it is known that a play helped, in what customers do or feel within the horizon."""

PLACEHOLDERS = ("first_name", "touchpoint", "promise", "your_name", "company")
"""What a template may leave to be filled in, in braces."""


class Bound(Struct, frozen=True, forbid_unknown_fields=True):
    """A condition on one figure or word of a customer. One that is not known never meets it.

    at_least: lower bound of a figure, included; at_most: upper bound, included; one_of: words, one of which it is
    """

    at_least: float | None = None
    at_most: float | None = None
    one_of: tuple[str, ...] = ()


class ContactTrigger(Struct, frozen=True, forbid_unknown_fields=True):
    """A contact that happened within the last days; every part that is given must hold.

    within_days: days before the moment that is looked from; outcomes: how it ended; about: what it is mainly about
    signals, emotions: one of these was decided of the customer's words; felt: felt valence, -1 to 1
    """

    within_days: Annotated[int, Meta(ge=1, le=90)] = 7
    touchpoints: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    emotions: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    felt: Bound | None = None


class Trigger(Struct, frozen=True, forbid_unknown_fields=True):
    """When a play is to be thought of: every part that is given must hold.

    customer: conditions on what is known of the customer at that moment, by name (``heartline playbook triggers``)
    promise: a promise of the register was broken, or is overdue
    """

    contact: ContactTrigger | None = None
    customer: dict[str, Bound] = field(default_factory=dict)
    promise: Literal["overdue", "broken"] | None = None


class Helped(Struct, frozen=True, forbid_unknown_fields=True):
    """How it is known that a play helped: on behaviour and felt change, never on a thank-you.

    behaviour: what the customer then does or feels; horizon_days: days after the case is opened within which they do
    """

    behaviour: Behaviour
    horizon_days: Annotated[int, Meta(ge=7, le=730)] = 90


class Play(Struct, frozen=True, forbid_unknown_fields=True):
    """Trigger, who acts, what they do, by when, and how it is known that it helped.

    team: who acts; deadline_hours: by when; kind: care, or advocate for those who speak up for the house
    serves: principles that it stands for; says: what the person does; template: a message to start from, never sent by
    itself, with {first_name}, {touchpoint}, {promise}, {your_name} and {company} filled in by the person's screen
    hold_out: share of triggered customers, drawn at random, for whom nothing is opened, so that the effect can be told
    again_after_days: not opened for the same customer before that; active: false puts the play to rest
    """

    play: Name
    name: Says
    trigger: Trigger
    team: Name
    says: Says
    helped: Helped
    kind: Kind = "care"
    serves: tuple[Name, ...] = ()
    template: str = ""
    deadline_hours: Annotated[float, Meta(gt=0, le=2160)] = 48.0
    priority: Annotated[int, Meta(ge=1, le=3, description="1 comes first")] = 2
    hold_out: Annotated[float, Meta(ge=0, le=0.5)] = 0.0
    again_after_days: Annotated[int, Meta(ge=0, le=730)] = 90
    on: bool = field(default=True, name="active")  # YAML reads a key `on` as true


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One rule of the code of conduct: what counts as kept and as broken, in examples of the house's own.

    kept, broken: examples; measure: what it is read for in conversations; without it, it is for people only
    never: words that neither a template nor an employee may use
    """

    rule: Name
    says: Says
    kept: Annotated[tuple[str, ...], Meta(min_length=1)]
    broken: Annotated[tuple[str, ...], Meta(min_length=1)]
    measure: Measure | None = None
    never: tuple[str, ...] = ()


class Principle(Struct, frozen=True, forbid_unknown_fields=True):
    """What the house stands for."""

    principle: Name
    says: Says


class Standard(Struct, frozen=True, forbid_unknown_fields=True):
    """What a touchpoint or stage is meant to feel like, and below what it is broken.

    feeling: an emotion of the text model, in words of the house's choosing where none fits; at_least: mean felt valence
    """

    owner: Name
    touchpoint: str = ""
    stage: str = ""
    feeling: str = ""
    at_least: Annotated[float, Meta(ge=-1, le=1)] | None = None


class Expectation(Struct, frozen=True, forbid_unknown_fields=True):
    """A promise that the house makes to everybody; single promises stand in the register.

    owner: team that answers for it; within_hours: the time that it names, if it does
    """

    promise: Name
    says: Says
    owner: Name
    within_hours: Annotated[float, Meta(gt=0)] | None = None


class Team(Struct, frozen=True, forbid_unknown_fields=True):
    """A group of people who act.

    per_day: cases that it can take up in a day; escalates_to: team that is told when a deadline passes
    """

    team: Name
    name: Says
    per_day: Annotated[int, Meta(ge=1)] | None = None
    escalates_to: Name | None = None


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """What keeps customers from being pestered, over all plays together.

    contacts: contacts begun by the house in per_days; per_days: days over which they are counted
    open_cases: cases of one customer at a time
    """

    contacts: Annotated[int, Meta(ge=1)] = 2
    per_days: Annotated[int, Meta(ge=1, le=365)] = 30
    open_cases: Annotated[int, Meta(ge=1)] = 1


class Stage(Struct, frozen=True, forbid_unknown_fields=True):
    """What a stage's people promise, show and ask, so that journey, pitch and feedback session agree.

    stage: as the contacts name it; promise: what a customer may count on; ask: questions; avoid: what is left
    """

    stage: str
    promise: str = ""
    ask: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


class Playbook(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of it. version: hash of the contents, filled in when they are read."""

    vision: str = ""
    mantra: str = ""
    principles: tuple[Principle, ...] = ()
    conduct: tuple[Rule, ...] = ()
    teams: tuple[Team, ...] = ()
    standards: tuple[Standard, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    stages: tuple[Stage, ...] = ()
    limits: Limits = field(default_factory=Limits)
    plays: tuple[Play, ...] = ()
    version: str = ""
