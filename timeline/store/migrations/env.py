"""Runs migrations on the connection that :func:`timeline.store.database.open_database` hands over."""

from alembic import context

from timeline.store.schema import Table

connection = context.config.attributes["connection"]
# The caller holds the transaction, so that a migration that is killed leaves the old schema whole. SQLite
# can undo changes of schema too; Alembic only does not rely on it by itself.
context.configure(
    connection=connection, target_metadata=Table.metadata, transactional_ddl=True, render_as_batch=True
)
context.run_migrations()
