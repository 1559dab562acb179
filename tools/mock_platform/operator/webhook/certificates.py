"""The webhook's own certificate authority and certificate, made and checked with the openssl program.

It comes with Debian's ca-certificates, so the image has it; a Python package for this would be larger than the
stand-in.
"""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.errors import EnvironmentFault
from groundwork.system.processes import run

if TYPE_CHECKING:
    from collections.abc import Sequence

AUTHORITY_DAYS = 3650
SERVER_DAYS = 365
_CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {names}
"""
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
_HINT = "the operator's image has openssl, with Debian's ca-certificates"


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, both PEM."""

    certificate: str
    key: str


def make_authority(name: str, days: int = AUTHORITY_DAYS) -> Pair:
    """A new certificate authority. Raises EnvironmentFault where openssl is missing or fails."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        config = _config(work, name, [])
        _openssl(
            *("req", "-x509", *_NEW_KEY, "-config", config, "-extensions", "authority"),
            *("-days", str(days), "-keyout", work / "key", "-out", work / "certificate"),
        )
        return _read(work)


def make_server(authority: Pair, names: Sequence[str], days: int = SERVER_DAYS) -> Pair:
    """A new certificate for a server with these DNS names. Raises EnvironmentFault like `make_authority`."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "ca").write_text(authority.certificate)
        (work / "ca-key").write_text(authority.key)
        config = _config(work, names[0][:64], names)
        _openssl("req", "-new", *_NEW_KEY, "-config", config, "-keyout", work / "key", "-out", work / "request")
        _openssl(
            *("x509", "-req", "-in", work / "request", "-CA", work / "ca", "-CAkey", work / "ca-key"),
            *("-set_serial", f"0x{secrets.token_hex(16)}", "-days", str(days)),
            *("-extfile", config, "-extensions", "server", "-out", work / "certificate"),
        )
        return _read(work)


def holds(authority: str, certificate: str, name: str, when: float) -> bool:
    """Whether a client that trusts the authority takes the certificate for `name` at a time (seconds of epoch)."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "ca").write_text(authority)
        (work / "certificate").write_text(certificate)
        try:
            _openssl(
                *("verify", "-CAfile", work / "ca", "-no-CApath", "-no-CAstore", "-purpose", "sslserver"),
                *("-verify_hostname", name, "-attime", str(int(when)), work / "certificate"),
            )
        except EnvironmentFault:
            return False
    return True


def _config(work: Path, name: str, names: Sequence[str]) -> Path:
    listed = ", ".join(f"DNS:{one}" for one in names) or "DNS:none.invalid"
    path = work / "openssl.cnf"
    path.write_text(_CONFIG.format(name=name, names=listed))
    return path


def _read(work: Path) -> Pair:
    return Pair((work / "certificate").read_text(), (work / "key").read_text())


def _openssl(*arguments: str | Path) -> None:
    run(["openssl", *arguments], what="openssl", hint=_HINT)
