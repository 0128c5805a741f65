"""Members of whom a mailbox, line or card that several people use does not say which of these people they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from heartline.identity.clusters import Told
from heartline.identity.likeness import Words, name_words, names_agree

OF_SEVERAL = "several people use it, and nothing says which of them this is"
OF_A_FAMILY = "it is called after a whole family, and nothing says who of them this is"


def unclear(told: Sequence[Told], by_mailbox: bool) -> list[str]:
    """For each of those who have one value in common: why it does not say who they are; empty where it does.

    told: what each told; by_mailbox: the value is an e-mail address

    Two given names that cannot be one person's show that several people use the value. Whoever tells no given name
    in full and agrees with both of them may then be either: to join the one who happens to come first is to guess.
    """
    words = [name_words(one.name) for one in told]
    names = sorted(set(filter(None, words)))
    # of two names of one word, one may be the given and the other the family name
    different = [(a, b) for a, b in combinations(names, 2) if max(len(a), len(b)) > 1 and not names_agree(a, b)]
    found = []
    for one, mine in zip(told, words, strict=True):
        if by_mailbox and not mine and one.family_mailbox:
            found.append(OF_A_FAMILY)
        elif _short(mine) and any(names_agree(mine, a) and names_agree(mine, b) for a, b in different):
            found.append(OF_SEVERAL)
        else:
            found.append("")
    return found


def _short(words: Words) -> bool:
    """No name, one word of it, or an initial."""
    return len(words) < 2 or len(words[0]) == 1
