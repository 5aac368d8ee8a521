"""The ring of one session: who signed on and the class secrets that person holds.

A ring is an argument of a handler. No ring is reachable from a module, and nothing opened with one is
kept in it.
"""

from collections.abc import Iterable
from types import TracebackType
from uuid import UUID

from tellertui.core.refusal import NO_KEY
from tellertui.vault.classes import ClassSecret, Holding
from tellertui.vault.person import PersonKeys, PersonPublic


class Ring:
    """Person keys and class secrets of one signed-on session; takes over what it is given."""

    __slots__ = ("_keys", "_secrets", "person")

    def __init__(self, person: UUID, keys: PersonKeys, secrets: Iterable[ClassSecret] = ()) -> None:
        self.person = person
        self._keys = keys
        self._secrets: dict[str, dict[int, ClassSecret]] = {}
        for secret in secrets:
            self.add(secret)

    @classmethod
    def opened(cls, store: UUID, person: UUID, keys: PersonKeys, holdings: Iterable[Holding]) -> "Ring":
        """Return the ring of a person from what the store holds for them.

        Raises:
            IntegrityError: a holding is not this person's; nothing stays open.
        """
        ring = cls(person, keys)
        try:
            for holding in holdings:
                ring.add(ClassSecret.from_holding(keys, store, person, holding))
        except BaseException:
            ring.wipe()
            raise
        return ring

    @property
    def public(self) -> PersonPublic:
        """Return the person's public keys."""
        return self._keys.public

    @property
    def keys(self) -> PersonKeys:
        """Return the person's keys, for drafts and a new slot."""
        return self._keys

    def add(self, secret: ClassSecret) -> None:
        """Take in a secret: confirmed for a joiner, or the next version of a rotation."""
        self._secrets.setdefault(secret.name, {})[secret.version] = secret

    def discard(self, name: str, version: int) -> None:
        """Overwrite and forget one version, once a rotation is done or a class is lost."""
        versions = self._secrets.get(name, {})
        if version in versions:
            versions.pop(version).wipe()
        if not versions:
            self._secrets.pop(name, None)

    def holds(self, name: str) -> bool:
        """Say whether the person holds the class in any version."""
        return name in self._secrets

    def secret(self, name: str, version: int | None = None) -> ClassSecret:
        """Return a class secret: one version, or without it the newest, under which new values are written.

        Raises:
            Refusal: ``no-key``; this session holds no such secret.
        """
        versions = self._secrets.get(name)
        if not versions:
            raise NO_KEY(class_name=name)
        found = versions.get(max(versions) if version is None else version)
        if found is None:
            raise NO_KEY(class_name=name)
        return found

    def sign(self, context: str, payload: bytes) -> bytes:
        """Sign as this person, for one purpose."""
        return self._keys.sign(context, payload)

    def wipe(self) -> None:
        """Overwrite every secret and drop the keys."""
        for versions in self._secrets.values():
            for secret in versions.values():
                secret.wipe()
        self._secrets.clear()
        self._keys.wipe()

    def __enter__(self) -> "Ring":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wipe()

    def __repr__(self) -> str:
        return f"<Ring of {self.person}: {', '.join(sorted(self._secrets)) or 'no class'}>"
