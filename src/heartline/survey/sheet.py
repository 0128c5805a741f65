"""The questionnaire as a table that form tools and people can read."""

from __future__ import annotations

from heartline.survey.items import LANGUAGES, PROMPT, SCALE, items, labels

COLUMNS = (
    "code", "language", "scale", "construct", "subject", "wording", "answer", "scale_min", "scale_max", "scoring",
    *(f"label_{at}" for at in range(1, 8)),
)  # fmt: skip
SCORING = "as given: high is more; the scale's score is the mean of its answered items, from half of them on"


def sheet(language: str, company: str, short: bool = False) -> list[dict[str, str]]:
    """One row an item, in the order of asking, with the columns `COLUMNS`.

    language: one of LANGUAGES, or ``all``
    company: the name that customers know
    short: only the items of the short form
    """
    rows = []
    for name in LANGUAGES if language == "all" else (language,):
        said = labels(name)
        for one in items():
            if short and not one.short:
                continue
            row = {
                "code": one.code, "language": name, "scale": one.scale, "construct": one.construct,
                "subject": one.subject or "", "wording": one.asked(name, company),
            }  # fmt: skip
            if one.construct == PROMPT:
                row |= {"answer": "text", "scale_min": "", "scale_max": "", "scoring": "no number: words of their own"}
                row |= {f"label_{at}": "" for at in range(1, 8)}
            else:
                row |= {"answer": "1 to 7", "scale_min": SCALE[0], "scale_max": SCALE[1], "scoring": SCORING}
                if one.scale == "motivators":
                    row["scoring"] = "each by itself; counted as a motivator from 5 on"
                row |= {f"label_{at}": word for at, word in enumerate(said, 1)}
            rows.append({column: row[column] for column in COLUMNS})
    return rows
