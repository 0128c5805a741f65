"""One text as the model read it and as people said; and a new word on it, checked before it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from heartline.corrections.house import CHANNEL, House, refused
from heartline.errors import CorrectionError
from heartline.records import corrections as kept
from heartline.records.corrections import Correction, Reading
from heartline.tables import ABOUT, EMOTIONS, MAIN_EMOTIONS, MOTIVATORS, SIGNALS

LAYERS = {"emotion": EMOTIONS, "signal": SIGNALS, "motivator": MOTIVATORS}
"""Kinds of labels of which a text may have several, as they are written before the colon."""

_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,80}")
_RUN = 4  # so many words in a row that stand in the text too are the customer's words
_FIELDS = ("emotions", "signals", "motivators", "main_emotion", "about", "valence", "status")
_DECIDED = f"""
select f.interaction_id, f.customer_id, {CHANNEL} as channel, v.text, f.model_version, f.corrected_by,
       {", ".join(f"case when f.corrected_by is null then f.{n} else f.read_{n} end as {n}" for n in _FIELDS)},
       f.customer_id in ({refused()}) as refused
from feeling f
left join interaction i on i.interaction_id = f.interaction_id and i.customer_id = $customer
left join verbatim v on v.interaction_id = f.interaction_id and v.customer_id = $customer
where f.interaction_id = $id and f.customer_id = $customer limit 1
"""


@dataclass(frozen=True)
class Judged:
    """A text, what the model decided (``shown``), and what stands: the newest word of a person, else the model's.

    text: the customer's words, for the eyes of who judges; never kept with a correction
    last: the newest correction; None: nobody has looked at it
    """

    interaction_id: str
    customer_id: str
    channel: str | None
    text: str
    model_version: str
    shown: Reading
    standing: Reading
    last: Correction | None


@dataclass(frozen=True)
class Edit:
    """What a person changes.

    add, remove: labels as ``emotion:anger``, ``signal:effort``, ``motivator:security``
    main_emotion, about: the one label that holds; None: as it stands
    valence: whole steps from -2 (very bad) to 2 (very good); None: as it stands
    right: all of it is right as it stands; goes with nothing else
    """

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    main_emotion: str | None = None
    about: str | None = None
    valence: int | None = None
    right: bool = False

    @property
    def nothing(self) -> bool:
        """Whether it changes and confirms nothing."""
        return self == Edit()


def judged(house: House, interaction_id: str) -> Judged:
    """One text to look at. CorrectionError where it was not read, or its customer does not want it to be."""
    found = house.query("select customer_id from feeling where interaction_id = $id limit 1", {"id": interaction_id})
    if not found.num_rows:
        raise CorrectionError(
            "no text with this id has been read",
            "the interaction_id of a row of the table feeling",
            "`heartline show feeling` lists them; after a load, `heartline run` reads the new ones",
        )
    customer = str(found.column(0)[0].as_py())
    row = house.customer_query(customer, _DECIDED, {"id": interaction_id, "customer": customer}).to_pylist()[0]
    if row["refused"]:
        raise CorrectionError(
            "this customer does not want their words to be read",
            "a text of a customer who has not refused and does not object",
            "choose another text; `heartline run` takes the reading of this one away",
        )
    emotions, signals, motivators = (_words(row[name]) for name in ("emotions", "signals", "motivators"))
    shown = Reading(
        row["status"], emotions, signals, motivators, row["main_emotion"] or None, row["about"] or None, row["valence"]
    )
    last = next(iter(kept.newest(house.records, interaction_id=interaction_id)), None)
    standing = shown if last is None else standing_of(last.said, shown)
    text = row["text"] or ""
    return Judged(interaction_id, customer, row["channel"], text, row["model_version"], shown, standing, last)


def standing_of(said: Reading, shown: Reading) -> Reading:
    """A person's reading, with the model's word where they left it."""
    return replace(
        said,
        motivators=shown.motivators if said.motivators is None else said.motivators,
        main_emotion=said.main_emotion or shown.main_emotion,
        about=said.about or shown.about,
        valence=shown.valence if said.valence is None else said.valence,
    )


def correct(house: House, interaction_id: str, edit: Edit, by: str, note: str = "") -> Correction:
    """Keep what a person says of a text; it counts from the next run on, until somebody says otherwise.

    What the person leaves as it stands is taken as seen and right, but for the valence, which stays the model's unless
    they choose a step or confirm all of it. CorrectionError says what cannot be taken; nothing is kept then.
    """
    who, said_why = by.strip(), note.strip()
    if not _NAME.fullmatch(who):
        raise CorrectionError(
            "it is not said by whom" if not who else "the name of who says so is too long or has several lines",
            "a name of 1 to 80 characters",
            "say who you are (on the command line --by NAME)",
        )
    text = judged(house, interaction_id)
    _check_note(said_why, text.text)
    said = _said(text, edit)
    return kept.add(
        house.records,
        Correction(
            text.interaction_id, text.customer_id, text.channel, text.model_version, text.shown, said, who,
            note=said_why,
        ),
    )  # fmt: skip


def _said(text: Judged, edit: Edit) -> Reading:
    if edit.nothing:
        raise CorrectionError(
            "nothing was changed or confirmed",
            "--add, --remove, --main-emotion, --about, --valence, or --right",
            "say what the text says, or that all of it is right",
        )
    if text.shown.status == "empty":
        raise CorrectionError("this text has no words", "a text with words", "choose another text")
    if edit.right:
        return _confirmed(text, edit)
    if text.standing.status != "scored" and edit.valence is None:
        raise CorrectionError(
            f"the model decided nothing about this text ({text.standing.status.replace('_', ' ')})",
            "at least how good or bad it feels, from -2 to 2",
            "choose how it feels (on the command line --valence), 0 where it is neither",
        )
    sets = {kind: set(getattr(text.standing, f"{kind}s") or ()) for kind in LAYERS}
    touched = {kind: getattr(text.standing, f"{kind}s") is not None for kind in LAYERS}
    for label in edit.add:
        kind, name = _label(label)
        if name in sets[kind]:
            raise CorrectionError(
                f"{label} stands already", f"a label that is not decided: {_listed(text)}", "leave it out"
            )
        sets[kind].add(name)
        touched[kind] = True
    for label in edit.remove:
        kind, name = _label(label)
        if label in edit.add or name not in sets[kind]:
            raise CorrectionError(
                f"{label} is not decided, so it cannot be removed", f"one of: {_listed(text)}", "leave it out"
            )
        sets[kind].remove(name)
    for given, allowed, option in (
        (edit.main_emotion, MAIN_EMOTIONS, "--main-emotion"), (edit.about, ABOUT, "--about"),
    ):  # fmt: skip
        if given is not None and given not in allowed:
            raise CorrectionError(
                f"{option} {_short(given)} is not known", f"one of {', '.join(allowed)}", "choose one"
            )
    if edit.valence is not None and edit.valence not in range(-2, 3):
        raise CorrectionError(
            "the valence is not one of the five steps", "-2, -1, 0, 1 or 2", "choose a step, 0 where it is neither"
        )
    last = text.last.said.valence if text.last else None
    return Reading(
        "scored",
        # a text that was not scored has no emotions and signals beside those that the person names
        tuple(name for name in EMOTIONS if name in sets["emotion"]),
        tuple(name for name in SIGNALS if name in sets["signal"]),
        tuple(name for name in MOTIVATORS if name in sets["motivator"]) if touched["motivator"] else None,
        edit.main_emotion or text.standing.main_emotion,
        edit.about or text.standing.about,
        edit.valence / 2 if edit.valence is not None else last,
    )


def _confirmed(text: Judged, edit: Edit) -> Reading:
    if edit != Edit(right=True):
        raise CorrectionError(
            "--right goes with no change", "either --right or what is to be changed", "give one of them"
        )
    if text.standing.status != "scored":
        raise CorrectionError(
            f"there is nothing to confirm: the model decided nothing ({text.standing.status.replace('_', ' ')})",
            "what the text says",
            "say how it feels with --valence, 0 where it is neither, and what it shows with --add",
        )
    return replace(text.standing, emotions=text.standing.emotions or (), signals=text.standing.signals or ())


def _label(label: str) -> tuple[str, str]:
    kind, _, name = label.partition(":")
    if kind not in LAYERS:
        raise CorrectionError(
            f"{_short(label)} is no label",
            f"{', '.join(f'{known}:NAME' for known in LAYERS)}, e.g. signal:effort",
            "the main emotion and what it is about have options of their own",
        )
    if name not in LAYERS[kind]:
        raise CorrectionError(f"there is no {kind} {_short(name)}", f"one of {', '.join(LAYERS[kind])}", "choose one")
    return kind, name


def _listed(text: Judged) -> str:
    standing = [f"{kind}:{name}" for kind in LAYERS for name in getattr(text.standing, f"{kind}s") or ()]
    return ", ".join(standing) or "nothing is decided"


def _check_note(note: str, text: str) -> None:
    """A note stays with the records, outlives the text and is shown to others: no words of the customer in it."""
    if len(note) > 300 or not note.isprintable():
        raise CorrectionError("the note is too long or has several lines", "at most 300 characters", "shorten it")
    ours, theirs = (re.findall(r"\w+", line.casefold()) for line in (note, text))
    size = min(_RUN, len(theirs))
    runs = {tuple(theirs[i : i + size]) for i in range(len(theirs) - size + 1)} if size > 1 else set()
    if any(tuple(ours[i : i + size]) in runs for i in range(len(ours) - size + 1)):
        raise CorrectionError(
            "the note repeats words of the customer", "a note in your own words, without theirs", "say why, not what"
        )


def _words(joined: str | None) -> tuple[str, ...] | None:
    return None if joined is None else tuple(joined.split())


def _short(given: str) -> str:
    return repr(given[:40])
