"""SQLAlchemy's SQLite dialect for STRICT tables: five storage types and whole numbers for money."""

from typing import Any

from sqlalchemy import exc
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteTypeCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from tellertui.store import sqlite


class StrictTypes(SQLiteTypeCompiler):
    """Write every type by the name that a STRICT table accepts."""

    def _text(self, type_: Any, **kw: Any) -> str:
        return "TEXT"

    def _integer(self, type_: Any, **kw: Any) -> str:
        return "INTEGER"

    def _blob(self, type_: Any, **kw: Any) -> str:
        return "BLOB"

    def _refused(self, type_: Any, **kw: Any) -> str:
        msg = "money and shares are kept as whole numbers"
        raise exc.CompileError(msg)

    visit_VARCHAR = visit_TEXT = visit_CHAR = visit_NVARCHAR = visit_DATE = visit_DATETIME = visit_JSON = (
        _text
    )
    visit_string = visit_unicode = visit_text = visit_date = visit_datetime = _text
    visit_BOOLEAN = visit_INTEGER = visit_BIGINT = visit_SMALLINT = _integer
    visit_boolean = visit_integer = visit_big_integer = visit_small_integer = _integer
    visit_BLOB = visit_BINARY = visit_large_binary = visit_uuid = visit_UUID = _blob
    visit_NUMERIC = visit_DECIMAL = visit_FLOAT = visit_numeric = visit_float = visit_REAL = visit_DOUBLE = (
        _refused
    )


class Statements(SQLiteCompiler):
    """Write statements as SQLite plans them best."""

    def limit_clause(self, select: Any, **kw: Any) -> str:
        """Write a number into the text: a bound limit could be any, and SQLite plans worse."""
        if select._offset_clause is not None:
            msg = "read on after the last key instead of skipping rows"
            raise exc.CompileError(msg)
        limit = select._limit_clause
        bound = getattr(limit, "required", False)
        return f"\n LIMIT {self.process(limit, **{**kw, 'literal_binds': not bound})}"


class BranchDialect(SQLiteDialect_pysqlite):
    """The dialect behind ``sqlite+branch``."""

    supports_statement_cache = True
    supports_native_uuid = False
    statement_compiler = Statements
    type_compiler_cls = StrictTypes

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return the one SQLite library of this process."""
        return sqlite.dbapi


registry.register("sqlite.branch", __name__, BranchDialect.__name__)
DIALECT = BranchDialect(paramstyle="qmark")
