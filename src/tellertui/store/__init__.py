"""The SQLite file: columns, engine, writer, unit of work, journal, migrations and integrity."""
