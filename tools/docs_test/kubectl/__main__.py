"""`python -m docs_test.kubectl KUBECTL [OPTION...]`: write the table of a kubectl anew.

Options after the program are kubectl's own and name a server, whose resources are then taken over; without one
those of the present table stay.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs_test.kubectl.generate import resources_of, table
from docs_test.kubectl.table import FILE
from groundwork.base.content import write_whole
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = 2


def main(words: Sequence[str]) -> int:
    """Write the table; returns the exit status."""
    if not words or words[0].startswith("-"):
        print((__doc__ or "").strip(), file=sys.stderr)
        return USAGE
    kubectl, server = Path(words[0]).resolve(), list(words[1:])
    known: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
    resources = served(kubectl, server) if server else known.get("resources", [])
    write_whole(FILE, text(table(kubectl, resources)).encode())
    return 0


def text(found: dict[str, Any]) -> str:
    """The content of the file."""
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


def served(kubectl: Path, server: Sequence[str]) -> list[list[Any]]:
    """The resources of a server.

    Raises:
        UserError: it does not answer.
    """

    def get(path: str) -> dict[str, Any]:
        command = [str(kubectl), "get", "--raw", path, *server]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
        if done.returncode:
            raise UserError(f"kubectl get --raw {path}: {done.stderr.strip()}")
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    groups = get("/apis")["groups"]
    # The preferred version first: of a resource in several, that one counts.
    versions = [(group["name"], one["version"]) for group in groups for one in group["versions"]]
    lists = ((group, version, get(f"/apis/{group}/{version}")) for group, version in versions)
    return resources_of([("", "v1", get("/api/v1")), *lists])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
