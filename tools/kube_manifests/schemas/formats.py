"""Formats of strings: those that kube-apiserver knows in a CRD, and those of Kubernetes' own Go types.

A CRD's formats are the list in k8s.io/apiextensions-apiserver (pkg/apiserver/validation/formats.go), which ignores
all others: `int32`, `int64`, `double` among them, so no number is out of range for a CRD. Its `isbn`, `isbn10`,
`isbn13` and `creditcard` (check digits) are taken as they come here. Names have no '-': `date-time` is `datetime`.
"""

from __future__ import annotations

import base64
import binascii
import re
import urllib.parse
from typing import TYPE_CHECKING

from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Callable

_UUID = r"(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?THIRD-?FOURTH-?[0-9a-f]{12}\Z"
_HEX4, _VARIANT = "[0-9a-f]{4}", "[89ab][0-9a-f]{3}"
_COLOUR = r"(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])"
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# Compiled when first used: most manifests use none of them.
_TIME_OF_DAY = r"([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))\Z"
_RFC3339 = r"(?a)(\d{4}-\d\d-\d\d)T([01]?\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?(Z|[+-]([01]\d|2[0-3]|24):[0-5]\d)\Z"
_GO_DURATION = r"(?a)[-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)\Z"
_DURATION_PART = r"(?a)(\d+)\s*([A-Za-zµ]+)"
_UNITS = ("ns", "us", "µs", "ms", "s", "m", "h", "d", "w", "hr", "wk")
_UNIT_STEMS = ("nano", "micro", "milli", "sec", "min", "hour", "day", "week")
_MAC = r"(?i)(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1)*[0-9a-f]{2}\Z|(?:[0-9a-f]{4}\.)+[0-9a-f]{4}\Z"
_MAC_DIGITS = (12, 16, 40)
_QUANTITY = r"(?a)[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?\Z"
_HOSTNAME_LENGTH, _LABEL = 255, 63  # bytes, of RFC 1034


def date(text: str) -> bool:
    """`2026-11-24`."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text, re.ASCII)
    if not found:
        return False
    year, month, day = map(int, found.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= month <= len(_DAYS) and 1 <= day <= _DAYS[month - 1] - (month == 2 and not leap)  # noqa: PLR2004


def date_time(text: str) -> bool:
    """`2026-11-24T18:00:00Z`, as loosely as a CRD's format takes it (no check of the zone's figures)."""
    parts = text.lower().split("t")
    if len(parts) < 2 or not date(parts[0]):  # noqa: PLR2004
        return False
    found = re.match(_TIME_OF_DAY, parts[1])
    return bool(found) and found[1] <= "23" and found[2] <= "59" and found[3] <= "59" if found else False


def rfc3339(text: str) -> bool:
    """A time as Kubernetes' own types read it: `2026-11-24T18:00:00Z`."""
    found = re.match(_RFC3339, text)
    return bool(found) and date(text[:10])


def duration(text: str) -> bool:
    """Go's `1h30m`, or anything with a number and a unit in it (`2 days`), as the format takes it."""
    if re.match(_GO_DURATION, text):
        return True
    units = [unit.lower() for _, unit in re.findall(_DURATION_PART, text)]
    return any(unit in _UNITS or unit.startswith(_UNIT_STEMS) for unit in units)


def quantity(text: str) -> bool:
    """A quantity of a resource: `500m`, `1.5Gi`, `2`, `1e3`."""
    return bool(re.match(_QUANTITY, text.strip()))


def base64_data(text: str) -> bool:
    """Base64 of Kubernetes' own types, line ends allowed."""
    try:
        base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _ip(text: str, *, six: bool) -> bool:
    import ipaddress  # noqa: PLC0415 - rare, and its import is not cheap

    try:
        ipaddress.IPv6Address(text) if six or ":" in text else ipaddress.IPv4Address(_without_zeros(text))
    except ValueError:
        return False
    return True


def _cidr(text: str) -> bool:
    import ipaddress  # noqa: PLC0415 - as above

    try:
        ipaddress.ip_interface(text if ":" in text else _without_zeros(text))
    except ValueError:
        return False
    return re.search(r"/\d{1,3}\Z", text, re.ASCII) is not None


def _without_zeros(text: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", text)


def _email(text: str) -> bool:
    address = re.search(r"<([^<>]*)>[ \t]*\Z", text)
    one = (address[1] if address else text).strip(" \t")
    atom = r"[^\s@<>(),;:.\\\"\[\]]+"
    return re.fullmatch(rf"{atom}(\.{atom})*@{atom}(\.{atom})*", one) is not None


def _uri(text: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    broken = re.search(r"%(?![0-9A-Fa-f]{2})|[\x00-\x1f\x7f]", text) or " " in parts.netloc
    return not broken and (text.startswith("/") or bool(parts.scheme))


def _hostname(text: str) -> bool:
    import unicodedata  # noqa: PLC0415 - as above

    kinds = {"L": "l", "S": "s"}  # letters and symbols of any script, as govalidator has it
    shape = "".join(
        char if char in "-." else "s" if char in "0123456789" else kinds.get(unicodedata.category(char)[0], "!")
        for char in text
    )
    short = (
        len(text.encode("utf-8", "surrogatepass")) <= _HOSTNAME_LENGTH and max(map(len, text.split("."))) <= _LABEL
    )
    return short and re.match(r"([ls]-?[ls]{0,62}|([ls]([ls-]{0,61}[ls])?\.)+l{2,63})\Z", shape) is not None


def _mac(text: str) -> bool:
    return re.match(_MAC, text) is not None and sum(map(str.isalnum, text)) in _MAC_DIGITS


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.match(pattern, text, re.ASCII) is not None


def _uuid(third: str, fourth: str) -> Callable[[str], bool]:
    return _matches(_UUID.replace("THIRD", third).replace("FOURTH", fourth))


CRD: dict[str, Callable[[str], bool]] = {
    "date": date,
    "datetime": date_time,
    "duration": duration,
    "byte": _matches(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})\Z"),
    "email": _email,
    "uri": _uri,
    "hostname": _hostname,
    "ipv4": lambda text: "." in text and _ip(text, six=False),
    "ipv6": lambda text: ":" in text and _ip(text, six=True),
    "cidr": _cidr,
    "mac": _mac,
    "uuid": _uuid(_HEX4, _HEX4),
    "uuid3": _uuid("3[0-9a-f]{3}", _HEX4),
    "uuid4": _uuid("4[0-9a-f]{3}", _VARIANT),
    "uuid5": _uuid("5[0-9a-f]{3}", _VARIANT),
    "bsonobjectid": _matches(r"[0-9a-fA-F]{24}\Z"),
    "hexcolor": _matches(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z"),
    "rgbcolor": _matches(rf"rgb\(\s*{_COLOUR}\s*,\s*{_COLOUR}\s*,\s*{_COLOUR}\s*\)\Z"),
    "ssn": _matches(r"\d{3}[- ]?\d{2}[- ]?\d{4}\Z"),
    "k8sshortname": lambda text: not names.dns_label(text),
    "k8slongname": lambda text: not names.subdomain(text),
    "password": lambda _: True,
    "isbn": lambda _: True,
    "isbn10": lambda _: True,
    "isbn13": lambda _: True,
    "creditcard": lambda _: True,
}
"""Checks of a CRD's formats by name; a format that is not here is ignored, as the API server does."""

GO: dict[str, Callable[[str], bool]] = {"datetime": rfc3339, "byte": base64_data, "quantity": quantity}
"""Checks of the formats of Kubernetes' own types, by name."""

EXAMPLES = {
    "datetime": "2026-11-24T18:00:00Z",
    "date": "2026-11-24",
    "duration": "1h30m",
    "quantity": "500m, 2 or 1.5Gi",
    "byte": "aGVsbG8= (base64)",
    "email": "a@example.com",
    "uri": "https://example.com/a",
}
"""Examples for hints, by format."""

GO_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
"""Smallest and largest number that a Go field of that format can hold."""
