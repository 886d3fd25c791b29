"""The reference date of an article: the day from which its relative dates are counted.

What the file tells is kept; else header lines and dateline are read; else it is worked out from the text.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from timeline.model import Article, ReferenceDate
from timeline.reference.told import Dateline, dateline, told_date, told_outlet

if TYPE_CHECKING:
    from timeline.dates import Expression

__all__ = ["Dateline", "dateline", "reference_date", "told_date", "told_outlet"]


def reference_date(article: Article, expressions: "Sequence[Expression] | None" = None) -> ReferenceDate:
    """The reference date in force for ``article``: a day, month or year, or none where it is not certain.

    What the article tells of itself (caller, metadata, header line, dateline) is kept. Otherwise it is
    worked out from the text; ``expressions`` are the date expressions of ``article.text`` where the caller
    has them already. The evidence is worded for the user in German.
    """
    if article.reference.value is not None:
        return article.reference
    told = told_date(article.text)
    if told.value is not None:
        return told
    from timeline.dates import find_expressions
    from timeline.reference.infer import READ, worked_out

    if expressions is None:
        expressions = find_expressions(article.text[:READ])
    return worked_out(article.text, expressions)
