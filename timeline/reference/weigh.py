"""Weighs clues against each other: how likely each month is, and each year."""

from collections.abc import Iterable
from itertools import accumulate
from math import exp

from timeline.reference.clue import MONTHS, Clue


def month_shares(clues: Iterable[Clue]) -> list[float]:
    """The probability of each month by index; they add up to one. Without clues all are alike."""
    steps = [0.0] * (MONTHS + 1)
    for clue in clues:
        for first, last, weight in clue.pieces:
            steps[first] += weight
            steps[last + 1] -= weight
    sums = list(accumulate(steps[:MONTHS]))
    top = max(sums)
    shares = [exp(value - top) for value in sums]
    total = sum(shares)
    return [share / total for share in shares]


def year_shares(shares: list[float]) -> list[float]:
    """The probability of each year from those of its months."""
    return [sum(shares[at : at + 12]) for at in range(0, MONTHS, 12)]


def weight_at(clue: Clue, month: int) -> float:
    """The clue's weight for a month."""
    return sum(weight for first, last, weight in clue.pieces if first <= month <= last)
