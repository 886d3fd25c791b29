"""Bytes to articles: the only place that knows file formats and that changes text.

:func:`read_article` reads a file that is one article, :func:`read_articles` whatever a file holds.
:func:`article_from_text` takes text as it is. Nothing here opens files or reads the clock, and only
:mod:`timeline.articles.fetching`, where it is turned on, asks the network; a publication date is what the
file tells, never the day of reading.
"""

from timeline.articles.errors import DEFAULT_LIMITS, ArticleError, Limits, Rejected
from timeline.articles.formats import ENDINGS, read_article, read_articles
from timeline.articles.plain import article_from_text, article_id

__all__ = [
    "DEFAULT_LIMITS",
    "ENDINGS",
    "ArticleError",
    "Limits",
    "Rejected",
    "article_from_text",
    "article_id",
    "read_article",
    "read_articles",
]
