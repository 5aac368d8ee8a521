"""Head offices on SQLite and on PostgreSQL, by URL."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from offices import Office
from postgres import postgres, psycopg_url
from tellertui.core.clock import ManualClock


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One PostgreSQL per worker."""
    with postgres() as uri:
        yield uri


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'office.db'}"
    uri, name = request.getfixturevalue("postgres_server"), f"office_{uuid4().hex}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return psycopg_url(uri, name)


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """A head office on either database."""
    made = Office.made(tmp_path / "keys", database_url, clock)
    yield made
    made.store.close()


@pytest.fixture
def embedded(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """A head office on SQLite, where the database does not matter."""
    made = Office.made(tmp_path / "keys", f"sqlite:///{tmp_path / 'office.db'}", clock)
    yield made
    made.store.close()
