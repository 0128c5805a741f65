"""The analyses that `heartline run` runs. Adding one is a file in this folder and a line here."""

from __future__ import annotations

from heartline.analysis import (
    associations,
    betrayal,
    claims,
    conduct,
    connection,
    connection_value,
    drivers,
    drop_off,
    empathy_gap,
    growth,
    iceberg,
    ingredients,
    initiatives,
    investment,
    journeys,
    loyalty,
    move_path,
    next_move,
    overview,
    play_effects,
    questionnaire,
    scorecard,
    synchrony,
    text_emotion,
    touchpoints,
    value,
)
from heartline.analysis.base import Analysis, in_order

ANALYSES: tuple[Analysis, ...] = tuple(
    in_order(
        [
            text_emotion.ANALYSIS,
            touchpoints.ANALYSIS,
            journeys.ANALYSIS,
            drop_off.ANALYSIS,
            empathy_gap.ANALYSIS,
            initiatives.ANALYSIS,
            ingredients.ANALYSIS,
            synchrony.ANALYSIS,
            conduct.ANALYSIS,
            connection.ANALYSIS,
            drivers.ANALYSIS,
            loyalty.ANALYSIS,
            move_path.ANALYSIS,
            iceberg.ANALYSIS,
            value.ANALYSIS,
            connection_value.ANALYSIS,
            claims.ANALYSIS,
            growth.ANALYSIS,
            scorecard.ANALYSIS,
            betrayal.ANALYSIS,
            next_move.ANALYSIS,
            questionnaire.ANALYSIS,
            associations.ANALYSIS,
            investment.ANALYSIS,
            play_effects.ANALYSIS,
            overview.ANALYSIS,
        ]
    )
)
