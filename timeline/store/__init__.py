"""Keeps articles, what they tell, and what persons corrected; answers queries with events.

SQLite by default, PostgreSQL by ``TIMELINE_DATABASE_URL``; the rest of the program sees no SQL.
"""

from timeline.store.errors import ConflictError, StoreError
from timeline.store.store import Store
from timeline.store.values import (
    Added,
    ArticleCounts,
    ArticleRow,
    Cell,
    Count,
    Entry,
    FacetName,
    Facets,
    Move,
    StoredArticle,
    Tally,
)

__all__ = [
    "Added",
    "ArticleCounts",
    "ArticleRow",
    "Cell",
    "ConflictError",
    "Count",
    "Entry",
    "FacetName",
    "Facets",
    "Move",
    "Store",
    "StoreError",
    "StoredArticle",
    "Tally",
]
