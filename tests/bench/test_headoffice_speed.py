"""Landing over the line and folding, against COPY of the same rows into the same PostgreSQL, in one run."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from offices import Branch, Office
from postgres import postgres, psycopg_url
from tellertui.core.clock import SystemClock
from tellertui.headoffice.projector import Projector
from tellertui.headoffice.reports import figures
from tellertui.simulate import throwaway
from tellertui.simulate.csv import Arrival
from tellertui.simulate.day import Course, Plan
from tellertui.store import sqlite
from tellertui.store.journal import entries
from tellertui.sync.wire import ENROL

pytestmark = pytest.mark.bench

BATCH = 500
RECORDS = 15_000
ROUNDS = 4
SEALED = os.urandom(240)
"""Every tenth entry carries that much ciphertext."""
LOAD = Path(__file__).with_name("landing_load.py")


@pytest.fixture(scope="module")
def plains() -> list[bytes]:
    """The plain parts of a simulated day, the length of a busy branch's."""
    course = Course(
        Plan("2026-11-23", 30, 8 * 60, 20 * 60),
        [
            Arrival(8 * 3_600_000 + number * 8_000, 180_000, "cash", "normal")
            for number in range(RECORDS // 4 + 100)
        ],
    )
    read: list[bytes] = []

    def keep(path: Path, _: Any) -> Any:
        with closing(sqlite.connect(path, query_only=True)) as connection:
            read.extend(entry.plain for entry in entries(connection))

    original, throwaway._read = throwaway._read, keep
    try:
        throwaway.replay(course, course._plan, lambda: None)
    finally:
        throwaway._read = original
    assert len(read) >= RECORDS
    return read[:RECORDS]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL of this module's own."""
    with postgres() as uri:
        yield uri


@contextmanager
def office_on(server: str, folder: Path) -> Iterator[tuple[Office, str]]:
    """Give a head office on a new database, and the address of its line in another process."""
    name = f"bench_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    office = Office.made(folder / "keys", psycopg_url(server, name), SystemClock())  # type: ignore[arg-type]
    command = [sys.executable, "-m", "tellertui", "headoffice", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, "--keys", str(folder / "keys")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield office, process.stdout.readline().strip()
        finally:
            process.terminate()
            office.store.close()


def copied(server: str, plains: list[bytes]) -> float:
    """Return rows per second of COPY, rows encoded beforehand, one commit for each 500."""
    with psycopg.connect(server) as connection:
        connection.execute("DROP TABLE IF EXISTS copied")
        connection.execute(
            "CREATE TABLE copied (branch text, incarnation bigint, seq bigint, plain bytea, sealed bytea,"
            " PRIMARY KEY (branch, incarnation, seq))"
        )
        connection.commit()
        blocks = [
            b"".join(
                b"B001\t1\t%d\t\\\\x%b\t%b\n"
                % (seq, plain.hex().encode(), b"\\\\x" + SEALED.hex().encode() if seq % 10 == 0 else b"\\N")
                for seq, plain in enumerate(plains[start : start + BATCH], start)
            )
            for start in range(0, len(plains), BATCH)
        ]
        started = perf_counter()
        for block in blocks:
            with connection.cursor().copy("COPY copied FROM STDIN") as copy:
                copy.write(block)
            connection.commit()
        return len(plains) / (perf_counter() - started)


def prepared(branch: Branch, plains: list[bytes], folder: Path) -> list[str]:
    """Write a branch's batches to files."""
    for seq, plain in enumerate(plains, 1):
        branch.write(plain, sealed=SEALED if seq % 10 == 0 else b"")
    files = []
    for first in range(1, len(plains) + 1, BATCH):
        file = folder / f"{branch.code}-{first}"
        file.write_bytes(branch.batch(first, min(first + BATCH - 1, len(plains))))
        files.append(str(file))
    return files


def landed(
    office: Office, url: str, plains: list[bytes], folder: Path, codes: list[str]
) -> tuple[float, int]:
    """Return rows per second of these branches sending at once, and the bytes that one of them sent."""
    authority = str(office.place.folder / "authority.pem")
    loads, size = [], 0
    for code in codes:
        branch = Branch(code, office.keys.pack)
        office.answer(branch.enrol(office.code(code)), ENROL)
        files = prepared(branch, plains, folder)
        size = sum(Path(file).stat().st_size for file in files)
        command = [sys.executable, str(LOAD), url, authority, *files]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        loads.append(subprocess.Popen(command, text=True, **pipes))  # type: ignore[call-overload]
    for load in loads:
        assert load.stdout.readline() == "ready\n"
    started = perf_counter()
    for load in loads:
        load.stdin.write("go\n")
        load.stdin.flush()
    for load in loads:
        load.stdout.readline()
    took = perf_counter() - started
    for load in loads:
        load.communicate()
    return len(codes) * len(plains) / took, size


@pytest.mark.parametrize(("clients", "least"), [(1, 0.5), (4, 1.0)])
def test_landing_over_the_line(
    server: str, plains: list[bytes], tmp_path: Path, clients: int, least: float
) -> None:
    rates, limits, size = [], [], 0
    with office_on(server, tmp_path) as (office, url):
        # The first batches of a process prepare its statements.
        landed(office, url, plains[: 8 * BATCH], tmp_path, ["WARM"])
        for turn in range(ROUNDS):
            limits.append(copied(server, plains))
            codes = [f"B{turn}{number:02d}" for number in range(clients)]
            rate, size = landed(office, url, plains, tmp_path, codes)
            rates.append(rate)
    rate, limit = max(rates), max(limits)
    day = len(plains) * clients / rate
    print(f"\n{clients} branches: {rate:,.0f} rows/s, {rate / limit:.2f} x COPY ({limit:,.0f} rows/s)")
    print(f"a day of {len(plains)} records: {day:.2f} s for {clients}, {size / 1e6:.2f} MB each")
    assert rate / limit >= least
    if clients == 1:
        assert day <= 2
        assert size <= 3.2e6


def test_folding(server: str, plains: list[bytes], tmp_path: Path) -> None:
    with office_on(server, tmp_path) as (office, _):
        pass
    office = Office.opened(tmp_path / "keys", SystemClock())  # type: ignore[arg-type]
    try:
        branch = office.enrolled()
        for file in prepared(branch, plains, tmp_path):
            office.answer(Path(file).read_bytes(), "tellertui.batch/1")
        limit = copied(server, plains)
        started = perf_counter()
        Projector(office.store, office.clock.now).catch_up()
        rate = len(plains) / (perf_counter() - started)
        limit = (limit + copied(server, plains)) / 2
        with office.store.reading() as connection:
            (line,) = figures(connection, None)
    finally:
        office.store.close()
    print(f"\nfolding: {rate:,.0f} rows/s, {rate / limit:.2f} x COPY ({limit:,.0f} rows/s)")
    assert line.entries == len(plains)
    assert rate / limit >= 0.3
