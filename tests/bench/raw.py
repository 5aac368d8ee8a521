"""*Call the next ticket* with a plain cursor: the statements of the product, one FULL commit each.

    python tests/bench/raw.py FILE COUNTERS DAY NOW

calls a ticket to each of so many counters of a store that nobody has open, and prints the calls per second.
"""

import hmac
import os
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

from tellertui.branch.records import Counter
from tellertui.core.enc import enc
from tellertui.store import sqlite
from tellertui.store.journal import APPEND, LINK, Head, newest
from tellertui.store.rows import shape
from tellertui.store.tables import Command
from tellertui.workflows.reception.records import Ticket
from tellertui.workflows.reception.service.waiting import _BEST, _OLDER

CALLED = ("state", "counter", "person", "calls", "first_called_at", "called_at")
UPDATE_TICKET = shape(Ticket).plan(CALLED).update
UPDATE_COUNTER = shape(Counter).plan(("ticket",)).update
GET_COUNTER, GET_COMMAND = shape(Counter).get_sql, shape(Command).get_sql
ADD_COMMAND = shape(Command).insert_sql
RANKED, PLACE = shape(Ticket).columns.index("ranked_at"), shape(Ticket).columns.index("place")
CAP_MS = 3_600_000


def calls_per_second(path: Path, counters: int, day: str, now: int) -> float:
    """Call one ticket to each counter and return the rate."""
    with closing(sqlite.connect(path)) as connection:
        cursor = connection.cursor()
        head = newest(cursor)
        assert head is not None
        started = perf_counter()
        for counter in range(1, counters + 1):
            head = _call(cursor, head, str(counter), day, now)
        return counters / (perf_counter() - started)


def _call(cursor: Any, head: Head, counter: str, day: str, now: int) -> Head:
    command = os.urandom(16)
    cursor.execute("BEGIN IMMEDIATE")
    assert cursor.execute(GET_COMMAND, (command,)).fetchone() is None
    seat = cursor.execute(GET_COUNTER, (counter,)).fetchone()
    wanted = '["' + seat[1].replace(" ", '","') + '"]'
    given = {"services": wanted, "day": day, "cut": now - CAP_MS}
    ticket = cursor.execute(_BEST.sql, _BEST.bind(given)).fetchone()
    place = {"ranked_at": ticket[RANKED], "place": ticket[PLACE]}
    cursor.execute(_OLDER.sql, _OLDER.bind({**given, **place})).fetchall()
    values = ("called", counter, "M01", 1, now, now)
    cursor.execute(UPDATE_TICKET, (*values, ticket[0]))
    cursor.execute(UPDATE_COUNTER, (ticket[0], counter))
    changes = [
        ("ticket", ticket[0], "u", [*zip(CALLED, values, strict=True)], _digest("ticket", ticket)),
        ("counter", counter, "u", ["ticket", ticket[0]], _digest("counter", seat)),
    ]
    plain = enc(1, command, "ticket.called", 1, now, day, "M01", b"", "", 0, [ticket[0]], counter, changes)
    value, seq = sha256(LINK + head.hash + plain).digest(), head.seq + 1
    mac = hmac.digest(b"k" * 32, value, "sha256")[:16]
    cursor.execute(APPEND, (head.incarnation, seq, plain, value, mac, day, "ticket.called"))
    cursor.execute(
        ADD_COMMAND, (command, seq, "M01", "reception.call_next", mac, enc(ticket[0]), now)
    ).fetchone()
    cursor.execute("COMMIT")
    return Head(head.incarnation, seq, value)


def _digest(table: str, row: Any) -> bytes:
    return sha256(enc(table, row[0], row)).digest()[:16]


if __name__ == "__main__":
    print(calls_per_second(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
