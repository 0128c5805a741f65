"""What points of connection are meant to feel like: standards of the playbook first, then the setting ``intended``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from heartline.playbook.shape import Playbook, Standard
from heartline.settings import Value
from heartline.tables import EMOTIONS

SETTING = "intended"
_WRITABLE = re.compile(r"[^\s=]+")


def with_standards(settings: Mapping[str, Value], playbook: Playbook | None) -> dict[str, Value]:
    """Settings, where ``intended`` says of each touchpoint what its standard says; of others, what it said itself.

    A standard counts by ``at_least``, else by its feeling where that is an emotion that is read. Stages are judged
    elsewhere.
    """
    told = {
        standard.touchpoint: said
        for standard in (playbook.standards if playbook else ())
        if _WRITABLE.fullmatch(standard.touchpoint) and (said := _said(standard))
    }
    pairs = [pair.partition("=") for pair in str(settings[SETTING]).split()]
    whole = {touchpoint: what for touchpoint, _, what in pairs} | told
    return {**settings, SETTING: " ".join(f"{touchpoint}={what}" for touchpoint, what in whole.items())}


def _said(standard: Standard) -> str:
    if standard.at_least is not None:
        return f"{standard.at_least:g}"
    return standard.feeling if standard.feeling in EMOTIONS else ""
