"""Attacks 9 and 10: key rings that nobody chose, and a store without its host secret."""

import shutil
import sys
from pathlib import Path
from uuid import UUID

import pytest
from attack_hosts import BranchProcess, code_of, tellertui

from branches import PASSPHRASES, Founded
from tellertui.core.refusal import Refusal
from tellertui.vault.host import HostSecret
from tellertui.vault.providers import provider

TYPED = b"\n".join(PASSPHRASES.values()) + b"\n"
FOUNDING = (
    *("init", "--branch-code", "B001", "--name", "Branch", "--standalone", "--json"),
    *("--officer", "M01:manager", "--officer", "R01:reviewer"),
)
FOREIGN = """
from pathlib import Path
from uuid import UUID
from keyring.backend import KeyringBackend
Path({marker!r}).write_text("imported")
class Keyring(KeyringBackend):
    priority = 99
    def get_password(self, service, username): return None
    def set_password(self, service, username, password): Path({marker!r}).write_text(password)
    def delete_password(self, service, username): pass
"""


def everything(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder with its content."""
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


OTHERS = [
    "keyrings.alt.file.PlaintextKeyring",
    "keyrings.cryptfile.cryptfile.CryptFileKeyring",
    "keyring.backends.null.Keyring",
    "keyring.backends.fail.Keyring",
    "keyring.backends.chainer.ChainerBackend",
]


def test_9_a_key_ring_that_home_or_environment_names_is_not_imported(tmp_path: Path) -> None:
    named = "foreign.Keyring"
    home, marker = tmp_path / "home", tmp_path / "imported"
    for folder in (home / ".config" / "python_keyring", home / ".local/share/python_keyring"):
        folder.mkdir(parents=True)
        (folder / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring={named}\nkeyring-path={home}\n")
    (home / "foreign.py").write_text(FOREIGN.format(marker=str(marker)))
    store, before = tmp_path / "store", everything(home)
    environment = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "PYTHONPATH": str(home),
        "PYTHON_KEYRING_BACKEND": named,
        "KEYRING_PROPERTY_KEYRING_PATH": str(home),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
    }
    done = tellertui(store, *FOUNDING, "--host-secret", "keyring", typed=TYPED, **environment)
    assert code_of(done) == (3, "no-key-provider")
    assert "keyring:" in done.stderr
    assert everything(home) == before
    assert not marker.exists()
    assert not store.exists()


@pytest.mark.parametrize("named", OTHERS)
def test_9_any_other_key_ring_is_refused_by_name(named: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        provider(f"keyring:{named}", tmp_path, "production")
    assert refused.value.facts == {"provider": f"keyring:{named}", "reason": "not-allowed"}
    assert refused.value.kind.exit_code == 3
    assert named.rpartition(".")[0] not in sys.modules
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        (("auto", "test"), (2, "bad-settings")),
        (("keyring:foreign.Keyring", "production"), (2, "bad-settings")),
        (("memory", "production"), (3, "no-key-provider")),
    ],
    ids=["auto", "foreign", "memory"],
)
def test_9_without_a_key_provider_nothing_is_founded(
    given: tuple[str, str], refused: tuple[int, str], tmp_path: Path
) -> None:
    store = tmp_path / "store"
    done = tellertui(store, *FOUNDING, "--host-secret", given[0], "--environment", given[1], typed=TYPED)
    assert code_of(done) == refused
    assert not store.exists()


def test_10_without_its_host_secret_nothing_opens_and_nothing_is_made(process: BranchProcess) -> None:
    (process.directory / "host-secret").unlink()
    refused_everywhere(process, "host-secret-missing")


@pytest.mark.parametrize("another", [False, True], ids=["none", "another"])
def test_10_a_copy_on_another_machine_does_not_open_with_the_right_passphrase(
    founded: Founded, tmp_path: Path, another: bool
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(founded.directory, copy, ignore=shutil.ignore_patterns("host-secret"))
    if another:
        provider("memory", copy, "test").store(UUID(founded.settings.store_id), HostSecret.generate())
    refused_everywhere(BranchProcess(copy), "wrong-host-secret" if another else "host-secret-missing")


WORDS = {
    "host-secret-missing": "Host secret missing: memory holds none for this store. "
    "Nothing was made; see keys recover.",
    "wrong-host-secret": "The host secret does not belong to this store: tellertui keys recover.",
}


def refused_everywhere(branch: BranchProcess, code: str) -> None:
    """Try to start and to sign on, which starts a host; both fail alike and change no file of the store."""

    def kept() -> dict[str, bytes]:
        files = everything(branch.directory)
        return {name: files[name] for name in files if Path(name).name not in ("host.log", "store.lock")}

    before = kept()
    started = branch.cli("host")
    assert (started.returncode, started.stderr) == (3, f"tellertui: {WORDS[code]}\n")
    signed_on = branch.cli("sign-on", "M01", typed=PASSPHRASES["M01"] + b"\n")
    assert signed_on.returncode == 3
    assert WORDS[code] in signed_on.stderr
    assert kept() == before
