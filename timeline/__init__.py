"""Turns German news into a trustworthy timeline of diplomacy: who met whom, when and where.

The public names are loaded when they are first used, so that importing the package costs nothing:

>>> from timeline import find_dates
>>> [(timex.text, timex.value) for timex in find_dates("Treffen im Mai 2022.", published="2023-02-22")]
[('Mai 2022', '2022-05')]
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from timeline.articles import article_from_text, read_article
    from timeline.dates import find_dates
    from timeline.merge import merge
    from timeline.model import Actor, Article, Claim, Event, Meeting, Reading, ReferenceDate, Timex
    from timeline.pipeline import read
    from timeline.query import Query
    from timeline.store import Store

__version__ = "0.1.0"

_HOME = {
    "article_from_text": "articles",
    "read_article": "articles",
    "find_dates": "dates",
    "merge": "merge",
    "read": "pipeline",
    "Query": "query",
    "Store": "store",
} | dict.fromkeys(
    ("Actor", "Article", "Claim", "Event", "Meeting", "Reading", "ReferenceDate", "Timex"), "model"
)

__all__ = [
    "Actor",
    "Article",
    "Claim",
    "Event",
    "Meeting",
    "Query",
    "Reading",
    "ReferenceDate",
    "Store",
    "Timex",
    "__version__",
    "article_from_text",
    "find_dates",
    "merge",
    "read",
    "read_article",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  any public name of the package
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
