"""The kinds of personal data that are masked, and the mark of each."""

from __future__ import annotations

from heartline.errors import SettingsError

KINDS = ("card", "iban", "email", "phone", "ip", "name")
"""In the order in which they are looked for: what one has taken, the next does not see."""


def mark(kind: str) -> str:
    """What stands in the place of what was masked. Lower case in brackets: the text model reads it as a thing."""
    return f"[{kind}]"


def kinds_of(setting: str) -> tuple[str, ...]:
    """Kinds of the setting ``mask_text``: ``off``, ``all``, or kinds joined by a blank.

    SettingsError names a word that is no kind.
    """
    words = setting.lower().split()
    if words in ([], ["off"]):
        return ()
    if words == ["all"]:
        return KINDS
    unknown = [word for word in words if word not in KINDS]
    if unknown:
        raise SettingsError(
            f"mask_text names {', '.join(unknown)}", f"off, all, or some of {' '.join(KINDS)}", "correct the setting"
        )
    return tuple(kind for kind in KINDS if kind in words)
