"""Keeps articles, what they tell, and what persons corrected; answers queries with events.

SQLite by default, PostgreSQL by ``TIMELINE_DATABASE_URL``; the rest of the program sees no SQL.
"""

from timeline.store.errors import ConflictError, StoreError
from timeline.store.projects import Projects
from timeline.store.store import Store
from timeline.store.values import (
    FIRST_PROJECT,
    Added,
    ArticleCounts,
    ArticleRow,
    Cell,
    Count,
    Entry,
    FacetName,
    Facets,
    Grant,
    Move,
    Project,
    Role,
    StoredArticle,
    Tally,
)

__all__ = [
    "FIRST_PROJECT",
    "Added",
    "ArticleCounts",
    "ArticleRow",
    "Cell",
    "ConflictError",
    "Count",
    "Entry",
    "FacetName",
    "Facets",
    "Grant",
    "Move",
    "Project",
    "Projects",
    "Role",
    "Store",
    "StoreError",
    "StoredArticle",
    "Tally",
]
