"""Feeds: what head office publishes is believed, held and applied from its date, or changes nothing."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hosts import signed_on
from lines import Line
from tellertui.branch.calendar import calendar
from tellertui.branch.records import Service
from tellertui.core.refusal import Refusal
from tellertui.core.role import Role
from tellertui.core.tables import data_dir, shipped, table
from tellertui.headoffice.feeds import Given, publish
from tellertui.headoffice.keys import signing_key
from tellertui.host import api as host_api
from tellertui.host.running import carry
from tellertui.store import sqlite
from tellertui.store.work import Work
from tellertui.sync import api
from tellertui.sync.wire import FEED, HELLO, Feed, Signed, encoded, key_id
from tellertui.vault.parties import SigningKey
from tellertui.vault.person import PersonKeys
from tellertui.vault.ring import Ring
from tellertui.workflows.reception.api import Queue
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.service.tickets import give

NAME = "rules-reception"
TODAY, TOMORROW, AFTER = "2026-11-23", "2026-11-24", "2026-11-25"
SHIPPED = (data_dir() / "rules" / "reception.toml").read_text(encoding="utf-8")
EQUAL = SHIPPED
for credit in (
    "appointment = 6",
    "vip = 8",
    "senior = 10",
    "disabled = 10",
    "expecting = 10",
    "soldier = 10",
):
    EQUAL = EQUAL.replace(credit, f"{credit.split()[0]} = 0")


def capped(minutes: int, text: str = SHIPPED) -> bytes:
    """Return the table with another cap."""
    return text.replace("cap_minutes = 20", f"cap_minutes = {minutes}").encode()


@dataclass
class Press:
    """Head office's publish key."""

    line: Line

    def __post_init__(self) -> None:
        self.key = signing_key(self.line.office.place, "publish")

    def publish(self, body: bytes, effective: str = TODAY, name: str = NAME, **more: Any) -> None:
        """Publish over the line."""
        given = Given(name, date.fromisoformat(effective), body, **more)
        self.line.office.store.write(lambda connection: publish(connection, self.key, given, 0))

    def printed(self, key: SigningKey | None = None, **more: Any) -> bytes:
        """Return a feed in a file."""
        values = {
            "name": NAME,
            "branch": "",
            "version": 1,
            "effective": TODAY,
            "expires": "",
            "widens": False,
        }
        feed = Feed(**{**values, "body": capped(30), **more})
        signer, payload = key or self.key, encoded(feed)
        return Signed(FEED, payload, key_id(signer.public), signer.sign(FEED, payload)).to_bytes()


@pytest.fixture
def press(line: Line) -> Press:
    """A press beside an enrolled branch."""
    return Press(line)


async def fetched(line: Line, change: Any = lambda data: data) -> str | None:
    """Hear head office once, then fetch what it names; return which feed that was."""
    line.clock.advance(301)
    assert await line.step() in ("hello", "batch")
    exchange = await line.next()
    if exchange.kind != "feed":
        return None
    receiver = line.office.receiver
    _, body = receiver.feed(receiver.heard(exchange.body, HELLO).branch, exchange.name)
    await line.courier.do(api.Answered(id=exchange.id, body=change(body)))
    return exchange.name


async def import_file(line: Line, data: bytes) -> None:
    await line.operator.do(api.TakeIn(body=data))


async def refused_file(line: Line, data: bytes) -> str:
    """Return why a file was not taken; nothing changed by it."""
    before = (await line.view()).feeds, table("reception")
    with pytest.raises(Refusal) as refusal:
        await import_file(line, data)
    assert refusal.value.code == "not-taken"
    assert ((await line.view()).feeds, table("reception")) == before
    return str(refusal.value.facts["why"])


def cap(day: str) -> int:
    return policy_on(day).order.cap_minutes


async def shown(line: Line) -> list[tuple[Any, ...]]:
    view = await line.view()
    return [(each.version, each.effective, each.state, each.code) for each in view.feeds]


async def test_a_feed_that_a_receipt_names_is_fetched_and_holds_from_its_date(
    line: Line, press: Press
) -> None:
    press.publish(capped(30), TOMORROW)
    assert await fetched(line) == NAME
    assert [cap(day) for day in (TODAY, TOMORROW, AFTER)] == [20, 30, 30]
    assert await shown(line) == [(1, TOMORROW, "in-force", "")]
    assert await fetched(line) is None


async def test_the_rule_of_the_day_orders_who_waits(line: Line, press: Press) -> None:
    await import_file(line, press.printed(effective=TOMORROW, body=EQUAL.encode()))
    assert await order(line) == ["senior", "normal"]
    line.clock.advance(24 * 3600)
    assert await order(line) == ["normal", "senior"]
    found = await signed_on(line.host, "M01").do(host_api.VerifyAudit())
    assert not found["findings"]


async def order(line: Line) -> list[str]:
    """Return who is to be called, of a customer and a senior who came five minutes later."""
    for care in ("normal", "senior"):
        await carry(line.host.store, partial(_give, care=care))
        line.clock.advance(300)
    queue = await signed_on(line.host, "M01").do(Queue())
    return [each.care for each in queue.tickets]


def _give(work: Work, care: str) -> None:
    (service,) = (each for each in work.every(Service) if each.code == "account")
    give(work, service, care, "kiosk")


async def test_on_each_day_the_newest_version_that_was_effective_by_then_decides(
    line: Line, press: Press
) -> None:
    for version, (minutes, day) in enumerate([(30, TODAY), (40, AFTER), (50, TOMORROW)], 1):
        await import_file(line, press.printed(version=version, effective=day, body=capped(minutes)))
    assert [cap(day) for day in ("2026-11-22", TODAY, TOMORROW, AFTER)] == [20, 30, 50, 50]


async def test_a_restart_keeps_it_and_another_store_has_none_of_it(line: Line, press: Press) -> None:
    await import_file(line, press.printed())
    await line.restarted(lambda: _check_cap(20))
    assert cap(TODAY) == 30


def _check_cap(minutes: int) -> None:
    assert cap(TODAY) == minutes
    assert table("reception") is shipped("reception")


async def test_files_that_are_not_believed(line: Line, press: Press) -> None:
    await import_file(line, press.printed(version=2))
    receipt_key = signing_key(line.office.place, "receipt")
    assert await refused_file(line, press.printed(SigningKey.generate(), version=3)) == "not-signed"
    assert await refused_file(line, press.printed(receipt_key, version=3)) == "not-signed"
    assert await refused_file(line, press.printed(version=3, branch="B002")) == "other-branch"
    assert await refused_file(line, press.printed(version=1)) == "older"
    assert await refused_file(line, press.printed(version=2, body=capped(31))) == "older"
    assert await refused_file(line, press.printed(version=3, expires=TODAY)) == "expired"
    assert await refused_file(line, press.printed(version=3, name="rules-weather")) == "unknown-feed"
    assert await refused_file(line, press.printed(version=3, name="rates")) == "unknown-feed"
    assert await refused_file(line, press.printed(version=3, name="rules-../care")) == "unknown-feed"
    assert (cap(TODAY), await shown(line)) == (30, [(2, TODAY, "in-force", "")])


BAD = {
    "no text": b"\xff",
    "no table": b"cap = 1",
    "a rule is missing": b'version = "2"\nrule = []',
    "a value is missing": capped(30).replace(b"overtake_limit = 5\n", b""),
    "a value is unknown": capped(30).replace(b"overtake_limit = 5\n", b"overtake_limit = 5\nmore = 1\n"),
    "a value is of another kind": capped(30).replace(b"overtake_limit = 5", b'overtake_limit = "5"'),
    "a value is out of range": capped(0),
    "the law is broken": capped(30).replace(b"senior = 10", b"senior = 1"),
    "a rule begins late": capped(30).replace(b"2000-01-01", b"2027-01-01", 1),
    "too deep": b"version = " + b"[" * 100_000,
}


@pytest.mark.parametrize("why", BAD)
async def test_a_table_that_nobody_could_use_changes_nothing(line: Line, press: Press, why: str) -> None:
    assert BAD[why] != capped(30)
    assert await refused_file(line, press.printed(body=BAD[why])) == "bad-feed"
    assert cap(TODAY) == 20


@pytest.mark.parametrize("effective", ["", "soon", "0001-01-01"])
async def test_a_date_that_is_none_is_refused(line: Line, press: Press, effective: str) -> None:
    assert await refused_file(line, press.printed(effective=effective)) == "bad-feed"


async def test_half_a_feed_and_a_changed_one_leave_the_last_good(line: Line, press: Press) -> None:
    press.publish(capped(30))
    assert await fetched(line, lambda data: data[: len(data) // 2]) == NAME
    assert (cap(TODAY), await shown(line)) == (20, [(1, "", "refused", "malformed")])
    assert await fetched(line) is None
    line.clock.advance(3600)
    assert await fetched(line, lambda data: data.replace(b"= 30", b"= 90")) == NAME
    assert (cap(TODAY), await shown(line)) == (20, [(1, "", "refused", "not-signed")])
    line.clock.advance(3600)
    assert await fetched(line) == NAME
    assert (cap(TODAY), await shown(line)) == (30, [(1, TODAY, "in-force", "")])


async def test_another_feed_than_the_one_asked_for_is_not_taken(line: Line, press: Press) -> None:
    press.publish(capped(30))
    assert await fetched(line, lambda _: press.printed(name="rules-care")) == NAME
    assert await shown(line) == [(1, "", "refused", "other-request")]


async def test_a_feed_of_a_later_release_is_not_fetched_and_shown(line: Line, press: Press) -> None:
    press.publish(b"rates", name="rates")
    assert await fetched(line) is None
    assert await shown(line) == [(1, "", "refused", "unknown-feed")]
    assert (await line.view()).last_error is None


async def test_a_feed_that_fails_holds_nothing_else_up(line: Line, press: Press) -> None:
    press.publish(capped(30))
    line.clock.advance(301)
    assert await line.step() in ("hello", "batch")
    await line.fail(await line.next(), "too-long")
    await line.customers(5)
    view = await line.view()
    assert (view.failures, view.last_error) == (0, None)
    await line.agreed()


async def test_a_line_that_breaks_at_a_feed_asks_for_it_when_it_is_back(line: Line, press: Press) -> None:
    press.publish(capped(30))
    line.clock.advance(301)
    assert await line.step() in ("hello", "batch")
    await line.fail(await line.next(), "unreachable")
    assert (await line.view()).last_error == "unreachable"
    assert await fetched(line) == NAME
    assert cap(TODAY) == 30


async def test_what_widens_waits_for_an_officer(line: Line, press: Press) -> None:
    await import_file(line, press.printed(widens=True))
    assert (cap(TODAY), await shown(line)) == (20, [(1, TODAY, "waiting", "")])
    await line.restarted()
    accept = api.AcceptFeed(name=NAME, version=1)
    for role in (Role.TELLER, Role.AUDITOR):
        with pytest.raises(Refusal, match="not-permitted"):
            await signed_on(line.host, "M01", role).do(accept)
    officer = signed_on(line.host, "R01")
    with pytest.raises(Refusal, match="not-signed-on"):
        await officer.do(accept)
    assert officer.peer.session is not None
    keys = PersonKeys.generate()
    officer.peer.session.ring = Ring(officer.peer.session.person, keys, [])
    with pytest.raises(Refusal, match="no-feed-waits"):
        await officer.do(api.AcceptFeed(name=NAME, version=2))
    await officer.do(accept)
    assert (cap(TODAY), await shown(line)) == (30, [(1, TODAY, "in-force", "")])
    with pytest.raises(Refusal, match="no-feed-waits"):
        await officer.do(accept)
    plain = msgspec.msgpack.decode(line.plains()[-1])
    assert (plain[2], plain[6], plain[12][0][1]) == ("feed.accepted", "R01", keys.public.ed25519)


async def test_what_expired_while_it_waited_is_not_accepted(line: Line, press: Press) -> None:
    await import_file(line, press.printed(widens=True, expires=TOMORROW))
    line.clock.advance(24 * 3600)
    officer = signed_on(line.host, "R01")
    with pytest.raises(Refusal, match="feed-expired"):
        await officer.do(api.AcceptFeed(name=NAME, version=1))


async def test_the_journal_names_it_and_the_same_file_again_is_nothing(line: Line, press: Press) -> None:
    data = press.printed()
    await import_file(line, data)
    await import_file(line, data)
    (taken,) = [each for each in line.plains() if msgspec.msgpack.decode(each)[2] == "feed.taken"]
    assert msgspec.msgpack.decode(taken)[11][:3] == [NAME, 1, TODAY]
    assert capped(30) not in taken
    await line.agreed()


async def test_a_row_changed_by_hand_is_found(line: Line, press: Press) -> None:
    await import_file(line, press.printed())
    file: Path = line.founded.directory / "branch.db"

    def tamper() -> None:
        with sqlite.dbapi.connect(file) as connection:
            connection.execute("UPDATE feed SET signed = ?", (press.printed(body=capped(90)),))

    await line.restarted(tamper)
    found = await line.desk.do(host_api.VerifyAudit())
    assert [(each["kind"], "feed" in each["where"]) for each in found["findings"]] == [("row_changed", True)]


async def test_before_enrolment_nothing_is_taken(unknown: Line) -> None:
    with pytest.raises(Refusal, match="not-enrolled"):
        await import_file(unknown, Press(unknown).printed())


async def test_a_calendar_may_take_over_in_the_middle_of_a_year(line: Line, press: Press) -> None:
    text = (data_dir() / "rules" / "calendar.toml").read_text(encoding="utf-8")
    extended = text.replace(
        "[2026-01-01, 2026-01-03],", "[2026-01-01, 2026-01-03],\n  [2026-12-24, 2026-12-24],"
    )
    before = calendar()
    await import_file(
        line, press.printed(name="rules-calendar", effective="2026-06-20", body=extended.encode())
    )
    assert calendar() is not before
    assert [calendar().is_workday(date(2026, 12, day)) for day in (23, 24, 25)] == [True, False, True]
    assert calendar().is_workday(date(2026, 6, 18)) == before.is_workday(date(2026, 6, 18))
