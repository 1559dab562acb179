"""What an API server and this project say of one manifest, in one form, and where they differ."""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml

from support.validation.trees import get

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.validation.apiserver import ApiServer

STRICT = "dryRun=All&fieldValidation=Strict"
KIND = "DynamoGraphDeployment"
"""Whose address a text without readable head is posted to: each release has it."""

_UNKNOWN = re.compile(r'(?:unknown|duplicate) field "((?:[^"\\]|\\.)*)"')
_TWICE = re.compile(r'line (\d+): key (?:"((?:[^"\\]|\\.)*)"|(\S+)) already set in map')
_GO_FIELD = re.compile(r"Go (?:struct field (\w*)\.([\w.]+) of type|value of type v1\.(ObjectMeta))")
_METADATA = re.compile(r"(^|\.)metadata(\.labels|\.annotations)?$")
_NO_CAUSE = ("some validation rules were not checked", "accessor error")
"""Of causes that name no field, or what is in one that was named already for its type."""
_DECODED = re.compile(r"cannot be handled as a \w+: ([\w.\[\]]+): Invalid value")
_NONE_FITS = re.compile(r'Invalid value: "": "((?:[^"\\]|\\.)*)" must validate')


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict, and what it names."""

    valid: bool
    paths: frozenset[str] = frozenset()
    """Flat: `spec.components.0.name`; "" is the top."""
    twice: frozenset[tuple[int, str]] = frozenset()
    """Keys that stand twice in one mapping, by the line of the second."""
    lines: frozenset[str] = frozenset()
    """`line 10`, where a text is not YAML; ours only."""
    said: str = ""
    """As it was told, for people."""
    warnings: tuple[str, ...] = ()
    """What the server warns of, beside its verdict; the server's only."""
    merged: bool = False
    """Whether it may be refused for `<<` alone, which kubectl resolves before it sends anything."""


def flat(path: str) -> str:
    """A path as both sides can be brought to write it: steps with dots between, whatever was in brackets."""
    return re.sub(r"\[([^\]]*)\]", r".\1", path).removeprefix(".")


def difference(ours: Answer, server: Answer) -> str:
    """Why the two do not agree; "" where they do.

    The server stops at its first stage with an error, so ours may name more paths, never fewer.
    """
    if ours.valid != server.valid and not (ours.valid and server.merged):
        return f"ours says {_word(ours)}, the server {_word(server)}"
    if ours.valid and server.merged:
        return ""
    if server.merged:  # The server reads `<<` as a key; kubectl, and this project, resolve it before.
        return ""
    missing = sorted(path for path in server.paths if not _named(path, ours.paths))
    if missing:
        return f"the server names {missing}, ours does not"
    # The server counts the line on which the second value begins: the key's own, or the next one.
    twice = {(line, key) for line, key in server.twice if not {(line, key), (line - 1, key)} & ours.twice}
    if twice:
        return f"the server finds twice {sorted(twice)}, ours {sorted(ours.twice)}"
    return ""


def report(text: str, ours: Answer, server: Answer) -> str:
    """Both answers and the manifest, for whoever has to find which is right."""
    numbered = "\n".join(f"{number:4} {line}" for number, line in enumerate(text.splitlines(), 1))
    return (
        f"{difference(ours, server)}\n-- ours:\n{ours.said}\n-- server:\n{server.said}\n-- manifest:\n{numbered}\n"
    )


class Server:
    """Posts texts to where kubectl would, judging by their head."""

    def __init__(self, server: ApiServer, *, default: str = "nvidia.com/v1beta1") -> None:
        """Use `default` as the API version of texts whose own cannot be read."""
        self._server, self._default = server, default
        self._resources: dict[str, dict[str, tuple[str, bool]]] = {}

    def __call__(self, text: str) -> Answer:
        """The server's answer to one document."""
        api_version, kind, namespace = _head(text)
        head = (api_version or self._default, kind or KIND)
        found = self._served(head[0]).get(head[1])
        if not found:
            return Answer(valid=False, said=f"no matches for kind {head[1]!r} in version {head[0]!r}")
        plural, namespaced = found
        place = f"/namespaces/{urllib.parse.quote(namespace, safe='')}" if namespaced else ""
        path = f"{_base(head[0])}{place}/{plural}?{STRICT}"
        answer = parsed(*self._server.ask("POST", path, text, "application/yaml"))
        answer = replace(
            answer,
            warnings=self._server.warnings,
            merged="<<:" in text and bool(answer.twice) and not answer.paths,
        )
        # Of what is no object of any kind, only that is worth comparing: kubectl would post it nowhere.
        return answer if api_version and kind else replace(answer, paths=frozenset())

    def _served(self, api_version: str) -> dict[str, tuple[str, bool]]:
        if not re.fullmatch(r"[a-z0-9.]+(/[a-z0-9]+)?", api_version):
            return {}
        if api_version not in self._resources:
            status, answer = self._server.ask("GET", _base(api_version))
            rows = answer["resources"] if status == 200 and isinstance(answer, dict) else []
            self._resources[api_version] = {
                row["kind"]: (row["name"], row["namespaced"]) for row in rows if "/" not in row["name"]
            }
        return self._resources[api_version]


def parsed(status: int, answer: Any) -> Answer:
    """The verdict in a response: paths from its causes, and from what decoding says."""
    if status in (200, 201):
        return Answer(valid=True, said="created (dry run)")
    assert status in (400, 403, 422), (status, answer)
    message = answer["message"]
    causes = (answer.get("details") or {}).get("causes", [])
    paths = {_field(cause) for cause in causes if not any(text in cause["message"] for text in _NO_CAUSE)}
    strict = message.partition("strict decoding error: ")[2]
    paths |= {flat(_unquoted(path)) for path in _UNKNOWN.findall(strict)}
    twice = {(int(line), _unquoted(key) or bare) for line, key, bare in _TWICE.findall(strict)}
    if not causes:
        paths |= {flat(path) for path in _DECODED.findall(message)}
        paths |= {_go_path(*names) for names in _GO_FIELD.findall(message)}
    return Answer(valid=False, paths=frozenset(paths), twice=frozenset(twice), said=f"{status} {message}")


def _field(cause: dict[str, str]) -> str:
    if none_fits := _NONE_FITS.match(cause["message"]):  # Of an anyOf, whose cause has no field.
        return flat(_unquoted(none_fits[1]))
    return flat("" if cause.get("field") in (None, "", "<nil>") else cause["field"])


def _go_path(struct: str, path: str, metadata: str) -> str:
    """A custom resource's metadata is decoded alone, and its paths begin within it; others' begin at the top."""
    within = metadata or (struct == "ObjectMeta" and not path.startswith("metadata."))
    return "~" + ".".join(step for step in ("metadata" if within else "", path) if step)


def judge(text: str, *, server: Callable[[str], Answer], ours: Callable[[str], Answer]) -> str:
    """The report of one manifest on which the two disagree; "" where they agree."""
    theirs, mine = server(text), ours(text)
    return report(text, mine, theirs) if difference(mine, theirs) else ""


def _named(path: str, among: frozenset[str]) -> bool:
    if path in among:
        return True
    if path.startswith("~"):  # A field of Go's ObjectMeta: names on the way, but no index and no key of a map.
        return any(_in_order(path[1:].split("."), one.split(".")) for one in among)
    # Whichever label it is, the server says `metadata.labels`; and of an embedded object, only `metadata`.
    return bool(_METADATA.search(path)) and any(one.startswith(f"{path}.") for one in among)


def _in_order(few: list[str], many: list[str]) -> bool:
    rest = iter(many)
    return all(step in rest for step in few)


def _head(text: str) -> tuple[str, str, str]:
    """API version, kind and namespace as kubectl would see them; "" where one cannot be read."""
    try:
        node = yaml.compose(text.removeprefix("\ufeff"), Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return "", "", "default"
    api_version, kind = (_text(get(node, key)) for key in ("apiVersion", "kind"))
    return api_version, kind, _text(get(get(node, "metadata"), "namespace")) or "default"


def _text(node: yaml.Node | None) -> str:
    is_text = isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str"
    return node.value if is_text and node else ""


def _base(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _word(answer: Answer) -> str:
    return "valid" if answer.valid else "invalid"
