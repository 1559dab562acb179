"""Makes the table of a kubectl: its commands, flags and output formats by its own help, resources by a server's.

No command of it does anything: each call ends in `--help`.
"""

from __future__ import annotations

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from groundwork.base.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

LISTED = re.compile(r"^  ([a-z][\w-]*)(?:\s{2,}|$)", re.MULTILINE)
SECTION = re.compile(r"^([A-Z][\w ()/&-]*):\n((?:(?:  .*)?\n)+)", re.MULTILINE)
FLAG = re.compile(r"^    (?:-(\w), )?--([\w-]+)=(.*):\n\t(.*)$", re.MULTILINE)
FORMATS = re.compile(r"One of: \(([\w, -]+)\)")
NEEDS_VALUE = "flag needs an argument"
BARE = ("true", "false")
"""Defaults of flags that need no value."""
UNLISTED = {"help": "?h", "v": "=v", "vmodule": "="}
"""Flags of every command that its help does not list."""
WORKERS = 4


def table(kubectl: Path, resources: list[list[Any]]) -> dict[str, Any]:
    """The table.

    Args:
        kubectl: the program.
        resources: of a server, as `resources_of` gives them.

    Raises:
        EnvironmentFault: it cannot be run.
    """
    asked = _Kubectl(kubectl)
    with ThreadPoolExecutor(WORKERS) as pool:
        commands = dict(pool.map(lambda name: (name, asked.command((name,))), asked.listed(())))
        common = asked.flags((), asked.help(("options",)))[0] | UNLISTED
    return {
        "version": asked.version(),
        "flags": common,
        "commands": {name: command for name, command in sorted(commands.items()) if command},
        "resources": resources,
    }


def command(kubectl: Path, name: str) -> dict[str, Any]:
    """The table's entry of a command, with those below it.

    Raises:
        EnvironmentFault: kubectl cannot be run.
    """
    return _Kubectl(kubectl).command((name,))


class _Kubectl:
    """A kubectl that is asked for help."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def version(self) -> str:
        """Its version: "1.35.4"."""
        said = json.loads(self._run("version", "--client", "-o", "json").stdout)
        return str(said["clientVersion"]["gitVersion"]).removeprefix("v")

    def command(self, words: tuple[str, ...]) -> dict[str, Any]:
        """A command, with those below it."""
        text = self.help(words)
        flags, formats = self.flags(words, text)
        found: dict[str, Any] = {"flags": flags}
        if formats:
            found["formats"] = formats
        if aliases := re.search(r"^Aliases:\n(.*)$", text, re.MULTILINE):
            found["aliases"] = sorted({*aliases[1].split(", ")} - {words[-1]})
        below = {name: self.command((*words, name)) for name in self.listed(words)}
        if below:
            found["commands"] = below
        return found

    def help(self, words: Sequence[str]) -> str:
        """The help of a command."""
        return self._run(*words, "--help").stdout if words != ("options",) else self._run("options").stdout

    def listed(self, words: Sequence[str]) -> list[str]:
        """The commands that a help lists."""
        sections = SECTION.findall(self.help(words))
        named = [text for title, text in sections if "Commands" in title]
        return sorted({name for text in named for name in LISTED.findall(text)})

    def flags(self, words: Sequence[str], text: str) -> tuple[dict[str, str], list[str]]:
        """Its flags, each with `=` (needs a value) or `?` and its letter; and the formats of `--output`."""
        found: dict[str, str] = {}
        formats: list[str] = []
        for short, name, default, said in FLAG.findall(text):
            needs = default not in BARE and NEEDS_VALUE in self._run(*words, "--help", f"--{name}").stderr
            found[name] = ("=" if needs else "?") + short
            if name == "output" and (listed := FORMATS.search(said)):
                formats = listed[1].split(", ")
        return dict(sorted(found.items())), formats

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        # With no PATH there are no plugins, with no kubeconfig there is no cluster.
        env = {"KUBECONFIG": "/dev/null", "HOME": "/nonexistent"}
        try:
            return subprocess.run(
                [self._program, *words], capture_output=True, text=True, env=env, timeout=60, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EnvironmentFault(f"kubectl, {self._program}: {error}") from error


def resources_of(lists: Iterable[tuple[str, str, dict[str, Any]]]) -> list[list[Any]]:
    """What servers serve, from their lists: `[group, version, kind, plural, singular, [short names], namespaced]`.

    Args:
        lists: group, version and APIResourceList of each version, in the server's order of preference.
    """
    found: dict[tuple[str, str], list[Any]] = {}
    for group, version, listed in lists:
        for one in listed["resources"]:
            if "/" not in one["name"] and "get" in one["verbs"]:
                row = [group, version, one["kind"], one["name"], one["singularName"], one.get("shortNames", [])]
                found.setdefault((group, one["name"]), [*row, one["namespaced"]])
    return sorted(found.values())
