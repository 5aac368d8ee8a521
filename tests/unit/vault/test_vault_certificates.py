"""Head office's own authority and what it issues."""

import ssl
from pathlib import Path

import pytest

from tellertui.core.clock import DAY
from tellertui.vault.certificates import SERVER_DAYS, Certificate, covers, issue, make_authority

NOW = 1_795_000_000_000


def shaken(server: Certificate, trusted: bytes, name: str, folder: Path) -> None:
    """Let a client that trusts one authority meet a server, in memory."""
    (folder / "server.pem").write_bytes(server.public)
    (folder / "server.key").write_bytes(server.private)
    offering = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    offering.load_cert_chain(folder / "server.pem", folder / "server.key")
    trusting = ssl.create_default_context(cadata=trusted.decode())
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        trusting.wrap_bio(down, up, server_hostname=name),
        offering.wrap_bio(up, down, server_side=True),
    ]
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "office.bank"])
def test_a_client_that_trusts_the_authority_accepts_its_server(name: str, tmp_path: Path) -> None:
    from tellertui.core.clock import SystemClock

    now = SystemClock().now()
    authority, other = make_authority("ours", now), make_authority("ours", now)
    server = issue(authority, ["localhost", "127.0.0.1", "office.bank"], now)
    shaken(server, authority.public, name, tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(server, other.public, name, tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(server, authority.public, "elsewhere.bank", tmp_path)


def test_a_certificate_covers_what_it_names_until_it_ends() -> None:
    server = issue(make_authority("ours", NOW), ["localhost", "10.0.0.7"], NOW)
    assert covers(server.public, ["10.0.0.7"], NOW)
    assert not covers(server.public, ["10.0.0.8"], NOW)
    assert not covers(server.public, ["localhost"], NOW + SERVER_DAYS * DAY)
