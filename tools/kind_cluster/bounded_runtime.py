"""An OCI runtime in front of runc that drops capabilities this machine cannot grant.

A program of its own: `kind_cluster.engine` writes it beside the engine's log and names it to dockerd, only on
machines that withhold a capability. It reads its own bounding set, edits the bundle that runc is about to
read, and becomes runc; so it uses the standard library alone and imports nothing of this project.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

CAPABILITY_NAMES: list[str] = []
"""Names of capabilities by number, with `CAP_`; they are filled in when the program is copied."""


def bounded(process: dict[str, Any], allowed: set[str]) -> dict[str, Any]:
    """The OCI `process` object without capabilities outside `allowed`."""
    sets = process.get("capabilities") or {}
    process["capabilities"] = {kind: [name for name in names if name in allowed] for kind, names in sets.items()}
    return process


def option(arguments: list[str], name: str) -> str | None:
    """The value of `--name VALUE` or `--name=VALUE`."""
    for place, word in enumerate(arguments):
        if word == name and place + 1 < len(arguments):
            return arguments[place + 1]
        if word.startswith(name + "="):
            return word.split("=", 1)[1]
    return None


def rewrite(arguments: list[str], allowed: set[str]) -> None:
    """Edit the file that this runc command line will read: config.json, or exec's process file."""
    if "create" in arguments or "run" in arguments:
        path = Path(option(arguments, "--bundle") or option(arguments, "-b") or ".", "config.json")
        spec = json.loads(path.read_text(encoding="utf-8"))
        bounded(spec["process"], allowed)
        path.write_text(json.dumps(spec), encoding="utf-8")
    elif "exec" in arguments and (name := option(arguments, "--process") or option(arguments, "-p")):
        path = Path(name)
        path.write_text(
            json.dumps(bounded(json.loads(path.read_text(encoding="utf-8")), allowed)), encoding="utf-8"
        )


def main() -> None:
    """Edit, then become runc."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^CapBnd:\s*([0-9a-f]+)$", status, re.MULTILINE)
    bits = int(found.group(1), 16) if found else 0
    rewrite(sys.argv[1:], {name for number, name in enumerate(CAPABILITY_NAMES) if bits >> number & 1})
    os.execvp("runc", ["runc", *sys.argv[1:]])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
