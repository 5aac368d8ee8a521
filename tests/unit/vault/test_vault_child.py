"""The sign-on child, as the host runs it: a real process, a real socket, little Argon2."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.enc import dec, enc
from tellertui.core.frames import (
    FRAME_LIMIT,
    HEADER,
    FrameError,
    frame,
    receive_frame,
    send_passphrase_frame,
)
from tellertui.vault.apart import ChildError, child_command, stretch_apart
from tellertui.vault.stretch import Cost, stretch

NONCE = bytes(range(32))
SALT = b"salt of sixteen."
CHEAP = Cost(64, 1, 1)
IMPATIENT = (
    "import sys; from tellertui.vault import child; child.SECONDS = 0.2; sys.exit(child.main(sys.argv[1:]))"
)


class Host:
    """The host's end: a connection accepted unread, and the pipes of the child."""

    def __init__(self, command: list[str] | None = None) -> None:
        self.terminal, self.accepted = socket.socketpair()
        self.terminal.settimeout(20)
        self.accepted.setblocking(False)
        descriptor = self.accepted.fileno()
        self.child = subprocess.Popen(
            [*command, str(descriptor)] if command else child_command(descriptor),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(descriptor,),
        )
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.to_child, self.from_child = self.child.stdin, self.child.stdout

    def asks(self) -> list[object]:
        """Return what the child asks the host."""
        (size,) = HEADER.unpack(self.from_child.read(HEADER.size))
        return dec(self.from_child.read(size))

    def answer(self, *parts: object) -> None:
        """Send one frame to the child."""
        self.to_child.write(frame(enc(*parts)))
        self.to_child.flush()

    def end(self) -> tuple[int, bytes, bytes]:
        """Return the exit code and whatever else was printed."""
        output, errors = self.child.communicate(timeout=20)
        return self.child.returncode, output, errors


@contextmanager
def host(command: list[str] | None = None) -> Iterator[Host]:
    run = Host(command)
    try:
        yield run
    finally:
        run.child.kill()
        run.child.communicate()
        run.terminal.close()
        run.accepted.close()


def test_one_sign_on_from_frame_to_verdict() -> None:
    with host() as run:
        passphrase = bytearray(b"fifteen characters and more")
        send_passphrase_frame(run.terminal, NONCE, "T001", passphrase)
        assert run.asks() == [NONCE, "T001"]
        run.answer(SALT, *CHEAP)
        assert run.end() == (0, bytes(stretch(passphrase, SALT, CHEAP)), b"")
        # The conversation is still open: the verdict goes to the terminal over the host's own descriptor.
        assert not run.accepted.getblocking()
        run.accepted.send(b"\x01")
        assert run.terminal.recv(2) == b"\x01"


def test_only_one_frame_is_read() -> None:
    with host() as run:
        send_passphrase_frame(run.terminal, NONCE, "T001", bytearray(b"one"))
        run.terminal.send(b"more")
        assert run.asks() == [NONCE, "T001"]
        assert run.accepted.recv(10) == b"more"
        run.answer(SALT, *CHEAP)
        assert run.end()[0] == 0


def test_a_frame_in_pieces_is_put_together() -> None:
    with host() as run:
        for byte in frame(enc(NONCE, "T001", b"passphrase")):
            run.terminal.send(bytes([byte]))
        assert run.asks() == [NONCE, "T001"]
        run.answer(SALT, *CHEAP)
        assert run.end()[:2] == (0, bytes(stretch(bytearray(b"passphrase"), SALT, CHEAP)))


@pytest.mark.parametrize(
    "sent",
    [
        HEADER.pack(FRAME_LIMIT + 1),
        HEADER.pack(0xFFFF_FFFF),
        HEADER.pack(100) + b"short",
        HEADER.pack(0),
        b"\0",
        b"",
        frame(b"\xc1"),
        frame(enc(NONCE, "T001")),
        frame(enc(NONCE, "T001", b"p", 1)),
        frame(enc(NONCE[:31], "T001", b"p")),
        frame(enc(NONCE, "", b"p")),
        frame(enc(NONCE, "T" * 65, b"p")),
        frame(enc(NONCE, b"T001", b"p")),
        frame(enc(NONCE, "T001", 15)),
    ],
)
def test_a_wrong_frame_ends_in_silence(sent: bytes) -> None:
    with host() as run:
        run.terminal.send(sent)
        run.terminal.shutdown(socket.SHUT_WR)
        assert run.end() == (1, b"", b"")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        HEADER.pack(10),
        frame(enc(SALT, 64, 1)),
        frame(enc(SALT, "64", 1, 1)),
        frame(enc(SALT, 1, 1, 1)),
        frame(enc(b"short", 64, 1, 1)),
    ],
)
def test_a_wrong_answer_of_the_host_ends_in_silence(answer: bytes) -> None:
    with host() as run:
        send_passphrase_frame(run.terminal, NONCE, "T001", bytearray(b"passphrase"))
        run.asks()
        run.to_child.write(answer)
        assert run.end() == (1, b"", b"")


@pytest.mark.parametrize("sent", [b"", frame(enc(NONCE, "T001", b"p"))])
def test_nobody_holds_a_child_for_long(sent: bytes) -> None:
    with host([sys.executable, "-c", IMPATIENT]) as run:
        run.terminal.send(sent)
        assert run.child.wait(timeout=20) == 1


def test_a_slow_drip_does_not_prolong_the_wait() -> None:
    with host([sys.executable, "-c", IMPATIENT]) as run:
        run.terminal.send(HEADER.pack(4000))
        for _ in range(100):
            try:
                run.child.wait(timeout=0.05)
                break
            except subprocess.TimeoutExpired:
                run.terminal.send(b"\0")
        assert run.child.returncode == 1


def test_what_is_no_descriptor_ends_in_silence() -> None:
    for arguments in ([], ["x"], ["999"]):
        done = subprocess.run(
            [sys.executable, "-I", "-m", "tellertui.vault.child", *arguments],
            capture_output=True,
            check=False,
            timeout=20,
        )
        assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


@pytest.mark.skipif(sys.platform != "linux", reason="prctl")
def test_the_child_leaves_no_dump_and_cannot_be_attached_to() -> None:
    script = (
        "import ctypes, resource; from tellertui.core.hardening import harden; harden();"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout == "0 0 0\n"


def loaded(module: str) -> set[str]:
    script = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=20
    )
    return set(done.stdout.split())


def test_the_child_loads_no_more_than_it_needs() -> None:
    modules = loaded("tellertui.vault.child")
    for heavy in (
        "keyring",
        "sqlalchemy",
        "sqlmodel",
        "asyncio",
        "textual",
        "cryptography.hazmat.primitives.hpke",
    ):
        assert heavy not in modules


def test_a_terminal_sends_a_passphrase_without_cryptography() -> None:
    modules = loaded("tellertui.core.frames")
    assert not {"cryptography", "keyring", "tellertui.vault"} & modules


@given(st.binary(max_size=FRAME_LIMIT), st.integers(1, 7))
def test_frames_round_trip(payload: bytes, piece: int) -> None:
    rest = memoryview(frame(payload) + b"next")

    def into(view: memoryview) -> int:
        nonlocal rest
        count = min(piece, len(view), len(rest))
        view[:count] = rest[:count]
        rest = rest[count:]
        return count

    assert receive_frame(into) == payload
    assert bytes(rest) == b"next"


def test_a_frame_beyond_the_limit_is_not_read_or_sent() -> None:
    with pytest.raises(FrameError):
        receive_frame(lambda view: len(view) if view.nbytes > 4 else _put(view, HEADER.pack(11)), limit=10)
    left, right = socket.socketpair()
    with left, right, pytest.raises(FrameError):
        send_passphrase_frame(left, NONCE, "T001", bytearray(FRAME_LIMIT))


def _put(view: memoryview, data: bytes) -> int:
    view[: len(data)] = data
    return len(data)


def test_the_passphrase_frame_is_enc_and_leaves_the_passphrase_to_its_owner() -> None:
    left, right = socket.socketpair()
    passphrase = bytearray("密碼十五個字元以上".encode())
    with left, right:
        send_passphrase_frame(left, NONCE, "T001", passphrase)
        assert receive_frame(right.recv_into) == enc(NONCE, "T001", bytes(passphrase))
    assert passphrase == "密碼十五個字元以上".encode()


def test_stretching_apart_is_stretching() -> None:
    passphrase = bytearray(b"fifteen characters and more")
    assert stretch_apart(passphrase, SALT, CHEAP) == stretch(passphrase, SALT, CHEAP)


def test_a_failing_child_is_an_error_and_no_key() -> None:
    with pytest.raises(ChildError):
        stretch_apart(bytearray(b"passphrase"), b"short", CHEAP)
    with pytest.raises(ChildError):
        stretch_apart(bytearray(FRAME_LIMIT), SALT, CHEAP)


def test_no_descriptor_is_left_open() -> None:
    before = set(os.listdir("/dev/fd"))
    stretch_apart(bytearray(b"passphrase"), SALT, CHEAP)
    with pytest.raises(ChildError):
        stretch_apart(bytearray(b"passphrase"), b"short", CHEAP)
    assert set(os.listdir("/dev/fd")) == before
