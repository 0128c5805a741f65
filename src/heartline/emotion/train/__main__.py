"""``python -m heartline.emotion.train``: train, write, measure, write the card."""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path

from heartline.emotion.train.card import write_card
from heartline.emotion.train.hashed import train
from heartline.emotion.train.measure import measure
from heartline.emotion.train.recipe import Recipe
from heartline.emotion.train.save import save


def main() -> None:
    """Read the arguments and do the work."""
    parser = argparse.ArgumentParser(prog="python -m heartline.emotion.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data sets")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument(
        "--examine", action="store_true", help="also score the sources kept for examination; never choose by them"
    )
    parser.add_argument("--card-only", action="store_true", help="measure the model in --out and write its card")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log = logging.getLogger("heartline.emotion.train")
    began = time.perf_counter()

    def say(what: str) -> None:
        log.info("%6.1f s  %s", time.perf_counter() - began, what)

    recipe = Recipe(seed=given.seed)
    if not given.card_only:
        save(train(given.data, recipe, say), recipe, given.out)
    say("measuring")
    write_card(given.out, measure(given.out, given.data, recipe.seed, examine=given.examine))
    say("done")


if __name__ == "__main__":
    main()
