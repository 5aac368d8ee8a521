"""A folder instead of a line: the same bytes, the same state, in any order and as often as one likes."""

import asyncio
from itertools import permutations
from pathlib import Path

import pytest

from branches import REVIEWER
from hosts import LocalBranch, signed_on
from lines import Line
from tellertui.core.command import METHODS
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener, Role
from tellertui.headoffice.files import Taken, take_in
from tellertui.sync import api
from tellertui.workflows.closing.api import ShowDay


async def exported(line: Line, folder: Path, first: int = 0) -> list[Path]:
    """Write everything that waits into a folder."""
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    found = []
    while (file := await line.operator.do(api.Export(first=first))) is not None:
        path = folder / file.name
        path.write_bytes(file.body)
        line.traffic.append(file.body)
        found.append(path)
        first = file.last + 1
    return found


def taken(line: Line, files: list[Path], receipts: Path) -> list[Taken]:
    return take_in(line.office.receiver, files, receipts)


async def imported(line: Line, files: list[Path]) -> None:
    for file in files:
        await line.operator.do(api.TakeIn(body=file.read_bytes()))


async def by_folder(line: Line, folder: Path) -> Line:
    """Enrol with a folder."""
    await asyncio.to_thread(folder.mkdir)
    await line.desk.do(api.AskEnrolment(url=f"file:{folder}", code=line.office.code("B001")))
    await line.operator.do(api.TakeIn(body=line.office.keys.signed_pack))
    files = await exported(line, folder)
    assert [each.name for each in files] == ["B001-enrol.tte"]
    assert [each.code for each in taken(line, files, folder / "back")] == ["ok"]
    await imported(line, [folder / "back" / "B001-enrol.tte.receipt"])
    return line


async def test_a_folder_brings_the_same_as_the_line(unknown: Line, tmp_path: Path) -> None:
    line = await by_folder(unknown, tmp_path / "road")
    await line.customers(1_600)
    assert (await line.next()).kind == "idle"
    files = await exported(line, tmp_path / "road")
    assert len(files) > 2
    assert [each.code for each in taken(line, files, tmp_path / "back")] == ["ok"] * len(files)
    await imported(line, sorted((tmp_path / "back").glob("*.receipt")))
    view = await line.view()
    assert (view.state, view.waiting, view.last_error) == ("ready", 0, None)
    assert view.last_ok is not None
    assert await exported(line, tmp_path / "road") == []
    await line.sound()
    assert line.figures() == line.office_figures()
    with pytest.raises(Refusal) as refused:
        await line.operator.do(api.SendNow())
    assert refused.value.code == "by-file"


async def test_receipts_come_in_any_order_and_twice(unknown: Line, tmp_path: Path) -> None:
    line = await by_folder(unknown, tmp_path / "road")
    await line.customers(1_100)
    files = await exported(line, tmp_path / "road")
    taken(line, files, tmp_path / "back")
    receipts = [tmp_path / "back" / f"{file.name}.receipt" for file in files]
    head = (await line.view()).head
    for order in list(permutations(receipts))[-3:]:
        await imported(line, [*order, *order])
        view = await line.view()
        assert (view.acked, view.state) == (head, "ready")
    view = await line.view()
    assert max(each.last for each in view.batches) == head
    assert {each.state for each in view.batches} == {"accepted"}


async def test_04_later_files_wait_until_the_gap_closes(line: Line, tmp_path: Path) -> None:
    await line.customers(1_100)
    first, *later = await exported(line, tmp_path / "road")
    assert later
    acked = (await line.view()).acked
    gaps = taken(line, later, tmp_path / "gap")
    assert {(each.code, each.cursor) for each in gaps} == {("gap", acked)}
    await imported(line, [tmp_path / "gap" / gaps[0].receipt])
    assert (await line.view()).acked == acked
    found = taken(line, [*reversed(later), first], tmp_path / "back")
    assert [each.code for each in found] == ["ok"] * (1 + len(later))
    await imported(line, sorted((tmp_path / "back").glob("*.receipt"), reverse=True))
    assert (await line.view()).waiting == 0
    await line.agreed()


async def test_a_file_of_another_branch_is_not_taken(line: Line, tmp_path: Path) -> None:
    other = line.office.enrolled("B002").write(b"x")
    (tmp_path / "other").write_bytes(other.hello(0))
    taken(line, [tmp_path / "other"], tmp_path / "back")
    with pytest.raises(Refusal) as refused:
        await imported(line, [tmp_path / "back" / "other.receipt"])
    assert (refused.value.code, refused.value.facts) == ("not-taken", {"why": "other-branch"})
    await imported(line, [tmp_path / "back" / "pack.bin"])
    await line.agreed()


async def test_day_sheet_counts_what_head_office_has_not(line: Line) -> None:
    await line.agreed()
    before = (await line.desk.do(ShowDay())).figures.unsynced
    await line.customers(25)
    view, sheet = await line.view(), await line.desk.do(ShowDay())
    assert sheet.figures.unsynced == view.head - view.acked > before + 24
    await line.drained()
    assert (await line.desk.do(ShowDay())).figures.unsynced <= 1


PEOPLE = {"sync.show", "sync.now", "sync.enrol", "sync.export", "sync.import"}
CARRIED = {"sync.next", "sync.answer", "sync.failed"}


def params(method: str) -> dict[str, object]:
    return {
        "sync.enrol": {"url": "https://x", "code": "x"},
        "sync.import": {"body": ""},
        "sync.answer": {"id": "x", "body": ""},
        "sync.failed": {"id": "x", "code": "timeout"},
    }.get(method, {})


async def code_of(branch: LocalBranch, method: str) -> str:
    try:
        await branch.call(method, params(method))
    except Refusal as refused:
        return refused.code
    return "ok"


async def test_who_may_call_what(line: Line) -> None:
    assert {method for method in METHODS if method.startswith("sync.")} >= PEOPLE | CARRIED
    for method in PEOPLE | CARRIED:
        assert await code_of(LocalBranch(line.host), method) == "not-permitted"
        teller = signed_on(line.host, REVIEWER, Role.TELLER)
        assert await code_of(teller, method) == "not-permitted"
        at_courier = await code_of(LocalBranch(line.host, Listener.COURIER), method)
        assert (at_courier == "not-permitted") is (method in PEOPLE)
        at_desk = await code_of(signed_on(line.host, REVIEWER), method)
        assert (at_desk == "not-permitted") is (method in CARRIED | {"sync.enrol"})
        at_admin = await code_of(line.operator, method)
        assert (at_admin == "not-permitted") is (method in CARRIED)
    auditor = signed_on(line.host, REVIEWER, Role.AUDITOR)
    assert await code_of(auditor, "sync.show") == "ok"
    for method in PEOPLE - {"sync.show"}:
        assert await code_of(auditor, method) == "not-permitted"
