"""A head office's database filled by plain inserts, and its dashboard on a clock that stands still."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from monday import ZONE
from sqlalchemy import insert

from tellertui.core.clock import DAY, MINUTE, ManualClock, millis
from tellertui.core.enc import enc
from tellertui.headoffice.store import Store
from tellertui.headoffice.tables import BATCH, BRANCH, FIGURES, INCARNATION, PARKED
from tellertui.headoffice.watch import WatchApp
from tellertui.headoffice.watch_reads import Source
from tellertui.ui.incidents import Incidents
from tellertui.workflows.closing.api import Figures, ServiceFigures, Totals

NOW = millis(datetime.fromisoformat("2026-11-23T10:42:00+08:00"))
TODAY = "2026-11-23"
HOSTILE = "[bold red]x[/]\x1b[2J\u202eevil\n"


def figures(issued: int = 52, **more: Any) -> bytes:
    given = {"issued": issued, "served": issued - 4, "no_show": 2, "abandoned": 2, "wait_mean_s": 312}
    given |= {"wait_p90_s": 840, "wait_max_s": 1260, "service_mean_s": 290, "csat": 0.93, "csat_n": 30}
    totals = Totals(**{**given, **more})
    cash = ServiceFigures("cash", issued, issued - 4, 2, 312, 840, 290, 1)
    return msgspec.json.encode(Figures(totals, [cash], [], []))


def branch(code: str, name: str = "城南支行", silent: int = 1, **more: Any) -> dict[str, Any]:
    """Return a branch that was heard so many minutes ago; other facts by their columns."""
    heard = NOW - silent * MINUTE
    given = {"branch": code, "name": name, "incarnation": 1, "heard_at": heard, "told_incarnation": 1}
    given |= {"told_seq": 1_204, "cursor": 1_200, "safe": 1_000, "landed_at": heard - 1000, "state": "open"}
    given |= {"enrolled_at": NOW - 30 * DAY, "projected": 1_200, "day": TODAY, "figures": figures()}
    return {**given, **more}


MONDAY = [
    branch("B009", "錦江支行", 4_300, told_seq=900, cursor=900, safe=900, day="2026-11-20"),
    branch("B004", "武侯支行", 251, told_seq=9_215, cursor=1_200, figures=figures(7, csat=None, csat_n=0)),
    branch("B002", "青羊支行", 3, told_seq=700),
    branch("B007", "Chengdu International Airport Terminal 2 Branch", 2, safe=0),
    branch("B003", "金牛支行", 2, state="contested"),
    branch("B001", "城南支行", 1, rejected=2),
    branch("CN-SC-0123456789-LONG", "高新支行", 1, told_seq=1_200, safe=1_200, figures=b"{}"),
    branch("B005", HOSTILE, 0, told_seq=1_200),
    branch("B006", "雙流支行", 0, incarnation=2),
]
"""A branch of each kind; B006 speaks from a history that another one followed."""


def fill(store: Store, branches: list[dict[str, Any]]) -> None:
    """Write branches as a receiver and a projector leave them."""
    keys = {"store": b"s" * 16, "device": b"d" * 32, "founders": enc(b"f" * 32, b"g" * 32), "build": "1.0"}
    chain = {"root": b"r" * 32, "hash": b"h" * 32, "first": 1, "entries": 9}
    given = [{**keys, **chain, **each} for each in branches]
    with store.writing() as connection:
        for table in (BRANCH, INCARNATION, FIGURES):
            names = [column.name for column in table.c]
            rows = [{name: each[name] for name in names if name in each} for each in given]
            if rows:
                connection.execute(insert(table), rows)
        if held := [row for each in branches for row in parked(each)]:
            connection.execute(insert(PARKED), held)


def parked(branch: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the entries of a branch that wait for a person."""
    given = {"branch": branch["branch"], "incarnation": 1, "day": TODAY, "at": NOW, "state": "open"}
    given |= {"event": "reception.later", "version": 9, "code": "unknown-version", "subject": b"s"}
    for seq in range(branch.get("rejected", 0)):
        yield {**given, "seq": seq + 7}


def batches(code: str, count: int) -> Iterator[dict[str, Any]]:
    """Return batches of five hundred entries each."""
    sealed = dict.fromkeys(("previous", "hash", "header", "key", "signature", "plains"), b"x")
    for number in range(count):
        place = {"branch": code, "incarnation": 1, "first": 500 * number + 1, "last": 500 * number + 500}
        yield {**sealed, **place, "landed_at": NOW - (count - number) * MINUTE}


def office(folder: Path, branches: list[dict[str, Any]]) -> Path:
    """Return the file of a head office's database."""
    file = folder / "office.db"
    store = Store(f"sqlite:///{file}")
    fill(store, branches)
    with store.writing() as connection:
        connection.execute(insert(BATCH), list(batches("B001", 40)))
    store.close()
    return file


def watch_app(file: Path, language: str = "en") -> WatchApp:
    """Return the dashboard of that database."""
    clock = ManualClock(NOW)
    incidents = Incidents(clock, lambda size: bytes(range(size)))
    return WatchApp(Source(f"sqlite:///{file}"), clock, incidents=incidents, language=language, zone=ZONE)
