"""Every choice of the training in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Weighing:
    """What a judged cell of a training text counts in the loss; cells not named here count 1.

    valence, arousal: of customers' messages
    own_emotions: GoEmotions' labels of own and annotated messages, which no Reddit rater has seen
    reddit_valence, reddit_arousal: the means of GoEmotions' labels
    rated_valence: stars as valence
    """

    valence: float = 2.0
    arousal: float = 0.5
    own_emotions: float = 0.5
    reddit_valence: float = 0.2
    reddit_arousal: float = 0.3
    rated_valence: float = 0.6


@dataclass(frozen=True)
class Fitting:
    """How a network is fitted: AdamW, rates that rise and then fall in a straight line.

    epochs: passes, parts allowed
    rate, head_rate: greatest learning rate of the uppermost layer and of the head
    decay: a layer's rate over that of the layer above it
    pieces, most: word pieces (padding included) and texts in a batch at most
    warm: share of the steps in which the rate rises
    shrink: weight decay of matrices
    dropped: share of a text's pieces that is left out at most, drawn anew each time
    longest_step: norm to which a gradient is cut
    half: products in bfloat16
    """

    epochs: float
    rate: float
    pieces: int
    most: int
    head_rate: float = 1e-3
    decay: float = 0.9
    warm: float = 0.08
    shrink: float = 0.01
    dropped: float = 0.2
    longest_step: float = 1.0
    half: bool = True


@dataclass(frozen=True)
class TeacherRecipe:
    """A teacher: fitted to customers' messages, rated reviews and GoEmotions; to GoEmotions alone before, if told so.

    encoder: name of its start, see `encoders`
    first: how it is fitted to GoEmotions alone; None leaves that out
    second: how it is fitted to everything
    first_longest, longest: pieces read of a text in each phase
    customer_times: how often an epoch of the second phase meets each customer's message
    reddit_share: share of GoEmotions in an epoch of the second phase, drawn anew
    rated_each: reviews of each rating and source
    """

    encoder: str
    second: Fitting
    first: Fitting | None = None
    seed: int = 7
    first_longest: int = 64
    longest: int = 128
    customer_times: int = 2
    reddit_share: float = 1.0
    rated_each: int = 150


TEACHERS = {
    "minilm": TeacherRecipe(
        "all-minilm-l6-v2",
        second=Fitting(epochs=2.5, rate=1.5e-4, pieces=2000, most=80, head_rate=3e-3, decay=1.0, warm=0.06),
        seed=1,
        customer_times=3,
    ),
    "mpnet": TeacherRecipe(
        "all-mpnet-base-v2",
        second=Fitting(epochs=2, rate=7e-5, pieces=2600, most=96, head_rate=3e-3, decay=0.95, warm=0.06),
        customer_times=3,
    ),
}
"""The teachers by name."""
USED_TEACHERS = ("mpnet", "minilm")
"""With several, students learn from the mean of their probabilities. ``minilm`` is also what students are cut from."""


@dataclass(frozen=True)
class UnlabelledRecipe:
    """How many public texts nobody labelled are given to the teacher; sentences are cut from longer texts."""

    seed: int = 3
    clothing: int = 4_500
    clothing_longest: int = 450
    clothing_sentences: int = 10_000
    seat_sentences: int = 5_000
    complaint_sentences: int = 8_000
    service_turns: int = 10_000
    brighter: int = 3_000


@dataclass(frozen=True)
class StudentRecipe:
    """A student (layers of the MiniLM teacher) that learns from labels and from all teachers' answers.

    layers: layers of the teacher that are kept, lowest first
    bends: function between a layer's two inner products, see `network.shortened`
    reddit_labels, customer_labels: what labels count against the teacher's answer, by kind of text
    reddit_others: weight of the columns that GoEmotions did not judge
    unlabelled: weight of texts without labels
    valence, arousal: weight of these columns
    customer_times: how often an epoch meets each customer's message
    """

    name: str
    layers: tuple[int, ...]
    fitting: Fitting
    bends: str = "gelu"
    reddit_labels: float = 0.3
    customer_labels: float = 0.5
    reddit_others: float = 0.4
    unlabelled: float = 0.6
    valence: float = 2.0
    arousal: float = 0.5
    customer_times: int = 2


def _student_fitting(epochs: float, rate: float) -> Fitting:
    return Fitting(epochs=epochs, rate=rate, pieces=2500, most=96, head_rate=2e-3, decay=1.0, warm=0.06)


STUDENTS = {
    "default": StudentRecipe("default", (0, 1, 2, 3, 5), _student_fitting(4, 2e-4), bends="relu"),
    "bulk": StudentRecipe("bulk", (0,), _student_fitting(8, 3e-4), bends="relu"),
}
"""The shipped networks by name."""
TIMES = {"default": 3, "bulk": 1}
"""From how many seeds a network is fitted; the mean of their weights ships. One layer gained nothing by it."""
