"""Which events to show: the value :class:`Query`, and German questions read into one.

>>> from datetime import date
>>> parse_question("Treffen von Scholz mit Macron seit 2022, nur abgehaltene", date(2024, 6, 1)).first
datetime.date(2022, 1, 1)
"""

from datetime import date

from timeline.query.query import MODES, PARAMETERS, LaneKind, Mode, Query, search_text
from timeline.query.words import fold, index_words, search_words

__all__ = [
    "MODES",
    "PARAMETERS",
    "LaneKind",
    "Mode",
    "Query",
    "fold",
    "index_words",
    "parse_question",
    "search_text",
    "search_words",
]


def parse_question(text: str, today: date) -> Query:
    """What a question in German asks for; words that nothing is known about are ignored.

    ``today`` is the day from which "seit letztem Jahr" counts, and on which titles are looked up.
    """
    from timeline.query.question import read_question  # needs spaCy, which a query alone does not

    return read_question(text, today)
