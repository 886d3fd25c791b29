"""What one place in a text says about the month in which the text was written."""

from dataclasses import dataclass
from datetime import date

FIRST_YEAR, LAST_YEAR = 1980, 2030
"""Articles are looked for in these years, both inclusive; beyond them there is no answer."""

MONTHS = (LAST_YEAR - FIRST_YEAR + 1) * 12


def month_index(day: date) -> int:
    """The month of ``day`` counted from January of :data:`FIRST_YEAR`, cut to the range that is looked at."""
    return min(max((day.year - FIRST_YEAR) * 12 + day.month - 1, 0), MONTHS - 1)


@dataclass(frozen=True, slots=True)
class Clue:
    """Evidence for some months.

    ``pieces`` are ``(first, last, weight)``: months by index, both inclusive, and the natural logarithm of
    how much likelier this evidence is in an article of those months than in one of the months not named.
    ``rule`` names the kind of evidence, ``quote`` the words of the text, ``detail`` what is known of them.
    """

    rule: str
    quote: str
    pieces: tuple[tuple[int, int, float], ...]
    detail: str = ""
