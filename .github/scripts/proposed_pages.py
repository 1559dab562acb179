"""`python3 proposed_pages.py COMMIT`: put a pull request's pages into a checkout of main, and nothing else of it.

Run by the GPU workflow with the machine's own Python, before anything is installed: standard library only.
Pages are docs/, examples/ and snippets/. A link among them could lead to a file of the runner, and Python code
among them could be imported by the tools: both are refused, unless main has the very same entry. What the macros
of a page may do is not looked at here: pages are rendered in a sandbox (docs_test.pages.page_jinja).
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FOLDERS = ("docs", "examples", "snippets")
SUFFIXES = frozenset({".css", ".html", ".jpg", ".json", ".md", ".png", ".svg", ".txt", ".yaml", ".yml"})
"""What pages are made of."""
PLAIN = frozenset({"100644"})
"""Git's mode of a file that is neither a link, nor a program, nor a submodule."""


def refused(proposed: dict[str, tuple[str, str]], trusted: dict[str, tuple[str, str]]) -> list[str]:
    """What may not come in, each with the reason.

    Args:
        proposed: path -> (mode, object) of the pull request's commit, below FOLDERS.
        trusted: the same of main.
    """
    reasons = []
    for path, entry in sorted(proposed.items()):
        if trusted.get(path) == entry:
            continue
        if entry[0] not in PLAIN:
            reasons.append(f"{path}: git mode {entry[0]}, allowed: {', '.join(sorted(PLAIN))} (a plain file)")
        elif Path(path).suffix not in SUFFIXES:
            reasons.append(f"{path}: allowed endings: {' '.join(sorted(SUFFIXES))}")
    return reasons


def tree(commit: str) -> dict[str, tuple[str, str]]:
    """Path -> (mode, object) of all entries of a commit below FOLDERS."""
    entries = _git("ls-tree", "-r", "-z", "--full-tree", commit, "--", *FOLDERS).split("\0")
    found = {}
    for entry in filter(None, entries):
        head, _, path = entry.partition("\t")
        mode, _, name = head.split(" ")
        found[path] = (mode, name)
    return found


def main(arguments: list[str]) -> int:
    """Bring them in; returns the exit status: 1 where something is refused, and then nothing has changed."""
    if len(arguments) != 1 or not re.fullmatch(r"[0-9a-f]{40}", arguments[0]):
        print(f"proposed_pages.py {' '.join(arguments)}: expected one commit, 40 hex digits", file=sys.stderr)
        return 2
    (commit,) = arguments
    try:
        proposed = tree(commit)
        reasons = refused(proposed, tree("HEAD"))
        if reasons:
            print("refused on the GPU runner:", *reasons, sep="\n", file=sys.stderr)
            return 1
        _git("restore", "--source", commit, "--worktree", "--", *sorted({path.split("/")[0] for path in proposed}))
    except subprocess.CalledProcessError as error:
        print(f"git {' '.join(error.cmd[1:])}: {error.stderr.strip()}", file=sys.stderr)
        return 3
    print(f"{len(proposed)} files of {commit} are in place")
    return 0


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
