"""The risk questionnaire: score, level, and what makes a questionnaire sound (R-SU-10)."""

from datetime import date
from itertools import pairwise

import msgspec

from tellertui.core.refusal import N_, USAGE, refusal
from tellertui.core.tables import Table, TableError, table

FEWEST, MOST = 10, 20

ANSWERS = refusal("answers", N_("Each of the {questions} questions needs one of its answers."), USAGE)


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The points of each answer, and answers that cap the level: pairs of answer number and level."""

    code: str
    points: list[int]
    caps: list[tuple[int, int]] = []


class Band(msgspec.Struct, frozen=True, array_like=True):
    """The scores, both ends included, of one client level."""

    level: int
    low: int
    high: int


class Questionnaire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Questions and bands; the bands cover every possible score once, levels rising.

    Raises:
        TableError: they do not, or there are too few or too many questions.
    """

    questions: list[Question]
    bands: list[Band]

    def __post_init__(self) -> None:
        lowest = sum(min(question.points) for question in self.questions if question.points)
        highest = sum(max(question.points) for question in self.questions if question.points)
        edges = [(self.bands[0].low, lowest), (highest, self.bands[-1].high)] if self.bands else [(0, 1)]
        edges += [(after.low, before.high + 1) for before, after in pairwise(self.bands)]
        sound = (
            FEWEST <= len(self.questions) <= MOST
            and all(question.points for question in self.questions)
            and all(band.low <= band.high for band in self.bands)
            and all(left == right for left, right in edges)
            and [band.level for band in self.bands] == list(range(1, len(self.bands) + 1))
        )
        if not sound:
            msg = "the bands of a questionnaire cover each of its scores once"
            raise TableError(msg)


class Assessment(msgspec.Struct, frozen=True):
    """What the answers give; ``capped_by`` names the question whose answer lowered the level."""

    score: int
    level: int
    capped_by: str | None


def questionnaire(on: date, rules: Table | None = None) -> Questionnaire:
    """Return the questionnaire in force on a day."""
    return (rules or table("suitability")).on("R-SU-10", on).read(Questionnaire)


def assess(asked: Questionnaire, answers: list[int]) -> Assessment:
    """Return score and level of the answers, each the number of the chosen one from 0.

    Raises:
        Refusal: an answer is missing or does not exist.
    """
    pairs = list(zip(asked.questions, answers, strict=False))
    complete = len(answers) == len(asked.questions)
    if not complete or not all(0 <= answer < len(question.points) for question, answer in pairs):
        raise ANSWERS(questions=len(asked.questions))
    score = sum(question.points[answer] for question, answer in pairs)
    level = next(band.level for band in asked.bands if band.low <= score <= band.high)
    caps = [(dict(question.caps).get(answer, level), question.code) for question, answer in pairs]
    lowest, code = min(caps, key=lambda cap: cap[0])
    return Assessment(score, lowest, code) if lowest < level else Assessment(score, level, None)
