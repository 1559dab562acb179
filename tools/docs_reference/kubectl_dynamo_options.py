"""The page of the plugin, docs/reference/kubectl-dynamo.md: from its parser, exit statuses and schema."""

from __future__ import annotations

import argparse
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from docs_reference.templates import generated
from kubectl_dynamo.judging.dashboard import VARIABLE
from kubectl_dynamo.judging.outcome import EXIT_STATUSES
from kubectl_dynamo.verbs.command import command_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD = f"""\
---
description: Verbs, options, exit statuses and JSON fields of kubectl dynamo.
kind: reference
generated_from: tools/kubectl_dynamo/verbs/command.py
---

{generated("tools/kubectl_dynamo")}
# kubectl dynamo {{ #kubectl-dynamo }}

The verbs of the plugin, as in `kubectl dynamo VERB --help`.
[Install it](get-the-tools.md#kubectl-dynamo); how to use it: [kubectl dynamo](../kubernetes/kubectl-dynamo.md).
"""
_ENVIRONMENT = {
    "KUBECONFIG": "The cluster, unless `--kubeconfig` is set.",
    VARIABLE: "The dashboard to link to, unless `--grafana` is set.",
    "XDG_CACHE_HOME": "Folder of the times of earlier profilings, in `kubectl-dynamo/`; default `~/.cache`.",
    "NO_COLOR": "If it is set, the output has no colours on a terminal. Other outputs never have colours.",
}


def page() -> str:
    """The page, in Markdown."""
    return "\n".join([_HEAD, *_lines()]).rstrip() + "\n"


def _lines() -> Iterator[str]:
    (verbs,) = (action for action in command_line()._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001  argparse has no other way.
    for name, parser in verbs.choices.items():
        yield from _verb(name, parser)
    yield "## Exit statuses { #exit-statuses }\n"
    yield "These are for `status`. `explain` ends with 0, with 3 if the word is unknown, or with 64.\n"
    yield from _table(("Status", "Meaning"), [(str(status), says) for status, says in EXIT_STATUSES.items()])
    yield "## Environment { #environment }\n"
    yield from _table(("Variable", "Meaning"), [(f"`{name}`", says) for name, says in _ENVIRONMENT.items()])
    yield "## Fields for programs { #fields }\n"
    yield "These are the fields of `status -o json` and `-o yaml`; an unknown value is `null`.\n"
    schema = json.loads(files("kubectl_dynamo.showing").joinpath("status.schema.json").read_text(encoding="utf-8"))
    yield from _table(("Field", "Type", "Meaning"), [row for row in _fields(schema, schema, "") if row[0]])
    yield "## What next { #what-next }\n"
    yield "- See how to use it, with pictures: [kubectl dynamo](../kubernetes/kubectl-dynamo.md)."
    yield "- Look up the words that it explains: [phases, reasons and events](status-words.md).\n"


def _verb(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"## {name} {{ #{name} }}\n"
    yield f"{parser.description}\n"
    usage = parser.format_usage().removeprefix("usage: ").split()
    yield f"```text\n{' '.join(usage)}\n```\n"
    rows = []
    for action in parser._actions:  # noqa: SLF001  As above.
        names = action.option_strings or [str(action.metavar)]
        value = f" {action.metavar}" if action.option_strings and action.metavar else ""
        value = f" {'|'.join(action.choices)}" if action.choices else value
        rows.append((", ".join(f"`{found}{value}`" for found in names), f"{action.help}."))
    yield from _table(("Argument", "Meaning"), rows)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    body = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in [head, ("---",) * len(head), *rows]]
    yield "\n".join(f"| {line} |" for line in body) + "\n"


def _fields(schema: dict[str, Any], node: dict[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    """Rows of a part of the schema and of all below it."""
    said = node.get("description", "")
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        said = said or node.get("description", "")
    yield f"`{path}`" if path else "", _type(node), said
    for name, below in node.get("properties", {}).items():
        yield from _fields(schema, below, f"{path}.{name}".removeprefix("."))
    items = node.get("items", {})
    if "$ref" in items or "properties" in items:
        yield from (row for row in _fields(schema, items, f"{path}[]") if row[0] != f"`{path}[]`")


def _type(node: dict[str, Any]) -> str:
    if "const" in node:
        return json.dumps(node["const"])
    if "enum" in node:
        return " or ".join(f"`{value}`" for value in node["enum"])
    kinds = node.get("type", "any")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)
