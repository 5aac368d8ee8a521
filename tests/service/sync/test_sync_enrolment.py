"""Enrolment: the code that was given out, the keys it names, once, and nothing else; attack 34 on packs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from branches import REVIEWER, Founded
from hosts import signed_on
from lines import URL, Line, lost
from offices import Branch, Office
from tellertui.core.clock import DAY, ManualClock
from tellertui.core.refusal import Refusal
from tellertui.headoffice.keys import fingerprints, signing_key
from tellertui.headoffice.reports import branches
from tellertui.sync import api
from tellertui.sync.records import HeadOffice, SyncMark
from tellertui.sync.wire import BATCH, ENROL, PACK, Header, Signed, decoded, encoded, key_id, signed
from tellertui.vault.parties import SealingKey, SigningKey
from tellertui.vault.private_files import write_private


async def ask(line: Line, code: str, url: str = URL) -> Any:
    return await line.desk.do(api.AskEnrolment(url=url, code=code))


async def refusal_of(line: Line, code: str, url: str = URL) -> str:
    with pytest.raises(Refusal) as refused:
        await ask(line, code, url)
    assert "?" not in refused.value.text()
    return refused.value.code


def entries(line: Line, event: str) -> int:
    found = line.host.store.read(
        lambda reads: list(reads.raw("SELECT 1 FROM journal WHERE event = ?", event))
    ).result()
    return len(found)


def kept_code(line: Line) -> bytes | None:
    (mark,) = line.host.store.read(lambda reads: list(reads.every(SyncMark))).result()
    return mark.code


def pack_with(office: Office, signer: SigningKey | None = None, **changes: Any) -> bytes:
    """Return a pack with changes, signed by its root key, or by another."""
    key = signer or signing_key(office.place, "root")
    pack = msgspec.structs.replace(office.keys.pack, **{"root": key.public, **changes})
    payload = encoded(pack)
    return Signed(PACK, payload, key_id(key.public), key.sign(PACK, payload)).to_bytes()


async def test_both_sides_show_the_same_and_the_code_is_gone(unknown: Line) -> None:
    code = unknown.office.code("B001")
    view = await ask(unknown, code)
    assert (view.state, view.head_office, view.url) == ("asked", "", URL)
    assert kept_code(unknown) == code.encode()
    await unknown.step()
    await unknown.step()
    view = await unknown.view()
    assert view.head_office == fingerprints(unknown.office.keys.pack).root
    with unknown.office.store.reading() as connection:
        (known,) = branches(connection, unknown.clock.now())
    assert known.device == view.device
    assert known.name == "城南支行"
    assert kept_code(unknown) is None
    assert (entries(unknown, "sync.asked"), entries(unknown, "sync.enrolled")) == (1, 1)
    await unknown.agreed()
    await unknown.host.close()
    secret = code.encode()
    held = [path for path in unknown.founded.directory.rglob("*") if path.is_file()]
    assert held
    assert not any(secret in path.read_bytes() for path in held)
    await unknown.restarted()


async def test_a_wrong_code_enrols_nothing(unknown: Line) -> None:
    given = unknown.office.code("B001")
    wrong = "AAAA" + given[4:]
    await ask(unknown, wrong if wrong != given else "BBBB" + given[4:])
    assert [await unknown.step(), await unknown.step()] == ["pack", "enrol"]
    view = await unknown.view()
    assert (view.state, view.last_error) == ("asked", "bad-code")
    await ask(unknown, given)
    await unknown.step()
    await unknown.step()
    await unknown.agreed()


async def test_a_code_is_good_once_and_for_a_day(unknown: Line) -> None:
    office, late = unknown.office, unknown.office.code("B001")
    unknown.clock.advance(DAY / 1000)
    await ask(unknown, late)
    await unknown.step()
    await unknown.step()
    assert (await unknown.view()).last_error == "expired-code"
    used = office.code("B009")
    office.answer(Branch("B009", office.keys.pack).enrol(used), ENROL)
    await ask(unknown, used)
    await unknown.step()
    await unknown.step()
    assert (await unknown.view()).last_error == "bad-code"
    assert entries(unknown, "sync.enrolled") == 0


async def test_a_code_used_by_another_machine_is_refused(unknown: Line) -> None:
    code = unknown.office.code("B001")
    unknown.office.answer(Branch("B001", unknown.office.keys.pack).enrol(code), ENROL)
    await ask(unknown, code)
    await unknown.step()
    await unknown.step()
    view = await unknown.view()
    assert (view.state, view.last_error) == ("asked", "used-code")


@pytest.mark.parametrize("text", ["", "AAAA", "A" * 31, "AAAA-" * 7 + "AAA!", "é" * 32, "A" * 33])
async def test_what_is_no_code_is_refused_at_once(unknown: Line, text: str) -> None:
    assert await refusal_of(unknown, text) == "bad-enrol-code"
    assert (await unknown.view()).state == "none"


@pytest.mark.parametrize("url", ["http://office.example", "ftp://x", "office.example:7443", ""])
async def test_what_is_no_address_is_refused(unknown: Line, url: str) -> None:
    assert await refusal_of(unknown, unknown.office.code("B001"), url) == "bad-url"


async def test_a_code_of_another_head_office_pins_its_keys(unknown: Line, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'office' / 'other.db'}"
    other = Office.made(tmp_path / "office" / "other", url, unknown.clock)
    await ask(unknown, other.code("B001"))
    await unknown.step()
    view = await unknown.view()
    assert (view.state, view.last_error) == ("asked", "not-pinned")
    assert (await unknown.next()).kind == "idle"
    other.store.close()


FORGED: list[tuple[str, Callable[[Office], bytes]]] = [
    ("expired-pack", lambda office: pack_with(office, expires="2026-11-23")),
    ("not-pinned", lambda office: pack_with(office, SigningKey.generate())),
    ("not-signed", lambda office: pack_with(office, SigningKey.generate(), root=office.keys.pack.root)),
    ("malformed", lambda office: b"\x91" * 500),
    ("malformed", lambda office: office.keys.signed_pack[:-9]),
]


@pytest.mark.parametrize(("code", "forge"), FORGED)
async def test_34_keys_that_are_not_head_offices_are_not_taken(
    unknown: Line, code: str, forge: Callable[[Office], bytes]
) -> None:
    await ask(unknown, unknown.office.code("B001"))
    await unknown.step(back=lambda _: forge(unknown.office))
    view = await unknown.view()
    assert (view.state, view.last_error) == ("asked", code)
    await unknown.wait_over()
    assert (await unknown.next()).kind == "pack"


@pytest.mark.parametrize(
    ("why", "forge"),
    [
        ("older-pack", lambda office: pack_with(office, version=0)),
        ("expired-pack", lambda office: pack_with(office, version=2, expires="2026-11-22")),
        ("other-root", lambda office: pack_with(office, SigningKey.generate(), version=9)),
        (
            "not-signed",
            lambda office: pack_with(office, SigningKey.generate(), version=9, root=office.keys.pack.root),
        ),
    ],
)
async def test_34_no_other_keys_replace_those_known(
    line: Line, why: str, forge: Callable[[Office], bytes]
) -> None:
    with pytest.raises(Refusal) as refused:
        await line.operator.do(api.TakeIn(body=forge(line.office)))
    assert (refused.value.code, refused.value.facts) == ("not-taken", {"why": why})
    await line.customers(3)
    await line.agreed()


async def test_an_answer_that_is_lost_is_given_again(unknown: Line) -> None:
    await ask(unknown, unknown.office.code("B001"))
    await unknown.step()
    await unknown.step(back=lost)
    assert (await unknown.view()).state == "asked"
    await unknown.wait_over()
    assert await unknown.step() == "enrol"
    assert (await unknown.view()).state == "new"
    await unknown.agreed()
    assert entries(unknown, "sync.enrolled") == 1


async def test_it_goes_on_after_a_restart_at_every_step(unknown: Line) -> None:
    await ask(unknown, unknown.office.code("B001"))
    await unknown.restarted()
    assert await unknown.step() == "pack"
    await unknown.restarted()
    exchange = await unknown.next()
    assert exchange.kind == "enrol"
    unknown.asked("enrol", exchange.body)
    await unknown.restarted()
    assert await unknown.step() == "enrol"
    await unknown.restarted()
    assert (await unknown.view()).state == "new"
    await unknown.agreed()
    assert (entries(unknown, "sync.asked"), entries(unknown, "sync.enrolled")) == (1, 1)


async def test_a_second_asking_replaces_the_first(unknown: Line) -> None:
    await ask(unknown, unknown.office.code("B001"), "https://other.example")
    held = await unknown.next()
    await ask(unknown, unknown.office.code("B001"))
    await unknown.courier.do(api.Answered(id=held.id, body=b"late"))
    assert (await unknown.view()).failures == 0
    exchange = await unknown.next()
    assert exchange.url == URL
    await unknown.step()
    await unknown.step()
    await unknown.agreed()
    assert entries(unknown, "sync.asked") == 2


async def test_enrolled_once_it_is_not_asked_again(line: Line) -> None:
    assert await refusal_of(line, line.office.code("B001")) == "enrolled"
    assert entries(line, "sync.asked") == 1
    await line.agreed()


async def test_a_standalone_branch_is_refused(founded: Founded, office: Office, clock: ManualClock) -> None:
    line = await Line.opened(founded, office, clock)
    assert await refusal_of(line, office.code("B001")) == "standalone"
    for command in (api.SendNow(), api.Export(), api.TakeIn(body=b"")):
        with pytest.raises(Refusal) as refused:
            await line.operator.do(command)
        assert refused.value.code == "not-enrolled"
    assert line.host.store.read(lambda reads: list(reads.every(HeadOffice))).result() == []
    await line.host.close()


async def test_48_renewed_keys_are_fetched_and_used(line: Line) -> None:
    await line.customers(10)
    await line.wait_over()
    on_the_road = await line.next()
    ingest, receipt = SealingKey.generate(), SigningKey.generate()
    folder, old = line.office.place.folder, line.office.keys.pack
    (folder / "receipt.key").rename(folder / "receipt-1.key")
    write_private(folder / "receipt.key", receipt.seed())
    write_private(folder / "ingest-2.key", ingest.seed())
    renewed = pack_with(
        line.office,
        version=2,
        receipts=(receipt.public, *old.receipts),
        ingests=(ingest.public, *old.ingests),
    )
    (folder / "pack.bin").unlink()
    write_private(folder / "pack.bin", renewed)
    line.office.store.close()
    line.office = Office.opened(folder, line.clock)
    await line.carry(on_the_road)
    await line.agreed()
    await line.customers(10)
    await line.wait_over()
    while (exchange := await line.next()).kind != "batch":
        await line.step()
        await line.wait_over()
    header = decoded(signed(exchange.body).payload, Header)
    assert (header.pack, header.ingest) == (2, key_id(ingest.public))
    assert signed(exchange.body).context == BATCH
    await line.agreed()


async def test_only_a_manager_or_the_operator_asks(unknown: Line) -> None:
    reviewer = signed_on(unknown.host, REVIEWER)
    with pytest.raises(Refusal) as refused:
        await reviewer.do(api.AskEnrolment(url=URL, code=unknown.office.code("B001")))
    assert refused.value.code == "not-permitted"
    await unknown.operator.do(api.AskEnrolment(url=URL, code=unknown.office.code("B001")))
    assert (await unknown.view()).state == "asked"
