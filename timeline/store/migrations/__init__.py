"""Alembic migrations of the store's schema, run by :mod:`timeline.store.database` when it opens one."""
