"""After a wipe, no copy of a ring, a data key or a stretched passphrase is in the memory of the process."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/mem")

SCRIPT = '''
import gc, os, re, sys
from uuid import UUID
from tellertui.vault.apart import stretch_apart
from tellertui.vault.classes import ClassSecret
from tellertui.vault.fields import DataKey, Field, open_field, seal
from tellertui.vault.host import HostSecret
from tellertui.vault.person import PersonKeys, slot_key
from tellertui.vault.primitives import raw_private, random_key
from tellertui.vault.ring import Ring
from tellertui.vault.stretch import Cost
from tellertui.vault.wiping import wipe

STORE, PERSON, ROW = UUID(int=1), UUID(int=2), UUID(int=3)
sought = {}

def seek(name, value):
    """Remember a value as its complement, so that remembering it is no copy."""
    sought[name] = bytes(255 - byte for byte in value)

def copies(complement):
    head, found = bytes(255 - byte for byte in complement[:6]), 0
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps.read().splitlines():
            span = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not span:
                continue
            start, end = (int(part, 16) for part in span.groups())
            memory.seek(start)
            content = memory.read(end - start)
            at = content.find(head)
            while at >= 0:
                rest = content[at : at + len(complement)]
                found += all(a + b == 255 for a, b in zip(rest, complement))
                at = content.find(head, at + 1)
    return found

def session():
    host, keys, secret = HostSecret.generate(), PersonKeys.generate(), ClassSecret.generate("customer", 1)
    passphrase = random_key(24)
    stretched = stretch_apart(passphrase, bytes(16), Cost(64, 1, 1))
    key = slot_key(stretched, host, STORE, PERSON, 1)
    seek("slot key", key); seek("stretched", stretched); seek("passphrase", passphrase)
    slot, holding = keys.sealed_under(key), secret.hold(keys.public.x25519, STORE, PERSON)
    seek("class secret", secret.octets()); seek("host secret", host.octets())
    for private, name in zip(keys._pair, ("x25519", "ed25519")):
        seed = raw_private(private)
        seek(name, seed); wipe(seed)
    secret.wipe(); keys.wipe()
    opened = PersonKeys.opened(key, slot)
    for buffer in (key, stretched, passphrase):
        wipe(buffer)
    ring = Ring.opened(STORE, PERSON, opened, [holding])
    dek = DataKey.new()
    seek("data key", dek.octets())
    wrapped = dek.wrapped(ring.secret("customer"), STORE, ROW, 1)
    dek.wipe()
    dek = DataKey.unwrapped(dek.id, ring.secret("customer"), STORE, ROW, 1, wrapped)
    field = Field(STORE, "t", "c", ROW, ROW, "customer")
    assert open_field(dek, field, seal(dek, field, b"value", fixed=False)) == b"value"
    ring.sign("tellertui.test/1", b"payload")
    if sys.argv[1] == "wipe":
        dek.wipe(); ring.wipe(); host.wipe()
        return None
    return dek, ring, host

kept = session()
gc.collect()
print({name: copies(complement) for name, complement in sought.items()})
'''


def found(mode: str) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, mode], capture_output=True, text=True, check=True, timeout=60
    )
    counts: dict[str, int] = eval(done.stdout)
    return counts


def test_nothing_of_a_session_stays_in_memory() -> None:
    counts = found("wipe")
    assert len(counts) == 8
    assert not any(counts.values()), counts


def test_the_search_finds_what_is_there() -> None:
    counts = found("keep")
    assert counts["class secret"]
    assert counts["data key"]
    assert counts["host secret"]
    assert counts["passphrase"] == 0
