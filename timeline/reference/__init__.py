"""The reference date of an article: the day from which its relative dates are counted.

What the file tells is kept; else header lines and dateline are read; else it is worked out from the text.
"""

from timeline.model import Article, ReferenceDate
from timeline.reference.told import Dateline, dateline, told_date

__all__ = ["Dateline", "dateline", "reference_date", "told_date"]


def reference_date(article: Article) -> ReferenceDate:
    """The reference date in force for ``article``: what it tells of itself, else what its text tells."""
    if article.reference.value is not None:
        return article.reference
    return told_date(article.text)
