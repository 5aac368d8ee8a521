"""How the file's tables came to be: one numbered SQL file per release that changed them, run by Alembic."""
