"""Names, labels and references as Kubernetes allows them (k8s.io/apimachinery, pkg/util/validation).

Every check returns what is wrong, in a few words, or "". Lengths are bytes of UTF-8, as Go counts them.
"""

from __future__ import annotations

import re

LABEL_LENGTH = 63
SUBDOMAIN_LENGTH = 253
GENERATED_LENGTH = 58
"""Bytes of `generateName` that a generated name keeps, before five random characters."""

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = re.compile(rf"{_LABEL}\Z")
_DNS_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
_SUBDOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*\Z")
_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]+\Z")
_KEY_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z")


def dns_label(value: str) -> str:
    """A DNS label (RFC 1123): the name of a namespace."""
    if too_long := _longer(value, LABEL_LENGTH):
        return too_long
    return (
        ""
        if _DNS_LABEL.match(value)
        else "lower-case letters, digits and '-' only, a letter or digit at both ends"
    )


def dns_1035_label(value: str) -> str:
    """A DNS label that starts with a letter (RFC 1035): the name of a Service."""
    if too_long := _longer(value, LABEL_LENGTH):
        return too_long
    wanted = "lower-case letters, digits and '-' only, a letter first, a letter or digit last"
    return "" if _DNS_1035.match(value) else wanted


def subdomain(value: str) -> str:
    """A DNS subdomain (RFC 1123): the name of most objects."""
    if too_long := _longer(value, SUBDOMAIN_LENGTH):
        return too_long
    wanted = "lower-case letters, digits, '-' and '.' only, a letter or digit at both ends and beside each '.'"
    return "" if _SUBDOMAIN.match(value) else wanted


def path_segment(value: str) -> str:
    """What can stand in a URL's path: the name of a Role, or of an embedded object."""
    if value in (".", ".."):
        return f"may not be {value!r}"
    return "may not contain '/' or '%'" if "/" in value or "%" in value else ""


def label_key(value: str) -> str:
    """A key of labels or annotations, a finalizer: `NAME` or `PREFIX/NAME`."""
    prefix, slash, name = value.rpartition("/")
    if "/" in prefix:
        return "one '/' at most, between a DNS prefix and a name"
    if slash and (wrong := subdomain(prefix)):
        return f"before the '/': {wrong}" if prefix else "nothing stands before the '/'"
    if too_long := _longer(name, LABEL_LENGTH):
        return f"after the '/': {too_long}" if slash else too_long
    wanted = "letters, digits, '-', '_' and '.' only, a letter or digit at both ends"
    return "" if _KEY_NAME.match(name) else wanted


def label_value(value: str) -> str:
    """A label's value: empty, or as a key's name."""
    if too_long := _longer(value, LABEL_LENGTH):
        return too_long
    wanted = "letters, digits, '-', '_' and '.' only, a letter or digit at both ends"
    return "" if not value or _KEY_NAME.match(value) else wanted


def data_key(value: str) -> str:
    """A key of a ConfigMap or a Secret."""
    if too_long := _longer(value, SUBDOMAIN_LENGTH):
        return too_long
    if value == "." or value.startswith(".."):
        return "it may not be '.', nor begin with '..'"
    return "" if _DATA_KEY.match(value) else "letters, digits, '-', '_' and '.' only"


def kind(value: str) -> str:
    """The kind of an embedded object."""
    return dns_1035_label(value.lower()) and "letters, digits and '-' only, a letter first"


def group_version(value: str) -> str:
    """An `apiVersion`: `v1` or `GROUP/VERSION`."""
    return "" if value.count("/") <= 1 else "one '/' at most, between group and version"


def versioned(value: str) -> bool:
    """Whether an `apiVersion` has a version: `v1`, `GROUP/v1`."""
    return value.count("/") <= 1 and bool(value.rpartition("/")[2])


def prefix_masked(value: str) -> str:
    """A `generateName` as the API server looks at it: what ends with '-' may, since more will follow."""
    return f"{value[:-2]}a" if len(value) > 1 and value.endswith("-") else value


def generated(prefix: str) -> str:
    """A name as the API server may make it of `generateName`."""
    kept = prefix.encode("utf-8", "surrogatepass")[:GENERATED_LENGTH].decode("utf-8", "replace")
    return f"{kept}x7k2p"


def utf8_length(value: str) -> int:
    """Bytes of a string in UTF-8."""
    return len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))


def _longer(value: str, limit: int) -> str:
    length = utf8_length(value)
    return f"{length} characters, of {limit} at most" if length > limit else ""
