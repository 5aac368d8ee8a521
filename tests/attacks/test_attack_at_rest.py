"""Attacks 1, 11 and 12: what lies in files, what stays in memory, what a missing key keeps shut."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from attack_hosts import BranchProcess
from attack_people import personnel_office

from branches import PASSPHRASES, Founded
from tellertui.client import Client
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener, Role

TELLER, CASES = "T01", "C01"
TYPED = {**PASSPHRASES, TELLER: b"four copper kettles and a drum", CASES: b"a ladder leans on the old plum"}
PLANTED = 50
HEAVY = ("cryptography", "keyring", "sqlmodel", "sqlalchemy", "sqlite3", "pysqlite3", "tellertui.vault")


@pytest.fixture
def sample(founded: Founded, process: BranchProcess) -> BranchProcess:
    """A branch with a teller and a complaint officer, whose host has the tests' own workflow."""
    with personnel_office(founded) as office:
        office.join(TELLER, Role.TELLER, TYPED[TELLER])
        office.join(CASES, Role.COMPLAINT_OFFICER, TYPED[CASES])
    return process


STEMS = {
    "name": "歐陽測",
    "phone": "13987654",
    "document": "11010119900307",
    "address": "朝陽門外大街",
    "employer": "Planted & Sons",
    "income": "7654321.0",
    "account": "622202100112233",
    "email": "planted@example",
    "consultation": "asked for a loan of",
    "remark": "hard of hearing, left ear",
    "name_mask": "歐陽**",
    "phone_mask": "139****4",
}
"""What the values of all planted customers begin with."""


class Planted:
    """A customer whose every value is found nowhere else."""

    def __init__(self, number: int) -> None:
        self.values = {field: f"{stem}{number:03d}" for field, stem in STEMS.items()}
        self.name, self.phone = self.values["name"], self.values["phone"]


def encoded(field: str, value: str) -> Iterator[tuple[str, bytes]]:
    """Yield a value in each form in which it might lie somewhere."""
    for code in ("utf-8", "utf-16-le", "utf-16-be"):
        plain = value.encode(code)
        yield f"{field} {code}", plain
        yield f"{field} {code} hex", plain.hex().encode()
        yield f"{field} {code} HEX", plain.hex().upper().encode()
        for shift in range(3):
            # Characters that share bits with whatever stands before and after are left out.
            whole = base64.b64encode(b"\0" * shift + plain)
            yield (
                f"{field} {code} base64 {shift}",
                whole[(shift * 8 + 5) // 6 : (shift + len(plain)) * 8 // 6],
            )
    yield f"{field} json", json.dumps(value)[1:-1].encode()


SHAPES = [shape for field, stem in STEMS.items() for shape in encoded(field, stem)]


def hits(branch: BranchProcess) -> set[str]:
    """Return where something planted is found in the files and file names of store and runtime folder."""
    sockets = branch.path(Listener.STAFF).parent
    files = [file for folder in (branch.directory, sockets) for file in folder.rglob("*")]
    assert {"branch.db", "anchor", "host.log"} <= {file.name for file in files}
    content = {file: os.fsencode(file) + (file.read_bytes() if file.is_file() else b"") for file in files}
    return {
        f"{file.name}: {shape}"
        for file, found in content.items()
        for shape, octets in SHAPES
        if octets in found
    }


async def call(client: Client, method: str, **params: Any) -> Any:
    return json.loads(await client.call(method, json.dumps(params, ensure_ascii=False).encode()))


async def slip_of_the_finger(branch: BranchProcess, customer: Planted) -> None:
    """Type personal values where none belong: methods, parameters, staff code, terminal."""
    async with branch.client() as lobby:
        for method, params in (
            ("reception.issue", {"service": customer.phone}),
            ("reception.issue", {customer.name: 1}),
            ("reception.rate", {"ticket": customer.name, "score": 5}),
            (customer.phone, {}),
            (customer.name, {}),
        ):
            with pytest.raises(Refusal):
                await call(lobby, method, **params)
        await lobby._wire._connection.send(customer.name)  # type: ignore[union-attr]
    async with branch.client(Listener.STAFF) as terminal:
        for typed in (customer.phone, customer.name):
            with pytest.raises(Refusal):
                await terminal.sign_on(typed, bytearray(customer.name.encode()))
    with pytest.raises(Refusal):
        await branch.client(Listener.STAFF, terminal=customer.phone).__aenter__()


async def test_1_fifty_planted_customers_lie_in_no_file(sample: BranchProcess) -> None:
    sample.start_sample()
    planted = [Planted(number) for number in range(PLANTED)]
    teller = await sample.signed_on(TELLER, TYPED[TELLER])
    rows = [(await call(teller, "sample.write", values=each.values))["id"] for each in planted]
    for row, customer in zip(rows[:5], planted, strict=False):
        await call(teller, "sample.write", id=row, values={"name": customer.name})
        assert await call(teller, "sample.reveal", id=row) == customer.values
    await slip_of_the_finger(sample, planted[0])
    assert sample.directory.joinpath("branch.db-wal").stat().st_size > 100_000
    assert hits(sample) == set()
    assert sample.cli("audit", "show", "--json").returncode == 0
    await teller.call("session.sign_off", b"{}")
    await teller.close()
    assert hits(sample) == set()
    assert sample.stop() == 0
    assert hits(sample) == set()
    (sample.directory / "seen").write_bytes(planted[7].phone.encode() + planted[8].name.encode("utf-16-le"))
    assert {"seen: phone utf-8", "seen: name utf-16-le"} <= hits(sample)


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="reads the host's memory, as root")
async def test_11_once_all_have_signed_off_no_secret_of_the_day_is_in_the_hosts_memory(
    sample: BranchProcess,
) -> None:
    sample.start_sample()
    manager, teller = await sample.signed_on("M01"), await sample.signed_on(TELLER, TYPED[TELLER])
    for number in range(10):
        row = (await call(teller, "sample.write", values=Planted(number).values))["id"]
        await call(teller, "sample.write", id=row, values={"name": "another"})
    case = (await call(teller, "sample.write_case", narrative="the teller was rude"))["id"]
    assert (await call(manager, "sample.reveal", id=row))["phone"] == Planted(9).phone
    with pytest.raises(Refusal) as refused:
        await call(teller, "sample.read_case", id=case)
    assert refused.value.code == "not-permitted"
    noted = await call(manager, "sample.secrets")
    secrets = {name: [complement(each) for each in values] for name, values in noted.items()}
    secrets["passphrase"] = [TYPED["M01"], TYPED[TELLER]]
    held = copies(sample, secrets)
    assert held["class secret"]
    assert held["passphrase"] == 0
    for client in (manager, teller):
        await client.call("session.sign_off", b"{}")
        await client.close()
    async with sample.client() as lobby:
        await lobby.call("reception.board", b"{}")
    assert copies(sample, secrets) == dict.fromkeys(
        ("class secret", "data key", "person key", "slot key", "stretched", "passphrase"), 0
    )


def complement(text: str) -> bytes:
    """Return what is sought of a secret: a freed block of memory loses its first bytes."""
    return bytes(255 - byte for byte in bytes.fromhex(text))[12:]


def copies(branch: BranchProcess, secrets: dict[str, list[bytes]]) -> dict[str, int]:
    """Return how many copies of secrets are in the memory of a host, by kind."""
    memory = branch.memory()
    return {name: sum(memory.count(each) for each in set(values)) for name, values in secrets.items()}


@pytest.mark.parametrize(
    ("arguments", "typed", "done"),
    [
        (["call", "reception.board"], "", 0),
        (["sign-on", "M01"], "correct horse battery staple\n", 0),
        (["sign-on", "M01"], "not the passphrase at all\n", 4),
    ],
    ids=["lobby", "sign-on", "wrong"],
)
def test_11_a_kiosk_or_teller_terminal_never_loads_cryptography(
    shared: BranchProcess, arguments: list[str], typed: str, done: int
) -> None:
    program = (
        "import sys; from tellertui.cli.main import run; code = run(sys.argv[1:]); "
        f"print(code, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments, "--store", str(shared.directory)],
        input=typed,
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert ran.stdout.splitlines()[-1] == f"{done} []"


async def test_12_without_the_key_a_permission_bug_opens_nothing(sample: BranchProcess) -> None:
    sample.start_sample("permit-all")
    teller, officer = (
        await sample.signed_on(TELLER, TYPED[TELLER]),
        await sample.signed_on(CASES, TYPED[CASES]),
    )
    case = (await call(teller, "sample.write_case", narrative="the teller was rude"))["id"]
    assert await call(officer, "sample.read_case", id=case) == {"narrative": "the teller was rude"}
    with pytest.raises(Refusal) as refused:
        await call(teller, "sample.read_case", id=case)
    assert (refused.value.code, refused.value.facts) == ("no-key", {"class_name": "case"})
    assert refused.value.text() == "No key for class case is held by this session."
    await teller.close()
    await officer.close()
    assert sample.stop() == 0
    (entry,) = sample.facts("access.refused")
    assert (entry.method, entry.code, entry.times) == ("sample.read_case", "no-key", 1)
    (actor,) = {each.actor for each in sample.entries() if each.event == "access.refused"}
    assert actor == TELLER
