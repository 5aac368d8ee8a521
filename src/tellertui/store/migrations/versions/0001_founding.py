"""The tables of the first release."""

from tellertui.store.schema import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table, index and trigger."""
    run_sql(revision)
