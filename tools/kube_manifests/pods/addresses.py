"""IP addresses and ranges as an API server reads them: unusual forms are taken, with a warning."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from kube_manifests.pods.found import warned, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_LEADING_ZEROS = re.compile(r"(?<![0-9a-fA-F])0+(?=\d)")
_RANGE = re.compile(r"(?P<address>[^/]+)/(?P<length>[0-9]+)\Z")
_LATER = "a later Kubernetes will refuse it"


def read(value: Any) -> Address | None:
    """An address as the server reads it, leading zeros dropped; None where it is none."""
    if not isinstance(value, str) or "%" in value:
        return None
    try:
        return ipaddress.ip_address(_plain(value))
    except ValueError:
        return None


def read_range(value: Any) -> tuple[Address, Network] | None:
    """The address that is written, and the range that it stands for; None where it is none."""
    found = _RANGE.match(value) if isinstance(value, str) else None
    at = read(found["address"]) if found else None
    if found is None or at is None:
        return None
    try:
        return at, ipaddress.ip_network((at, int(found["length"])), strict=False)
    except ValueError:
        return None


def address(value: Any, path: Path) -> Iterator[FieldError]:
    """What is wrong with an address."""
    if isinstance(value, str) and read(value) is None:
        yield wrong(path, f"{shown(value)} is no IP address", "such as 10.9.8.7")


def network(value: Any, path: Path, *, within: Any = None) -> Iterator[FieldError]:
    """What is wrong with a range of addresses; `within`: another one that must hold it."""
    if not isinstance(value, str):
        return
    found, outer = read_range(value), read_range(within)
    if found is None:
        yield wrong(path, f"{shown(value)} is not a range of addresses", "such as 10.9.8.0/24")
    elif outer is not None and not _below(found[1], outer[1]):
        yield wrong(path, f"{value} is not within {within}")


def reserved(value: Any, path: Path) -> Iterator[FieldError]:
    """An address at which nothing else can be reached: of the machine itself, or of its link."""
    found = read(value)
    kinds = {
        "the machine itself": found is not None and found.is_loopback,
        "no address in particular": found is not None and found.is_unspecified,
        "the local link only": found is not None and found.is_link_local,
        "many machines": found is not None and found.is_multicast,
    }
    kind = next((kind for kind, holds in kinds.items() if holds), "")
    if kind:
        yield wrong(path, f"{value} stands for {kind}", "an address that clients reach")


def odd_address(value: Any, path: Path) -> Iterator[FieldError]:
    """A warning about an address that is written in an unusual way."""
    found = read(value)
    if found is None:
        return
    mapped = _mapped(found)
    if mapped is not None or (found.version == 4 and str(found) != value):  # noqa: PLR2004
        yield warned(path, f"{shown(value)} is an unusual way to write {mapped or found}: {_LATER}",
                     f"write {mapped or found}")  # fmt: skip
    elif str(found) != value:
        yield warned(path, f"{shown(value)} is not the usual form of {found}", f"write {found}")


def odd_range(value: Any, path: Path) -> Iterator[FieldError]:
    """A warning about a range that is written in an unusual way, or that has bits beyond its length."""
    read_one = read_range(value)
    if read_one is None:
        return
    at, found = read_one
    if at != found.network_address:
        yield warned(
            path, f"{shown(value)} is one address in a range", f"write {found}, or {at}/{at.max_prefixlen}"
        )
    elif value != str(found):
        later = f": {_LATER}" if found.version == 4 else ""  # noqa: PLR2004
        yield warned(path, f"{shown(value)} is an unusual way to write {found}{later}", f"write {found}")


def _plain(value: str) -> str:
    return _LEADING_ZEROS.sub("", value) if "." in value else value


def _mapped(found: Address) -> ipaddress.IPv4Address | None:
    return found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None


def _below(inner: Network, outer: Network) -> bool:
    """Whether a range lies within another, and is smaller."""
    first, last = int(inner.network_address), int(inner.broadcast_address)
    within = int(outer.network_address) <= first and last <= int(outer.broadcast_address)
    return inner.version == outer.version and inner.prefixlen > outer.prefixlen and within
