"""A private certificate authority, and the certificate that the portal serves the platform's names with.

The authority can vouch for these names and no other, so trusting it opens nothing else to whoever
gets hold of its key.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from portal import hosts
from portal.kernel import clock

FOLDER: Final = "tls"
AUTHORITY_DAYS: Final = 3650
SERVER_DAYS: Final = 397  # the longest that browsers take
RENEWED_BEFORE: Final = timedelta(days=30)
BACKDATED: Final = timedelta(days=1)  # for clients whose clock is behind


@dataclass(frozen=True)
class Identity:
    """A key, and the certificate that says whose it is."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def private(self) -> bytes:
        """Return the key, as PEM."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def public(self) -> bytes:
        """Return the certificate, as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)


@dataclass(frozen=True)
class Kept:
    """Where the files are: `authority` is what clients trust, `server` what the web process serves.

    `server` holds key and chain in one file, `authority_key` the authority's key and certificate, so
    that neither is ever half replaced. `until` is the end of the server's certificate.
    """

    authority: Path
    authority_key: Path
    server: Path
    until: datetime


def keep(*, renew: bool = False) -> Kept:
    """Return the files, made where they are missing or end within a month; `renew` makes the server's anew.

    The authority stays while it lives, so that who trusts it need not be told again.
    """
    folder = settings.DATA_DIR / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority_key, authority, server = (folder / name for name in ("ca-key.pem", "ca.pem", "server.pem"))
    with _alone(folder):
        issuer = _read(authority_key)
        if issuer is None or _is_over(issuer.certificate):
            issuer = _authority()
            _write(authority_key, issuer.private + issuer.public)
        _write(authority, issuer.public)
        served = _read(server)
        if renew or served is None or not _serves(served.certificate, issuer.certificate):
            served = _server(issuer)
            _write(server, served.private + served.public + issuer.public)
    return Kept(authority, authority_key, server, served.certificate.not_valid_after_utc)


def _authority() -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Greenroom"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Greenroom private CA (a simulation)"),
        ]
    )
    permitted = [x509.DNSName(parent) for parent in hosts.PARENTS]
    certificate = (
        _begun(name, name, key, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Identity(key, certificate)


def _server(issuer: Identity) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts.API)])
    names = [x509.DNSName(host) for host in hosts.PLATFORM]
    certificate = (
        _begun(name, issuer.certificate.subject, key, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
        .sign(issuer.key, hashes.SHA256())
    )
    return Identity(key, certificate)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = clock.real_now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now - BACKDATED + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _is_over(certificate: x509.Certificate) -> bool:
    return clock.real_now() + RENEWED_BEFORE >= certificate.not_valid_after_utc


def _serves(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Return whether a certificate is of this authority, for all the names, and not about to end."""
    if _is_over(certificate):
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return set(names.get_values_for_type(x509.DNSName)) == set(hosts.PLATFORM)


def _read(path: Path) -> Identity | None:
    """Return what is in a file; None if it is missing or holds something else."""
    try:
        content = path.read_bytes()
        key = load_pem_private_key(content, password=None)
        certificate = x509.load_pem_x509_certificates(content)[0]
    except (FileNotFoundError, ValueError):
        return None
    return Identity(key, certificate) if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole, for its owner alone; leave one that is the same."""
    if path.exists() and path.read_bytes() == content:
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as fresh:  # its mode is 0600
        fresh.write(content)
    os.replace(fresh.name, path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time make certificates."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
