"""The desktop's key ring: back ends by class, from a fixed list.

``keyring`` by itself would take any class that a file in the home directory, a variable or an installed
package names, plain files among them; so none of its own choosing is used.
"""

import base64
import hmac
import importlib
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from tellertui.core.refusal import Refusal
from tellertui.vault.host import HostSecret
from tellertui.vault.primitives import KEY_SIZE, Octets, random_key
from tellertui.vault.refusals import (
    HOST_SECRET_DAMAGED,
    HOST_SECRET_LOCKED,
    HOST_SECRET_MISSING,
    HOST_SECRET_PRESENT,
    NO_KEY_PROVIDER,
)

BACK_ENDS = {
    "macOS": ("keyring.backends.macOS", "Keyring"),
    "SecretService": ("keyring.backends.SecretService", "Keyring"),
    "libsecret": ("keyring.backends.libsecret", "Keyring"),
    "KWallet": ("keyring.backends.kwallet", "DBusKeyring"),
    "WinVault": ("keyring.backends.Windows", "WinVaultKeyring"),
}
"""The only classes that are ever instantiated."""

_USUAL = {"darwin": "macOS", "win32": "WinVault"}.get(sys.platform, "SecretService")
_USER = "host-secret/v1"
_PROBE = "self-test"


class OsKeyring:
    """Keeps the host secret with the operating system's account of the person who runs the desk."""

    def __init__(self, back_end: str = "") -> None:
        chosen = back_end or _USUAL
        self.name = f"keyring:{chosen}"
        if chosen not in BACK_ENDS:
            raise NO_KEY_PROVIDER(provider=self.name, reason="not-allowed")
        with self._asking():
            self._back_end = _instance(*BACK_ENDS[chosen])
        if self._back_end is None:
            raise NO_KEY_PROVIDER(provider=self.name, reason="not-running")
        self._self_test()

    def store(self, store: UUID, secret: HostSecret) -> None:
        """Keep a secret, read it back and compare."""
        service = _service(store)
        with self._asking():
            if self._back_end.get_password(service, _USER) is not None:
                raise HOST_SECRET_PRESENT(provider=self.name)
            self._keep(service, _USER, secret.octets())

    def load(self, store: UUID) -> HostSecret:
        """Return the secret of a store."""
        with self._asking():
            text = self._back_end.get_password(_service(store), _USER)
        if text is None:
            raise HOST_SECRET_MISSING(provider=self.name)
        try:
            octets = bytearray(base64.b64decode(text, altchars=b"-_", validate=True))
        except ValueError:
            octets = bytearray()
        if len(octets) != KEY_SIZE:
            raise HOST_SECRET_DAMAGED(provider=self.name)
        return HostSecret(octets)

    def delete(self, store: UUID) -> None:
        """Forget the secret of a store, if there is one."""
        with self._asking():
            if self._back_end.get_password(_service(store), _USER) is not None:
                self._back_end.delete_password(_service(store), _USER)

    def _self_test(self) -> None:
        """Write, read back, compare and delete a random value, so that one that keeps nothing shows."""
        with self._asking():
            self._keep(_PROBE, _PROBE, random_key())
            self._back_end.delete_password(_PROBE, _PROBE)
            if self._back_end.get_password(_PROBE, _PROBE) is not None:
                raise NO_KEY_PROVIDER(provider=self.name, reason="self-test")

    def _keep(self, service: str, user: str, octets: Octets) -> None:
        text = base64.urlsafe_b64encode(octets).decode()
        self._back_end.set_password(service, user, text)
        if not hmac.compare_digest(self._back_end.get_password(service, user) or "", text):
            raise NO_KEY_PROVIDER(provider=self.name, reason="self-test")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn whatever a back end raises into a refusal; its own texts may hold what it was given."""
        try:
            yield
        except (Refusal, GeneratorExit):
            raise
        except ImportError:
            raise NO_KEY_PROVIDER(provider=self.name, reason="not-installed") from None
        except Exception as error:  # noqa: BLE001 - each back end raises the errors of its own system
            if type(error).__name__ == "KeyringLocked":
                raise HOST_SECRET_LOCKED(provider=self.name) from None
            raise NO_KEY_PROVIDER(provider=self.name, reason=type(error).__name__) from None


def _service(store: UUID) -> str:
    return f"tellertui/{store}"


def _instance(module: str, class_name: str) -> Any:
    """Return an instance of a back end that ignores the environment, or None if its service is not there."""
    kind = getattr(importlib.import_module(module), class_name)
    if not kind.viable:
        return None
    # Variables could otherwise name another collection or keychain file.
    ignoring = {"set_properties_from_env": lambda self: None, "keychain": None}
    return types.new_class(class_name, (kind,), {}, lambda body: body.update(ignoring))()
