"""Print the SQL of every table, index and trigger that the records declare: the text of a first migration."""

import importlib
import pkgutil

from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

import tellertui
from tellertui.store.dialect import DIALECT
from tellertui.store.tables import TRIGGERS


def load_records() -> None:
    """Import every module named ``records`` or ``tables``, so that the metadata is complete."""
    for module in pkgutil.walk_packages(tellertui.__path__, "tellertui."):
        if module.name.endswith((".records", ".tables")):
            importlib.import_module(module.name)


def schema_sql() -> str:
    """Return the statements in order, separated by blank lines."""
    load_records()
    parts = []
    for table in SQLModel.metadata.sorted_tables:
        parts.append(str(CreateTable(table).compile(dialect=DIALECT)).strip())
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        parts += [str(CreateIndex(index).compile(dialect=DIALECT)).strip() for index in indexes]
    parts += TRIGGERS
    lines = "\n\n".join(part.replace("\n\n", "\n") for part in parts).splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


if __name__ == "__main__":
    print(schema_sql(), end="")
