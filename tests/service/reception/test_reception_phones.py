"""Telephone numbers left at the kiosk: in no file in the clear, seen by who may call, gone with their key."""

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam
from sqlmodel import col, select

from branches import MANAGER
from hosts import LocalBranch, signed_on
from lobby import CHEN, KIOSK, LIN, WANG, ZHOU, Lobby
from tellertui.branch.api import CloseDay, OpenDay
from tellertui.branch.events import FieldRevealed
from tellertui.core.clock import DAY, SECOND
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.host.host import Host
from tellertui.host.running import carry
from tellertui.store.actor import Actor
from tellertui.store.handlers import handler_of, view_of
from tellertui.store.journal import entries
from tellertui.store.repeats import Envelope
from tellertui.store.rows import Query
from tellertui.store.store import Store
from tellertui.store.tables import ClassKey, Dek
from tellertui.store.work import Work
from tellertui.vault.classes import ClassSecret
from tellertui.vault.person import PersonKeys
from tellertui.vault.primitives import IntegrityError
from tellertui.vault.ring import Ring
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception import phones as p
from tellertui.workflows.reception.records import TicketPhone

TYPED, STORED = "13987654321", "+8613987654321"
_DEKS = Query(Dek, select(Dek).where(col(Dek.class_name) == bindparam("name")))


@pytest.fixture
def ring(store: Store) -> Iterator[Ring]:
    """The ring of whoever holds the class ``customer`` of this branch."""
    secret = ClassSecret.generate("customer", 2)
    with Ring(WANG.person, PersonKeys.generate(), [secret]) as held:  # type: ignore[arg-type]

        def known(work: Work) -> None:
            for key in work.every(ClassKey):
                if key.class_name == "customer":
                    work.update(ClassKey, key.id, state="old")
            row = {"class_name": "customer", "version": 2, "state": "current"}
            work.insert(ClassKey, id="customer/2", public=secret.public_key(work.store), **row)
            work.record(e.ServiceUnsuspended("cash"))

        store.run(known)
        yield held


def leave(lobby: Lobby, ticket: Any, phone: str = TYPED, actor: Actor = KIOSK) -> None:
    lobby.do(p.LeavePhone(ticket=str(ticket), phone=phone), actor)


def show(store: Store, number: str, ring: Ring | None, actor: Actor = WANG) -> p.PhoneView:
    """Ask for the number as a session does, with its ring."""

    def body(work: Work) -> Any:
        command = p.ShowPhone(ticket=number)
        return view_of(p.ShowPhone)(work, handler_of(p.ShowPhone)(work, command))

    return store.run(body, actor, ring)  # type: ignore[no-any-return]


def refusal(store: Store, number: str, ring: Ring | None, actor: Actor = WANG) -> str:
    before = store.journal.head
    with pytest.raises(Refusal) as refused:
        show(store, number, ring, actor)
    assert store.journal.head == before
    return refused.value.code


def everything(directory: Path) -> bytes:
    return b"\0".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


def spellings(digits: str) -> list[bytes]:
    plain = digits.encode()
    found = [plain, digits.encode("utf-16-le"), digits.encode("utf-16-be"), plain.hex().encode()]
    return [*found, base64.b64encode(plain).rstrip(b"=")[:-1]]


def found_in(lobby: Lobby) -> list[bytes]:
    """Return what of the number can be read in any file of the branch."""
    files = everything(lobby.store.path.parent)
    return [each for text in (TYPED, STORED) for each in spellings(text) if each in files]


class TestLeaving:
    def test_it_is_sealed_and_only_the_ticket_stands_in_the_journal(self, lobby: Lobby, ring: Ring) -> None:
        ticket = lobby.issue()
        leave(lobby, ticket.id)
        event, subjects = lobby.newest(e.TicketPhoneLeft)
        assert (event.ticket, subjects) == (ticket.id, [ticket.id])
        (row,) = lobby.read(lambda reads: list(reads.every(TicketPhone)))
        assert row.phone is not None
        assert row.phone[0] == 1
        assert found_in(lobby) == []

    def test_neither_the_blob_nor_the_wrap_of_its_key_enters_the_journal(self, lobby: Lobby) -> None:
        ticket = lobby.issue()
        leave(lobby, ticket.id)
        (row,) = lobby.read(lambda reads: list(reads.every(TicketPhone)))
        (dek,) = lobby.read(lambda reads: reads.all(_DEKS, name="customer"))
        assert (dek.subject, dek.kind) == (ticket.id, "sealed")
        entered = lobby.read(lambda reads: [entry.plain for entry in entries(reads._cursor)])
        sealed = lobby.read(
            lambda reads: [part for (part,) in reads.raw("SELECT sealed FROM journal_sealed")]
        )
        for part in (*entered, *sealed):
            assert row.phone not in part
            assert dek.wrap not in part

    @pytest.mark.parametrize(
        "hostile",
        ["0", "110", "10086", "95588", "4006695599", "12345678901", "000000000000000", "622202100112233"],
    )
    def test_what_nobody_can_be_called_at_is_refused_unread(self, lobby: Lobby, hostile: str) -> None:
        ticket = lobby.issue()
        refused = lobby.refused(p.LeavePhone(ticket=str(ticket.id), phone=hostile), KIOSK)
        assert (refused.code, refused.facts) == ("phone-wrong", {})
        assert not lobby.ticket(ticket.number).phone
        leave(lobby, ticket.id)

    def test_once_and_only_right_after_the_number(self, lobby: Lobby) -> None:
        first, second, third = (lobby.issue() for _ in range(3))
        leave(lobby, first.id)
        again = p.LeavePhone(ticket=str(first.id), phone="13800138000")
        assert lobby.refused(again, KIOSK).code == "phone-left"
        lobby.open("1", WANG)
        lobby.do(api.Leave(ticket=second.number), LIN)
        gone = p.LeavePhone(ticket=str(second.id), phone=TYPED)
        assert lobby.refused(gone, KIOSK).code == "phone-late"
        lobby.clock.advance(301)
        late = p.LeavePhone(ticket=str(third.id), phone=TYPED)
        assert lobby.refused(late, KIOSK).code == "phone-late"

    def test_staff_see_that_there_is_one(self, lobby: Lobby) -> None:
        ticket, other = lobby.issue(), lobby.issue()
        leave(lobby, ticket.id)
        seen = {each.number: each.phone for each in lobby.ask(api.Queue()).tickets}
        assert seen == {ticket.number: True, other.number: False}
        assert {"queue", "counter"} <= set(api.ALL)
        assert TYPED not in str(lobby.ask(api.Queue()))
        assert TYPED not in str(lobby.ask(api.Board(), KIOSK))


class TestShowing:
    def test_in_hand(self, lobby: Lobby, store: Store, ring: Ring) -> None:
        lobby.open("1", WANG, "cash")
        ticket = lobby.issue()
        leave(lobby, ticket.id)
        lobby.call()
        told = show(store, ticket.number, ring)
        assert (told.number, told.phone) == (ticket.number, STORED)
        assert told.until == lobby.clock.now() + 30 * SECOND
        event, subjects = lobby.newest(FieldRevealed)
        assert event == FieldRevealed("ticket_phone", "phone", ticket.id, "in_hand")
        assert subjects == [ticket.id]
        assert found_in(lobby) == []

    def test_near_its_turn_and_missed(self, lobby: Lobby, store: Store, ring: Ring) -> None:
        lobby.open("1", WANG, "cash")
        tickets = [lobby.issue() for _ in range(6)]
        for ticket in tickets:
            leave(lobby, ticket.id)
        assert show(store, tickets[4].number, ring).phone == STORED
        assert lobby.newest(FieldRevealed)[0].reason == "near"
        assert refusal(store, tickets[5].number, ring) == "phone-not-now"
        lobby.call()
        lobby.miss()
        assert show(store, tickets[0].number, ring).phone == STORED
        assert lobby.newest(FieldRevealed)[0].reason == "missed"

    def test_not_what_another_counter_serves(self, lobby: Lobby, store: Store, ring: Ring) -> None:
        lobby.open("1", WANG, "cash")
        lobby.open("3", CHEN, "corporate")
        ticket = lobby.issue()
        leave(lobby, ticket.id)
        lobby.call()
        assert refusal(store, ticket.number, ring, CHEN) == "phone-not-now"
        assert refusal(store, ticket.number, ring, ZHOU) == "no-counter"
        assert refusal(store, lobby.issue().number, ring) == "no-phone"

    def test_who_holds_no_key_sees_nothing_and_leaves_no_entry(self, lobby: Lobby, store: Store) -> None:
        lobby.open("1", WANG, "cash")
        ticket = lobby.issue()
        leave(lobby, ticket.id)
        lobby.call()
        assert refusal(store, ticket.number, None) == "no-key"

    def test_a_repeat_needs_no_second_entry_and_ends_after_30_s(
        self, lobby: Lobby, store: Store, ring: Ring
    ) -> None:
        lobby.open("1", WANG, "cash")
        ticket = lobby.issue()
        leave(lobby, ticket.id)
        lobby.call()
        envelope = Envelope(store.ids.new(), "staff:x", p.ShowPhone(ticket=ticket.number), b"m" * 32)

        def ask() -> p.PhoneView:
            return store.run(  # type: ignore[no-any-return]
                lambda work: envelope.carry_out(work, store.journal, lambda _: None), WANG, ring
            )

        first, head = ask(), store.journal.head
        lobby.clock.advance(29)
        assert ask() == first
        lobby.clock.advance(2)
        with pytest.raises(Refusal) as refused:
            ask()
        assert refused.value.code == "ask-again"
        assert store.journal.head == head

    def test_nobody_is_shown_more_than_twenty_within_an_hour(
        self, lobby: Lobby, store: Store, ring: Ring
    ) -> None:
        lobby.open("1", WANG, "cash")
        for _ in range(20):
            ticket = lobby.issue()
            leave(lobby, ticket.id)
            show(store, ticket.number, ring)
            lobby.do(api.Leave(ticket=ticket.number), LIN)
        last = lobby.issue()
        leave(lobby, last.id)
        assert refusal(store, last.number, ring) == "too-many-shown"
        lobby.clock.advance(3601)
        assert show(store, last.number, ring).phone == STORED


class TestTheEndOfTheDay:
    def test_closing_deletes_number_and_key(self, lobby: Lobby, store: Store, ring: Ring) -> None:
        lobby.do(OpenDay(), ZHOU)
        ticket = lobby.issue()
        leave(lobby, ticket.id)
        lobby.do(CloseDay(), ZHOU)
        self.gone(lobby, ticket.id)

    def test_so_does_the_next_opening(self, lobby: Lobby) -> None:
        ticket = lobby.issue()
        leave(lobby, ticket.id)
        lobby.clock.advance(DAY // SECOND)
        lobby.do(OpenDay(), ZHOU)
        self.gone(lobby, ticket.id)

    def test_and_the_first_minute_of_a_day_that_nobody_opens(self, lobby: Lobby) -> None:
        ticket = lobby.issue()
        leave(lobby, ticket.id)
        lobby.do(p.DropPhones())
        assert lobby.read(lambda reads: list(reads.every(TicketPhone)))
        lobby.clock.advance(DAY // SECOND)
        lobby.do(p.DropPhones())
        self.gone(lobby, ticket.id)
        head = lobby.head()
        lobby.do(p.DropPhones())
        assert lobby.head() == head

    @staticmethod
    def gone(lobby: Lobby, ticket: Any) -> None:
        event, subjects = lobby.newest(e.PhonesDropped)
        assert (event.count, subjects) == (1, [ticket])
        assert lobby.read(lambda reads: list(reads.every(TicketPhone))) == []
        assert lobby.read(lambda reads: reads.all(_DEKS, name="customer")) == []
        assert found_in(lobby) == []

    def test_a_blob_that_somebody_kept_opens_no_more(self, lobby: Lobby, store: Store, ring: Ring) -> None:
        ticket = lobby.issue()
        leave(lobby, ticket.id)
        (row,) = lobby.read(lambda reads: list(reads.every(TicketPhone)))
        lobby.clock.advance(DAY // SECOND)
        lobby.do(OpenDay(), ZHOU)
        with pytest.raises((Refusal, IntegrityError)) as refused:
            store.run(lambda work: work.open(TicketPhone, row, ticket.id, "phone"), WANG, ring)
        assert getattr(refused.value, "code", "") == "integrity"


class TestAtTheHost:
    async def test_the_lobby_desk_may_not_and_the_kiosk_may_only_leave_one(self, host: Host) -> None:
        kiosk = LocalBranch(host, Listener.LOBBY)
        issued = await kiosk.do(api.Issue(service="cash"))
        identifier = kiosk.new_id()
        command = p.LeavePhone(ticket=str(issued.id), phone=TYPED)
        assert await kiosk.do(command, identifier) is None
        assert await kiosk.do(command, identifier) is None
        with pytest.raises(Refusal) as refused:
            await kiosk.do(p.ShowPhone(ticket=issued.number))
        assert refused.value.code == "not-permitted"
        lobby_desk = signed_on(host, MANAGER, *LIN.roles)
        for command, code in (
            (p.ShowPhone(ticket=issued.number), "not-permitted"),
            (p.LeavePhone(ticket=str(issued.id), phone=TYPED), "not-permitted"),
        ):
            with pytest.raises(Refusal) as refused:
                await lobby_desk.do(command)
            assert refused.value.code == code

    @pytest.mark.parametrize(
        "digits", ["", "+8613987654321", "139 8765 4321", "1" * 16, "１３９", "zz", "-1"]
    )
    async def test_digits_and_nothing_else_and_no_word_of_them_comes_back(
        self, host: Host, digits: str
    ) -> None:
        kiosk = LocalBranch(host, Listener.LOBBY)
        issued = await kiosk.do(api.Issue(service="cash"))
        with pytest.raises(Refusal) as refused:
            await kiosk.call("reception.leave_phone", {"ticket": str(issued.id), "phone": digits})
        assert refused.value.code == "bad-params"
        assert not digits or digits not in refused.value.text()

    async def test_the_minute_of_the_host_clears_what_is_left(self, host: Host, clock: Any) -> None:
        kiosk = LocalBranch(host, Listener.LOBBY)
        issued = await kiosk.do(api.Issue(service="cash"))
        await kiosk.do(p.LeavePhone(ticket=str(issued.id), phone=TYPED))
        clock.advance(DAY // SECOND)
        await carry(host.store, host.jobs._purge)
        read = host.store.read(lambda reads: list(reads.every(TicketPhone)))
        assert await asyncio.wrap_future(read) == []
