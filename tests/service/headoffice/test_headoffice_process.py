"""Head office as a process: its command line, its TLS, and what a kill leaves behind."""

import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from offices import Branch, Office, plain_of, read_receipt
from tellertui.core.clock import SystemClock
from tellertui.headoffice.keys import Keys, place_of
from tellertui.sync.wire import PACK, Pack, decoded, signed
from tellertui.vault.parties import verify
from tellertui.workflows.reception import events as e

DYING = Path(__file__).with_name("dying.py")


def cli(keys: Path, *arguments: str, code: int = 0) -> str:
    """Run a command of head office and return what it printed."""
    command = [sys.executable, "-m", "tellertui", "headoffice", *arguments, "--keys", str(keys)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code, done.stderr
    return done.stdout


@contextmanager
def serving(keys: Path, point: str = "never") -> Iterator[tuple[httpx.Client, "subprocess.Popen[str]"]]:
    """Give a client on a serving process."""
    command = [sys.executable, str(DYING), point, str(keys)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("https://127.0.0.1:"), process.communicate()
        trusted = ssl.create_default_context(cadata=Keys(place_of(keys)).pack.authority)
        with httpx.Client(verify=trusted, base_url=address, trust_env=False) as client:
            yield client, process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The folder of a head office made from the command line."""
    folder = tmp_path / "keys"
    made = json.loads(cli(folder, "init", "--url", f"sqlite:///{tmp_path / 'office.db'}", "--json"))
    assert set(made["keys"]) == {"root", "publish", "receipt", "ingest", "custodian"}
    return folder


@pytest.fixture
def branch(keys: Path) -> Branch:
    """A branch with entries, not registered yet."""
    pack = Keys(place_of(keys)).pack
    return Branch("B001", pack).write(
        *(plain_of(e.VisitorDiverted("leaflet"), number) for number in range(9))
    )


def post(client: httpx.Client, branch: Branch, path: str, data: bytes) -> str:
    """Send a request and return the code of its receipt."""
    answer = client.post(f"/v1/{path}", content=data)
    assert answer.status_code == 200, answer.text
    return read_receipt(answer.content, branch.keys).code


def test_from_init_to_figures_over_tls(keys: Path, branch: Branch, tmp_path: Path) -> None:
    custodian = (keys / "custodian.pub").read_text().strip()
    assert bytes.fromhex(custodian) == branch.keys.custodian
    assert {file.stat().st_mode & 0o777 for file in keys.iterdir()} == {0o600}
    assert keys.stat().st_mode & 0o777 == 0o700
    code = json.loads(cli(keys, "enrol-code", "--branch-code", "B001", "--json"))["code"]
    with serving(keys) as (client, process):
        message = signed(client.get("/v1/pack").content)
        assert decoded(message.payload, Pack) == branch.keys
        assert verify(branch.keys.root, PACK, message.payload, message.signature)
        assert post(client, branch, "enrol", branch.enrol(code)) == "ok"
        assert post(client, branch, "batch", branch.batch(1, 9)) == "ok"
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "POST /v1/batch B001 200" in errors
    (line,) = json.loads(cli(keys, "figures", "--json"))
    assert (line["branch"], line["date"], line["figures"]["diverted"]) == ("B001", "2026-11-23", 9)
    assert "unsynced" not in line["figures"]
    (known,) = json.loads(cli(keys, "branches", "--json"))
    assert (known["cursor"], known["waiting"], known["safe"], known["state"]) == (9, 0, 0, "open")
    backup = tmp_path / "backup.db"
    assert json.loads(cli(keys, "backup", str(backup), "--json")) == [
        {"branch": "B001", "incarnation": 1, "safe": 9}
    ]
    cli(keys, "backup", str(backup), code=2)
    assert json.loads(cli(keys, "branches", "--json"))[0]["safe"] == 9
    assert json.loads(cli(keys, "rejects", "--json")) == []
    cli(keys, "init", "--url", "sqlite:///other.db", code=2)


@pytest.mark.parametrize(("point", "answered"), [("before-commit", "ok"), ("after-commit", "duplicate")])
def test_killed_around_the_commit_it_counts_once(
    keys: Path, branch: Branch, point: str, answered: str
) -> None:
    office = Office.opened(keys, SystemClock())  # type: ignore[arg-type]
    code = office.code("B001")
    office.store.close()
    batch = branch.batch(1, 9)
    with serving(keys, point) as (client, process):
        assert post(client, branch, "enrol", branch.enrol(code)) == "ok"
        with pytest.raises(httpx.TransportError):
            client.post("/v1/batch", content=batch)
        assert process.wait(10) == -signal.SIGKILL
    with serving(keys) as (client, _):
        assert post(client, branch, "batch", batch) == answered
        assert post(client, branch, "batch", batch) == "duplicate"
    (line,) = json.loads(cli(keys, "figures", "--json"))
    assert line["figures"]["diverted"] == 9


def test_files_bring_the_same_as_the_line(keys: Path, branch: Branch, tmp_path: Path) -> None:
    code = json.loads(cli(keys, "enrol-code", "--branch-code", "B001", "--json"))["code"]
    feed = tmp_path / "rates.toml"
    (tmp_path / "body.bin").write_bytes(b"rates")
    feed.write_text('name = "rates"\neffective = 2026-12-01\nbody = "body.bin"\n')
    assert json.loads(cli(keys, "publish", str(feed), "--json"))[0]["version"] == 1
    for name, data in {
        "a-late": branch.batch(6, 9),
        "b-early": branch.batch(1, 5),
        "c-code": branch.enrol(code),
        "d-junk": b"junk",
    }.items():
        (tmp_path / name).write_bytes(data)
    files = [str(tmp_path / name) for name in ("a-late", "b-early", "c-code", "d-junk")]
    out = tmp_path / "out"
    taken = json.loads(cli(keys, "import", *files, "--receipts", str(out), "--json", code=1))
    assert [(each["file"], each["code"], each["cursor"]) for each in taken] == [
        ("c-code", "ok", 0),
        ("b-early", "ok", 5),
        ("a-late", "ok", 9),
        ("d-junk", "malformed", 0),
    ]
    assert {file.name for file in out.iterdir()} == {
        "a-late.receipt",
        "b-early.receipt",
        "c-code.receipt",
        "B001.rates.1.feed",
        "pack.bin",
    }
    assert read_receipt((out / "a-late.receipt").read_bytes(), branch.keys).cursor == 9
    (line,) = json.loads(cli(keys, "figures", "--date", "2026-11-23", "--json"))
    assert line["figures"]["diverted"] == 9
