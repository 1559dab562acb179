"""Kubeconfigs, read as far as it takes to say which context counts, and what is wrong with it.

The official client, which `access` lets use it, finds that out late and in words of its own.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundwork.base.printable import printable
from groundwork.base.suggest import closest
from groundwork.base.wording import choices, json_type, shown
from groundwork.kube.errors import NoClusterError
from groundwork.kube.values import mapping, sequence, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEFAULT = "~/.kube/config"
_LISTS = {"contexts": "context", "clusters": "cluster", "users": "user"}
"""Lists of a kubeconfig, and the field of an entry that has its content."""
_FILES = {
    "clusters": ("certificate-authority",),
    "users": ("client-certificate", "client-key", "tokenFile"),
}
"""Fields that name a file; with `-data` behind it most have the content instead, in base64."""
_TEXTS = {
    "contexts": ("cluster", "user", "namespace"),
    "clusters": (
        *("server", "proxy-url", "tls-server-name"),
        *("certificate-authority", "certificate-authority-data"),
    ),
    "users": (
        *("token", "tokenFile", "username", "password"),
        *("client-certificate", "client-certificate-data", "client-key", "client-key-data"),
    ),
}
"""Fields that are text: YAML reads `5` and `yes` as something else, which kubectl refuses."""
_BREAKS = "\r\n"
"""Characters that no header may have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A context, cluster or user."""

    name: str
    file: str
    """Kubeconfig that has it: the files that it names are relative to that."""
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The context that counts, and what it names."""

    files: str
    """Kubeconfigs as the variable KUBECONFIG has them; those that do not exist or are empty are left out."""
    context: Entry
    cluster: Entry
    user: Entry

    @property
    def namespace(self) -> str:
        """Namespace of the commands that name none."""
        return text(self.context.body, "namespace") or "default"


def choose(kubeconfig: str = "", context: str = "") -> Chosen:
    """The context of a name, or the current one.

    Args:
        kubeconfig: one path or several, as in KUBECONFIG; "": ~/.kube/config.
        context: its name; "": the current one.

    Raises:
        NoClusterError: there is no kubeconfig, it cannot be read, or what it names is missing.
    """
    read = {path: found for path in _paths(kubeconfig) if (found := _read(path)) is not None}
    if not read:
        raise NoClusterError(f"kubeconfig {(kubeconfig or DEFAULT)!r}: there is no such file, or it is empty")
    lists = {key: _merged(read, key) for key in _LISTS}
    chosen = _context(read, lists["contexts"], context)
    _check_texts("contexts", chosen)
    cluster, user = (_named(chosen, key, lists[f"{key}s"]) for key in ("cluster", "user"))
    _check_texts("clusters", cluster)
    _check_texts("users", user)
    if not text(cluster.body, "server"):
        raise NoClusterError(f"cluster {cluster.name!r} of kubeconfig {cluster.file!r} has no server")
    for key, entry in (("clusters", cluster), ("users", user)):
        _check_files(key, entry)
    return Chosen(os.pathsep.join(read), chosen, cluster, user)


def _paths(kubeconfig: str) -> Iterator[str]:
    for path in (kubeconfig or DEFAULT).split(os.pathsep):
        full = os.path.expanduser(path)  # noqa: PTH111  Path raises where there is no home.
        if path and os.path.lexists(full):
            yield full


def _read(path: str) -> dict[str, Any] | None:
    """A kubeconfig; None where it is empty.

    Raises:
        NoClusterError: it cannot be read, or is none.
    """
    import yaml  # noqa: PLC0415

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = yaml.load(Path(path).read_text(encoding="utf-8-sig"), Loader=loader)  # noqa: S506  A safe one.
    except OSError as error:
        raise NoClusterError(f"kubeconfig {path!r} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise NoClusterError(f"kubeconfig {path!r} is not text in UTF-8") from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or str(error)
        raise NoClusterError(f"kubeconfig {path!r}{where}: not valid YAML: {_line(what)}") from None
    if found is not None and not isinstance(found, dict):
        raise NoClusterError(f"kubeconfig {path!r}: an object was expected, and it is {json_type(found)}")
    return found


def _merged(read: Mapping[str, dict[str, Any]], key: str) -> dict[str, Entry]:
    """The entries of a list in all files; the first of a name counts."""
    found: dict[str, Entry] = {}
    for path, config in read.items():
        entries = config.get(key)
        for entry in entries if isinstance(entries, list) else [] if entries is None else [None]:
            if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
                raise NoClusterError(f"kubeconfig {path!r}: {key} has an entry without a name")
            found.setdefault(entry["name"], Entry(entry["name"], path, mapping(entry, _LISTS[key])))
    return found


def _context(read: Mapping[str, dict[str, Any]], contexts: Mapping[str, Entry], asked: str) -> Entry:
    has = choices(contexts) or "none"
    name = asked or next((said for config in read.values() if (said := text(config, "current-context"))), "")
    if not name:
        raise NoClusterError(
            "the kubeconfig has no current-context", hint=f"--context chooses one; there are: {has}"
        )
    if name not in contexts:
        what = "context" if asked else "current-context"
        near = closest(name, contexts)
        raise NoClusterError(
            f"{what} {name!r} is not in the kubeconfig",
            hint=f"did you mean {near!r}?" if near else f"--context chooses one; there are: {has}",
        )
    return contexts[name]


def _named(context: Entry, key: str, entries: Mapping[str, Entry]) -> Entry:
    """The cluster or user that a context names; an empty one where it names no user."""
    name = text(context.body, key)
    if not name and key == "user":
        return Entry("", context.file)
    if name not in entries:
        says = f"names {key} {name!r}, which the kubeconfig does not have" if name else f"names no {key}"
        raise NoClusterError(f"context {context.name!r} {says}", hint=f"there are: {choices(entries) or 'none'}")
    return entries[name]


def _check_texts(key: str, entry: Entry) -> None:
    """Find out which field has another type than kubectl reads there, or is no token."""
    what = f"{_LISTS[key]} {entry.name!r} in kubeconfig {entry.file!r}"
    plugin = mapping(entry.body, "exec")
    told = [(name, entry.body.get(name)) for name in _TEXTS[key]]
    told += [("exec.command", plugin.get("command"))]
    told += [(f"exec.args[{index}]", value) for index, value in enumerate(sequence(plugin.get("args")))]
    for name, value in told:
        if value is not None and not isinstance(value, str):
            hint = "put it in quotes" if isinstance(value, (int, float)) else ""
            raise NoClusterError(f"{name} of {what}: text was expected, and it is {shown(value)}", hint=hint)
    if plugin and not plugin.get("command"):
        raise NoClusterError(f"exec of {what}: it names no command")
    for name in ("args", "env"):
        if not isinstance(value := plugin.get(name) or [], list):
            raise NoClusterError(f"exec.{name} of {what}: a list was expected, and it is {shown(value)}")
    if not set(_BREAKS).isdisjoint(text(entry.body, "token")):
        hint = "write the token on the line of its key, without `|`"
        raise NoClusterError(f"token of {what}: it has a line break, and no header may have one", hint=hint)


def _check_files(key: str, entry: Entry) -> None:
    """Find out which file that it names cannot be read, and which content is not base64."""
    what = f"{_LISTS[key]} {entry.name!r}"
    for name in _FILES[key]:
        data, file = text(entry.body, f"{name}-data"), text(entry.body, name)
        if data:
            try:
                base64.b64decode("".join(data.split()), validate=True)
            except ValueError:
                raise NoClusterError(f"{name}-data of {what} in kubeconfig {entry.file!r} is not base64") from None
        elif file:
            path = Path(entry.file).absolute().parent / file
            try:
                path.open("rb").close()
            except OSError as error:
                raise NoClusterError(f"{name} of {what}: {str(path)!r}: {error.strerror}") from None


def _line(said: object) -> str:
    return printable(" ".join(str(said).split()))
