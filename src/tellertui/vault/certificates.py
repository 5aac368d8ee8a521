"""Certificates behind head office's line: an authority of its own, and the server certificate it issues.

Branches trust this authority alone, as its certificate stands in the signed key pack; no public authority
can vouch for another server.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tellertui.core.clock import SECOND

AUTHORITY_DAYS = 3653
SERVER_DAYS = 397
_EARLIER = timedelta(days=1)
"""A branch whose clock runs a little behind accepts a fresh certificate as well."""


class Certificate(NamedTuple):
    """A certificate with its private key, both as PEM."""

    public: bytes
    private: bytes


def make_authority(name: str, now: int) -> Certificate:
    """Make an authority that signs itself (ECDSA P-256), good for ten years from an instant."""
    key = generate_private_key(SECP256R1())
    subject = _name(name)
    made = (
        _builder(subject, subject, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return _pem(made, key)


def issue(authority: Certificate, hosts: Sequence[str], now: int) -> Certificate:
    """Issue a server certificate for host names and addresses, good for 13 months."""
    issuer = x509.load_pem_x509_certificate(authority.public)
    issuing = load_pem_private_key(authority.private, None)
    if not isinstance(issuing, EllipticCurvePrivateKey):
        msg = "the authority's key is of another kind"
        raise TypeError(msg)
    key = generate_private_key(SECP256R1())
    made = (
        _builder(_name(hosts[0]), issuer.subject, key, now, SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_general(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key()), critical=False
        )
        .sign(issuing, SHA256())
    )
    return _pem(made, key)


def covers(certificate: bytes, hosts: Sequence[str], until: int) -> bool:
    """Say whether a server certificate (PEM) names all these hosts and is good at that instant."""
    read = x509.load_pem_x509_certificate(certificate)
    named = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {_general(host) for host in hosts} <= set(named) and _moment(until) < read.not_valid_after_utc


def _builder(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, now: int, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_moment(now) - _EARLIER)
        .not_valid_after(_moment(now) + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _moment(instant: int) -> datetime:
    return datetime.fromtimestamp(instant / SECOND, UTC)


def _pem(certificate: x509.Certificate, key: EllipticCurvePrivateKey) -> Certificate:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Certificate(certificate.public_bytes(Encoding.PEM), private)
