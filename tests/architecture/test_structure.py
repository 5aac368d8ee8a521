"""The house stands as drawn: sizes, imports, columns, schema."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import tellertui
from make_schema import load_records, schema_sql
from tellertui.store.tables import OPERATIONAL, OUTSIDE

SOURCE = Path(tellertui.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
MAX_LINES = 400
MAX_FUNCTION = 40
SENSITIVITIES = {"plain", "mask", "customer", "case", "aml", "own", "key"}

HEAVY = ("sqlmodel", "sqlalchemy", "textual", "cryptography", "keyring", "alembic", "pydantic")


def module_name(file: Path) -> str:
    """Return the dotted name of a source file."""
    return "tellertui." + ".".join(file.relative_to(SOURCE).with_suffix("").parts)


LIGHT = sorted(
    module_name(file)
    for file in FILES
    if (file.stem in {"api", "rules", "events", "figures", "calendar"} or "rules" in file.parts)
    and "host" not in file.parts[-2:-1]
    and "store" not in file.parts[-2:-1]
    and file.stem != "__init__"
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_files_and_functions_are_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = node.end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= MAX_FUNCTION, f"{node.name} has {lines} lines"


def test_light_modules_load_nothing_heavy() -> None:
    program = (
        "import importlib, sys\n"
        f"for name in {LIGHT!r}:\n"
        "    importlib.import_module(name)\n"
        f"    heavy = [m for m in {HEAVY!r} if m in sys.modules]\n"
        "    assert not heavy, (name, heavy)\n"
    )
    assert len(LIGHT) > 10
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


TERMINALS = [
    "tellertui.client",
    "tellertui.courier.courier",
    "tellertui.ui.second",
    "tellertui.desk.demo",
    "tellertui.public.kiosk",
    "tellertui.public.board",
    "tellertui.public.panel",
]


@pytest.mark.parametrize("name", TERMINALS)
def test_terminals_hold_no_store_and_no_key(name: str) -> None:
    program = f"import {name}, sys; print([m for m in {HEAVY!r} if m in sys.modules and m != 'textual'])"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_package_files_of_workflows_are_empty() -> None:
    for folder in ("workflows", "branch", "customers"):
        for file in (SOURCE / folder).rglob("__init__.py"):
            if "service" not in file.parts:
                assert file.read_text(encoding="utf-8") == "", file


def test_every_column_has_a_sensitivity() -> None:
    load_records()
    for table in SQLModel.metadata.tables.values():
        assert table.kwargs.get("sqlite_strict") is True, table.name
        for column in table.columns:
            assert column.info.get("sensitivity") in SENSITIVITIES, f"{table.name}.{column.name}"
            assert isinstance(column.info.get("ships"), bool)


def test_business_tables_have_one_key_column() -> None:
    load_records()
    for name, table in SQLModel.metadata.tables.items():
        if name not in OUTSIDE | OPERATIONAL:
            assert len(table.primary_key.columns) == 1, name


def test_operational_tables_exist() -> None:
    load_records()
    assert set(SQLModel.metadata.tables) >= OPERATIONAL


def test_migrations_give_the_schema_of_the_records() -> None:
    written = (SOURCE / "store" / "migrations" / "0001.sql").read_text(encoding="utf-8")
    assert written == schema_sql()


def test_nothing_opens_the_live_file_plainly() -> None:
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                (".read_bytes", "copyfile", "copytree")
            ):
                assert "branch.db" not in ast.unparse(node), file
                assert "path / FILE" not in ast.unparse(node), file
