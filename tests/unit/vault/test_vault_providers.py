"""Where the host secret lies, and everything that is refused on the way."""

import os
import stat
import subprocess
import sys
import traceback
import types
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import pytest

from tellertui.core.enc import dec, enc
from tellertui.core.refusal import UNREACHABLE, Refusal
from tellertui.vault import os_keyring, providers
from tellertui.vault.host import HostSecret
from tellertui.vault.providers import HostSecretProvider, provider
from tellertui.vault.stretch import Cost

STORE, OTHER_STORE = UUID(int=1), UUID(int=2)
SECRET = HostSecret(bytearray(range(32)))
CHEAP = Cost(64, 1, 1)


def refused(act: object, *arguments: object, **named: object) -> Refusal:
    assert callable(act)
    with pytest.raises(Refusal) as caught:
        act(*arguments, **named)
    assert caught.value.kind.exit_code == UNREACHABLE
    return caught.value


def sealed(directory: Path, passphrase: bytes | None = b"correct horse battery") -> HostSecretProvider:
    typed = None if passphrase is None else bytearray(passphrase)
    return provider("sealed-file", directory, "production", passphrase=typed, cost=CHEAP)


@pytest.fixture(params=["in-process", "memory", "sealed-file"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> HostSecretProvider:
    if request.param == "sealed-file":
        return sealed(tmp_path)
    return provider("memory", None if request.param == "in-process" else tmp_path, "test")


def test_a_stored_secret_comes_back(kept: HostSecretProvider) -> None:
    kept.store(STORE, SECRET)
    assert kept.load(STORE).octets() == SECRET.octets()
    kept.delete(STORE)
    kept.delete(STORE)
    assert refused(kept.load, STORE).code == "host-secret-missing"


def test_a_missing_secret_is_said_and_nothing_is_made(kept: HostSecretProvider, tmp_path: Path) -> None:
    assert refused(kept.load, STORE).code == "host-secret-missing"
    assert list(tmp_path.iterdir()) == []


def test_a_stored_secret_is_never_written_over(kept: HostSecretProvider) -> None:
    kept.store(STORE, SECRET)
    assert refused(kept.store, STORE, HostSecret.generate()).code == "host-secret-present"
    assert kept.load(STORE).octets() == SECRET.octets()


@pytest.mark.parametrize(("name", "file"), [("memory", "host-secret"), ("sealed-file", "host-secret.sealed")])
def test_files_are_private_and_belong_to_one_store(name: str, file: str, tmp_path: Path) -> None:
    kept = sealed(tmp_path) if name == "sealed-file" else provider("memory", tmp_path, "demo")
    kept.store(STORE, SECRET)
    path = tmp_path / file
    assert [entry.name for entry in tmp_path.iterdir()] == [file]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert refused(kept.load, OTHER_STORE).code == "host-secret-damaged"
    path.chmod(0o640)
    assert refused(kept.load, STORE).code == "host-secret-damaged"
    path.chmod(0o600)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert refused(kept.load, STORE).code == "host-secret-damaged"
    path.unlink()
    path.mkdir(mode=0o700)
    assert refused(kept.load, STORE).code == "host-secret-damaged"


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (tmp_path / "host-secret").symlink_to(target)
    assert refused(provider("memory", tmp_path, "demo").store, STORE, SECRET).code == "host-secret-present"
    assert not target.exists()


@pytest.mark.parametrize("content", [b"", b"short", bytes(64), bytes(5000)])
def test_a_file_of_something_else_is_refused(content: bytes, tmp_path: Path) -> None:
    for file in ("host-secret", "host-secret.sealed"):
        (tmp_path / file).write_bytes(content)
        (tmp_path / file).chmod(0o600)
    assert refused(provider("memory", tmp_path, "demo").load, STORE).code == "host-secret-damaged"
    assert refused(sealed(tmp_path).load, STORE).code == "host-secret-damaged"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    refusal = refused(provider("memory", tmp_path / "absent", "demo").store, STORE, SECRET)
    assert refusal.code == "no-key-provider"


def test_memory_is_refused_in_production(tmp_path: Path) -> None:
    for directory in (None, tmp_path):
        refusal = refused(provider, "memory", directory, "production")
        assert refusal.code == "no-key-provider"
        assert refusal.facts["reason"] == "not-for-production"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["", "auto", "tpm2", "keyrings.alt.file.PlaintextKeyring", "Keyring", "keyring "]
)
def test_an_unknown_provider_is_refused(name: str, tmp_path: Path) -> None:
    assert refused(provider, name, tmp_path, "test").facts == {"provider": name, "reason": "not-allowed"}


def test_the_sealed_file_needs_its_passphrase(tmp_path: Path) -> None:
    sealed(tmp_path).store(STORE, SECRET)
    for passphrase in (None, b"", b"correct horse batterz"):
        assert refused(sealed(tmp_path, passphrase).load, STORE).code == "host-secret-locked"
    assert refused(sealed(tmp_path / "new", None).store, STORE, SECRET).code == "host-secret-locked"
    assert bytes(SECRET.octets()) not in (tmp_path / "host-secret.sealed").read_bytes()


@pytest.mark.parametrize(
    ("part", "value"),
    [(0, "tt/sealed-file/2"), (1, 2), (4, 1 << 30), (4, 1), (5, 1000), (6, 0), (7, "text")],
)
def test_a_sealed_file_out_of_bounds_is_refused_before_any_work(
    part: int, value: object, tmp_path: Path
) -> None:
    sealed(tmp_path).store(STORE, SECRET)
    path = tmp_path / "host-secret.sealed"
    parts = dec(path.read_bytes())
    parts[part] = value
    path.write_bytes(enc(*parts))
    assert refused(sealed(tmp_path).load, STORE).code == "host-secret-damaged"


@pytest.mark.parametrize(("part", "value"), [(3, b"another salt...."), (5, 2), (7, bytes(92))])
def test_a_changed_sealed_file_does_not_open(part: int, value: object, tmp_path: Path) -> None:
    sealed(tmp_path).store(STORE, SECRET)
    path = tmp_path / "host-secret.sealed"
    parts = dec(path.read_bytes())
    parts[part] = value
    path.write_bytes(enc(*parts))
    assert refused(sealed(tmp_path).load, STORE).code == "host-secret-locked"


def test_sealed_files_cost_as_much_as_specified() -> None:
    assert tuple(providers.SEALED_FILE_COST) == (128 * 1024, 3, 1)


def test_systemd_credentials_are_read_where_systemd_puts_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert (
        refused(provider("systemd-creds", tmp_path, "production").load, STORE).code == "host-secret-missing"
    )
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    kept = provider("systemd-creds", tmp_path, "production")
    assert refused(kept.load, STORE).code == "host-secret-missing"
    file = credentials / "tellertui-host-secret"
    file.write_bytes(providers.record_of(STORE, SECRET))
    # systemd may leave the file with root and let the unit's account read it by an access list.
    file.chmod(0o440)
    assert kept.load(STORE).octets() == SECRET.octets()
    assert refused(kept.load, OTHER_STORE).code == "host-secret-damaged"
    for other in (b"", b"short", providers.record_of(STORE, SECRET) + b"\n"):
        file.chmod(0o600)
        file.write_bytes(other)
        assert refused(kept.load, STORE).code == "host-secret-damaged"
    assert [entry.name for entry in tmp_path.iterdir()] == ["credentials"]


def fake_systemd_creds(tool: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tool.write_text(f"#!/bin/sh\n{body}\n")
    tool.chmod(0o700)
    monkeypatch.setattr(
        "shutil.which", lambda name, path=None: str(tool) if name == "systemd-creds" else None
    )


def test_systemd_credentials_are_made_by_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_systemd_creds(tmp_path / "tool", 'echo "$@"; od -An -tx1 | tr -d " \\n"', monkeypatch)
    kept = provider("systemd-creds", tmp_path, "production", credentials=tmp_path)
    kept.store(STORE, SECRET)
    written = tmp_path / "tellertui-host-secret.cred"
    arguments, content = written.read_text().split("\n")
    assert arguments == "encrypt --name=tellertui-host-secret - -"
    assert bytes.fromhex(content) == providers.record_of(STORE, SECRET)
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert refused(kept.store, STORE, SECRET).code == "host-secret-present"
    kept.delete(STORE)
    assert not written.exists()


def test_systemd_credentials_say_why_they_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = provider("systemd-creds", tmp_path, "production", credentials=tmp_path)
    fake_systemd_creds(tmp_path / "tool", "exit 1", monkeypatch)
    assert refused(kept.store, STORE, SECRET).facts["reason"] == "systemd-creds-failed"
    monkeypatch.setattr("shutil.which", lambda name, path=None: None)
    assert refused(kept.store, STORE, SECRET).facts["reason"] == "systemd-creds-not-installed"
    assert not (tmp_path / "tellertui-host-secret.cred").exists()


class Drawer:
    """A back end as the library has them, over a dictionary."""

    viable = True
    kept: ClassVar[dict[tuple[str, str], str]] = {}
    keychain: str | None = "from the environment"

    def __init__(self) -> None:
        self.set_properties_from_env()

    def set_properties_from_env(self) -> None:
        raise AssertionError("the environment was asked")

    def get_password(self, service: str, user: str) -> str | None:
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, value: str) -> None:
        self.kept[service, user] = value

    def delete_password(self, service: str, user: str) -> None:
        del self.kept[service, user]


def allow(monkeypatch: pytest.MonkeyPatch, back_end: type[Drawer]) -> None:
    module = types.ModuleType("allowed_back_end")
    module.__dict__["Keyring"] = back_end
    monkeypatch.setitem(sys.modules, "allowed_back_end", module)
    monkeypatch.setitem(os_keyring.BACK_ENDS, "libsecret", ("allowed_back_end", "Keyring"))
    monkeypatch.setattr(Drawer, "kept", {})


def test_a_key_ring_of_the_list_keeps_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, Drawer)
    kept = provider("keyring:libsecret", None, "production")
    assert Drawer.kept == {}
    kept.store(STORE, SECRET)
    assert set(Drawer.kept) == {(f"tellertui/{STORE}", "host-secret/v1")}
    assert kept.load(STORE).octets() == SECRET.octets()
    assert refused(kept.load, OTHER_STORE).code == "host-secret-missing"
    assert refused(kept.store, STORE, HostSecret.generate()).code == "host-secret-present"
    assert kept.load(STORE).octets() == SECRET.octets()
    Drawer.kept[f"tellertui/{STORE}", "host-secret/v1"] = "c2hvcnQ="
    assert refused(kept.load, STORE).code == "host-secret-damaged"
    kept.delete(STORE)
    kept.delete(STORE)
    assert Drawer.kept == {}


class Null(Drawer):
    """Keeps nothing and says nothing."""

    def set_password(self, service: str, user: str, value: str) -> None:
        pass


class Sticky(Drawer):
    """Never lets go."""

    def delete_password(self, service: str, user: str) -> None:
        pass


class KeyringLocked(Exception):  # noqa: N818 - the library's own name
    pass


class Locked(Drawer):
    """Somebody dismissed the prompt."""

    def get_password(self, service: str, user: str) -> str | None:
        raise KeyringLocked("must " + "not be shown")


class Broken(Drawer):
    """Its service went away."""

    def set_password(self, service: str, user: str, value: str) -> None:
        raise RuntimeError("must " + f"not be shown: {value}")


class Absent(Drawer):
    """Its service is not there."""

    viable = False


@pytest.mark.parametrize(
    ("back_end", "code", "reason"),
    [
        (Null, "no-key-provider", "self-test"),
        (Sticky, "no-key-provider", "self-test"),
        (Broken, "no-key-provider", "RuntimeError"),
        (Absent, "no-key-provider", "not-running"),
        (Locked, "host-secret-locked", None),
    ],
)
def test_a_key_ring_that_fails_its_self_test_is_refused(
    back_end: type[Drawer], code: str, reason: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, back_end)
    refusal = refused(provider, "keyring:libsecret", None, "production")
    assert refusal.code == code
    assert refusal.facts.get("reason") == reason
    assert "not be shown" not in "".join(traceback.format_exception(refusal))


@pytest.mark.parametrize(
    "name",
    [
        "keyrings.alt.file.PlaintextKeyring",
        "keyrings.cryptfile.cryptfile.CryptFileKeyring",
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyring.backends.chainer.ChainerBackend",
        "null",
        "auto",
    ],
)
def test_any_other_key_ring_is_refused_by_name(name: str) -> None:
    refusal = refused(provider, f"keyring:{name}", None, "production")
    assert refusal.facts == {"provider": f"keyring:{name}", "reason": "not-allowed"}


def test_the_list_holds_the_operating_systems_own_and_no_other() -> None:
    assert set(os_keyring.BACK_ENDS) == {"macOS", "SecretService", "libsecret", "KWallet", "WinVault"}
    assert all(module.startswith("keyring.backends.") for module, _ in os_keyring.BACK_ENDS.values())


FOREIGN = """
import pathlib, sys
from tellertui.core.refusal import Refusal
from tellertui.vault.providers import provider
assert not [name for name in sys.modules if name.startswith("keyring")]
try:
    provider("keyring", pathlib.Path(), "production")
except Refusal as refusal:
    print(refusal.code, sorted(name for name in sys.modules if "foreign" in name or "keyrings" in name))
"""


def test_a_home_configuration_or_variable_brings_in_no_foreign_class(tmp_path: Path) -> None:
    """``keyrings.alt`` is installed and named in every way the library knows; nothing of it is loaded."""
    site, home = tmp_path / "site", tmp_path / "home"
    for package in ("keyrings", "keyrings/alt"):
        (site / package).mkdir(parents=True)
        (site / package / "__init__.py").write_text("")
    mark = f"open({str(tmp_path / 'loaded')!r}, 'w')\n"
    (site / "keyrings/alt/file.py").write_text(mark)
    (site / "foreign_keyring.py").write_text(mark)
    information = site / "foreign_keyring-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign_keyring\nVersion: 1\n")
    (information / "entry_points.txt").write_text("[keyring.backends]\nforeign = foreign_keyring\n")
    for folder in (home / ".config/python_keyring", home / ".local/share/python_keyring"):
        folder.mkdir(parents=True)
        (folder / "keyringrc.cfg").write_text(
            f"[backend]\ndefault-keyring=foreign_keyring.Keyring\nkeyring-path={site}\n"
        )
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(site),
        "PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring",
        "KEYRING_PROPERTY_FILE_PATH": str(tmp_path / "loaded"),
    }
    before = sorted(path for path in home.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-c", FOREIGN],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout == "no-key-provider []\n", done.stderr
    assert not (tmp_path / "loaded").exists()
    assert sorted(path for path in home.rglob("*")) == before
