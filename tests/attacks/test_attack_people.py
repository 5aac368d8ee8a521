"""Attacks 14 and 16: people who were sent away, and one person in both seats."""

import asyncio
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from attack_hosts import BranchProcess, code_of, facts, journal, tellertui
from attack_people import CHEAP, PersonnelOffice, host_secret, personnel_office

from branches import MANAGER, PASSPHRASES, REVIEWER, Founded
from hosts import LocalBranch
from tellertui.branch.grants_check import check_grants
from tellertui.core.clock import ManualClock
from tellertui.core.ids import TimedIds
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener, Role
from tellertui.host.host import Host
from tellertui.host.peer import Peer
from tellertui.host.signon import Attempt
from tellertui.store import sqlite
from tellertui.store.audit import verify_file
from tellertui.store.store import ANCHOR, FILE
from tellertui.vault.classes import ClassSecret
from tellertui.vault.codes import make_codes, open_custodian
from tellertui.vault.stretch import stretch

TELLER, TYPED = "T01", b"four copper kettles and a drum"
KEPT = ("slot", "holding")


def desk(host: Host) -> LocalBranch:
    """Return a greeted terminal that can be signed on."""
    terminal = LocalBranch(host, Listener.STAFF)
    host.connections.peers[id(terminal.peer)] = terminal.peer
    return terminal


async def verdict(host: Host, peer: Peer, staff: str, typed: bytes, second: bytes = b"") -> str:
    """Let the host judge a passphrase that was stretched with the salt it gave."""
    peer.nonce = bytes(32)
    salt = (await host.access.salt_of(staff)).salt
    stretched = stretch(bytearray(typed), salt, CHEAP)
    try:
        code, _ = await host.access.judge(Attempt(second or peer.nonce, staff, peer.uid, stretched))
    except Refusal as refused:
        return refused.code
    return code


@pytest.fixture
async def office(host: Host, founded: Founded) -> PersonnelOffice:
    """The officers of a host in this process, with a teller who has joined."""
    office = PersonnelOffice(host.store, host_secret(founded))
    await asyncio.to_thread(office.join, TELLER, Role.TELLER, TYPED)
    return office


async def show(terminal: LocalBranch) -> str:
    try:
        return str((await terminal.call("session.show"))["staff"])
    except Refusal as refused:
        return refused.code


async def test_14_somebody_sent_away_is_out_with_the_next_command(
    host: Host, office: PersonnelOffice
) -> None:
    terminal = desk(host)
    assert await verdict(host, terminal.peer, TELLER, TYPED) == "ok"
    session = terminal.peer.session
    assert session is not None
    assert session.ring is not None
    assert session.ring.holds("customer")
    assert await show(terminal) == TELLER
    await asyncio.to_thread(office.dismiss, TELLER)
    assert await show(terminal) == "not-signed-on"
    assert session.ring is None
    assert await verdict(host, terminal.peer, TELLER, TYPED) == "wrong-passphrase"
    left = await journal(host)
    assert [(fact.staff, fact.cause) for fact in facts(left, "session.ended")] == [(TELLER, "revoked")]
    assert [fact.staff for fact in facts(left, "staff.revoked")] == [TELLER]


async def test_14_a_command_that_waits_behind_the_dismissal_is_not_carried_out(
    host: Host, office: PersonnelOffice
) -> None:
    terminal = desk(host)
    await verdict(host, terminal.peer, TELLER, TYPED)
    host.store.journal.granted = lambda seq, plain: None
    await asyncio.to_thread(office.dismiss, TELLER)
    assert await show(terminal) == TELLER
    with pytest.raises(Refusal) as refused:
        await terminal.call("reception.divert", {"outcome": "self_service"})
    assert refused.value.code == "not-signed-on"


async def test_14_slot_and_holdings_copied_back_open_nothing(
    host: Host, office: PersonnelOffice, founded: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, person = founded.directory / FILE, (await asyncio.to_thread(office.person, TELLER)).id.bytes

    def change(work: object) -> list[object]:
        with closing(sqlite.dbapi.connect(file)) as connection, connection:
            return [work(connection)] if callable(work) else []

    def saved(connection: object) -> dict[str, list[tuple[object, ...]]]:
        return {
            table: connection.execute(f"SELECT * FROM {table} WHERE person = ?", (person,)).fetchall()
            for table in KEPT
        }

    def put_back(connection: object) -> None:
        connection.execute("UPDATE person SET state = 'active' WHERE id = ?", (person,))
        for table, rows in rows_before.items():
            for row in rows:
                connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    (rows_before,) = change(saved)
    assert [len(rows) for rows in rows_before.values()] == [1, 3]
    await asyncio.to_thread(office.dismiss, TELLER)
    change(put_back)
    monkeypatch.setattr(ClassSecret, "from_holding", lambda *_: pytest.fail("a class secret was opened"))
    terminal = desk(host)
    assert await verdict(host, terminal.peer, TELLER, TYPED) == "wrong-passphrase"
    monkeypatch.undo()
    await host.close()
    again = reopened(founded)
    try:
        assert again.store.writer.red is not None
        assert again.store.writer.red.startswith(("grant", "row"))
        terminal = desk(again)
        assert await verdict(again, terminal.peer, TELLER, TYPED) == "red"
        assert terminal.peer.session is None
    finally:
        await again.close()


async def test_14_under_a_forged_right_nobody_signs_on_and_the_lobby_still_reads(
    founded: Founded, process: BranchProcess
) -> None:
    with personnel_office(founded) as office:
        office.join(TELLER, Role.TELLER, TYPED, (MANAGER, MANAGER))
    process.start()
    for staff, typed in ((TELLER, TYPED), (MANAGER, PASSPHRASES[MANAGER])):
        done = process.cli("sign-on", staff, "--json", typed=typed + b"\n")
        assert code_of(done) == (4, "red")
        assert "(grant journal 1/" in done.stderr
    async with process.client() as lobby:
        assert lobby.welcome is not None
        assert lobby.welcome.red is not None
        await lobby.call("reception.board", b"{}")
        with pytest.raises(Refusal) as refused:
            await lobby.call("reception.issue", b'{"service":"cash"}')
    assert refused.value.code == "red"


def reopened(founded: Founded) -> Host:
    clock = ManualClock(0)
    return Host(founded.directory, founded.settings, host_secret(founded), clock, TimedIds(clock))


@pytest.mark.parametrize(
    ("second", "passphrases", "code"),
    [
        ("M01:reviewer", list(PASSPHRASES.values()), "not-officers"),
        ("R01:teller", list(PASSPHRASES.values()), "bad-officer"),
        ("R01:reviewer", [PASSPHRASES[MANAGER]] * 2, "passphrase-same"),
    ],
    ids=["code", "role", "passphrase"],
)
def test_16_one_person_does_not_found_a_branch(
    second: str, passphrases: list[bytes], code: str, tmp_path: Path
) -> None:
    typed = b"\n".join(passphrases) + b"\n"
    named = ("--branch-code", "B001", "--name", "Branch", "--standalone", "--environment", "test")
    officers = ("--officer", "M01:manager", "--officer", second)
    done = tellertui(tmp_path / "store", "init", "--json", *named, *officers, typed=typed)
    assert code_of(done) == (2, code)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("signers", [(MANAGER,), (MANAGER, MANAGER), (REVIEWER, REVIEWER, REVIEWER)])
async def test_16_one_officer_lets_nobody_in(founded: Founded, signers: tuple[str, ...]) -> None:
    with personnel_office(founded) as office:
        office.join(TELLER, Role.TELLER, TYPED, signers)
    report = verify_file(
        founded.directory / FILE, host_secret(founded).mac_key(), founded.directory / ANCHOR, [check_grants]
    )
    assert {finding.kind for finding in report.findings} == {"grant"}
    host = reopened(founded)
    try:
        assert host.access.grants.by_staff(TELLER) is None
        assert host.store.writer.red is not None
        terminal = desk(host)
        assert await verdict(host, terminal.peer, TELLER, TYPED) == "red"
        assert terminal.peer.session is None
    finally:
        await host.close()


async def test_16_a_teller_is_no_second_officer(founded: Founded) -> None:
    with personnel_office(founded) as office:
        office.join(TELLER, Role.TELLER, TYPED)
        office.join("T02", Role.MANAGER, b"another passphrase entirely", (MANAGER, TELLER))
    host = reopened(founded)
    try:
        assert host.access.grants.by_staff("T02") is None
        assert host.access.grants.by_staff(TELLER) is not None
    finally:
        await host.close()


async def test_16_nobody_is_the_second_person_of_a_request_of_their_own(host: Host) -> None:
    terminal = desk(host)
    assert await verdict(host, terminal.peer, MANAGER, PASSPHRASES[MANAGER]) == "ok"
    session = terminal.peer.session
    assert session is not None
    second = b"\1" * 32
    host.sessions.expect(session, second, uuid4())
    assert await verdict(host, terminal.peer, MANAGER, PASSPHRASES[MANAGER], second) == "same-person"
    assert session.second is not None
    assert session.second.ring is None
    host.sessions.expect(session, second, uuid4())
    assert await verdict(host, terminal.peer, REVIEWER, PASSPHRASES[REVIEWER], second) == "ok"
    assert session.second.ring is not None
    assert not session.second.ring.holds("customer")


def test_16_recovery_needs_both_codes_of_this_store(founded: Founded) -> None:
    assert founded.sheet.codes is not None
    first, second = founded.sheet.codes
    other_first, other_second = make_codes(uuid4())
    with closing(sqlite.connect(founded.directory / FILE, query_only=True)) as connection:
        (wrapped,) = connection.execute("SELECT sealed FROM escrow WHERE id = 'custodian'").fetchone()
    store = founded.sheet.store

    def refused(one: str, two: str) -> str:
        with pytest.raises(Refusal) as caught:
            open_custodian(one, two, store, wrapped)
        return caught.value.code

    assert [refused(first, first), refused(second, second), refused(first, "")] == [
        "code-twice",
        "code-twice",
        "code-incomplete",
    ]
    assert refused(first, other_second) == refused(other_first, second) == "code-foreign"
    assert refused(other_first, other_second) == "code-foreign"
    open_custodian(second, first, store, wrapped).wipe()
