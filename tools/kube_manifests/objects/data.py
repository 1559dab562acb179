"""ConfigMaps and Secrets: keys, sizes, and what a Secret of a type must hold."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

from groundwork.base.wording import shown
from groundwork.kube.values import mapping, text
from kube_manifests.pods import deprecated
from kube_manifests.pods.found import warned, wrong
from kube_manifests.schemas import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.text.model import FieldError

_LARGEST = 1024 * 1024
_KEYS = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
"""Keys that a Secret of a type must have."""
_JSON = (".dockerconfigjson", ".dockercfg")
_PEM = {"tls.crt": "CERTIFICATE", "tls.key": "PRIVATE KEY"}
_BASIC = "kubernetes.io/basic-auth"
_SSH = "kubernetes.io/ssh-auth"
_TLS = "kubernetes.io/tls"
_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105 - a type of Secrets
_ACCOUNT = "kubernetes.io/service-account.name"
_LOGIN = "kubectl create secret docker-registry NAME --docker-server=... makes it"


def config_map(item: Any) -> Iterator[FieldError]:
    """What is wrong with a ConfigMap."""
    yield from _data(item)
    for key in mapping(item, "binaryData"):
        if key in mapping(item, "data"):
            yield wrong(("binaryData", key), f"{shown(key)} is in data already", at_key=True)


def secret(item: Any) -> Iterator[FieldError]:
    """What is wrong with a Secret."""
    yield from _data(item)
    given = {*mapping(item, "data"), *mapping(item, "stringData")}
    kind = text(item.get("type"))
    missing = [key for key in _KEYS.get(kind, ()) if key not in given]
    if missing:
        yield wrong(("type",), f"{kind} needs {' and '.join(missing)}", "add it to stringData")
    if kind == _BASIC and not given & {"username", "password"}:
        yield wrong(("type",), f"{kind} needs username or password", "add it to stringData")
    if kind == _TOKEN and not text(mapping(item, "metadata", "annotations").get(_ACCOUNT)):
        yield wrong(("type",), f"{kind} needs the annotation {_ACCOUNT}", "the name of a ServiceAccount")
    key = "ssh-privatekey"
    if (
        kind == _SSH
        and key in given
        and not (mapping(item, "data").get(key) or mapping(item, "stringData").get(key))
    ):
        yield wrong(("stringData" if key in mapping(item, "stringData") else "data", key), "it may not be empty")
    for key in _JSON if _KEYS.get(kind, ("",))[0] in _JSON else ():
        yield from _login(item, key)


def secret_warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about a Secret with a certificate: the server only reads it, and keeps it whatever it is."""
    for key, word in _PEM.items() if item.get("type") == _TLS else ():
        for where in ("stringData", "data"):
            value = mapping(item, where).get(key)
            if isinstance(value, str):
                read = value if where == "stringData" else _decoded(value).decode("utf-8", "replace")
                if not re.search(f"-----BEGIN [A-Z ]*{word}-----", read):
                    hint = f"it begins with -----BEGIN {word}-----"
                    yield warned((where, key), f"{key} holds nothing in the form PEM", hint)
                break


def account_warnings(item: Any) -> Iterator[FieldError]:
    """Warnings about a ServiceAccount."""
    given = mapping(item, "metadata", "annotations")
    yield from deprecated.old_annotations(given, ("metadata", "annotations"), deprecated.ACCOUNT_ANNOTATIONS)


def _data(item: Any) -> Iterator[FieldError]:
    size = 0
    for key in ("data", "binaryData", "stringData"):
        for name, value in mapping(item, key).items():
            size += _size(item, key, text(value))
            if fault := names.data_key(str(name)):
                yield wrong((key, name), f"{shown(name)} is not a key: {fault}", at_key=True)
    if size > _LARGEST:
        yield wrong(("data",), f"{size} bytes, of {_LARGEST} at most", "keep it in a volume, or in an image")


def _size(item: Any, key: str, value: str) -> int:
    """Bytes of a value; base64 stands for three quarters of its length."""
    encoded = key == "binaryData" or (key == "data" and item.get("kind") == "Secret")
    return len(_decoded(value)) if encoded else names.utf8_length(value)


def _login(item: Any, key: str) -> Iterator[FieldError]:
    """A registry's login must be a JSON object."""
    for where in ("stringData", "data"):
        value = mapping(item, where).get(key)
        if not isinstance(value, str):
            continue
        try:
            read = json.loads(value if where == "stringData" else _decoded(value))
        except (ValueError, RecursionError):
            read = ""
        if not isinstance(read, dict) and read is not None:
            fact = f"{key} is not a JSON object" + (" in base64" if where == "data" else "")
            yield wrong((where, key), fact, _LOGIN)
        return


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value)
    except ValueError:
        return b""
