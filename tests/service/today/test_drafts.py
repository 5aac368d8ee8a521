"""Drafts: parked by one person, readable by that person, gone when their time is over."""

from uuid import UUID, uuid4

import pytest

from branches import MANAGER, REVIEWER
from seats import Seat
from tellertui.core.clock import ManualClock
from tellertui.core.refusal import Refusal
from tellertui.host.host import Host
from tellertui.host.running import carry
from tellertui.store.store import FILE
from tellertui.workflows.today.api import (
    DRAFT_MAX,
    DRAFTS_KEPT,
    Drafts,
    DropDraft,
    OpenDraft,
    SaveDraft,
    ShowToday,
)

NAME = "陳大文 CHEN Dawen 13800138000"


@pytest.fixture
async def seat(host: Host) -> Seat:
    seat = Seat(host)
    assert await seat.sign_on(MANAGER) == ("ok", 0)
    return seat


async def parked(seat: Seat, draft: UUID | None = None, **content: object) -> UUID:
    identifier = draft or uuid4()
    await seat.do(SaveDraft(draft=identifier, screen="301", content=content, about="E004"))
    return identifier


async def test_a_draft_comes_back_as_it_was(seat: Seat) -> None:
    draft = await parked(seat, name=NAME, choice="2", lines=["甲", "乙"])
    found = await seat.do(OpenDraft(draft=draft))
    assert found.content == {"name": NAME, "choice": "2", "lines": ["甲", "乙"]}
    assert (found.screen, found.about) == ("301", "E004")


async def test_the_list_says_nothing_of_what_is_in_a_draft(seat: Seat) -> None:
    draft = await parked(seat, name=NAME)
    (listed,) = await seat.do(Drafts())
    assert listed.draft == draft
    assert NAME not in str(listed)
    assert [each.draft for each in (await seat.do(ShowToday())).parked] == [draft]


async def test_saving_again_replaces(seat: Seat, clock: ManualClock) -> None:
    draft = await parked(seat, name="first")
    clock.advance(60)
    await parked(seat, draft, name="second")
    (listed,) = await seat.do(Drafts())
    assert listed.saved_at == clock.now()
    assert (await seat.do(OpenDraft(draft=draft))).content == {"name": "second"}


async def test_nobody_else_opens_replaces_or_drops_a_draft(host: Host, seat: Seat) -> None:
    draft = await parked(seat, name=NAME)
    other = Seat(host)
    assert await other.sign_on(REVIEWER) == ("ok", 0)
    assert await other.do(Drafts()) == []
    for command in (OpenDraft(draft=draft), SaveDraft(draft=draft, screen="301", content={})):
        with pytest.raises(Refusal, match="unknown-draft"):
            await other.do(command)
    await other.do(DropDraft(draft=draft))
    assert (await seat.do(OpenDraft(draft=draft))).content == {"name": NAME}


async def test_a_moved_or_edited_draft_does_not_open(host: Host, seat: Seat) -> None:
    first, second = await parked(seat, name="first"), await parked(seat, name="second")
    await carry(
        host.store,
        lambda work: work._cursor.execute(
            "UPDATE draft SET content = (SELECT content FROM draft WHERE id = ?) WHERE id = ?",
            (first.bytes, second.bytes),
        ),
    )
    with pytest.raises(Refusal, match="integrity"):
        await seat.do(OpenDraft(draft=second))


async def test_no_word_of_a_draft_lies_in_the_file_or_the_journal(host: Host, seat: Seat) -> None:
    head = host.store.journal.head
    await parked(seat, name=NAME)
    assert host.store.journal.head == head
    files = [host.directory / name for name in (FILE, f"{FILE}-wal")]
    kept = b"".join(file.read_bytes() for file in files if file.exists())
    assert b"301" in kept
    for part in (NAME, "CHEN Dawen", "13800138000"):
        assert part.encode() not in kept


async def test_a_dropped_draft_is_gone_and_may_be_dropped_again(seat: Seat) -> None:
    draft = await parked(seat, name="x")
    await seat.do(DropDraft(draft=draft))
    await seat.do(DropDraft(draft=draft))
    assert await seat.do(Drafts()) == []
    with pytest.raises(Refusal, match="unknown-draft"):
        await seat.do(OpenDraft(draft=draft))


async def test_a_draft_lives_until_the_end_of_the_next_day(
    host: Host, seat: Seat, clock: ManualClock
) -> None:
    draft = await parked(seat, name="x")
    clock.advance(38 * 3_600)
    assert await seat.sign_on(MANAGER) == ("ok", 0)
    assert [each.draft for each in await seat.do(Drafts())] == [draft]
    clock.advance(2 * 3_600)
    assert await seat.sign_on(MANAGER) == ("ok", 0)
    assert await seat.do(Drafts()) == []
    with pytest.raises(Refusal, match="unknown-draft"):
        await seat.do(OpenDraft(draft=draft))
    rows = "SELECT count(*) FROM draft"
    await carry(host.store, host.jobs._purge)
    assert host.store.read(lambda reads: reads.raw(rows)).result() == [(0,)]


async def test_drafts_are_bounded(seat: Seat) -> None:
    for _ in range(DRAFTS_KEPT):
        await parked(seat)
    with pytest.raises(Refusal, match="drafts-full"):
        await parked(seat)
    with pytest.raises(Refusal, match="draft-too-large"):
        await parked(seat, text="x" * DRAFT_MAX)


async def test_drafts_need_a_session_with_keys(seat: Seat) -> None:
    seat.peer.session.ring = None
    with pytest.raises(Refusal, match="no-key"):
        await parked(seat, name="x")
