"""Batches: what is packed is what is opened, and nothing that was touched is opened at all."""

import tracemalloc
from hashlib import sha256

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tellertui.core.enc import enc
from tellertui.store.journal import link
from tellertui.sync.batches import BadBatch, Origin, Run, opened, pack, place
from tellertui.sync.wire import (
    BATCH,
    BODY_LIMIT,
    Header,
    Signed,
    decoded,
    encoded,
    key_id,
    sealed_digest,
    signed,
)
from tellertui.vault.host import DeviceKey
from tellertui.vault.parties import SealingKey, seal_to, verify

INGEST = SealingKey.generate()
DEVICE = DeviceKey.generate()
ORIGIN = Origin("b1", b"store", 1, 0, 0, INGEST.public, 1, "build")
PARTS = st.lists(st.tuples(st.binary(max_size=60), st.binary(max_size=60)), min_size=1, max_size=12)


def seal(where: bytes, body: bytes) -> bytes:
    return seal_to(INGEST.public, where, body)


def sign(context: str, payload: bytes) -> tuple[bytes, bytes]:
    return DEVICE.public, DEVICE.sign(context, payload)


def run(parts: list[tuple[bytes, bytes]], first: int = 1) -> Run:
    value = previous = b"root"
    for plain, _ in parts:
        value = link(value, plain)
    return Run(first, previous, value, [plain for plain, _ in parts], [sealed for _, sealed in parts])


def packed(parts: list[tuple[bytes, bytes]], first: int = 1) -> tuple[Signed, Header]:
    message = signed(pack(ORIGIN, run(parts, first), seal, sign))
    return message, decoded(message.payload, Header)


def read(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """Do what head office does with bytes that came in."""
    try:
        message = signed(data)
        if message.context != BATCH or message.key != key_id(DEVICE.public):
            raise BadBatch("wrong-key")
        if not verify(DEVICE.public, BATCH, message.payload, message.signature):
            raise BadBatch("bad-signature")
        header = decoded(message.payload, Header)
    except msgspec.DecodeError:
        raise BadBatch("malformed") from None
    return opened(message, header, INGEST.open)


def code_of(message: Signed, header: Header) -> str:
    with pytest.raises(BadBatch) as bad:
        opened(message, header, INGEST.open)
    return bad.value.code


def forged(body: bytes, **changed: object) -> tuple[Signed, Header]:
    """Return a batch of one entry around any body, as somebody with the device key could make it."""
    squeezed = zstandard.ZstdCompressor(write_content_size=True).compress(body)
    envelope = seal(place("b1", b"store", 1, 1, 1), squeezed)
    values = {
        "branch": "b1",
        "store": b"store",
        "incarnation": 1,
        "parent": 0,
        "fork": 0,
        "first": 1,
        "last": 1,
        "previous": b"",
        "hash": b"",
        "sealed": sealed_digest([b""]),
        "ingest": b"",
        "pack": 1,
        "build": "",
        "length": len(body),
        "envelope": sha256(envelope).digest(),
        **changed,
    }
    header = Header(**values)  # type: ignore[arg-type]
    return Signed(BATCH, encoded(header), b"", b"", envelope), header


@settings(max_examples=60, deadline=None)
@given(parts=PARTS, first=st.integers(1, 2**40))
def test_round_trip(parts: list[tuple[bytes, bytes]], first: int) -> None:
    message, header = packed(parts, first)
    assert opened(message, header, INGEST.open) == ([p for p, _ in parts], [s for _, s in parts])
    assert (header.first, header.last - header.first + 1) == (first, len(parts))
    assert (header.previous, header.hash) == (b"root", run(parts).hash)
    assert (header.ingest, header.branch, header.incarnation) == (key_id(INGEST.public), "b1", 1)


@settings(max_examples=300, deadline=None)
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_6_any_flipped_bit_is_refused(at: float, bit: int) -> None:
    data = bytearray(BYTES)
    data[int(at * len(data))] ^= 1 << bit
    with pytest.raises(BadBatch):
        read(bytes(data))


@settings(max_examples=100, deadline=None)
@given(at=st.floats(0, 1, exclude_max=True))
def test_5_whatever_is_cut_off_is_refused(at: float) -> None:
    with pytest.raises(BadBatch):
        read(BYTES[: int(at * len(BYTES))])


def test_the_untouched_bytes_are_read() -> None:
    assert read(BYTES) == ([b"plain"] * 9, [b"sealed"] * 9)
    with pytest.raises(BadBatch):
        read(BYTES + b"\0")


BYTES = pack(ORIGIN, run([(b"plain", b"sealed")] * 9), seal, sign)


def test_another_envelope_under_the_header() -> None:
    message, header = packed([(b"one", b"")])
    other, _ = packed([(b"one", b"")])
    assert code_of(msgspec.structs.replace(message, envelope=other.envelope), header) == "bad-digest"


@pytest.mark.parametrize(
    "moved", [{"branch": "b2"}, {"incarnation": 2}, {"first": 2, "last": 2}, {"store": b"x"}]
)
def test_an_envelope_opens_in_its_place_only(moved: dict[str, object]) -> None:
    message, header = packed([(b"one", b"")])
    assert code_of(message, msgspec.structs.replace(header, **moved)) == "not-sealed-to-us"


def test_an_envelope_for_somebody_else() -> None:
    message, header = packed([(b"one", b"")])
    with pytest.raises(BadBatch, match="not-sealed-to-us"):
        opened(message, header, SealingKey.generate().open)


def test_45_a_bomb_is_not_unpacked() -> None:
    bomb = bytes(400 * 1024 * 1024 // 16)
    message, header = forged(bomb)
    assert code_of(message, header) == "too-large"
    message, header = forged(bomb, length=1000)
    del bomb
    tracemalloc.start()
    assert code_of(message, header) == "bad-length"
    assert tracemalloc.get_traced_memory()[1] < BODY_LIMIT
    tracemalloc.stop()


def test_45_a_frame_that_says_too_little_or_nothing_of_its_length() -> None:
    body = enc([b"one"], [b""])
    for length in (0, -1):
        assert code_of(*forged(body, length=length)) == "too-large"
    assert code_of(*forged(body, length=len(body) + 1)) == "bad-length"
    silent = zstandard.ZstdCompressor(write_content_size=False).compress(body)
    envelope = seal(place("b1", b"store", 1, 1, 1), silent)
    message, header = forged(body, envelope=sha256(envelope).digest())
    assert code_of(msgspec.structs.replace(message, envelope=envelope), header) == "bad-length"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "too-large"),
        (b"\x91" * 5000 + b"\x90", "bad-body"),
        (enc(["text"], [b""]), "bad-body"),
        (enc([1.5], [b""]), "bad-body"),
        (b"\x92\x91\xa1\xff\x91\xc4\x00", "bad-body"),
        (enc([b"one"], [b""]) + b"\0", "bad-body"),
        (enc([b"one"]), "bad-body"),
        (enc([], []), "bad-count"),
        (enc([b"one", b"two"], [b"", b""]), "bad-count"),
        (enc([b"one"], []), "bad-count"),
        (enc([b"one"], [b"else"]), "bad-sealed"),
    ],
)
def test_45_bodies_that_are_none(body: bytes, code: str) -> None:
    assert code_of(*forged(body)) == code


def test_entries_are_counted_from_one() -> None:
    message, header = packed([(b"one", b"")], first=0)
    assert code_of(message, header) == "bad-count"


def test_nothing_is_packed_that_nobody_unpacks() -> None:
    with pytest.raises(BadBatch, match="too-large"):
        pack(ORIGIN, run([(bytes(BODY_LIMIT), b"")]), seal, sign)
    message, header = packed([(bytes(BODY_LIMIT - 100), b"")])
    assert opened(message, header, INGEST.open)[0] == [bytes(BODY_LIMIT - 100)]


@pytest.mark.parametrize(
    "data", [b"", b"\xc0", b"\x95\xa1\xff\xc4\x00\xc4\x00\xc4\x00\xc4\x00", b"\x91" * 9000]
)
def test_45_what_is_no_message_is_a_decode_error(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        signed(data)
    with pytest.raises(msgspec.DecodeError):
        decoded(data, Header)
