"""Alembic's entry: the connection comes from ``store.schema``, never from a configuration file."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transactional_ddl=False, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
